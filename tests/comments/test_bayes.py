import sys

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from comments import bayes, checks, phrases
from comments.models import Comment, Learned, Status
from tests.factories import make_comment, make_guide, make_staff

SPAM = [
    f"Cheap {what} with free shipping at our shop {n}, click now"
    for n in range(20)
    for what in ("bands", "watches", "pills")
]
QUESTIONS = [
    f"Do I breathe out when {verb} the band, and how often in week {n}?"
    for n in range(20)
    for verb in ("pulling", "lifting", "holding")
]


class LearnTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()

    def teach(self, *, spam=60, other=60):
        for bodies, state in [
            (SPAM[:spam], Status.SPAM),
            (QUESTIONS[: other - other // 4], Status.APPROVED),
            (QUESTIONS[: other // 4], Status.REJECTED),
        ]:
            made = [
                make_comment(self.guide, status=Status.PENDING, body=body, name="Tom")
                for body in bodies
            ]
            Comment.objects.filter(pk__in=[row.pk for row in made]).move(to=state)

    def judge(self, body):
        comment = Comment(guide=self.guide, name="Nell", body=body)
        checks.judge(comment, checks.Sent())
        return comment

    def test_it_orders_and_folds_after_a_hundred_decisions(self):
        self.teach(spam=50, other=49)
        self.assertIsNone(self.judge("Cheap watches, free shipping").spam_score)

        make_comment(self.guide, status=Status.PENDING, body=QUESTIONS[50]).approve()

        spam = self.judge("Cheap watches, free shipping")
        question = self.judge("How often do I breathe when pulling?")
        self.assertGreater(spam.spam_score, bayes.LIKELY)
        self.assertLess(question.spam_score, 0.1)
        self.assertEqual(question.findings, [])
        (finding,) = spam.findings
        self.assertEqual(finding["check"], "spam")
        self.assertIn("shipping", finding["words"])
        self.assertEqual(spam.status, Status.PENDING)

    def test_it_is_silent_while_it_knows_one_side_alone(self):
        self.teach(spam=0, other=120)

        self.assertIsNone(self.judge("Cheap watches").spam_score)

    def test_every_way_back_unlearns(self):
        self.teach(spam=3, other=4)
        before = Learned.objects.values().get()
        comment = make_comment(self.guide, status=Status.PENDING, body="Buy my cream")

        for state in [
            *(Status.SPAM, Status.APPROVED, Status.REJECTED, Status.SPAM),
            *(Status.REMOVED, Status.SPAM, Status.PENDING),
        ]:
            comment.move(to=state)

        self.assertEqual(Learned.objects.values().get(), before)

    def test_only_what_readers_wrote_is_learned(self):
        asked = make_comment(self.guide, status=Status.PENDING)
        answer = asked.answer(author=make_staff(name="Ana"), body="Out as you pull.")
        learned = Learned.objects.get()
        self.assertEqual((learned.spam_total, learned.other_total), (0, 1))

        answer.remove()
        answer.spam()
        asked.take_back()
        Comment.objects.get(pk=asked.pk).reject()

        learned = Learned.objects.get()
        self.assertEqual((learned.spam_total, learned.other_total), (0, 1))

    def test_it_keeps_no_word_and_never_grows(self):
        self.teach(spam=3, other=4)
        row = Learned.objects.get()
        size = len(row.spam) + len(row.other)

        self.teach(spam=60, other=60)

        row = Learned.objects.get()
        self.assertEqual(len(row.spam) + len(row.other), size)
        self.assertLessEqual(size, 128 * 1024)
        for word in (b"shipping", b"breathe", b"Tom"):
            self.assertNotIn(word, bytes(row.spam) + bytes(row.other))

    def test_many_moved_at_once_are_learned_by_one_change(self):
        def queries(number):
            for _n in range(number):
                make_comment(self.guide, status=Status.PENDING)
            with CaptureQueriesContext(connection) as queries:
                Comment.objects.pending().spam()
            return len(queries)

        queries(1)  # makes the row

        self.assertEqual(queries(1), queries(9))
        self.assertEqual(Learned.objects.get().spam_total, 11)


class ImportedTests(TestCase):
    def test_what_was_never_learned_is_not_unlearned(self):
        make_comment(status=Status.PENDING, name="Tom", body="My band").approve()
        learned = bytes(Learned.load().other)

        imported = make_comment(name="Tom", body="My band")
        imported.redact(phrases=["band"])
        imported.remove()

        row = Learned.load()
        self.assertEqual((bytes(row.other), row.other_total), (learned, 1))


class StruckTests(TestCase):
    def sums(self):
        row = Learned.load()
        return sum(bayes.counts(row.other)), sum(bayes.counts(row.spam))

    def test_words_that_are_struck_out_are_unlearned_at_once(self):
        for act in [
            lambda comment: comment.redact(phrases=["Zebulon Quincunx"]),
            lambda comment: comment.show_less(name="Tom", words=["Zebulon Quincunx"]),
        ]:
            comment = make_comment(
                status=Status.PENDING, name="Tom", body="Zebulon Quincunx aches"
            )
            comment.approve()
            act(comment)

            numbers = bayes.numbers(phrases.Text("Zebulon Quincunx"))
            other = bayes.counts(Learned.load().other)
            self.assertEqual([other[number] for number in numbers], [0, 0])
            Comment.objects.get(pk=comment.pk).restore()
            self.assertEqual(self.sums(), (0, 0))


class VerdictTests(TestCase):
    def test_its_work_is_bounded_by_the_length_of_a_text(self):
        text = phrases.Text(" ".join(f"word{n}" for n in range(700))[:5000])
        spam = bayes.counts(b"\1\0" * bayes.SIZE)
        steps = 0

        def count(frame, event, argument):
            nonlocal steps
            steps += event in {"call", "c_call"}

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            bayes.judge(text, spam=spam, other=spam, spam_total=90, other_total=90)
        finally:
            sys.setprofile(before)

        self.assertLess(steps, 10 * len(text.tokens) + 500)

    def test_a_count_stays_within_its_bounds(self):
        row, counts = Learned(), bayes.counts()
        for step, start, end in [(1, bayes.MOST, bayes.MOST), (-1, 0, 0), (1, 3, 4)]:
            counts[5] = start
            row._count(counts, {5: None}, kind=True, step=step)
            self.assertEqual(counts[5], end)

    def test_one_word_alone_does_not_condemn(self):
        counts = bayes.counts()
        text = phrases.Text("shipping")
        (number,) = bayes.numbers(text)
        counts[number] = 1

        verdict = bayes.judge(
            text, spam=counts, other=bayes.counts(), spam_total=50, other_total=50
        )

        self.assertEqual(verdict.score, 0.75)
