import html
import re
from datetime import UTC, datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import freezing, waiting
from newsletter.models import Block, Delivery, Issue, Settings, Subscriber
from tests.factories import (
    make_asked,
    make_block,
    make_guide,
    make_issue,
    make_promotion,
    make_staff,
    make_subscriber,
)

ADD = "/admin/newsletter/issue/add/"


def permissions(*names):
    return Permission.objects.filter(
        content_type__app_label="newsletter", codename__in=names
    )


class AdminTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_staff(email="ana@example.org")
        # Whoever keeps spam out has nothing to do with letters.
        cls.assistant = make_staff(is_superuser=False)
        # Somebody who may help to write, but not send.
        cls.helper = make_staff(
            is_superuser=False,
            permissions=permissions("view_issue", "add_issue", "change_issue"),
        )
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(sender_address="letter@example.org", rate=60_000)

    def setUp(self):
        self.client.force_login(self.author)

    def issue_url(self, way, issue):
        return reverse(f"admin:newsletter_issue_{way}", args=[issue.pk])


class FormTestCase(AdminTestCase):
    def write(self, *parts, issue=None, **values):
        """Send the form of a letter with these parts."""
        url = self.issue_url("change", issue) if issue else ADD
        return self.client.post(url, self.form(*parts) | values)

    @staticmethod
    def form(*parts):
        form = {
            "subject": "December",
            "slug": "december",
            "preheader": "",
            "blocks-TOTAL_FORMS": len(parts),
            "blocks-INITIAL_FORMS": sum("id" in part for part in parts),
        }
        for n, part in enumerate(parts):
            form |= {f"blocks-{n}-{name}": value for name, value in part.items()}
        return form

    @staticmethod
    def part(block, **values):
        """Return a part that is there as its form sends it."""
        boxes = {"prose": block.prose, "guide": block.guide_id}
        return {
            "id": block.pk,
            "position": block.position,
            block.kind: boxes.get(block.kind),
        } | values

    def parts(self):
        blocks = Issue.objects.get().blocks.all()
        return [block.prose or block.in_words for block in blocks]


