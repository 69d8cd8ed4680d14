"""An issue's blocks to HTML and text, and to bytes that each recipient's copy fills."""

import html
import re
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from config import mail
from guide.figures import FIGURES
from guide.models import Guide, SiteSettings, site_zone
from newsletter import headers
from newsletter.models import Block, Settings

FOLDER = "newsletter/mail/issue"
# A line of a header with encoded words is that long at most (RFC 2047).
FOLDED = SMTP.clone(max_line_length=76)
# They stand where a recipient's own words go. Each is of characters that no encoding
# of a mail touches, and no longer than a line may be.
TOKEN = "TOKEN-of-the-recipient-stands-in-this-place"  # noqa: S105
SINCE = "SINCE-day-month-year"
PICTURE_WIDTH = 520
COVER_WIDTH = 120


class CannotCompile(Exception):  # noqa: N818
    """A sentinel did not come through: this issue is built one by one."""


class Recipient(NamedTuple):
    """What one copy has of its own. ``delivery`` is an id, also that of a repeat."""

    delivery: object
    email: str
    token: str
    since: object


# The blocks


def blocks(issue, rows=None):
    """Return what an issue is made of, for the mail, its text part and the archive.

    It is made of its own blocks, or of those ``rows``, which nobody saved yet. A guide
    retired since stays where it stood: its page says what became of it.
    """
    if rows is None:
        rows = list(issue.blocks.select_related("promotion__cover"))
    guides = _guides(issue, rows)
    shown = [row for row in rows if not row.guide_id or row.guide_id in guides]
    lead = None
    for block in shown:
        if block.guide_id:
            block.guide = guides[block.guide_id]
        if block.kind == Block.Kind.GUIDE:
            block.is_lead = lead is None
            lead = lead or block.guide
        if block.kind == Block.Kind.PROMOTION:
            block.is_current = block.promotion.is_shown(timezone.now())
        block.html = in_html(block)
    return {
        "issue": issue,
        "when": issue.frozen_at or timezone.now(),
        "blocks": shown,
        "lead": lead,
    }


def _guides(issue, rows):
    """Return the guides these rows name that readers may see, by their keys."""
    shown = Guide.objects.all()
    shown = shown.once_published() if issue.frozen_at else shown.published()
    named = {row.guide_id for row in rows if row.guide_id}
    guides = shown.filter(pk__in=named).with_pictures().with_facts() if named else []
    for guide in guides:
        guide.address = mail.absolute(guide.get_absolute_url())
    return {guide.pk: guide for guide in guides}


def in_html(block):
    """Return the words of a block that are its own: a text, or question and answer."""
    if block.kind != Block.Kind.QUESTION:
        return block.prose
    return (
        format_html(
            "<blockquote><p><em>“{}”</em></p>", block.question.strip('“”"\n\t ')
        )
        + mark_safe(block.prose)  # cleaned when it was saved
        + format_html(
            '<p><a href="{}">{}</a></p></blockquote>',
            block.guide.get_absolute_url(),
            block.guide.title,
        )
    )


def picture(guide):
    """Return address, size and words of a guide's picture as a mail needs them."""
    if guide.picture:
        width, height = guide.picture.width, guide.picture.height
        return {
            "src": urljoin(f"{settings.SITE_URL}/", guide.picture.src),
            "alt": guide.picture.alt,
            "width": PICTURE_WIDTH,
            "height": round(PICTURE_WIDTH * height / width) if width else None,
        }
    if guide.figure:
        # The plain name, not the hashed one: a mail is opened years later too.
        path = f"{settings.SITE_URL}{settings.STATIC_URL}figures/{guide.figure}"
        return {
            "src": f"{path}.png",
            "dark": f"{path}-dark.png",
            "alt": FIGURES.get(guide.figure, ""),
            "width": PICTURE_WIDTH,
            "height": 240,
        }
    return None


def cover(promotion):
    """Return the cover of a promotion as a mail needs it, or None."""
    if not promotion.cover:
        return None
    return {
        "src": urljoin(f"{settings.SITE_URL}/", promotion.cover.src),
        "alt": promotion.cover.alt,
        "width": COVER_WIDTH,
    }


# One mail


