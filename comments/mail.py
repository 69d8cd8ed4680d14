"""Who is told of what."""

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from comments.models import EmailAddress
from config import mail
from guide.models import SiteSettings

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
    headers = {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{context['stop_url']}>",
    }
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


def new_comments(comments, *, to):
    """Return the mail that says how many questions wait, and under which guides.

    What readers wrote about their bodies stays on the site: the mail holds none of it.
    """
    titles = {comment.guide.title: 0 for comment in comments}
    for comment in comments:
        titles[comment.guide.title] += 1
    waiting = reverse("admin:comments_comment_changelist")
    context = {
        "number": len(comments),
        "guides": titles.items(),
        "url": mail.absolute(waiting),
    }
    return mail.message("comments/mail/new_comments", context, to=to)


def desk():
    """Return the addresses of those who read new questions."""
    if address := SiteSettings.load().contact_email:
        return [address]
    return list(
        get_user_model()
        .objects.with_perm(
            "comments.change_comment",
            backend="django.contrib.auth.backends.ModelBackend",
        )
        .filter(is_staff=True)
        .exclude(email="")
        .values_list("email", flat=True)
    )