class WritingTests(FormTestCase):
    def test_a_letter_of_every_kind_of_part(self):
        guide = make_asked()
        self.write(
            {"kind": "guide", "guide": guide.pk, "position": "2"},
            {"kind": "prose", "prose": "<p>Dear reader</p>", "position": "1"},
            {"kind": "promotion", "promotion": make_promotion(title="A book").pk},
            {"kind": "question", "entry": f"{guide.pk}:In or out?"},
        )

        self.assertEqual(
            self.parts(),
            ["<p>Dear reader</p>", guide.title, "A book", "<p>Out.</p>"],
        )
        asked = Issue.objects.get().blocks.last()
        self.assertEqual((asked.question, asked.guide), ("In or out?", guide))

    def test_what_is_offered_and_left_empty_is_no_part(self):
        page = self.client.get(ADD)
        for kind, name in [("prose", "blocks-0-prose"), ("guide", "blocks-1-guide")]:
            self.assertContains(page, f'value="{kind}"')
            self.assertContains(page, f'name="{name}"')

        self.write(
            {"kind": "prose", "prose": "<p></p>", "position": ""},
            {"kind": "guide", "guide": ""},
            {"kind": "prose", "prose": "<p>All there is</p>"},
        )

        self.assertEqual(self.parts(), ["<p>All there is</p>"])

    def test_a_place_written_moves_a_part_up_or_down(self):
        for places, order in [("121", "cab"), ("323", "bca"), ("123", "abc")]:
            with self.subTest(places):
                issue = make_issue(intro="", slug=f"letter-{places}")
                blocks = [make_block(issue, prose=f"<p>{name}</p>") for name in "abc"]
                parts = [
                    self.part(block, position=place)
                    for block, place in zip(blocks, places, strict=True)
                ]

                self.write(*parts, issue=issue, slug=issue.slug)

                rows = issue.blocks.all()
                self.assertEqual("".join(row.prose[3] for row in rows), order)
                self.assertEqual([row.position for row in rows], [1, 2, 3])

    def test_a_part_is_taken_out(self):
        issue = make_issue(intro="<p>One</p>", closing="<p>Two</p>")
        first, second = issue.blocks.all()

        self.write(self.part(first, DELETE="on"), self.part(second), issue=issue)

        self.assertEqual(self.parts(), ["<p>Two</p>"])

    def test_a_text_that_was_emptied_gets_a_sentence(self):
        issue = make_issue()
        [block] = issue.blocks.all()

        response = self.write(self.part(block, prose=" <p></p>"), issue=issue)

        self.assertContains(response, "Write something, or tick")
        self.assertEqual(self.parts(), ["<p>Hello.</p>"])

    def test_what_stands_twice_gets_a_sentence(self):
        guide, promotion = make_guide(), make_promotion()

        response = self.write(
            {"kind": "guide", "guide": guide.pk},
            {"kind": "guide", "guide": guide.pk},
            {"kind": "promotion", "promotion": promotion.pk},
            {"kind": "promotion", "promotion": make_promotion().pk},
        )

        self.assertContains(response, "This guide stands in the letter already.")
        self.assertContains(response, "One promotion is enough for a letter.")
        self.assertFalse(Issue.objects.exists())

    def test_bad_places_and_kinds_get_a_sentence_or_none(self):
        for values, sentence in [
            ({"position": "x"}, "as a number: 1 stands on top"),
            ({"position": "-3"}, "as a number: 1 stands on top"),
            ({"position": "99999999999999999999"}, "as a number: 1 stands on top"),
            ({"kind": "poem"}, "Select a valid choice"),
            ({"kind": "question", "entry": "1:No"}, "was changed meanwhile"),
            ({"kind": "guide", "guide": "x"}, "Select a valid choice"),
        ]:
            with self.subTest(values):
                part = {"kind": "prose", "prose": "<p>Hi</p>"} | values

                response = self.write(part)

                self.assertContains(response, sentence)

    def test_a_button_saves_and_leads_to_a_new_part(self):
        response = self.write({"kind": "prose", "prose": "<p>Hi</p>"}, _add="guide")

        issue = Issue.objects.get()
        where = f"{self.issue_url('change', issue)}?add=guide#blocks-1"
        self.assertRedirects(response, where, fetch_redirect_response=False)
        page = self.client.get(where)
        self.assertContains(page, 'name="blocks-1-guide"')
        self.assertNotContains(page, 'name="blocks-1-prose"')
        self.assertEqual(issue.blocks.count(), 1)

    def test_the_guides_that_are_new_come_with_one_press(self):
        told, old = make_guide(), make_guide(published_at="2020-01-01T00:00Z")
        new = make_guide()
        parts = [
            {"kind": "prose", "prose": "<p>Hi</p>"},
            {"kind": "guide", "guide": told.pk},
            {"kind": "prose", "prose": "<p>Bye</p>"},
        ]

        response = self.client.get(
            self.write(*parts, _new_guides="1").url.partition("#")[0]
        )

        self.assertContains(response, "1 new guide stands in the letter.")
        self.assertNotContains(response, "_new_guides")
        self.assertEqual(
            self.parts(), ["<p>Hi</p>", told.title, new.title, "<p>Bye</p>"]
        )
        self.assertNotIn(old.title, self.parts())

    def test_a_new_letter_is_offered_what_is_new(self):
        guide = make_guide()
        self.assertContains(self.client.get(ADD), "_new_guides")

        self.write({"kind": "prose", "prose": "<p>Hi</p>"}, _new_guides="1")

        self.assertEqual(self.parts(), ["<p>Hi</p>", guide.title])

    def test_an_answer_that_was_changed_is_taken_over_when_saved(self):
        guide = make_asked()
        issue = make_issue(intro="")
        values = {"kind": "question", "guide": guide, "question": "In or out?"}
        block = make_block(issue, prose="<p>In.</p>", **values)
        part = {"id": block.pk, "position": 1, "entry": f"{guide.pk}:In or out?"}

        self.write(part, issue=issue)

        self.assertEqual(self.parts(), ["<p>Out.</p>"])

    def test_a_question_that_is_gone_from_its_guide_stays_chosen(self):
        issue = make_issue(intro="")
        guide = make_guide()
        values = {"kind": "question", "guide": guide, "question": "Gone?"}
        block = make_block(issue, prose="<p>Yes.</p>", **values)

        page = self.client.get(self.issue_url("change", issue))
        part = {"id": block.pk, "position": 1, "entry": f"{guide.pk}:Gone?"}
        self.write(part, issue=issue)

        self.assertContains(page, f'value="{guide.pk}:Gone?" selected')
        self.assertEqual(self.parts(), ["<p>Yes.</p>"])

    def test_the_group_of_authors_writes_parts(self):
        author = make_staff(is_superuser=False)
        author.groups.add(Group.objects.get(name="Authors"))
        self.client.force_login(author)

        self.write({"kind": "prose", "prose": "<p>Hi</p>"})

        self.assertEqual(self.parts(), ["<p>Hi</p>"])

    def test_who_may_not_write_parts_sees_them_unchanged(self):
        issue = make_issue(guides=[make_guide(title="Rows")])
        self.client.force_login(
            make_staff(
                is_superuser=False,
                permissions=permissions("change_issue", "view_block"),
            )
        )

        page = self.client.get(self.issue_url("change", issue))
        self.write(
            self.part(issue.blocks.first(), prose="<p>Other</p>", DELETE="on"),
            issue=issue,
        )

        self.assertContains(page, "Guide: Rows")
        self.assertNotContains(page, 'name="blocks-0-prose"')
        self.assertEqual(self.parts(), ["<p>Hello.</p>", "Rows"])

    def test_it_can_be_saved_and_looked_at_in_one_press(self):
        response = self.write(_preview="1")

        self.assertRedirects(response, self.issue_url("preview", Issue.objects.get()))

    def test_a_line_break_in_the_subject_gets_a_sentence(self):
        response = self.write(subject="Hi\nBcc: everybody@example.org")

        self.assertContains(response, "The subject is one line")
        self.assertFalse(Issue.objects.exists())

    def test_a_letter_without_an_address_gets_one_of_its_subject(self):
        make_issue(slug="dark-days")

        for subject, slug in [("Dark days", "dark-days-2"), ("Feed", "feed-letter")]:
            self.write(subject=subject, slug="")
            issue = Issue.objects.get(slug=slug)
            self.write(issue=issue, subject=subject, slug="")
            issue.refresh_from_db()
            self.assertEqual(issue.slug, slug)

    def test_a_letter_without_a_subject_gets_a_sentence(self):
        response = self.write(subject="", slug="")

        self.assertContains(response, "Give it a subject: what is in it.")
        self.assertNotContains(response, "This field is required.")
        self.assertFalse(Issue.objects.exists())

    def test_an_address_that_cannot_be_gets_a_sentence(self):
        make_issue(slug="dark-days")

        for slug, words in [
            ("dark-days", "Another letter has this address."),
            ("dark days", "no spaces, no accents"),
        ]:
            with self.subTest(slug):
                self.assertContains(self.write(slug=slug), words)
        self.assertEqual(Issue.objects.count(), 1)

    def test_what_is_too_long_gets_a_sentence(self):
        page = self.write(subject="x" * 121, preheader="x" * 141)

        self.assertContains(page, "120 characters fit.")
        self.assertContains(page, "140 characters fit.")
        self.assertFalse(Issue.objects.exists())

    def test_drafts_stand_above_the_letters_that_were_sent(self):
        make_issue(subject="A draft")
        make_issue(subject="A sent one", frozen_at=timezone.now())

        page = self.client.get(reverse("admin:newsletter_issue_changelist")).text

        self.assertLess(page.index("A draft"), page.index("A sent one"))

    def test_the_address_of_the_feed_is_no_letters(self):
        response = self.write(slug="feed")

        self.assertContains(response, "“feed” means something else there.")

    def test_the_prose_is_cleaned(self):
        words = "<p onclick='x'>Hi<script>alert(1)</script></p>"

        self.write({"kind": "prose", "prose": words})

        self.assertEqual(self.parts(), ["<p>Hi</p>"])

    def test_what_is_typed_without_the_editor_keeps_its_lines(self):
        self.write({"kind": "prose", "prose": "Dear all,\r\n\r\nit is dark.\r\nAna"})

        self.assertEqual(self.parts(), ["<p>Dear all,</p><p>it is dark.<br>Ana</p>"])

    def test_a_text_that_is_there_can_be_read_without_the_editor(self):
        kept = "<p>Dear all,</p><p>it is dark.</p>"
        issue = make_issue(intro=kept)
        shown = "<p>Dear all,</p>\n\n<p>it is dark.</p>"

        page = self.client.get(self.issue_url("change", issue))
        self.assertContains(page, html.escape(shown))

        part = self.part(issue.blocks.get(), prose=shown.replace("\n", "\r\n"))
        self.write(part, issue=issue)
        self.assertEqual(self.parts(), [kept])
        entry = LogEntry.objects.get()
        self.assertNotIn("part", entry.get_change_message())

    def test_a_guide_that_readers_cannot_see_yet_says_so_where_it_is_chosen(self):
        make_guide(title="Rows", published_at=None)

        page = self.client.get(f"{ADD}?add=guide")

        self.assertContains(page, "Rows (not published yet)")

    def test_more_than_a_text_may_have_gets_a_sentence(self):
        response = self.write({"kind": "prose", "prose": f"<p>{'x' * 300_001}</p>"})

        self.assertContains(response, "300,000 characters fit here.")

    def test_its_length_stands_below_the_subject(self):
        page = self.client.get(self.issue_url("change", make_issue(subject="Twelve")))

        self.assertContains(page, '<span data-counts="id_subject">6</span> characters')
        self.assertContains(page, '<span data-counts="id_preheader">0</span> character')

    def test_what_is_missing_stands_beside_the_form(self):
        issue = make_issue(guides=[make_guide(published_at=None)])
        block = issue.blocks.last()

        page = self.client.get(self.issue_url("change", issue))

        self.assertContains(page, "2 things to mend before it is sent")
        self.assertContains(page, f'<a href="#block-{block.pk}">')
        self.assertContains(page, f'id="block-{block.pk}"')

    def test_the_form_takes_few_queries_however_many_parts(self):
        def queries(issue):
            with CaptureQueriesContext(connection) as captured:
                self.client.get(self.issue_url("change", issue))
            return len(captured)

        few = make_issue(guides=[make_guide()])
        many = make_issue(guides=[make_guide() for _number in range(6)])

        before = queries(few)  # and what is looked up once for all forms
        # The choices of each select of guides are a query, as in all of the admin.
        self.assertLessEqual(queries(many) - before, 2 * 5)


