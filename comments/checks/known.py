"""What the checks know beside the comment itself: two queries for them all."""

from datetime import timedelta
from functools import cached_property

from django.contrib.auth import get_user_model
from django.db.models import Count, IntegerField, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from comments import phrases, text
from comments.checks.people import HEALTH
from comments.checks.words import TESTIMONIALS
from comments.models import Comment, Learned, RedFlag, Settings, Status
from guide.models import Author

REMEMBERED = timedelta(days=7)


def of(comment, sent):
    found = {"name": [], "flag": [], "rules": [], "same": [], "approved": []}
    for kind, number, words in rows(comment):
        found[kind].append((number, words))
    return Known(comment, sent, found, Learned.load())


def rows(comment):
    """Return all of it that is text, as one query: kind, number, words."""
    now = timezone.now()
    # With all states named, the index on state and time answers this.
    same = Comment.objects.filter(
        status__in=Status.values,
        created_at__gt=now - REMEMBERED,
        body=text.normalise(comment.body),  # as it is kept
    ).exclude(pk=comment.pk)
    writer = Comment.objects.confirmed().approved().filter(email=comment.email or None)
    staff = get_user_model().objects.filter(is_staff=True, is_active=True)
    full_name = Concat("first_name", Value(" "), "last_name")
    kinds = [
        row("name", Author.objects.all(), words="name"),
        row("name", staff, words=full_name),
        row("flag", RedFlag.objects.active(), number="pk", words="words"),
        row("rules", Settings.objects.all(), words="held_words"),
        row("same", same),
        row("approved", writer.values("email"), number=Count("pk")),
    ]
    return kinds[0].union(*kinds[1:]).order_by()


def row(kind, rows, *, number=None, words=None):
    return rows.order_by().values_list(
        Value(kind, TextField()),
        Cast(number or Value(0), IntegerField()),
        Cast(words or Value(""), TextField()),
    )


class Known:
    def __init__(self, comment, sent, found, learned):
        self.sent = sent
        self.said_before = bool(found["same"])
        self.approved = sum(number for number, _words in found["approved"])
        self.names = [words for _number, words in found["name"]]
        self.flags = found["flag"]
        self.text = phrases.Text(f"{comment.name}\n{comment.body}")
        rules = "\n".join(words for _number, words in found["rules"])
        *self.flag_words, self.own_words, self.praise, self.health = self.text.found(
            *(words for _number, words in self.flags), rules, TESTIMONIALS, HEALTH
        )
        self.learned = learned

    @cached_property
    def verdict(self):
        return self.learned.verdict(self.text)
