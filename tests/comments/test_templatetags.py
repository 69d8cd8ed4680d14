import gzip
import re
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.template import engines
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment, Settings, Status
from tests.factories import make_comment, make_guide, make_staff


def render(template, **context):
    return (
        engines["django"].from_string("{% load comments %}" + template).render(context)
    )


class CommentThreadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana <Reyes>", title="Physio & more")
        cls.guide = make_guide()
        cls.url = cls.guide.get_absolute_url()

    def thread(self, page=None):
        return render("{% comment_thread guide page %}", guide=self.guide, page=page)

    def test_empty_it_invites(self):
        html = self.thread()

        self.assertIn("No questions yet. Yours would be the first.", html)
        self.assertIn("I read every one and answer myself.", html)
        self.assertIn(f'href="/comments/new/?guide={self.guide.pk}"', html)

    def test_only_what_is_approved_stands_there(self):
        for state in Status:
            make_comment(self.guide, status=state, body=f"I am {state}.")
        make_comment(make_guide(), body="I am elsewhere.")

        html = self.thread()

        self.assertEqual(set(re.findall(r"I am \w+", html)), {"I am approved"})

    def test_an_answer_below_what_is_hidden_is_hidden(self):
        asked = make_comment(self.guide)
        asked.answer(author=self.ana, body="Out.")
        self.assertIn("Out.", self.thread())

        asked.reject()

        self.assertNotIn("Out.", self.thread())

    def test_one_does_not_reply_to_what_was_taken_back(self):
        asked = make_comment(self.guide)
        answer = asked.answer(author=self.ana, body="Out.")
        asked.take_back()

        html = self.thread()

        self.assertNotIn(f"&amp;to={asked.pk}", html)
        self.assertIn(f"&amp;to={answer.pk}", html)

    def test_three_deep_then_to_whom(self):
        comment = make_comment(self.guide, name="One")
        for name in ("Two", "Three", "Four <4>", "Five"):
            comment = make_comment(parent=comment, name=name)

        html = self.thread()

        self.assertEqual(re.findall(r"comment--(\d)", html), ["2", "3", "3", "3"])
        self.assertEqual(
            re.findall(r"to <bdi>(.*?)</bdi>", html), ["Three", "Four &lt;4&gt;"]
        )

    def test_the_authors_answer_carries_badge_title_and_note(self):
        make_comment(self.guide).answer(author=self.ana, body="Out.")

        html = self.thread()

        self.assertIn("comment--author comment__answers", html)
        self.assertIn("<bdi>Dr. Ana &lt;Reyes&gt;</bdi>", html)
        self.assertIn("Physio &amp; more,", html)
        self.assertIn("General information. I cannot examine you from here.", html)

    def test_an_assistants_badge_is_the_teams(self):
        pam = make_staff(first_name="Pam", last_name="Hill")
        make_comment(self.guide).answer(author=pam, body="Out.")

        self.assertIn('<b class="badge">Team</b>', self.thread())

    def test_whatever_is_written_stays_text(self):
        nasty = "50 % off %(name)s {{ x }} <i>&amp;</i> \ue000name\ue000"
        Settings.objects.update(answer_note=nasty.replace("\ue000", ""))
        make_comment(self.guide, name=nasty[:50], body=nasty).answer(
            author=self.ana, body=nasty
        )

        html = self.thread()

        self.assertEqual(
            html.count("50 % off %(name)s {{ x }} &lt;i&gt;&amp;amp;&lt;/i&gt;"), 5
        )
        self.assertNotIn("<i>", html)

    def test_a_closed_guide_says_so_and_offers_no_form(self):
        make_comment(self.guide)
        self.guide.comments_open = False

        html = self.thread()

        self.assertIn("New questions are closed below this guide.", html)
        self.assertNotIn("comments/new", html)
        self.assertIn("Follow these questions", html)

    def test_a_closed_guide_where_nothing_was_asked_offers_no_feed(self):
        self.assertIn("Follow these questions", self.thread())
        self.guide.comments_open = False

        self.assertNotIn("Follow these questions", self.thread())

    def test_twenty_threads_make_a_page_the_oldest_first(self):
        start = timezone.now()
        for number in reversed(range(45)):
            root = make_comment(
                self.guide,
                body=f"Root {number}.",
                created_at=start + timedelta(minutes=number),
            )
            make_comment(parent=root, body=f"Below {number}.")

        for page, numbers in [
            (None, range(20)),
            ("2", range(20, 40)),
            (3, range(40, 45)),
        ]:
            html = self.thread(page)
            self.assertEqual(
                re.findall(r"<p>(Root|Below) (\d+)\.", html),
                [(what, str(n)) for n in numbers for what in ("Root", "Below")],
            )
        self.assertIn(f'<a href="{self.url}#questions">', html)
        self.assertIn(f'<a href="{self.url}?page=2#questions">', html)
        self.assertIn('aria-current="page"', html)

    def test_newest_first_shows_each_thread_once_over_all_pages(self):
        start = timezone.now()
        roots = [
            make_comment(self.guide, created_at=start + timedelta(minutes=number // 3))
            for number in range(45)
        ]
        roots[7].pin()

        seen = []
        for page in (1, 2, 3):
            html = self.client.get(
                self.url,
                {"order": "newest", "page": page},
                headers={"accept-encoding": ""},
            ).content.decode()
            seen += map(int, re.findall(r'id="comment-(\d+)"', html))

        others = [root.pk for root in reversed(roots) if root != roots[7]]
        self.assertEqual(seen, [roots[7].pk, *others])
        self.assertIn(f'<a href="{self.url}#questions">Oldest first</a>', html)
        self.assertIn(f'<a href="{self.url}?order=newest&amp;page=2#questions">', html)
        self.assertIn(
            f'<link rel="canonical" href="http://testserver{self.url}">', html
        )

    def test_each_order_is_a_stored_page_of_its_own(self):
        for body in ("First.", "Second."):
            make_comment(self.guide, body=body)
        pages = []
        for query in ("", "?order=newest"):
            self.client.get(f"{self.url}{query}")
            with self.assertNumQueries(1):
                response = self.client.get(
                    f"{self.url}{query}", headers={"accept-encoding": ""}
                )
            pages.append(re.findall(r"First|Second", response.content.decode()))

        self.assertEqual(pages[0], pages[1][::-1])

    def test_an_order_that_is_none_is_a_404(self):
        for order in ("oldest", "NEWEST", "-pk", "\0"):
            with self.subTest(order):
                response = self.client.get(self.url, {"order": order})
                self.assertEqual(response.status_code, 404)

    def test_a_pinned_thread_is_marked_and_only_on_the_first_page(self):
        start = timezone.now()
        roots = [
            make_comment(
                self.guide,
                body=f"Root {number}.",
                created_at=start + timedelta(minutes=number),
            )
            for number in range(22)
        ]
        roots[21].answer(author=self.ana, body="Answered.").pin()

        first, second = self.thread(), self.thread(2)

        self.assertLess(first.index("Root 21."), first.index("Answered."))
        self.assertLess(first.index("Answered."), first.index("Root 0."))
        self.assertEqual(first.count('<b class="badge">Pinned</b>'), 1)
        self.assertEqual(re.findall(r"<p>Root (\d+)\.", second), ["20"])
        self.assertNotIn("Answered.", second)

    def test_one_thread_needs_no_order(self):
        make_comment(parent=make_comment(self.guide))

        self.assertNotIn("Newest first", self.thread())

    def test_its_date_is_a_link_that_outlives_paging(self):
        comment = make_comment(self.guide)

        self.assertIn(f'<a href="/comments/{comment.pk}/"', self.thread())

    def test_a_page_that_is_not_there_is_a_404(self):
        make_comment(self.guide)
        for page in ["2", "0", "-1", "x", "٣", "9" * 5000]:
            with self.subTest(page):
                response = self.client.get(self.url, {"page": page})
                self.assertEqual(response.status_code, 404)
        self.assertEqual(self.client.get(self.url, {"page": 1}).status_code, 200)

    def test_five_hundred_comments_take_two_queries_and_the_settings(self):
        comments = [make_comment(self.guide) for _ in range(20)]
        for number in range(480):
            comments.append(make_comment(parent=comments[number % len(comments)]))

        with CaptureQueriesContext(connection) as queries:
            html = self.thread()

        self.assertEqual(len(queries), 3)
        self.assertEqual(html.count("<article"), 500)

    def test_a_thread_is_found_by_its_own_indexes(self):
        make_comment(parent=make_comment(self.guide))
        with CaptureQueriesContext(connection) as queries:
            self.thread()
        asked = [q["sql"] for q in queries if "comments_comment" in q["sql"]]
        self.assertEqual(len(asked), 2)

        for sql in asked:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                    unwanted = ["SCAN", "by_status"]
                else:
                    cursor.execute("SET LOCAL enable_seqscan = off")
                    cursor.execute(f"EXPLAIN {sql}")
                    unwanted = ["Seq Scan on comments_comment"]
                plan = str(cursor.fetchall())
            for words in unwanted:
                self.assertNotIn(words, plan)

    def test_a_full_page_leaves_room_for_the_guide(self):
        body = "I have a prolapse and standing leaves me heavy. Does it count, {}?"
        for number in range(20):
            make_comment(self.guide, body=body.format(number)).answer(
                author=self.ana, body=body.format(number) * 2
            )

        self.assertLess(len(gzip.compress(self.thread().encode())), 5 * 1024)

    def test_dates_are_those_of_the_site(self):
        make_comment(
            self.guide,
            created_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
        )

        response = self.client.get(self.url)

        self.assertContains(response, '<time datetime="2026-07-02">2 July 2026</time>')


class AnsweredQuestionTests(TestCase):
    def test_the_newest_answer_stands_on_the_first_page(self):
        ana = make_staff(name="Dr. Ana Reyes")
        make_comment(body="Question 1").answer(author=ana, body="Yes.")
        Comment.objects.update(created_at=timezone.now() - timedelta(days=9))
        make_comment(body="Question 2").answer(author=ana, body="Yes.")

        html = render("{% answered_question %}")

        self.assertIn("Question 2", html)
        self.assertNotIn("Question 1", html)

    def test_without_one_there_is_nothing(self):
        make_comment()

        self.assertEqual(render("{% answered_question %}").strip(), "")


class WaitingCommentsTests(TestCase):
    def test_what_may_be_urgent_is_said_first(self):
        make_comment(status=Status.PENDING, is_urgent=True)
        make_comment(status=Status.PENDING)

        html = render("{% waiting_comments %}")

        self.assertIn("1 may be urgent. All within the last day.", html)
        self.assertIn("wait--overdue", html)

    def test_it_says_how_many_and_since_when(self):
        for days in (0, 9):
            make_comment(
                status=Status.PENDING,
                created_at=timezone.now() - timedelta(days=days, hours=1),
            )

        html = render("{% waiting_comments %}")

        self.assertIn("Questions to read", html)
        self.assertIn("The oldest has waited 9 days.", html)
        self.assertIn("wait--overdue", html)

    def test_a_week_is_not_too_long(self):
        make_comment(
            status=Status.PENDING, created_at=timezone.now() - timedelta(days=7)
        )

        self.assertNotIn("wait--overdue", render("{% waiting_comments %}"))

    def test_when_nothing_waits_it_says_nothing(self):
        make_comment()

        self.assertEqual(render("{% waiting_comments %}"), "")

    def test_who_may_not_answer_is_not_asked_to(self):
        make_comment(make_guide(), status="pending")

        self.assertIn("Read and answer", render("{% waiting_comments %}"))
        shown = render("{% waiting_comments may_answer=False %}")
        self.assertIn("Read them", shown)
        self.assertNotIn("answer", shown)
