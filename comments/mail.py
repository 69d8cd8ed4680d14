"""Who is told of what."""

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from comments import rights, text
from comments.desk import links
from comments.models import EmailAddress, Settings
from config import mail
from guide.models import SiteSettings

EXCERPT = 30  # words
LISTED = 10  # comments a mail names one by one
SALT = "comments.mail"
LINK_IS_VALID_FOR = 14 * 24 * 60 * 60


def receipts(comments, *, address):
    """Return the mail with the addresses of what was sent, each its writer's own page.

    Not a word that a visitor typed stands in it: somebody else may have given the
    address. Who owns it confirms it by a button on the page its link leads to.
    """
    context = {
        "urls": [receipt_url(comment) for comment in comments],
        "confirm_url": "" if address.confirmed_at else confirm_url(address),
        "stop_url": stop_url(address),
    }
    return to_reader("receipts", context, address=address)


def news(comment, *, is_answered, address):
    """Return the mail that says that a question is answered, or stands on the page.

    Neither is in it: who opens the mail may not be alone.
    """
    context = {
        "comment": comment,
        "is_answered": is_answered,
        "url": receipt_url(comment),
        "stop_url": stop_url(address),
    }
    return to_reader("news", context, address=address)


def to_reader(name, context, *, address):
    headers = {"List-Unsubscribe": f"<{context['stop_url']}>"}
    return mail.message(
        f"comments/mail/{name}", context, to=address.email, headers=headers
    )


def receipt_url(comment):
    return mail.absolute(reverse("comments:receipt", args=[comment.secret]))


def confirm_url(address):
    token = signing.dumps(address.token, salt=SALT)
    return mail.absolute(reverse("comments:confirm", args=[token]))


def confirmed_by(token):
    """Return the address whose confirmation this is, or None where it is no good."""
    try:
        own = signing.loads(token, salt=SALT, max_age=LINK_IS_VALID_FOR)
    except signing.BadSignature:
        return None
    return EmailAddress.objects.filter(token=own).first()


def stop_url(address):
    return mail.absolute(reverse("comments:mails", args=[address.token]))


def urgent(comments, *, to):
    """Return the mail that says at once that red flags stand in questions."""
    return listed("urgent", comments, number=len(comments), to=to)


def digest(comments, counts, *, to):
    """Return the daily mail: how many wait in each tray, and the first of them."""
    number = sum(counts.values())
    return listed("digest", comments, number=number, counts=counts, to=to)


def listed(folder, comments, *, to, **context):
    """List comments with what the addressee may do with each.

    What readers wrote about their bodies stays on the site unless the author wants the
    first words in her mails.
    """
    address, user = to
    has_excerpts = Settings.load().has_excerpts
    rows = [
        {
            "comment": comment,
            "excerpt": text.excerpt(comment.body, EXCERPT) if has_excerpts else "",
            "links": links.of(comment, user) if user else {},
        }
        for comment in comments[:LISTED]
    ]
    waiting = reverse("admin:comments_comment_changelist")
    context |= {
        "rows": rows,
        "left": context["number"] - len(rows),
        "url": mail.absolute(waiting),
    }
    return mail.message(f"comments/mail/{folder}", context, to=address)


def desk():
    """Return the addresses of those who read new questions, each with its user.

    The links of a mail are those of a user's; an address that is nobody's gets none.
    """
    staff = get_user_model().objects.with_perm(
        "comments.change_comment",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    staff = staff.filter(is_staff=True).exclude(email="").order_by("pk")
    if address := SiteSettings.load().contact_email:
        mine = staff.filter(email__iexact=address)
        answering = [user for user in mine if rights.may_answer(user)]
        return [(address, next(iter(answering or mine), None))]
    return [(user.email, user) for user in staff]