class PreviewTests(AdminTestCase):
    def test_it_shows_both_parts(self):
        issue = make_issue(intro="<p>Dear <b>reader</b></p>", guides=[make_guide()])

        page = self.client.get(self.issue_url("preview", issue))
        frame = self.client.get(self.issue_url("preview_html", issue))

        self.assertContains(page, self.issue_url("preview_html", issue))
        self.assertContains(page, "Open the guide", count=0)
        self.assertContains(frame, "Open the guide")
        text = self.client.get(self.issue_url("preview", issue), {"as": "text"})
        self.assertContains(text, "Dear reader")
        self.assertNotContains(text, "<iframe")

    def test_it_is_looked_at_by_day_and_in_the_dark(self):
        url = self.issue_url("preview_html", make_issue())

        by_day = self.client.get(url, {"as": "phone"})
        in_the_dark = self.client.get(url, {"as": "dark"})

        self.assertContains(by_day, "@media not all")
        self.assertContains(by_day, 'content="light"')
        self.assertContains(in_the_dark, "@media all")
        self.assertContains(in_the_dark, 'content="dark"')
        for page in (by_day, in_the_dark):
            self.assertNotContains(page, "prefers-color-scheme")

    def test_another_way_to_look_is_none(self):
        url = self.issue_url("preview", make_issue())

        self.assertEqual(self.client.get(url, {"as": "upside-down"}).status_code, 404)

    def test_what_is_missing_leads_to_where_it_is_mended(self):
        SiteSettings.objects.update(postal_address="")

        page = self.client.get(self.issue_url("preview", make_issue()))

        self.assertContains(page, "Before it is sent, this is missing:")
        self.assertNotContains(page, "Send …")
        self.assertContains(page, "/admin/guide/sitesettings/1/change/#id_postal")
        self.assertContains(page, "There is no preview line")

    def test_the_frame_has_rules_of_its_own(self):
        frame = self.client.get(self.issue_url("preview_html", make_issue()))

        policy = frame["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("sandbox", policy)
        self.assertNotIn("script-src", policy)
        self.assertEqual(frame["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("no-store", frame["Cache-Control"])

    def test_what_is_written_is_words_wherever_it_is_shown(self):
        words = "<script>x</script>\"'&"
        guide = make_guide(title=words, summary=words)
        other = make_guide(title=f"{words}2")
        issue = make_issue(subject=words, preheader=words, guides=[guide, other])
        promotion = make_promotion(title=words, bullets=words, link_text=words)
        make_block(issue, kind="promotion", promotion=promotion)
        asked = {"question": words, "prose": "<p>Yes.</p>"}
        make_block(issue, kind="question", guide=make_asked(), **asked)
        ways = ("change", "preview", "preview_html", "send")
        pages = [self.issue_url(way, issue) for way in ways]
        shown = [self.client.get(url) for url in pages]
        Issue.objects.update(frozen_at=timezone.now())

        for url in [
            *(self.issue_url("change", issue), self.issue_url("cancel", issue)),
            *("/admin/", issue.get_absolute_url(), "/newsletter/issues/"),
            "/newsletter/issues/feed/",
        ]:
            shown.append(self.client.get(url))

        for response in shown:
            with self.subTest(response.request["PATH_INFO"]):
                self.assertContains(response, "&lt;script&gt;x")
                self.assertNotContains(response, "<script>x")

    def test_a_test_goes_to_the_author_alone(self):
        make_subscriber()
        issue = make_issue()

        response = self.client.post(self.issue_url("test", issue))

        self.assertRedirects(response, self.issue_url("preview", issue))
        [message] = mail.outbox
        self.assertEqual(message.to, ["ana@example.org"])
        self.assertEqual(message.subject, f"Test: {issue.subject}")
        self.assertFalse(Delivery.objects.exists())

    def test_why_a_test_cannot_leave_is_said(self):
        issue = make_issue()
        dead = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
        with (
            override_settings(MAILERS={"newsletter": dead}),
            self.assertLogs("newsletter"),
        ):
            response = self.client.post(self.issue_url("test", issue), follow=True)
        self.assertContains(response, "does not answer")

        Settings.objects.update(sender_address="")
        response = self.client.post(self.issue_url("test", issue), follow=True)
        self.assertContains(response, "There is no sender")

        self.author.email = ""
        self.author.save()
        response = self.client.post(self.issue_url("test", issue), follow=True)
        self.assertContains(response, "no address yet")


class TypedTests(FormTestCase):
    """The letter as it stands in its form, which nobody saved."""

    def look(self, issue, *parts, **values):
        url = self.issue_url("preview_typed", issue)
        response = self.client.post(url, self.form(*parts) | values)
        self.assertEqual(response.status_code, 200)
        page = response.content.decode()
        return page.partition("<body")[2]

    def test_what_is_typed_is_shown_in_its_order_and_not_saved(self):
        issue = make_issue(intro="<p>As saved</p>", subject="Saved")
        [block] = issue.blocks.all()
        guide, promotion = make_asked(), make_promotion(title="A book")
        before = list(Block.objects.values())

        page = self.look(
            issue,
            self.part(block, prose="<p>As typed</p>", position="4"),
            {"kind": "guide", "guide": guide.pk, "position": "1"},
            {"kind": "question", "entry": f"{guide.pk}:In or out?", "position": "2"},
            {"kind": "promotion", "promotion": promotion.pk, "position": "3"},
            {"kind": "prose", "prose": "<p>The end</p>"},
            preheader="Sit tall",
        )

        found = [
            page.find(words)
            for words in (
                *("Sit tall", "Open the guide", "In or out?", "A book"),
                *("As typed", "The end"),
            )
        ]
        self.assertNotIn(-1, found)
        self.assertEqual(found, sorted(found))
        self.assertNotIn("As saved", page)
        self.assertEqual(list(Block.objects.values()), before)
        issue.refresh_from_db()
        self.assertEqual((issue.subject, issue.preheader), ("Saved", ""))

    def test_what_cannot_be_saved_yet_is_left_out(self):
        issue = make_issue(intro="<p>One</p>", closing="<p>Two</p>")
        first, second = issue.blocks.all()

        page = self.look(
            issue,
            self.part(first, DELETE="on"),
            self.part(second, position="x"),
            {"kind": "guide", "guide": ""},
            {"kind": "guide", "guide": "x"},
            {"kind": "poem", "prose": "<p>Roses</p>"},
            {"kind": "prose", "prose": "<p>Three</p>"},
            subject="",
            slug="no slug",
        )

        self.assertIn("Three", page)
        for words in ("One", "Two", "Roses"):
            self.assertNotIn(words, page)

    def test_a_form_cut_off_is_no_fault(self):
        issue = make_issue()
        url = self.issue_url("preview_typed", issue)

        self.assertEqual(self.client.post(url).status_code, 200)

    def test_what_is_typed_is_cleaned_and_framed_as_what_is_saved(self):
        issue = make_issue(intro="")
        url = self.issue_url("preview_typed", issue)
        prose = "<p>Hi</p><script>x()</script><img src=x onerror=x()>"
        form = self.form({"kind": "prose", "prose": prose})
        for way in ("phone", "text"):
            with self.subTest(way):
                response = self.client.post(url, form | {"_as": way})

                self.assertContains(response, "Hi")
                self.assertNotContains(response, "x()")
                policy = response["Content-Security-Policy"]
                self.assertIn("sandbox", policy)
                self.assertIn("default-src 'none'", policy)
                self.assertEqual(response["X-Frame-Options"], "SAMEORIGIN")

    def test_it_is_looked_at_in_the_dark_and_as_text(self):
        issue = make_issue(intro="")
        part = {"kind": "prose", "prose": "<p>A <a href='/guides/'>row</a></p>"}
        url = self.issue_url("preview_typed", issue)

        dark = self.client.post(url, self.form(part) | {"_as": "dark"})
        text = self.look(issue, part, _as="text")

        self.assertContains(dark, 'content="dark"')
        self.assertIn("A row (http", text)

    def test_who_may_not_write_the_parts_sees_them_as_saved(self):
        issue = make_issue(intro="<p>As saved</p>")
        part = self.part(issue.blocks.get(), prose="<p>As typed</p>")
        self.sign_in_with("change_issue")

        page = self.look(issue, part, preheader="Sit tall")

        self.assertIn("As saved", page)
        self.assertIn("Sit tall", page)

    def test_who_may_only_read_a_draft_is_offered_no_look_at_what_is_typed(self):
        issue = make_issue()
        url = self.issue_url("change", issue)
        for right, is_offered in [("change_issue", True), ("view_issue", False)]:
            with self.subTest(right):
                self.sign_in_with(right)

                page = self.client.get(url)

                self.assertIs(b"preview/typed/" in page.content, is_offered)
                self.assertIs(b"live.js" in page.content, is_offered)

    def sign_in_with(self, right):
        staff = make_staff(is_superuser=False)
        staff.user_permissions.set(Permission.objects.filter(codename=right))
        self.client.force_login(staff)

    def test_what_was_sent_is_not_written_any_more(self):
        issue = make_issue(frozen_at=timezone.now())

        response = self.client.post(self.issue_url("preview_typed", issue))

        self.assertEqual(response.status_code, 403)


class SendTests(AdminTestCase):
    def test_before_sending_it_says_to_how_many(self):
        make_subscriber()
        make_subscriber()
        make_subscriber(is_confirmed=False)
        issue = make_issue()

        response = self.client.get(self.issue_url("send", issue))

        self.assertContains(response, "Send it to 2 readers?")
        self.assertFalse(Delivery.objects.exists())

    def test_before_sending_it_leads_to_who_will_not_get_it(self):
        make_subscriber()
        asked = make_subscriber(is_confirmed=False)
        stopped = make_subscriber(suppressed_at=timezone.now(), suppressed_for="full")
        later = timezone.now() + timedelta(days=9)
        paused = make_subscriber(paused_until=later)
        # Of these it is said otherwise, or not at all.
        left = {"unsubscribed_at": timezone.now()}
        make_subscriber(**left, suppressed_at=timezone.now(), suppressed_for="full")
        make_subscriber(**left, paused_until=later)
        make_subscriber(**left, is_confirmed=False)
        stopped.__class__.objects.filter(pk=stopped.pk).update(paused_until=later)

        page = self.client.get(self.issue_url("send", make_issue())).content.decode()

        for words, who in [
            ("Have not pressed the button in their mail", asked),
            ("Their letters stopped, they can read why", stopped),
            ("Paused by themselves", paused),
        ]:
            with self.subTest(words):
                found = re.search(rf'<a href="(\S*)">{words}</a></dt><dd>1<', page)
                readers = self.client.get(html.unescape(found[1]))
                self.assertEqual([*readers.context["cl"].result_list], [who])

    def test_what_is_missing_stands_in_place_of_the_button(self):
        SiteSettings.objects.update(postal_address="")
        issue = make_issue()

        asked = self.client.get(self.issue_url("send", issue))
        pressed = self.client.post(self.issue_url("send", issue), follow=True)

        self.assertContains(asked, "There is no postal address")
        self.assertContains(asked, "Nobody would get it")
        self.assertNotContains(asked, "<button class=")
        self.assertContains(pressed, "There is no postal address")
        self.assertFalse(Issue.objects.sent().exists())

    def test_a_press_sends_it(self):
        reader = make_subscriber()
        issue = make_issue()

        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(self.issue_url("send", issue), follow=True)

        self.assertContains(response, "on its way to 1 reader")
        self.assertEqual([message.to for message in mail.outbox], [[reader.email]])
        issue.refresh_from_db()
        self.assertEqual(issue.sent_by, self.author)
        self.assertTrue(LogEntry.objects.filter(change_message="Sent to 1.").exists())

    def test_a_second_press_sends_nothing(self):
        make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=None)

        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(self.issue_url("send", issue), follow=True)

        self.assertContains(response, "on its way already")
        self.assertFalse(mail.outbox)

    def test_what_was_sent_is_only_looked_at(self):
        make_subscriber()
        issue = make_issue(guides=[make_guide()])
        freezing.freeze(issue, by=None)
        url = self.issue_url("change", issue)

        shown = self.client.get(url)
        changed = self.client.post(url, {"subject": "Other"}, follow=True)
        deleted = self.client.post(self.issue_url("delete", issue), {"post": "yes"})

        self.assertNotContains(shown, 'name="subject"')
        self.assertNotContains(shown, 'name="blocks-0-guide"')
        self.assertRedirects(changed, url)
        self.assertContains(changed, "was sent meanwhile")
        self.assertEqual(deleted.status_code, 403)
        self.assertTrue(Issue.objects.filter(subject=issue.subject).exists())

    def test_what_a_letter_names_is_not_deleted(self):
        guide, promotion = make_guide(), make_promotion()
        issue = make_issue(guides=[guide], frozen_at=timezone.now())
        make_block(issue, kind="promotion", promotion=promotion)

        for row in (guide, promotion):
            url = f"/admin/guide/{row._meta.model_name}/{row.pk}/delete/"
            page = self.client.post(url, {"post": "yes"})

            where = f"Part of a letter: {row}, in the letter “{issue}”"
            self.assertContains(page, where)
        self.assertEqual(issue.blocks.count(), 3)

    def test_sending_waits_for_a_form_that_is_being_saved(self):
        issue = make_issue()

        with CaptureQueriesContext(connection) as queries:
            self.client.post(self.issue_url("change", issue), {"subject": "Other"})

        locks = [
            query["sql"]
            for query in queries
            if "newsletter_issue" in query["sql"] and "FOR UPDATE" in query["sql"]
        ]
        # SQLite has one writer at a time: its lock is taken with the transaction.
        self.assertEqual(len(locks), connection.features.has_select_for_update)

    def test_a_sent_letter_tells_how_it_goes(self):
        readers = [make_subscriber() for _number in range(6)]
        issue = make_issue()
        freezing.freeze(issue, by=None)
        for reader, (state, reason) in zip(
            readers,
            [
                ("sent", ""),
                ("sent", ""),
                ("failed", "the mailbox is full (552 5.2.2)"),
                ("failed", "the mailbox is full (552 5.2.2)"),
                ("skipped", "left before it was sent"),
            ],
            strict=False,
        ):
            reader.deliveries.update(state=state, reason=reason)

        response = self.client.get(self.issue_url("change", issue))

        for row in (
            *("Recipients</a></dt><dd>6", "mail servers</a></dt><dd>2"),
            *("Still waiting</a></dt><dd>1", "Sent back</a></dt><dd>2"),
            "Not sent</a></dt><dd>1",
            "2: the mailbox is full (552 5.2.2)",
            "1: left before it was sent",
        ):
            self.assertContains(response, row)
        ledger = self.client.get(
            f"/admin/newsletter/delivery/?issue__id__exact={issue.pk}"
        )
        self.assertContains(ledger, readers[0].email)

    def test_each_number_of_a_letter_leads_to_its_readers(self):
        readers = [make_subscriber() for _number in range(5)]
        readers.append(make_subscriber(is_confirmed=False))
        issue = make_issue()
        other = make_issue()
        freezing.freeze(other, by=None)
        freezing.freeze(issue, by=None)
        for reader, state in zip(
            readers[:4], ["sent", "failed", "skipped", "claimed"], strict=True
        ):
            reader.deliveries.filter(issue=issue).update(state=state)

        page = self.client.get(self.issue_url("change", issue)).content.decode()

        for words, who in [
            ("Recipients", readers[:5]),
            ("Accepted by their mail servers", readers[:1]),
            ("Sent back", readers[1:2]),
            ("Not sent", readers[2:3]),
            ("Still waiting", readers[3:5]),
            ("On the list, and not addressed", readers[5:]),
        ]:
            with self.subTest(words):
                url = re.search(rf'<a href="([^"]*)">{words}</a>', page)[1]
                ledger = self.client.get(html.unescape(url))
                shown = ledger.context["cl"].result_list
                self.assertCountEqual([row.subscriber for row in shown], who)
                self.assertEqual({row.issue for row in shown}, {issue})
                self.assertContains(
                    ledger,
                    f'<a href="/admin/newsletter/subscriber/{who[0].pk}/change/"',
                )

    def test_a_number_that_is_none_leads_nowhere(self):
        make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=None)

        page = self.client.get(self.issue_url("change", issue))

        self.assertContains(page, "<dt>Sent back</dt><dd>0</dd>")

    def test_it_says_when_it_began_and_when_it_was_done(self):
        make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=None)
        begun = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
        done = begun + timedelta(minutes=20)

        Issue.objects.update(frozen_at=begun)
        page = self.client.get(self.issue_url("change", issue))
        self.assertContains(page, "Begun on 3 November 2026, 09:30.")
        Issue.objects.update(finished_at=done)
        page = self.client.get(self.issue_url("change", issue))
        self.assertContains(page, "09:30, done on 3 November 2026, 09:50.")


