from django import template

from newsletter import waiting
from newsletter.forms import SignUpForm
from newsletter.models import Issue, Settings, Subscriber, fold

register = template.Library()


@register.filter
def figure(number):
    """Write a number with its thousands apart."""
    return waiting.figure(number)


@register.inclusion_tag("newsletter/signup_form.html")
def signup_form(form=None, level=2):
    """Draw the sign-up: the same for every reader; ``form`` is one that was refused."""
    return {"form": form or SignUpForm(), "words": Settings.load(), "level": level}


@register.simple_tag
def stopped_among(emails):
    """Return who of these addresses gets no letters any more, each with the row."""
    keys = {fold(email) for email in emails if email}
    rows = Subscriber.objects.suppressed().filter(email_key__in=keys) if keys else []
    return {row.email_key: row for row in rows}


@register.filter
def of_address(rows, email):
    """Return the row of an address, of those that ``stopped_among`` found."""
    return rows.get(fold(email)) if rows and email else None


@register.simple_tag
def sent_letters():
    """Return the letters of the archive, each with its address and its date."""
    return Issue.objects.sent().only("slug", "frozen_at")


@register.inclusion_tag("newsletter/waiting_letters.html")
def waiting_letters():
    """Draw what waits of letters on the admin's first page, one row each."""
    return {"rows": waiting.rows()}
