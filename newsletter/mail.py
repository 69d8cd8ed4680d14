"""Who is told what, one at a time; an issue's mail is made in compose.py."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from config import mail
from newsletter import compose, headers
from newsletter.models import Answer, Settings, Subscriber


def answer(subscriber):
    """Return the mail that answers a sign-up: what it says depends on the address.

    The page says the same to everybody. Nothing a visitor typed stands in the mail.
    """
    message = _answer(subscriber, subscriber.kind_of_answer)
    if settings.BOUNCE_MAILBOX and (to := bounces_to()):
        now = timezone.now()
        message.come_back_to(headers.return_path_of_answer(subscriber.pk, now, to))
    return message


def trial_welcome(to):
    """Return the welcome mail as its author looks at it: its links lead nowhere."""
    reader = Subscriber(email=to, confirmed_at=timezone.now())
    return _answer(reader, Answer.Kind.WELCOME)


def _answer(subscriber, kind):
    words = Settings.load()
    owed = f"{subscriber.token} {kind} {subscriber.owed_since}"
    leave_url = compose.leave_url(subscriber.token)
    # A repeat after a crash has the same one.
    top = {"Message-ID": headers.id_of(owed)}
    if kind == Answer.Kind.WELCOME:  # she is on the list, and leaves as by a letter
        ways = headers.leave_by_mail(subscriber.token, bounces_to())
        top |= headers.of_list(leave_url, *ways)
    return mail.message(
        f"newsletter/mail/{kind}",
        {
            "subscriber": subscriber,
            "confirm_url": confirm_url(subscriber),
            "status_url": status_url(subscriber),
            "leave_url": leave_url,
            "write_to": words.write_to,
            "welcome": compose.with_whole_links(words.welcome),
            "welcome_text": compose.as_text(words.welcome),
        },
        to=subscriber.email,
        headers=top,
    )


def bounces_to():
    """Return the address for mails that come back, as servers write it, or ""."""
    return compose.ascii_address(Settings.load().bounce_address)


def errand(errand):
    """Return the mail that a reader asked for on a page of hers."""
    if errand.kind == errand.Kind.LINK:
        token = errand.subscriber.fresh_token()
        page = reverse("newsletter:status", args=[token])
    elif errand.kind == errand.Kind.MOVE:
        page = reverse("newsletter:move", args=[errand.token()])
    else:
        page = reverse("guide:page", args=["contact"])
    return mail.message(
        f"newsletter/mail/{errand.kind}",
        {
            "errand": errand,
            "url": mail.absolute(page),
            "write_to": Settings.load().write_to,
        },
        to=errand.to,
        headers={"Message-ID": headers.id_of(f"errand {errand.pk} {errand.asked_at}")},
    )


def trouble(issue, *, to):
    """Return the mail that tells why a letter stopped by itself."""
    page = reverse("admin:newsletter_issue_change", args=[issue.pk])
    context = {"issue": issue, "url": mail.absolute(page)}
    return mail.message("newsletter/mail/trouble", context, to=to)


def wave(sentence):
    """Return the mail that tells of very many sign-ups at once."""
    context = {"sentence": sentence, "url": mail.absolute(reverse("admin:index"))}
    return mail.message("newsletter/mail/wave", context, to=authors())


def authors(issue=None):
    """Return the addresses of who sent a letter, else of all who may."""
    if issue and issue.sent_by and issue.sent_by.email:
        return [issue.sent_by.email]
    may_send = get_user_model().objects.with_perm(
        "newsletter.send_issue", backend="django.contrib.auth.backends.ModelBackend"
    )
    rows = may_send.filter(is_staff=True).exclude(email="")
    return list(rows.values_list("email", flat=True))


def confirm_url(subscriber):
    token = subscriber.confirmation_token()
    return mail.absolute(reverse("newsletter:confirm", args=[token]))


def status_url(subscriber):
    return mail.absolute(reverse("newsletter:status", args=[subscriber.token]))
