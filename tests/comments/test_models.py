import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments import shown
from comments.desk import tabs
from comments.models import Comment, Decision, EmailAddress, Settings, Status
from guide.models import page_version
from tests.factories import make_comment, make_guide, make_staff


class CommentTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()

    def test_five_columns_are_enough(self):
        comment = Comment(guide=self.guide, name="Tom", body="In\r\nor out?\0")
        comment.save()

        self.assertEqual(comment.status, Status.PENDING)
        self.assertEqual(comment.body, "In\nor out?")
        self.assertEqual(comment.body_html, "<p>In<br>or out?</p>")
        self.assertEqual(len(comment.secret), 43)
        self.assertIsNone(comment.decided_at)

    def test_a_reply_knows_the_root_of_its_thread(self):
        root = make_comment(self.guide)
        reply = make_comment(parent=root)
        deeper = make_comment(parent=reply)

        self.assertEqual(
            [c.root_id for c in (root, reply, deeper)], [None, root.pk, root.pk]
        )

    def test_an_address_is_kept_in_small_letters(self):
        comment = make_comment(self.guide, email="Tom@EXAMPLE.org")

        self.assertEqual(comment.email, "tom@example.org")
        self.assertEqual(Comment.objects.of_reader("TOM@example.org").get(), comment)

    def test_of_first_timers_only_the_authors_addresses_become_links(self):
        asked = make_comment(self.guide, body="https://example.org/")
        answer = asked.answer(
            author=make_staff(name="Ana"), body="https://example.org/"
        )

        self.assertNotIn("<a", asked.body_html)
        self.assertIn("<a", answer.body_html)

    def test_a_state_set_by_hand_is_stamped(self):
        comment = make_comment(self.guide, status=Status.PENDING)
        for state in [Status.APPROVED, Status.REJECTED, Status.PENDING, Status.REMOVED]:
            comment.status = state
            comment.save()
            self.assertEqual(comment.decided_at is None, state == Status.PENDING)
            self.assertEqual(comment.approved_at is None, state != Status.APPROVED)

    def test_its_name_in_logs_holds_no_word_of_it(self):
        comment = make_comment(self.guide, name="Tom", body="My knee")

        self.assertEqual(str(comment), f"#{comment.pk}")

    def test_its_address_leads_to_its_page(self):
        start = timezone.now()
        roots = [
            make_comment(self.guide, created_at=start + timedelta(seconds=n // 2))
            for n in range(21)
        ]
        reply = make_comment(parent=roots[20])

        here = self.guide.get_absolute_url()
        self.assertEqual(roots[19].get_absolute_url(), f"{here}#comment-{roots[19].pk}")
        self.assertEqual(reply.get_absolute_url(), f"{here}?page=2#comment-{reply.pk}")

    def test_it_is_shown_with_all_above_it(self):
        root = make_comment(self.guide)
        reply = make_comment(parent=make_comment(parent=root))
        self.assertTrue(reply.is_shown())

        root.reject()

        self.assertFalse(Comment.objects.get(pk=reply.pk).is_shown())


class ConstraintTests(TestCase):
    def test_each_has_its_sentence(self):
        guide = make_guide()
        now = timezone.now()
        reply = make_comment(guide)
        reply.parent = reply
        for comment, sentence in [
            (
                Comment(guide=guide, name="T", body="?", decided_at=now),
                "A decision and its date go together.",
            ),
            (
                Comment(guide=guide, name="T", body="?", status=Status.REJECTED),
                "A decision and its date go together.",
            ),
            (
                Comment(guide=guide, name="T", body="?", approved_at=now),
                "An approval and its date go together.",
            ),
            (reply, "A comment does not answer itself."),
            (
                Comment(guide=guide, name="T", body="?", email="T@example.org"),
                "Write the address in small letters.",
            ),
        ]:
            with (
                self.subTest(sentence),
                self.assertRaisesMessage(ValidationError, sentence),
            ):
                comment.validate_constraints()

    def test_the_database_keeps_them_too(self):
        comment = make_comment()
        for values in [
            {"status": Status.PENDING},
            {"decided_at": None},
            {"approved_at": None},
            {"parent": comment},
            {"email": "T@example.org"},
        ]:
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                transaction.atomic(),
            ):
                Comment.objects.filter(pk=comment.pk).update(**values)


class MoveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.staff = make_staff()

    def test_every_way_is_open(self):
        for was in Status:
            for to in Status:
                with self.subTest(f"{was} → {to}"):
                    comment = make_comment(self.guide, status=was)
                    changed = comment.move(to=to, by=self.staff, door="admin")

                    comment.refresh_from_db()
                    self.assertEqual(comment.status, to)
                    self.assertEqual(changed, was != to)
                    self.assertEqual(comment.decided_at is None, to == Status.PENDING)
                    self.assertEqual(comment.approved_at is None, to != Status.APPROVED)

    def test_who_when_and_by_which_door_is_kept(self):
        comment = make_comment(self.guide, status=Status.PENDING)

        comment.reject(by=self.staff, door="admin", reason="Twice.")

        decision = Decision.objects.get()
        self.assertEqual(
            (decision.was, decision.to, decision.by, decision.door, decision.reason),
            ("pending", "rejected", self.staff, "admin", "Twice."),
        )

    def test_what_is_there_already_is_left_alone(self):
        approved, waiting = (
            make_comment(self.guide),
            make_comment(self.guide, status=Status.PENDING),
        )

        self.assertEqual(Comment.objects.all().approve(), 1)

        decision = Decision.objects.get()
        self.assertEqual(decision.comment, waiting)
        self.assertEqual(approved.decisions.count(), 0)

    def test_one_liners_lead_where_they_say(self):
        for verb, state in [
            ("approve", Status.APPROVED),
            ("reject", Status.REJECTED),
            ("spam", Status.SPAM),
            ("remove", Status.REMOVED),
        ]:
            comment = make_comment(self.guide, status=Status.PENDING)
            getattr(comment, verb)()
            self.assertEqual(comment.status, state)
            comment.restore()
            self.assertEqual(comment.status, Status.PENDING)

    def test_what_shows_counts_the_page_version_up(self):
        comment = make_comment(self.guide, status=Status.PENDING)
        for act in [
            comment.approve,
            lambda: comment.answer(author=self.staff, body="Yes."),
            comment.reject,
            comment.delete,
        ]:
            before = page_version()
            act()
            self.assertGreater(page_version(), before)

    def test_a_question_that_waits_leaves_the_pages_stored(self):
        before = page_version()

        make_comment(self.guide, status=Status.PENDING)
        Comment.objects.pending().mark(reported_at=timezone.now())

        self.assertEqual(page_version(), before)


class AnswerTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana Reyes", title="Physiotherapist")

    def test_an_answer_publishes_both(self):
        comment = make_comment(status=Status.PENDING)

        answer = comment.answer(author=self.ana, body="Out as you pull.")

        self.assertEqual(set(Comment.objects.approved()), {comment, answer})
        self.assertEqual((answer.parent, answer.guide), (comment, comment.guide))

    def test_name_and_title_stay_as_of_then(self):
        answer = make_comment().answer(author=self.ana, body="Yes.")

        self.ana.author.name, self.ana.author.title = "Dr. A. Hill", "Professor"
        self.ana.author.save()

        answer.refresh_from_db()
        self.assertEqual(
            (answer.name, answer.title), ("Dr. Ana Reyes", "Physiotherapist")
        )

    def test_an_assistant_answers_in_her_own_name(self):
        pam = make_staff(first_name="Pam", last_name="Hill")

        answer = make_comment().answer(author=pam, body="Yes.")

        self.assertEqual((answer.name, answer.title), ("Pam Hill", ""))


class NewestAnswersTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana Reyes")
        cls.guide = make_guide()

    def answer(self, comment, minutes):
        answer = comment.answer(author=self.ana, body=f"After {minutes}.")
        Comment.objects.filter(pk=answer.pk).update(
            created_at=timezone.now() + timedelta(minutes=minutes)
        )
        return answer

    def test_the_newest_answer_stands_first_and_a_question_once(self):
        first, second = make_comment(self.guide), make_comment(self.guide)
        self.answer(first, 1)
        two = self.answer(second, 2)
        three = self.answer(first, 3)

        self.assertEqual(list(Comment.objects.newest_answers()), [three, two])

    def test_what_is_not_shown_stays_away(self):
        rejected, hidden_answer = make_comment(self.guide), make_comment(self.guide)
        self.answer(rejected, 1)
        rejected.reject()
        self.answer(hidden_answer, 1).remove()
        draft = make_guide(published_at=None)
        self.answer(make_comment(draft), 1)
        make_comment(parent=make_comment(self.guide))

        self.assertEqual(list(Comment.objects.newest_answers()), [])

    def test_the_answer_to_what_was_taken_back_is_not_among_them(self):
        asked = make_comment()
        asked.answer(author=make_staff(), body="Out.")
        self.assertTrue(Comment.objects.newest_answers().exists())

        asked.take_back()

        self.assertFalse(Comment.objects.newest_answers().exists())

    def test_a_hidden_comment_in_between_hides_what_is_below(self):
        root = make_comment(self.guide)
        between = make_comment(parent=root)
        question = make_comment(parent=between)
        answer = self.answer(question, 1)
        other = self.answer(root, 2)
        self.assertEqual(shown.answered(0, 9), ([other, answer], False))

        between.reject()

        self.assertEqual(shown.answered(0, 9), ([other], False))

    def test_it_knows_its_page(self):
        start = timezone.now()
        roots = [
            make_comment(self.guide, created_at=start + timedelta(seconds=n // 3))
            for n in range(25)
        ]
        for number in (0, 19, 20, 24):
            self.answer(roots[number], number)

        found = {
            answer.parent_id: answer.roots_before
            for answer in Comment.objects.newest_answers()
        }

        self.assertEqual(found, {roots[n].pk: n for n in (0, 19, 20, 24)})


class PinTests(TestCase):
    def test_a_pinned_thread_stands_on_the_first_page_and_the_others_close_up(self):
        guide, start = make_guide(), timezone.now()
        roots = [
            make_comment(guide, created_at=start + timedelta(seconds=n))
            for n in range(22)
        ]
        answer = roots[20].answer(author=make_staff(), body="Yes.")
        here = guide.get_absolute_url()
        before = page_version()

        answer.pin()

        answer, last = (
            Comment.objects.get(pk=comment.pk) for comment in (answer, roots[21])
        )
        self.assertEqual(answer.get_absolute_url(), f"{here}#comment-{answer.pk}")
        self.assertEqual(last.get_absolute_url(), f"{here}?page=2#comment-{last.pk}")
        self.assertEqual(last.roots_before, 20)
        self.assertGreater(page_version(), before)
        answer.unpin()
        self.assertEqual(list(Comment.objects.pinned()), [])
        answer = Comment.objects.get(pk=answer.pk)
        self.assertIn("?page=2#", answer.get_absolute_url())


class TakeBackTests(TestCase):
    def test_alone_it_is_gone(self):
        comment = make_comment(email="tom@example.org")

        comment.take_back()

        self.assertFalse(Comment.objects.exists())

    def test_with_an_answer_below_its_words_are_gone_and_the_answer_stays(self):
        comment = make_comment(
            name="Tom",
            email="tom@example.org",
            body="My knee",
            findings=[{"check": "links", "words": ["knee.example"]}],
            form_token="one press",
        )
        answer = comment.answer(author=make_staff(name="Ana"), body="Slowly.")
        before = page_version()

        comment.take_back()

        row = Comment.objects.filter(pk=comment.pk).values().get()
        for word in ("Tom", "tom@example.org", "knee", "one press"):
            self.assertNotIn(word, str(row))
        self.assertIn("Taken back", row["body_html"])
        self.assertEqual(row["status"], Status.APPROVED)
        self.assertTrue(Comment.objects.get(pk=answer.pk).is_shown())
        self.assertGreater(page_version(), before)

    def test_what_was_not_shown_is_not_shown_again(self):
        comment = make_comment()
        make_comment(parent=comment)
        comment.restore()

        comment.take_back()

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.REMOVED)


class FinalTests(TestCase):
    def test_a_decision_is_written_once_and_goes_with_its_comment_alone(self):
        comment = make_comment(status=Status.PENDING)
        staff = make_staff()
        comment.reject(by=staff)
        decision = comment.decisions.get()

        for change in [
            decision.save,
            decision.delete,
            comment.decisions.all().delete,
            lambda: comment.decisions.update(reason="x"),
            lambda: Decision.objects.bulk_update([decision], ["reason"]),
        ]:
            with self.assertRaises(TypeError), transaction.atomic():
                change()
        staff.delete()
        self.assertIsNone(comment.decisions.get().by)
        comment.delete()
        self.assertFalse(Decision.objects.exists())

    def test_it_names_the_checks_and_no_word(self):
        comment = make_comment(
            status=Status.PENDING,
            body="My knee is bleeding",
            findings=[
                {"check": "red_flag", "words": ["bleeding"]},
                {"check": "links", "words": ["x"]},
            ],
        )

        comment.approve(door="admin")

        row = Decision.objects.values().get()
        self.assertEqual(row["checks"], ["links", "red_flag"])
        self.assertNotIn("bleeding", str(row))


class KnownReaderTests(TestCase):
    link = '<a href="https://example.org/" rel="nofollow ugc">https://example.org/</a>'

    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        EmailAddress.objects.create(email="nell@example.org").confirm()
        cls.before = [cls.send(status=Status.APPROVED, body="Thanks") for _ in range(2)]

    @classmethod
    def send(cls, **values):
        return make_comment(
            cls.guide,
            **{
                "status": Status.PENDING,
                "email": "nell@example.org",
                "body": "I use https://example.org/ <b>",
            }
            | values,
        )

    def test_her_links_are_real_once_they_were_read(self):
        comment = self.send()
        self.assertNotIn("<a", comment.body_html)

        comment.approve()

        self.assertIn(self.link, comment.body_html)
        self.assertIn("&lt;b&gt;", comment.body_html)
        comment.save()
        self.assertIn(self.link, Comment.objects.get(pk=comment.pk).body_html)

    def test_off_the_page_they_are_text_again(self):
        comment = self.send()
        comment.approve()

        comment.remove()

        self.assertNotIn("<a", comment.body_html)

    def test_an_answer_publishes_them_too(self):
        comment = self.send()

        comment.answer(author=make_staff(), body="Good.")

        self.assertIn(self.link, Comment.objects.get(pk=comment.pk).body_html)

    def test_what_is_struck_out_of_it_leaves_the_others(self):
        comment = self.send(body="Nell Hill uses https://example.org/")
        comment.approve()

        comment.redact(phrases=["Nell Hill"])

        self.assertIn(self.link, comment.body_html)

    def test_others_links_stay_text(self):
        nobody = self.send(email="")
        stranger = self.send(email="pat@example.org")
        unconfirmed = [self.send(email="tom@example.org") for _ in range(3)]
        for comment in (nobody, stranger, *unconfirmed):
            comment.approve()
            self.assertNotIn("<a", comment.body_html)
            comment.save()
            self.assertNotIn("<a", comment.body_html)

    def test_those_published_in_the_same_act_do_not_make_her_known(self):
        EmailAddress.objects.create(email="ida@example.org").confirm()
        sent = [self.send(email="ida@example.org") for _ in range(3)]

        Comment.objects.filter(email="ida@example.org").approve()

        for comment in sent:
            comment.refresh_from_db()
            self.assertNotIn("<a", comment.body_html)

    def test_who_took_hers_back_is_known_no_more(self):
        comment = self.send()
        comment.approve()
        comment.remove()
        self.before[0].take_back()

        comment.approve()

        self.assertNotIn("<a", comment.body_html)


class IndexTests(TestCase):
    def test_what_one_reader_sent_is_found_by_index(self):
        for rows in [
            Comment.objects.of_reader("Nell@example.org"),
            EmailAddress.objects.filter(pk__gt=5, pk__lte=9).unused(Comment.objects),
        ]:
            with self.subTest(str(rows.query)):
                self.assert_index_found(rows.order_by(), is_thread=False)

    def test_a_million_comments_are_found_by_index(self):
        guide = make_guide()
        roots = Comment.objects.roots().filter(guide=guide)
        shown = roots.filter(pinned_at=None).order_by("created_at").values("pk")[:20]
        for is_thread, rows in [
            (True, roots.order_by("created_at")),
            (True, roots.pinned()),
            (True, roots.filter(pinned_at=None).order_by("-created_at", "-pk")[:20]),
            (True, Comment.objects.filter(pk__in=shown).order_by()),
            (True, Comment.objects.approved().filter(root__in=shown).order_by()),
            (False, Comment.objects.newest_answers()[:21]),
            (False, Comment.objects.pending().order_by("created_at")),
        ]:
            with self.subTest(str(rows.query)):
                self.assert_index_found(rows, is_thread=is_thread)

    def test_the_desk_looks_at_what_waits_alone(self):
        client = Client()
        client.force_login(make_staff())
        comment = make_comment(status=Status.PENDING, email="nell@example.org")
        make_comment(parent=make_comment(), status=Status.PENDING, email="a@b.example")
        url = reverse("admin:comments_comment_changelist")
        for tab in [one.name for one in tabs.TABS]:
            with CaptureQueriesContext(connection) as queries:
                client.get(url, {"tab": tab})

            self.assertLessEqual(len(queries), 10, tab)
            asked = [query["sql"] for query in queries if "comments_" in query["sql"]]
            self.assertGreaterEqual(len(asked), 3)
            for sql in asked:
                if "comments_settings" not in sql and "savedanswer" not in sql:
                    with self.subTest(tab=tab, sql=sql):
                        self.assert_finds(sql)
        self.assertTrue(comment)

    def assert_finds(self, sql):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = [row[3] for row in cursor.fetchall()]
                # A window is gone over once it is made; that is no table.
                read = [
                    line for line in plan if re.match("SCAN comments_|SCAN U", line)
                ]
                self.assertEqual(read, [], plan)
                # In the order of the index: what is sorted would be read to its end.
                if "comments_at_the_desk" in str(plan) and "GROUP BY" not in sql:
                    self.assertNotIn("USE TEMP B-TREE FOR ORDER BY", plan)
            else:
                cursor.execute("SET LOCAL enable_seqscan = off")  # the table is tiny
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                self.assertNotIn("Seq Scan on comments_", plan)

    def test_who_is_known_is_found_by_index(self):
        with CaptureQueriesContext(connection) as queries:
            Comment.objects.trusted_emails(["nell@example.org"])

        self.assert_finds(queries[0]["sql"])

    def assert_index_found(self, rows, *, is_thread):
        if connection.vendor == "sqlite":
            plan = rows.explain()
            self.assertNotIn("SCAN", plan)
            # By state one finds the newest of a state, never what is in a thread.
            self.assertNotIn("by_status" if is_thread else "of_a_thread", plan)
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")  # the table is tiny
            self.assertNotIn("Seq Scan on comments_comment", rows.explain())


class SettingsTests(TestCase):
    def test_there_is_one_row(self):
        Settings.load()

        with self.assertRaises(IntegrityError), transaction.atomic():
            Settings(pk=2).save()