def render(issue, recipient, *, note="", rows=None):
    """Return subject, text and HTML of one recipient's copy."""
    context = blocks(issue, rows)
    for block in context["blocks"]:
        make_whole(block)
    context |= {
        "site": SiteSettings.load(),
        "site_url": settings.SITE_URL,
        "subject": issue.subject,
        "note": note,
        "since": since(recipient),
        "web_url": mail.absolute(issue.get_absolute_url()),
        "leave_url": leave_url(recipient.token),
        "status_url": status_url(recipient.token),
    }
    # One line, whatever a script wrote: more is no header.
    subject = " ".join(issue.subject.split())
    return (
        f"{note}: {subject}" if note else subject,
        mail.words(f"{FOLDER}/body.txt", context),
        mail.page(f"{FOLDER}/body.html", context),
    )


def make_whole(block):
    """Add to a block what a mail needs of it, where a page has links and styles."""
    block.html = with_whole_links(block.html)
    block.text = as_text(block.html)
    if block.kind == Block.Kind.PROMOTION:
        block.address = urljoin(f"{settings.SITE_URL}/", block.promotion.link)
        block.picture = cover(block.promotion)
    elif block.kind == Block.Kind.GUIDE and block.is_lead:
        block.picture = picture(block.guide)


def sender(words):
    """Return the sender of letters, with a name."""
    address = ascii_address(words.sender_address)
    name = words.sender_name or SiteSettings.load().name
    return formataddr((" ".join(name.split()), address))  # one line, as the subject


def leave_url(token):
    return mail.absolute(reverse("newsletter:unsubscribe", args=[token]))


def status_url(token):
    return mail.absolute(reverse("newsletter:status", args=[token]))


def since(recipient):
    if isinstance(recipient.since, str):
        return recipient.since
    return date(timezone.localtime(recipient.since, site_zone()), "j F Y")


# Compiled once, filled per recipient


class Letter:
    """An issue as it leaves: compiled to bytes where that holds, else one by one."""

    def __init__(self, issue, *, note=""):
        self.issue, self.note = issue, note
        words = Settings.load()
        self.sender = sender(words)
        self.bounces_to = ascii_address(words.bounce_address)
        self.zone = site_zone()
        self.days = {}
        try:
            self.pieces = self.compile()
        except CannotCompile:
            self.pieces = None

    def fill(self, recipient):
        """Return the bytes of one recipient's copy.

        Raises ``ValueError`` for what is no address.
        """
        email = ascii_address(recipient.email)
        if "\n" in email or "\r" in email:
            raise ValueError("A line break in an address.")
        top = (
            f"To: {email}\r\n"
            f"Message-ID: {headers.message_id(recipient.delivery)}\r\n"
            f"Date: {format_datetime(timezone.now())}\r\n"
        )
        if self.pieces is None:
            rest, _source = self.build(recipient)
        else:
            own = {
                TOKEN: recipient.token.encode("ascii"),
                SINCE: self.day(recipient.since),
            }
            rest = b"".join(
                own[piece] if isinstance(piece, str) else piece for piece in self.pieces
            )
        return top.encode("ascii") + rest

    def return_path(self, recipient):
        """Return where one recipient's copy comes back; "" where it is the sender."""
        if not self.bounces_to:
            return ""
        return headers.return_path(recipient.delivery, self.bounces_to)

    def day(self, moment):
        """Return a date as it stands inside a part, made once for all of that day."""
        local = moment.astimezone(self.zone)
        day = local.toordinal()
        if day not in self.days:
            words = quoted(html.escape(date(local, "j F Y")), wrap=False)
            self.days[day] = words.encode("ascii")
        return self.days[day]

    def compile(self):
        """Return everybody's copy in pieces: bytes, and names of what is filled in.

        Raises ``CannotCompile`` where a name did not come through whole.
        """
        whole, source = self.build(Recipient(None, "", TOKEN, SINCE))
        pieces = [
            piece.decode("ascii") if place % 2 else piece
            for place, piece in enumerate(
                re.split(f"({TOKEN}|{SINCE})".encode("ascii"), whole)
            )
        ]
        for sentinel in (TOKEN, SINCE):
            if not pieces.count(sentinel) == source.count(sentinel) > 0:
                raise CannotCompile(sentinel)
        return pieces

    def build(self, recipient):
        """Return a copy from its second header on, and the source it was made from.

        By hand, because Python's own folding turns a long address in a header into
        something no mail program can follow.
        """
        subject, text, page = render(self.issue, recipient, note=self.note)
        named = mail.Message(subject, "", self.sender).message()
        top = "".join(FOLDED.fold(name, named[name]) for name in ("From", "Subject"))
        ways = headers.leave_by_mail(recipient.token, self.bounces_to)
        for name, value in headers.of_list(leave_url(recipient.token), *ways):
            top += f"{name}: {value}\r\n"
        body = MIMEPart(policy=SMTP)
        body["MIME-Version"] = "1.0"
        body.make_alternative()
        for subtype, content in (("plain", text), ("html", page)):
            part = MIMEPart(policy=SMTP)
            part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
            part["Content-Transfer-Encoding"] = "quoted-printable"
            part.set_payload(quoted(content))
            body.attach(part)
        return top.encode("ascii") + body.as_bytes(), top + text + page


