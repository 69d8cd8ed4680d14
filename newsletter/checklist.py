"""What a letter lacks, to be sent and to be good. Each rule stands here once."""

import re
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guide.checklist import dead_links, says_something
from guide.models import Guide, SiteSettings
from newsletter import compose, questions
from newsletter.models import Block, Issue, Settings, Subscriber

Kind = Block.Kind

LONGEST_SUBJECT = 60  # characters; mail programs cut what is longer
MOST_LINKS = 20
# Gmail cuts a letter off behind its 102nd kilobyte, and with it the way to leave.
MOST_BYTES = 102_000

_link = re.compile(r'<a\b[^>]*\bhref="')
# What other programs for letters fill in; here it would arrive as it stands.
_field = re.compile(
    r"\{\{.{1,60}?\}\}|\{%.{1,60}?%\}|\$?\{!?[A-Za-z][\w.]{1,30}\}|%[A-Z_]{4,30}%"
    r"|\*\|.{1,60}?\|\*|\[\[.{1,60}?\]\]"
    r"|(?i:\[(?:subscriber|e?mail|(?:first|last)?[ _]?name)\b[^\]\n]{0,60}\])"
    r"|(?i:\{(?:first|last)[ _]name\b[^}\n]{0,60}\})"
)


@dataclass(frozen=True)
class Point:
    """One thing to mend, as a sentence, and where."""

    sentence: str
    at: str  # the anchor of what mends it
    is_blocking: bool = False
    form: str = ""  # the address of the form, where it is not the letter's own

    @property
    def url(self):
        return f"{self.form}{self.at}"


def of(issue):
    """Return what a saved letter lacks, first what keeps it from being sent."""
    form = reverse("admin:newsletter_issue_change", args=[issue.pk])
    letter = Letter(issue)
    points = [
        *_of_the_subject(letter),
        *_of_the_guides(letter),
        *_of_the_rest(letter),
        *_of_the_words(letter),
        *_of_the_mail(letter),
        *_of_the_site(),
    ]
    placed = [replace(point, form=point.form or form) for point in points]
    return sorted(placed, key=lambda point: not point.is_blocking)


def blocking(issue):
    """Return the points with which a letter is not sent."""
    return [point for point in of(issue) if point.is_blocking]


class Letter:
    """A letter as its rules read it."""

    def __init__(self, issue):
        self.issue = issue
        self.blocks = list(
            issue.blocks.select_related("guide__picture", "promotion__cover")
        )
        somebody = compose.Recipient(None, "", compose.TOKEN, timezone.now())
        _subject, self.text, self.page = compose.render(issue, somebody)

    def of_kind(self, *kinds):
        return [block for block in self.blocks if block.kind in kinds]


def _must(sentence, at, form=""):
    return Point(sentence, at, is_blocking=True, form=form)


def place(block):
    return f"#block-{block.pk}"


def _of_the_subject(letter):
    subject = letter.issue.subject
    if len(subject.splitlines()) > 1:
        yield _must(
            _("The subject is one line: take the line break out."), "#id_subject"
        )
    if len(subject) > LONGEST_SUBJECT:
        yield Point(
            _("The subject has %(n)s characters. Phones show about 40 of them.")
            % {"n": len(subject)},
            "#id_subject",
        )
    others = Issue.objects.sent().exclude(pk=letter.issue.pk)
    if others.filter(subject__iexact=subject).exists():
        yield Point(
            _("An earlier letter had this subject. Say what is new in this one."),
            "#id_subject",
        )
    if not letter.issue.preheader:
        yield Point(
            _("There is no preview line: what mail programs show beside the subject."),
            "#id_preheader",
        )


def _of_the_guides(letter):
    named = letter.of_kind(Kind.GUIDE, Kind.QUESTION)
    if not named:
        return
    seen = set(
        Guide.objects.published()
        .filter(pk__in=[block.guide_id for block in named])
        .values_list("pk", flat=True)
    )
    told = set()
    for block in named:
        if block.guide_id in seen or block.guide_id in told:
            continue
        told.add(block.guide_id)
        sentence = (
            _("“%s” is retired: take it out of the letter.")
            if block.guide.retired_at
            else _(
                "“%s” is not published yet: publish it, or take it out of the letter."
            )
        )
        yield _must(sentence % block.guide, place(block))
    if asked := letter.of_kind(Kind.QUESTION):
        yield from _of_the_answers(asked)


