"""Who is told of what."""

from django.contrib.auth import get_user_model
from django.urls import reverse

from config import mail
from guide.models import SiteSettings


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