class UnderWayTests(AdminTestCase):
    """Each button of a letter under way, and what a second press of it says."""

    def press(self, way, issue, **typed):
        return self.client.post(self.issue_url(way, issue), typed, follow=True)

    def frozen(self):
        make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=self.author)
        return issue

    def test_it_goes_out_at_a_time_or_not_yet(self):
        make_subscriber()
        issue = make_issue()
        typed = {"at_0": "2027-01-04", "at_1": "09:00", "_at": "1"}
        past = typed | {"at_0": "2001-01-04"}

        refused = self.press("send", issue, **past)
        self.assertContains(refused, "has passed")
        self.assertContains(refused, "<title>Error: Send:")
        self.assertContains(refused, '<fieldset aria-describedby="id_at_error">')
        late = typed | {"not_after_0": "2027-01-03", "not_after_1": "09:00"}
        self.assertContains(self.press("send", issue, **late), "after the one")
        self.assertContains(self.press("send", issue, _at="1"), "Choose a day and a")
        done = self.press("send", issue, **typed)

        self.assertContains(done, "It goes out on 4 January 2027, 09:00")
        asked = self.client.get(self.issue_url("send", issue))
        self.assertContains(asked, "<h1>It goes out on 4 January 2027, 09:00</h1>")
        self.assertContains(asked, "on the list then: 1 reader by now.")
        # What one changes is there to change.
        self.assertContains(asked, 'value="2027-01-04"')
        self.assertContains(asked, 'value="09:00"')
        issue.refresh_from_db()
        self.assertIsNone(issue.frozen_at)
        self.assertIsNotNone(issue.scheduled_at)
        self.assertContains(self.press("not_yet", issue), "a draft again")
        self.assertContains(self.press("not_yet", issue), "Nothing was changed")

    def test_it_is_paused_and_goes_on(self):
        issue = self.frozen()

        self.assertContains(self.press("pause", issue), "The letter is paused")
        self.assertContains(self.press("pause", issue), "Nothing was changed")
        with self.captureOnCommitCallbacks(execute=True):
            self.assertContains(self.press("resume", issue), "The letter goes on")

        self.assertEqual(len(mail.outbox), 1)

    def test_it_is_cancelled_after_a_question(self):
        issue = self.frozen()

        asked = self.client.get(self.issue_url("cancel", issue))
        self.assertContains(asked, "There is no way back")
        self.assertContains(self.press("cancel", issue), "nobody else gets it")

        issue.refresh_from_db()
        self.assertEqual(issue.state_in_words, "cancelled")
        self.assertContains(self.press("resume", issue), "said of it: cancelled.")

    def test_what_was_sent_back_is_sent_once_more(self):
        issue = self.frozen()
        issue.deliveries.update(state="failed", reason="the mailbox is full")

        page = self.client.get(self.issue_url("change", issue))
        self.assertContains(page, self.issue_url("retry", issue))
        with self.captureOnCommitCallbacks(execute=True):
            self.assertContains(self.press("retry", issue), "1 letter is sent")

        self.assertEqual(len(mail.outbox), 1)

    def test_what_was_sent_back_waits_where_the_letter_is_paused(self):
        issue = self.frozen()
        issue.deliveries.update(state="failed", reason="the mailbox is full")
        issue.pause()

        with self.captureOnCommitCallbacks(execute=True):
            done = self.press("retry", issue)

        self.assertContains(done, "1 letter waits with the others")
        self.assertFalse(mail.outbox)

    def test_why_it_stopped_stands_on_its_page_and_on_the_first(self):
        issue = self.frozen()
        issue.pause(because="The mail server took no more letters.")

        for url in (self.issue_url("change", issue), reverse("admin:index")):
            self.assertContains(self.client.get(url), "took no more letters")


