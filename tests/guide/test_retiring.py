from django.core.exceptions import ValidationError
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment
from guide.models import (
    BodyArea,
    Exercise,
    Guide,
    RelatedGuide,
    Topic,
    Variation,
)
from guide.tasks import index_owed
from tests.factories import make_comment, make_guide, make_issue, make_staff
from tests.guide.admin.cases import AdminTestCase, fields_of


class ReaderTests(TestCase):
    """Whoever comes to a retired guide learns so, and what to read instead."""

    @classmethod
    def setUpTestData(cls):
        cls.topic = Topic.objects.create(title="Neck", slug="neck")
        cls.guide = make_guide(title="Shrugs", slug="shrugs", topic=cls.topic)
        cls.other = make_guide(title="A long neck")
        cls.url = cls.guide.get_absolute_url()

    def gone(self, url=None):
        response = self.client.get(url or self.url, follow=True)
        self.assertContains(response, "This guide was retired on", status_code=410)
        self.assertContains(response, "Shrugs", status_code=410)
        return response

    def test_the_next_request_sees_it_go_and_come_back(self):
        self.assertEqual(self.client.get(self.url).status_code, 200)

        self.guide.retire()
        self.gone()

        self.guide.bring_back()
        self.assertEqual(self.client.get(self.url).status_code, 200)

    def test_its_page_says_why_and_leads_on(self):
        self.guide.retire(instead=self.other, note="Written anew.")

        response = self.gone()

        for words in [
            "Written anew.",
            "Read this instead",
            f'href="{self.other.get_absolute_url()}"',
            'role="search"',
            '<meta name="robots" content="noindex">',
        ]:
            self.assertContains(response, words, status_code=410)
        self.assertEqual(response["Cache-Control"], "max-age=0, must-revalidate")

    def test_without_one_to_read_instead_it_names_those_of_its_topic(self):
        near = make_guide(title="Near", topic=self.topic)
        for instead in (None, make_guide(published_at=None)):
            self.guide.retire(instead=instead)

            response = self.gone()

            self.assertEqual(list(response.context["others"]), [near])
            self.assertContains(response, "More on: Neck", status_code=410)

    def test_without_any_other_it_still_leads_to_the_search(self):
        Guide.objects.filter(pk=self.guide.pk).update(topic=None)
        self.guide.refresh_from_db()
        self.guide.retire()

        self.assertContains(self.gone(), 'role="search"', status_code=410)

    def test_each_way_to_it_says_so(self):
        self.guide.slug = "shrug-it-off"
        self.guide.save()
        self.guide.retire()
        comment = make_comment(self.guide)

        for url in [
            "/guides/shrugs/",
            "/guides/shrugs/print/",
            "/guides/shrug-it-off/",
            "/guides/shrug-it-off/?page=x",
            "/guides/shrug-it-off/print/",
            f"/g/{self.guide.pk}/",
            "/guides/shrug-it-off/comments/feed/",
            f"/comments/new/?guide={self.guide.pk}",
            reverse("comments:place", args=[comment.pk]),
        ]:
            with self.subTest(url):
                self.gone(url)

    def test_who_may_change_it_sees_what_readers_see(self):
        self.guide.retire()
        self.client.force_login(make_staff())

        self.gone()

    def test_it_costs_few_queries(self):
        for _n in range(3):
            make_guide(topic=self.topic, exercises=2)
        self.guide.retire()

        with self.assertNumQueries(6):
            self.client.get(self.url)


class ListTests(TestCase):
    """It stands nowhere any more."""

    @classmethod
    def setUpTestData(cls):
        topic = Topic.objects.create(title="Neck", slug="neck")
        area = BodyArea.objects.create(name="Nape", slug="nape")
        cls.guide = make_guide(exercises=1, title="Shrugs", slug="shrugs", topic=topic)
        cls.other = make_guide(exercises=1, slug="other")
        mine, its = cls.guide.exercises.get(), cls.other.exercises.get()
        mine.areas.add(area)
        RelatedGuide.objects.create(guide=cls.other, to=cls.guide)
        Variation.objects.create(exercise=its, kind="progression", to=mine)
        Exercise.objects.filter(pk=its.pk).update(setup_from=mine)
        question = make_comment(cls.guide, body="May I shrug?")
        question.answer(author=make_staff(name="Ana Reyes"), body="You may.")
        index_owed()

    def pages(self):
        return {
            url: self.client.get(url).content.decode()
            for url in [
                *("/", "/guides/", "/topics/neck/", "/search/?q=shrugs", "/feed/"),
                *("/sitemap.xml", "/questions/", "/guides/other/"),
            ]
        }

    def test_it_leaves_every_list_the_search_the_feed_and_the_other_pages(self):
        for url, page in self.pages().items():
            with self.subTest(url):
                self.assertIn("/guides/shrugs/", page)

        self.guide.retire()
        index_owed()

        for url, page in self.pages().items():
            with self.subTest(url):
                self.assertNotIn("/guides/shrugs/", page)
                self.assertNotIn("May I shrug?", page)
        self.assertFalse(Topic.objects.in_use().exists())
        self.assertFalse(BodyArea.objects.in_use().exists())
        self.assertFalse(Comment.objects.newest_answers().exists())

    def test_it_is_neither_published_nor_a_draft_nor_scheduled_nor_due(self):
        Guide.objects.filter(pk=self.guide.pk).update(review_due_on="2020-01-01")
        self.guide.refresh_from_db()
        self.guide.retire()

        self.assertFalse(self.guide.is_published)
        self.assertEqual(list(Guide.objects.retired()), [self.guide])
        for found in [
            Guide.objects.published(),
            Guide.objects.drafts(),
            Guide.objects.scheduled(),
            Guide.objects.review_due(before=timezone.localdate()),
        ]:
            self.assertNotIn(self.guide, found)

    def test_back_to_draft_ends_it(self):
        self.guide.retire()

        Guide.objects.all().withdraw()

        self.assertEqual(Guide.objects.drafts().count(), 2)
        self.assertFalse(Guide.objects.retired().exists())

    def test_what_was_never_published_is_not_retired(self):
        guide = make_guide(published_at=None)
        guide.retired_at = timezone.now()

        with self.assertRaisesMessage(
            ValidationError, "A retired guide was published before."
        ):
            guide.full_clean()


