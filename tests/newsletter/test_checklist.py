from datetime import timedelta

from django.conf import settings
from django.test import TestCase
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import checklist, freezing
from newsletter.models import Issue, Settings, Subscriber
from tests.factories import (
    make_asked,
    make_block,
    make_guide,
    make_issue,
    make_picture,
    make_promotion,
    make_subscriber,
)


class ChecklistTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(sender_address="letter@example.org")
        make_subscriber()

    def make(self, **values):
        return make_issue(**{"preheader": "What is new"} | values)

    def points(self, issue):
        issue = Issue.objects.get(pk=issue.pk)
        return {point.sentence: point for point in checklist.of(issue)}

    def assert_says(self, issue, words, *, at=None, is_blocking):
        [point] = [
            point for sentence, point in self.points(issue).items() if words in sentence
        ]
        self.assertEqual(point.is_blocking, is_blocking)
        if at is not None:
            self.assertTrue(point.url.endswith(at), point.url)

    def assert_blocks(self, issue, words, at=None):
        self.assert_says(issue, words, at=at, is_blocking=True)
        with self.assertRaisesMessage(freezing.CannotSend, words):
            freezing.freeze(issue, by=None)
        self.assertFalse(Issue.objects.sent().filter(pk=issue.pk).exists())

    def assert_advises(self, issue, words, at=None):
        self.assert_says(issue, words, at=at, is_blocking=False)


class BlockingTests(ChecklistTestCase):
    def test_nothing_is_said_of_a_letter_that_is_whole(self):
        issue = self.make(guides=[make_guide(figure="low-row-finish")])

        self.assertEqual(self.points(issue), {})
        self.assertEqual(freezing.freeze(issue, by=None), 1)

    def test_an_empty_letter(self):
        self.assert_blocks(self.make(intro=""), "The letter is empty", "#blocks-group")

    def test_a_guide_that_readers_cannot_see(self):
        retired = make_guide(title="Old rows")
        retired.retire()
        for guide, words in [
            (make_guide(title="Rows", published_at=None), "“Rows” is not published"),
            (retired, "“Old rows” is retired"),
        ]:
            for kind in ("guide", "question"):
                with self.subTest(words, kind=kind):
                    issue = self.make()
                    asked = {"question": "Q?", "prose": "<p>A</p>"}
                    values = asked if kind == "question" else {}
                    block = make_block(issue, kind=kind, guide=guide, **values)

                    self.assert_blocks(issue, words, f"#block-{block.pk}")

    def test_a_promotion_outside_its_dates(self):
        now = timezone.now()
        for dates in (
            {"ends_at": now - timedelta(days=1)},
            {"starts_at": now + timedelta(days=1)},
        ):
            with self.subTest(dates):
                issue = self.make()
                promotion = make_promotion(title="A book", **dates)
                make_block(issue, kind="promotion", promotion=promotion)

                self.assert_blocks(issue, "The dates of “A book”")

    def test_a_dead_link_to_the_site(self):
        there = make_guide()
        sent = self.make(frozen_at=timezone.now())
        issue = self.make(
            intro=f'<p><a href="{there.get_absolute_url()}">a</a>'
            f'<a href="{sent.get_absolute_url()}">b</a>'
            '<a href="/questions/">c</a><a href="https://example.org/">d</a></p>'
        )
        self.assertEqual(self.points(issue), {})

        for path in ("/guides/gone/", "/newsletter/issues/never-sent/", "/nowhere/"):
            for href in (path, f"http://testserver{path}"):
                with self.subTest(href):
                    issue = self.make(intro=f'<p><a href="{href}">here</a></p>')
                    block = issue.blocks.get()

                    self.assert_blocks(
                        issue, f"The link to {path} leads nowhere", f"-{block.pk}"
                    )

    def test_a_dead_link_of_a_promotion(self):
        issue = self.make()
        promotion = make_promotion(link="/guides/gone/")
        make_block(issue, kind="promotion", promotion=promotion)

        self.assert_blocks(issue, "The link to /guides/gone/ leads nowhere")

    def test_a_field_that_nobody_fills_in(self):
        for field in (
            *("{{ first_name }}", "*|FNAME|*", "[[name]]", "{% if x %}", "{name}"),
            *("{!firstname_fix}", "[First name]", "{first name}"),
            "[subscriber:firstname | default:x]",
            *("[firstname,fallback=friend]", "%FIRSTNAME%", "${user.name}"),
        ):
            with self.subTest(field):
                issue = self.make(intro=f"<p>Dear {field},</p>")

                self.assert_blocks(issue, f"“{field}” would arrive as it stands")

    def test_a_field_above_the_text(self):
        for name in ("subject", "preheader"):
            with self.subTest(name):
                issue = self.make(**{name: "Dear {name}"})

                words = "“{name}” would arrive as it stands"
                self.assert_blocks(issue, words, at=f"#id_{name}")

    def test_a_picture_without_words(self):
        picture = make_picture(alt="IMG_2041.jpg", is_decorative=False)
        issue = self.make(guides=[make_guide(title="Rows", picture=picture)])

        self.assert_blocks(
            issue, "The picture of “Rows” has no words", f"{picture.pk}/change/#id_alt"
        )

    def test_a_cover_without_words(self):
        cover = make_picture(alt="IMG_2041.jpg")
        issue = self.make()
        promotion = make_promotion(title="Sit tall", cover=cover)
        make_block(issue, kind="promotion", promotion=promotion)

        self.assert_blocks(
            issue,
            "The picture of “Sit tall” has no words",
            f"{cover.pk}/change/#id_alt",
        )

    def test_the_picture_of_a_second_guide_is_not_in_the_letter(self):
        picture = make_picture(alt="IMG_2041.jpg")

        issue = self.make(guides=[make_guide(), make_guide(picture=picture)])

        self.assertEqual(self.points(issue), {})

    def test_more_than_gmail_shows(self):
        issue = self.make(intro="<p>x</p>")
        room = 102_000 - len(checklist.Letter(issue).page.encode())

        issue.blocks.update(prose=f"<p>x{'x' * room}</p>")
        self.assertNotIn("Gmail", str(checklist.of(issue)))
        issue.blocks.update(prose=f"<p>x{'x' * (room + 1)}</p>")
        self.assert_blocks(issue, "Gmail cuts it off after 102")

    def test_what_the_settings_lack(self):
        issue = self.make()
        Settings.objects.update(sender_address="")
        self.assert_blocks(issue, "There is no sender", "/1/change/#id_sender_address")

        SiteSettings.objects.update(postal_address="")
        self.assert_says(
            issue,
            "There is no postal address",
            at="/1/change/#id_postal_address",
            is_blocking=True,
        )

    def test_nobody_to_send_it_to(self):
        for reader in Subscriber.objects.all():
            reader.leave()

        self.assert_blocks(self.make(), "Nobody would get it")

    def test_a_template_without_the_link_to_leave(self):
        for name in ("html", "txt"):
            both = {
                "newsletter/mail/issue/body.html": "<p>{{ leave_url }}</p>",
                "newsletter/mail/issue/body.txt": "{{ leave_url }}",
            }
            both[f"newsletter/mail/issue/body.{name}"] = "Hi"
            loaders = [
                ("django.template.loaders.locmem.Loader", both),
                "django.template.loaders.app_directories.Loader",
            ]
            with (
                self.subTest(name),
                self.settings(TEMPLATES=with_loaders(loaders)),
            ):
                self.assert_blocks(self.make(), "no link to leave the list")

    def test_a_subject_of_two_lines_from_a_script(self):
        issue = self.make(subject="Hi\nBcc: everybody@example.org")

        self.assert_blocks(issue, "The subject is one line", "#id_subject")