class RightsTests(AdminTestCase):
    def test_every_address_and_method_for_everybody(self):
        make_subscriber()
        issue, reader = make_issue(), make_subscriber()
        settings = "/admin/newsletter/settings/1/change/"
        readers = "/admin/newsletter/subscriber/"
        nobody = {"get": 403, "post": 403}
        # For each address: what the author, the helper and the assistant get.
        everything = {
            "/admin/newsletter/issue/": ({"get": 200}, {"get": 200}, nobody),
            "/admin/newsletter/issue/add/": ({"get": 200}, {"get": 200}, nobody),
            self.issue_url("change", issue): ({"get": 200}, {"get": 200}, nobody),
            self.issue_url("preview", issue): (
                {"get": 200, "post": 405},
                {"get": 200, "post": 405},
                {"get": 403, "post": 405},
            ),
            self.issue_url("preview_html", issue): (
                {"get": 200, "post": 405},
                {"get": 200, "post": 405},
                {"get": 403, "post": 405},
            ),
            self.issue_url("test", issue): (
                {"get": 405, "post": 302},
                {"get": 405, "post": 302},
                {"get": 405, "post": 403},
            ),
            self.issue_url("send", issue): ({"get": 200}, nobody, nobody),
            **{
                self.issue_url(way, issue): (
                    {"get": 405, "post": 302},
                    {"get": 405, "post": 403},
                    {"get": 405, "post": 403},
                )
                for way in ("not_yet", "pause", "resume", "retry")
            },
            self.issue_url("cancel", issue): (
                {"get": 302, "post": 302},
                nobody,
                nobody,
            ),
            readers: ({"get": 200}, nobody, nobody),
            f"{readers}add/": (nobody, nobody, nobody),
            f"{readers}{reader.pk}/change/": (
                {"get": 200, "post": 403},
                nobody,
                nobody,
            ),
            f"{readers}{reader.pk}/delete/": ({"get": 200}, nobody, nobody),
            "/admin/newsletter/delivery/": ({"get": 200}, nobody, nobody),
            "/admin/newsletter/delivery/add/": (nobody, nobody, nobody),
            settings: ({"get": 200}, nobody, nobody),
        }
        people = (self.author, self.helper, self.assistant)
        for url, answers in everything.items():
            for person, expected in zip(people, answers, strict=True):
                self.client.force_login(person)
                for method, status in expected.items():
                    with self.subTest(url=url, person=person, method=method):
                        response = getattr(self.client, method)(url)

                        self.assertEqual(response.status_code, status)
        self.client.logout()
        for url in everything:
            with self.subTest(url=url, person="reader"):
                response = self.client.get(url)

                self.assertRedirects(
                    response, f"/admin/login/?next={url}", fetch_redirect_response=False
                )
        self.assertFalse(Issue.objects.sent().exists())

    def test_who_may_not_send_is_not_offered_to(self):
        issue = make_issue()
        self.client.force_login(self.helper)

        for way in ("change", "preview"):
            response = self.client.get(self.issue_url(way, issue))

            self.assertNotContains(response, self.issue_url("send", issue))