def ascii_address(email):
    if email.isascii():
        return email
    local, _at, domain = email.rpartition("@")
    return f"{local}@{punycode(domain)}"


def is_address(email):
    """Whether a mail can be addressed to it at all, whatever its server thinks."""
    try:
        validate_email(ascii_address(email))
    except (ValidationError, ValueError):
        return False
    return True


_word = re.compile(rb"=[0-9A-F]{2}|[A-Za-z0-9_-]+|.", re.DOTALL)
_other = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]")


def quoted(text, *, wrap=True):
    """Return text as quoted-printable that breaks no word of up to 70 characters.

    Python's own breaks lines inside words, and with them a sentinel.
    """
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = _other.sub(lambda m: b"=%02X" % m[0][0], line.encode("utf-8"))
        if line[-1:] in (b" ", b"\t"):
            line = line[:-1] + b"=%02X" % line[-1]
        if not wrap:
            lines.append(line)
            continue
        short = b""
        for word in _word.findall(line):
            while word:
                if len(short) + len(word) <= 75:
                    short, word = short + word, b""
                elif len(word) <= 75:
                    lines.append(short + b"=")
                    short = b""
                else:
                    room = 75 - len(short)
                    lines.append(short + word[:room] + b"=")
                    short, word = b"", word[room:]
        lines.append(short)
    return b"\r\n".join(lines).decode("ascii")


# The author's rich text


def with_whole_links(prose):
    """Return the HTML with the site's own links as a mail must write them."""
    return re.sub(r'(<a href=")(/[^"]*)"', rf'\g<1>{settings.SITE_URL}\g<2>"', prose)


def as_text(prose):
    """Return cleaned HTML as plain text: a link's address stands behind its words."""
    reader = _Reader()
    reader.feed(with_whole_links(prose))
    reader.close()
    return reader.text()


_entry = r"(?<![^\n])[> ]*(?:-|\d+\.) "


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.blocks, self.lists, self.hrefs, self.depth = [""], [], [], 0
        self.lead, self.is_fresh = "", True

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("p", "h3", "h4"):
            self.open()
        elif tag == "br":
            self.blocks[-1] += "\n"
        elif tag in ("ul", "ol"):
            start = attrs.get("start") or "1"
            self.lists.append(int(start) if tag == "ol" and start.isdigit() else None)
        elif tag == "li":
            number = self.lists[-1] if self.lists else None
            self.lead = "- " if number is None else f"{number}. "
            if number is not None:
                self.lists[-1] += 1
            self.open()
        elif tag == "blockquote":
            self.depth += 1
        elif tag == "a":
            self.hrefs.append(attrs.get("href") or "")
            self.mark = len(self.blocks[-1])

    def handle_endtag(self, tag):
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.depth = max(0, self.depth - 1)
        elif tag == "a" and self.hrefs:
            href = self.hrefs.pop()
            said = self.blocks[-1][self.mark :].strip()
            if href and said not in (href, href.removeprefix("mailto:")):
                self.blocks[-1] += f" ({href})"

    def handle_data(self, data):
        self.blocks[-1] += re.sub(r"\s+", " ", data)
        self.is_fresh = self.is_fresh and not data.strip()

    def open(self):
        """Begin a block; a list's mark stands before the first one of its entry."""
        if self.is_fresh and not self.lead and self.lists:
            return  # the paragraph of an entry whose mark was just written
        if not self.is_fresh:
            self.blocks.append("")
        indent = "  " * max(0, len(self.lists) - 1) + "> " * self.depth
        self.blocks[-1] = f"{indent}{self.lead}"
        self.lead, self.is_fresh = "", True

    def text(self):
        blocks = [re.sub(r" *\n *", "\n", block).rstrip() for block in self.blocks]
        text = "\n\n".join(filter(None, blocks))
        return re.sub(rf"({_entry}[^\n]*)\n\n(?={_entry})", r"\1\n", text)