class AdviceTests(ChecklistTestCase):
    def test_what_would_be_good(self):
        for values, words, at in [
            ({"preheader": ""}, "There is no preview line", "#id_preheader"),
            ({"subject": "x" * 61}, "The subject has 61 characters", "#id_subject"),
            ({"intro": "", "guides": [make_guide()]}, "nothing besides guides", ""),
            (
                {"intro": '<p><a href="https://a.org/">a</a></p>' * 20},
                "links in it",
                "#blocks-group",
            ),
        ]:
            with self.subTest(words):
                issue = self.make(**values)

                self.assert_advises(issue, words, at)
                self.assertEqual(len(self.points(issue)), 1)

    def test_the_subject_of_an_earlier_letter(self):
        self.make(subject="December", frozen_at=timezone.now())

        self.assert_advises(self.make(subject="december"), "had this subject")

    def test_an_answer_that_its_guide_gives_otherwise_by_now(self):
        guide = make_asked("In or out?", "<p>Out.</p>")
        for question, answer, words in [
            ("In or out?", "<p>In.</p>", "“In or out?” was changed in its guide"),
            ("Up or down?", "<p>Up.</p>", "“Up or down?” stands in its guide no more"),
        ]:
            with self.subTest(words):
                issue = self.make()
                values = {"kind": "question", "guide": guide}
                make_block(issue, question=question, prose=answer, **values)

                self.assert_advises(issue, words)

        issue = self.make()
        make_block(issue, question="In or out?", prose="<p>Out.</p>", **values)
        self.assertEqual(self.points(issue), {})


def with_loaders(loaders):
    [engine] = settings.TEMPLATES
    options = {**engine["OPTIONS"], "loaders": loaders}
    return [{**engine, "APP_DIRS": False, "DIRS": [], "OPTIONS": options}]