class SubscriberTests(AdminTestCase):
    def test_the_list_says_in_words_who_gets_letters(self):
        now = timezone.now()
        make_subscriber()
        make_subscriber(is_confirmed=False)
        make_subscriber(unsubscribed_at=now)
        make_subscriber(paused_until=now + timedelta(days=3))
        make_subscriber(suppressed_at=now, suppressed_for="full")

        response = self.client.get("/admin/newsletter/subscriber/")

        for words in (
            *("gets the letter", "waits for the button", "left", "paused"),
            "letters stopped: full",
        ):
            self.assertContains(response, f"State: </span>{words}</td>")
        for state, count in {
            "waiting": 1,
            "active": 1,
            "left": 1,
            "paused": 1,
            "stopped": 1,
        }.items():
            page = self.client.get(f"/admin/newsletter/subscriber/?state={state}")
            self.assertEqual(page.context["cl"].result_count, count)

    def test_one_is_found_by_a_part_of_the_address(self):
        make_subscriber(email="Moira@example.org")
        make_subscriber()

        response = self.client.get("/admin/newsletter/subscriber/?q=moira")

        self.assertEqual(response.context["cl"].result_count, 1)

    def test_the_list_takes_few_queries_however_many(self):
        for _number in range(20):
            make_subscriber()

        with self.assertNumQueries(12):
            self.client.get("/admin/newsletter/subscriber/")

    def test_a_reader_is_shown_with_every_letter(self):
        subscriber = make_subscriber()
        for number in range(3):
            Delivery.objects.create(
                issue=make_issue(subject=f"No {number}"), subscriber=subscriber
            )

        response = self.client.get(
            f"/admin/newsletter/subscriber/{subscriber.pk}/change/"
        )

        for number in range(3):
            self.assertContains(response, f"No {number}")
        self.assertNotContains(response, '<input type="text"')

    def test_erasing_keeps_the_ledger_and_no_address(self):
        one, other = (make_subscriber(email=f"secret{n}@example.org") for n in (1, 2))
        Delivery.objects.create(issue=make_issue(), subscriber=one)

        self.client.post(
            f"/admin/newsletter/subscriber/{one.pk}/delete/", {"post": "yes"}
        )
        self.client.post(
            "/admin/newsletter/subscriber/",
            {
                "action": "delete_selected",
                "_selected_action": other.pk,
                "post": "yes",
            },
        )

        self.assertFalse(Subscriber.objects.exists())
        self.assertEqual(Delivery.objects.count(), 1)
        entries = LogEntry.objects.values_list("object_repr", "change_message")
        self.assertEqual(len(entries), 2)
        self.assertNotIn("secret", str(list(entries)))


