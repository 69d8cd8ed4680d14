from contextlib import contextmanager

from django.db import models

from comments import bayes, phrases
from comments.models.decisions import Decision
from comments.models.states import Status

# Off the page says nothing about spam: a reader may have taken it back herself.
IS_SPAM = {Status.SPAM: True, Status.APPROVED: False, Status.REJECTED: False}


class Learned(models.Model):
    """One row: what the filter has learned of the decisions, without a word of it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    spam_total = models.PositiveIntegerField(default=0)
    other_total = models.PositiveIntegerField(default=0)
    spam = models.BinaryField(default=bytes)
    other = models.BinaryField(default=bytes)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="comments_learned_is_one_row"
            )
        ]

    def __str__(self):
        return f"{self.spam_total} + {self.other_total}"

    @classmethod
    def load(cls):
        return cls.objects.filter(pk=1).first() or cls()

    @classmethod
    @contextmanager
    def read_anew(cls, comment):
        """Unlearn what the block changes of a comment, and learn what then stands."""
        kind = kinds_of([comment]).get(comment.pk)
        cls._turn([(comment, kind, None)])
        yield
        cls._turn([(comment, None, kind)])

    @classmethod
    def follow(cls, comments, *, to):
        """Learn from what readers wrote and is decided; unlearn what it was before."""
        comments = [
            comment
            for comment in comments
            if not comment.staff_id and not comment.taken_back_at
        ]
        was = kinds_of(comments)
        cls._turn(
            [(comment, was.get(comment.pk), IS_SPAM.get(to)) for comment in comments]
        )

    @classmethod
    def _turn(cls, turns):
        turns = [turn for turn in turns if turn[1] != turn[2]]
        if not turns:
            return
        cls.objects.get_or_create(pk=1)
        row = cls.objects.select_for_update().get(pk=1)
        counts = {True: bayes.counts(row.spam), False: bayes.counts(row.other)}
        for comment, was, now in turns:
            numbers = bayes.numbers(phrases.Text(f"{comment.name}\n{comment.body}"))
            for kind, step in ((was, -1), (now, 1)):
                if kind is not None:
                    row._count(counts[kind], numbers, kind=kind, step=step)
        row.spam, row.other = counts[True].tobytes(), counts[False].tobytes()
        row.save()

    def _count(self, counts, numbers, *, kind, step):
        name = "spam_total" if kind else "other_total"
        setattr(self, name, max(0, getattr(self, name) + step))
        for number in numbers:
            counts[number] = max(0, min(bayes.MOST, counts[number] + step))

    def verdict(self, text):
        return bayes.judge(
            text,
            spam=bayes.counts(self.spam),
            other=bayes.counts(self.other),
            spam_total=self.spam_total,
            other_total=self.other_total,
        )


def kinds_of(comments):
    """Return as what these were learned, by their ids.

    What was imported, or made by hand, came in its state without a decision.
    """
    states = {
        (comment.pk, comment.status)
        for comment in comments
        if IS_SPAM.get(Status(comment.status)) is not None
        and not comment.staff_id
        and not comment.taken_back_at
    }
    if not states:
        return {}
    made = Decision.objects.filter(comment__in=[pk for pk, _status in states])
    made = made.exclude(was=models.F("to"))
    decided = made.order_by().values_list("comment", "to").distinct()
    return {pk: IS_SPAM[Status(to)] for pk, to in states.intersection(decided)}