class LetterTests(TestCase):
    def test_the_archive_keeps_it_and_a_letter_to_come_does_not(self):
        guide = make_guide(title="Shrugs", slug="shrugs")
        sent = make_issue(guides=[guide], frozen_at=timezone.now())
        guide.retire()

        page = self.client.get(sent.get_absolute_url())

        self.assertContains(page, 'href="/guides/shrugs/"')


class AdminTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.guide = make_guide(title="Shrugs")
        self.other = make_guide(title="A long neck")
        self.page = self.url("guide_retire", self.guide)

    def test_it_asks_first_and_retires_with_the_button(self):
        form = self.client.get(self.url("guide_change", self.guide))
        self.assertContains(form, f'href="{self.page}"')
        self.assertContains(self.client.get(self.page), "Retire “Shrugs”?")
        self.guide.refresh_from_db()
        self.assertIsNone(self.guide.retired_at)

        response = self.client.post(
            self.page, {"instead": self.other.pk, "note": "Anew."}, follow=True
        )

        self.assert_says(response, "“Shrugs” is retired.", "Retired: bring it back …")
        self.guide.refresh_from_db()
        self.assertIsNotNone(self.guide.retired_at)
        self.assertEqual(self.guide.instead, self.other)
        self.assertEqual(self.guide.retired_note, "Anew.")

    def test_what_readers_are_told_may_change_and_it_may_come_back(self):
        self.guide.retire(instead=self.other, note="Anew.")
        since = self.guide.retired_at
        fields = fields_of(self.client.get(self.page).content.decode())
        self.assertEqual(fields["note"], ["Anew."])
        self.assertEqual(fields["instead"], [f"{self.other.pk}"])

        self.client.post(self.page, {"instead": "", "note": "Old."})
        self.guide.refresh_from_db()
        self.assertEqual(self.guide.retired_at, since)
        self.assertEqual((self.guide.instead, self.guide.retired_note), (None, "Old."))

        response = self.client.post(self.page, {"_back": "1"}, follow=True)
        self.assert_says(response, "“Shrugs” is back: readers see it.")
        self.guide.refresh_from_db()
        self.assertTrue(self.guide.is_published)

    def test_only_other_guides_that_readers_see_are_offered(self):
        draft = make_guide(published_at=None, title="A draft")
        response = self.client.get(self.page)
        self.assertContains(response, "A long neck</option>")
        self.assertNotContains(response, "A draft</option>")
        self.assertNotContains(response, "Shrugs</option>")

        for pk in (self.guide.pk, draft.pk, "x"):
            response = self.client.post(self.page, {"instead": pk})
            self.assertEqual(response.status_code, 422)
            self.guide.refresh_from_db()
            self.assertIsNone(self.guide.retired_at)

    def test_what_readers_never_saw_is_not_retired(self):
        draft = make_guide(published_at=None)

        response = self.client.get(self.url("guide_retire", draft))

        self.assertEqual(response.status_code, 404)

    def test_who_may_not_change_guides_retires_none(self):
        self.client.force_login(make_staff(is_superuser=False))

        self.assertEqual(self.client.post(self.page).status_code, 403)

    def test_the_list_knows_them(self):
        self.guide.retire()

        response = self.client.get(f"{self.url('guide_changelist')}?state=retired")

        self.assertContains(response, "Shrugs")
        self.assertNotContains(response, "A long neck")
        self.assertContains(response, "State: </span>retired</td>")

    def test_no_retired_guide_is_offered_to_other_guides_and_letters(self):
        self.guide.retire()
        add = reverse("admin:newsletter_issue_add")
        for url in [self.url("guide_change", self.other), add]:
            with self.subTest(url):
                page = self.client.get(url)
                self.assertNotContains(page, "Shrugs</option>")

        issue = make_issue(guides=[self.guide])
        url = reverse("admin:newsletter_issue_change", args=[issue.pk])
        response = self.save(url)  # one chosen before stays
        self.assertNotContains(response, "errorlist")
        response = self.client.get(
            reverse("admin:newsletter_issue_send", args=[issue.pk])
        )
        self.assertContains(response, "“Shrugs” is retired: take it out of the letter.")
