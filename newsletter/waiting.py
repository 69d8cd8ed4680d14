"""What waits of letters, as rows of the admin's first page, the worst first."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter import waves
from newsletter.freezing import moment
from newsletter.models import Block, Delivery, Issue, Settings, Subscriber

State = Delivery.State
STUCK_AFTER = timedelta(minutes=15)
FAILURES_FOR = timedelta(days=14)


def rows():
    return [
        *_not_answered(),
        *_mailbox_down(),
        *_stopped(),
        *_wave(),
        *_asked_in_vain(),
        *_under_way(),
        *_sent_back(),
        *_scheduled(),
        *_drafts(),
    ]


def figure(number):
    return number_format(number, force_grouping=True)


def _row(number, title, text, url, button, *, is_overdue=False):
    return {
        "number": figure(number),
        "title": title,
        "text": text,
        "url": url,
        "button": button,
        "is_overdue": is_overdue,
    }


def _not_answered():
    since = timezone.now() - STUCK_AFTER
    owed = Subscriber.objects.filter(
        Q(is_welcome_owed=False, asked_at__lt=since)
        | Q(is_welcome_owed=True, confirmed_at__lt=since),
        mail_due_at__isnull=False,
    ).count()
    if owed:
        yield _row(
            owed,
            _("Sign-ups without an answer"),
            _("The mail server does not take our mails. They are tried again."),
            reverse("admin:newsletter_subscriber_changelist"),
            _("See who"),
            is_overdue=True,
        )


def _mailbox_down():
    words = Settings.load()
    if settings.BOUNCE_MAILBOX and words.mailbox_down_since:
        yield _row(
            1,
            _("The mailbox for returned letters cannot be read"),
            _(
                "Since %(since)s: %(why)s. Tell who runs the site. Nothing is lost: it "
                "is tried every 5 minutes."
            )
            % {
                "since": moment(words.mailbox_down_since),
                "why": words.mailbox_trouble,
            },
            reverse("admin:newsletter_bounce_changelist"),
            _("See what came"),
            is_overdue=True,
        )


def _stopped():
    for issue in Issue.objects.in_trouble().only("subject", "frozen_at", "trouble"):
        yield _row(
            issue.deliveries.unfinished().count() or 1,
            _("A letter paused by itself")
            if issue.frozen_at
            else _("A letter did not go out"),
            f"“{issue.subject}”: {issue.trouble}",
            _page(issue),
            _("Look at it"),
            is_overdue=True,
        )


def _wave():
    if wave := waves.current():
        yield _row(
            wave.waiting or 1,
            _("Very many sign-ups at once"),
            wave.sentence
            + " "
            + _(
                "Each gets one mail and is forgotten after 14 days: there is nothing "
                "you must do."
            ),
            reverse("admin:newsletter_subscriber_changelist") + "?state=waiting",
            _("See who"),
        )


def _asked_in_vain():
    if asked := Subscriber.objects.asked_in_vain().count():
        yield _row(
            asked,
            ngettext(
                "Reader who asked again in vain",
                "Readers who asked again in vain",
                asked,
            ),
            _(
                "Each got a mail that says why. Where you did not stop them by hand, a "
                "button in it lets them start again, and it was not pressed: did the "
                "mail arrive?"
            ),
            reverse("admin:newsletter_subscriber_changelist") + "?state=asked",
            _("See who"),
            is_overdue=True,
        )


def _under_way():
    since = timezone.now() - STUCK_AFTER
    under_way = Issue.objects.under_way().filter(trouble="")
    for issue in under_way.only("subject", "frozen_at", "paused_at"):
        counts = issue.deliveries.addressed().aggregate(
            all=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=Delivery.UNFINISHED)),
            due=Count("pk", filter=Q(state=State.QUEUED, not_before__lte=since)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            # A try that found no server leaves its moment too, and moves nothing.
            last=Max("changed_at", filter=~Q(state__in=Delivery.UNFINISHED)),
        )
        is_stuck = (
            not issue.paused_at
            and counts["due"]
            and (counts["last"] or issue.frozen_at) < since
        )
        text = _("“%(subject)s”: %(done)s of %(all)s are done, %(failed)s sent back.")
        if is_stuck:
            text += " " + _(
                "Nothing has moved for a while: does the worker run, and does the "
                "mail server answer?"
            )
        yield _row(
            counts["waiting"],
            _("A letter is paused") if issue.paused_at else _("A letter is under way"),
            text
            % {
                "subject": issue.subject,
                "done": figure(counts["all"] - counts["waiting"]),
                "all": figure(counts["all"]),
                "failed": figure(counts["failed"]),
            },
            _page(issue),
            _("See how it goes"),
            is_overdue=bool(is_stuck),
        )


def _sent_back():
    lately = Issue.objects.filter(finished_at__gt=timezone.now() - FAILURES_FOR)
    failed = Count("deliveries", filter=Q(deliveries__state=State.FAILED))
    for issue in lately.only("subject").annotate(failed=failed).filter(failed__gt=0):
        yield _row(
            issue.failed,
            ngettext("Letter sent back", "Letters sent back", issue.failed),
            _("“%s” did not reach them. They can read why.") % issue.subject,
            _page(issue),
            _("Read why"),
        )


def _scheduled():
    scheduled = Issue.objects.drafts().filter(scheduled_at__isnull=False)
    for issue in scheduled.only("subject", "scheduled_at").order_by("scheduled_at"):
        yield _row(
            1,
            _("Letter that goes out by itself"),
            _("“%(subject)s” goes out on %(moment)s.")
            % {"subject": issue.subject, "moment": moment(issue.scheduled_at)},
            _page(issue),
            _("Look at it"),
        )


def _drafts():
    drafts = list(
        Issue.objects.drafts()
        .filter(scheduled_at=None, trouble="")
        .annotate(
            chosen=Count("blocks", filter=Q(blocks__kind=Block.Kind.GUIDE)),
            texts=Count("blocks", filter=Q(blocks__kind=Block.Kind.PROSE)),
        )
        .order_by("-pk")
    )
    if not drafts:
        return
    if len(drafts) > 1:
        yield _row(
            len(drafts),
            _("Letters to finish"),
            "; ".join(f"“{issue.subject}”" for issue in drafts[:3]),
            reverse("admin:newsletter_issue_changelist"),
            _("Choose one"),
        )
        return
    [issue] = drafts
    has = ngettext("%s guide", "%s guides", issue.chosen) % issue.chosen
    text = (
        _("“%(subject)s” has %(guides)s.")
        if issue.texts
        else _("“%(subject)s” has %(guides)s and no words of yours yet.")
    )
    yield _row(
        1,
        _("Letter to finish"),
        text % {"subject": issue.subject, "guides": has},
        _page(issue),
        _("Write on"),
    )


def _page(issue):
    return reverse("admin:newsletter_issue_change", args=[issue.pk])
