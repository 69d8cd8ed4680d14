"""Who is told what, one at a time; an issue's mail is made in compose.py."""

from django.urls import reverse

from config import mail


def answer(subscriber):
    """Return the mail that answers a sign-up: what it says depends on the address.

    The page says the same to everybody. Nothing a visitor typed stands in the mail.
    """
    is_reached = subscriber.is_active and subscriber.suppressed_at is None
    return mail.message(
        f"newsletter/mail/{'already' if is_reached else 'confirm'}",
        {
            "subscriber": subscriber,
            "confirm_url": confirm_url(subscriber),
            "status_url": status_url(subscriber),
        },
        to=subscriber.email,
        headers={"Auto-Submitted": "auto-generated"},
    )


def confirm_url(subscriber):
    token = subscriber.confirmation_token()
    return mail.absolute(reverse("newsletter:confirm", args=[token]))


def status_url(subscriber):
    return mail.absolute(reverse("newsletter:status", args=[subscriber.token]))
