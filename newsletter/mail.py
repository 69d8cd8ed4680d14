"""Who is told what, one at a time; an issue's mail is made in compose.py."""

from django.contrib.auth import get_user_model
from django.urls import reverse

from config import mail


def answer(subscriber):
    """Return the mail that answers a sign-up: what it says depends on the address.

    The page says the same to everybody. Nothing a visitor typed stands in the mail.
    """
    return mail.message(
        f"newsletter/mail/{subscriber.kind_of_answer}",
        {
            "subscriber": subscriber,
            "confirm_url": confirm_url(subscriber),
            "status_url": status_url(subscriber),
        },
        to=subscriber.email,
    )


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
        {"errand": errand, "url": mail.absolute(page)},
        to=errand.to,
    )


def trouble(issue, *, to):
    """Return the mail that tells why a letter stopped by itself."""
    page = reverse("admin:newsletter_issue_change", args=[issue.pk])
    context = {"issue": issue, "url": mail.absolute(page)}
    return mail.message("newsletter/mail/trouble", context, to=to)


def authors(issue):
    """Return the addresses of who sent a letter, else of all who may."""
    if issue.sent_by and issue.sent_by.email:
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
