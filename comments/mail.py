"""Who is told of what."""

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.text import Truncator

from comments import mailed
from comments.models import Settings
from config import mail
from guide.models import SiteSettings

EXCERPT = 30  # words
LISTED = 10  # comments a mail names one by one


def urgent(comments, *, to):
    """Return the mail that says at once that red flags stand in questions."""
    return _listed("urgent", comments, number=len(comments), to=to)


def digest(comments, counts, *, to):
    """Return the daily mail: how many wait in each tray, and the first of them."""
    number = sum(counts.values())
    return _listed("digest", comments, number=number, counts=counts, to=to)


def _listed(folder, comments, *, to, **context):
    """List comments with what the addressee may do with each.

    What readers wrote about their bodies stays on the site unless the author wants the
    first words in her mails.
    """
    address, user = to
    has_excerpts = Settings.load().has_excerpts
    rows = [
        {
            "comment": comment,
            "excerpt": Truncator(comment.body).words(EXCERPT) if has_excerpts else "",
            "links": mailed.links(comment, user) if user else {},
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
        answering = [user for user in mine if user.has_perm("comments.add_comment")]
        return [(address, next(iter(answering or mine), None))]
    return [(user.email, user) for user in staff]