class FirstPageTests(AdminTestCase):
    def first_page(self):
        return self.client.get("/admin/")

    def test_a_draft_waits(self):
        make_issue(subject="December", intro="", guides=[make_guide(), make_guide()])

        response = self.first_page()

        self.assertContains(
            response, "“December” has 2 guides and no words of yours yet."
        )
        self.assertContains(response, "Write on")

    def test_a_letter_under_way_says_how_far_it_is(self):
        for _number in range(3):
            make_subscriber()
        issue = make_issue(subject="December")
        freezing.freeze(issue, by=None)
        issue.deliveries.filter(pk=issue.deliveries.first().pk).update(state="sent")

        response = self.first_page()

        self.assertContains(response, "“December”: 1 of 3 are done, 0 sent back.")
        self.assertNotContains(response, "Nothing has moved")

    def test_a_letter_that_does_not_move_is_overdue(self):
        make_subscriber()
        freezing.freeze(make_issue(), by=None)
        then = timezone.now() - timedelta(hours=1)
        Issue.objects.update(frozen_at=then)
        # Each minute a try that finds no mail server writes that it did.
        Delivery.objects.update(not_before=then, changed_at=timezone.now())

        response = self.first_page()

        self.assertContains(response, "Nothing has moved for a while")
        self.assertContains(response, "does the mail server answer?")
        self.assertContains(response, "wait--overdue")

    def test_a_letter_of_which_one_left_just_now_is_not_overdue(self):
        make_subscriber()
        make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=None)
        then = timezone.now() - timedelta(hours=1)
        Issue.objects.update(frozen_at=then)
        Delivery.objects.update(not_before=then, changed_at=then)
        last = issue.deliveries.first()
        last.state = "sent"
        last.save()

        self.assertNotContains(self.first_page(), "Nothing has moved for a while")

    def test_what_was_sent_back_is_said_for_two_weeks(self):
        reader = make_subscriber()
        issue = make_issue(frozen_at=timezone.now(), finished_at=timezone.now())
        Delivery.objects.create(
            issue=issue, subscriber=reader, state="failed", reason="full"
        )

        self.assertContains(self.first_page(), "Letter sent back")
        Issue.objects.update(finished_at=timezone.now() - timedelta(days=15))
        self.assertNotContains(self.first_page(), "Letter sent back")

    def test_sign_ups_that_wait_for_the_mail_server_are_overdue(self):
        then = timezone.now() - timedelta(hours=1)
        make_subscriber(is_confirmed=False, asked_at=then, mail_due_at=then)

        self.assertContains(self.first_page(), "Sign-ups without an answer")

    def test_nothing_waits_where_nothing_waits(self):
        self.assertEqual(waiting.rows(), [])