def _of_the_answers(blocks):
    now = {
        (entry.guide.pk, entry.question): entry.answer
        for entry in questions.entries([block.guide_id for block in blocks])
    }
    for block in blocks:
        answer = now.get((block.guide_id, block.question))
        if answer == block.prose:
            continue
        sentence = (
            _("The answer to “%s” was changed in its guide: save to take that over.")
            if answer
            else _("“%s” stands in its guide no more. Here it stays as it is.")
        )
        yield Point(sentence % block.question, place(block))


def _of_the_rest(letter):
    if not letter.blocks:
        yield _must(
            _("The letter is empty: write a text or choose a guide."), "#blocks-group"
        )
    elif not letter.of_kind(Kind.PROSE, Kind.QUESTION):
        yield Point(
            _("There is nothing besides guides. A greeting makes a letter of them."),
            "#blocks-group",
        )
    now = timezone.now()
    for block in letter.of_kind(Kind.PROMOTION):
        if not block.promotion.is_shown(now):
            yield _must(
                _("The dates of “%s” say that it is not shown now: take it out.")
                % block.promotion,
                place(block),
            )


def _of_the_words(letter):
    texts = [(block.prose, place(block)) for block in letter.blocks if block.prose]
    texts += [
        (f'<a href="{block.promotion.link}">', place(block))
        for block in letter.of_kind(Kind.PROMOTION)
    ]
    for path, at in dead_links(texts, {"newsletter:issue": _sent_at}):
        yield _must(
            _("The link to %s leads nowhere: write another address.") % path, at
        )
    words = [(letter.issue.subject, "#id_subject")]
    words += [(letter.issue.preheader, "#id_preheader")]
    for text, at in words + texts:
        if found := _field.search(text):
            yield _must(
                _(
                    "“%s” would arrive as it stands here: nothing is filled in. Take "
                    "it out."
                )
                % found[0],
                at,
            )


def _sent_at(slugs):
    sent = Issue.objects.sent().filter(slug__in=slugs)
    return list(sent.values_list("slug", flat=True))


def _of_the_mail(letter):
    """Look at the mail as it leaves."""
    for block, words, picture in _pictures(letter):
        if words and not says_something(str(words["alt"])):
            sentence = _(
                "The picture of “%s” has no words: who does not see it reads nothing."
            )
            form = picture and reverse("admin:guide_picture_change", args=[picture.pk])
            at = "#id_alt" if form else place(block)
            yield _must(sentence % block.in_words, at, form or "")
    size = len(letter.page.encode())
    if size > MOST_BYTES:
        yield _must(
            _(
                "The letter has %(size)s KB. Gmail cuts it off after 102: shorten a "
                "text, or let a guide say it."
            )
            % {"size": size // 1000},
            "#blocks-group",
        )
    links = len(_link.findall(letter.page))
    if links > MOST_LINKS:
        yield Point(
            _("There are %(n)s links in it. Fewer are followed more.") % {"n": links},
            "#blocks-group",
        )
    leave = compose.leave_url(compose.TOKEN)
    if leave not in letter.page or leave not in letter.text:
        yield _must(
            _(
                "The letter has no link to leave the list: its template in "
                "templates/newsletter/mail/issue/ lost it."
            ),
            "#blocks-group",
        )


def _pictures(letter):
    """Return each picture of the mail: its block, what the mail has of it, its row."""
    for block in letter.of_kind(Kind.GUIDE)[:1]:
        yield block, compose.picture(block.guide), block.guide.picture
    for block in letter.of_kind(Kind.PROMOTION):
        yield block, compose.cover(block.promotion), block.promotion.cover


def _of_the_site():
    if not Settings.load().sender_address:
        yield _must(
            _("There is no sender: write one in the settings of the letter."),
            "#id_sender_address",
            reverse("admin:newsletter_settings_change", args=[1]),
        )
    if not SiteSettings.load().postal_address:
        yield _must(
            _("There is no postal address: write one in the settings of the site."),
            "#id_postal_address",
            reverse("admin:guide_sitesettings_change", args=[1]),
        )
    if not Subscriber.objects.reachable().exists():
        yield _must(
            _("Nobody would get it: no reader of the letter is reachable."),
            "",
            reverse("admin:newsletter_subscriber_changelist"),
        )
