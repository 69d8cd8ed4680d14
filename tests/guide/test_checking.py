from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from guide.models import Audience, Guide, Topic
from tests.factories import make_guide, make_ready_guide
from tests.guide.test_admin import AdminTestCase

NOT_YET = "Not yet. Nothing you typed is lost"


class PublishingTests(AdminTestCase):
    def publish(self, guide, day=None, **changes):
        day = day or timezone.localdate()
        return self.save(
            self.url("guide_change", guide),
            published_at_0=day.isoformat(),
            published_at_1="09:00",
            **changes,
        )

    def test_a_ready_guide_is_published(self):
        guide = make_ready_guide()

        self.publish(guide)

        self.assertTrue(Guide.objects.get(pk=guide.pk).published_at)

    def test_one_that_lacks_something_is_not_and_what_was_typed_stays(self):
        guide = make_ready_guide(suitability="")
        audience = Audience.objects.create(name="runners", slug="runners")

        for day in [timezone.localdate(), timezone.localdate() + timedelta(days=9)]:
            response = self.publish(
                guide,
                day,
                title="Kept as typed",
                **{
                    "verdicts-TOTAL_FORMS": "2",
                    "verdicts-1-choice": "no",
                    "verdicts-1-audience": audience.pk,
                },
            )

            self.assert_says(
                response,
                NOT_YET,
                "add what is missing: the suitability.",
                'value="Kept as typed"',
                f'value="{day.isoformat()}"',
                f'<option value="{audience.pk}" selected>',
                '<a href="#id_published_at_error">Published at</a>',
            )
            guide.refresh_from_db()
            self.assertIsNone(guide.published_at)
            self.assertNotEqual(guide.title, "Kept as typed")
            self.assertEqual(guide.verdicts.count(), 1)

    def test_what_the_same_form_adds_counts(self):
        guide = make_ready_guide(suitability="")

        self.publish(guide, suitability="General")

        guide.refresh_from_db()
        self.assertTrue(guide.published_at)

    def test_what_the_same_form_takes_away_counts(self):
        guide = make_ready_guide()

        response = self.publish(guide, **{"verdicts-0-DELETE": "on"})

        self.assert_says(response, "add what is missing: at least one verdict.")
        self.assertEqual(guide.verdicts.count(), 1)

    def test_a_new_guide_is_held_too(self):
        response = self.save(
            self.url("guide_add"),
            title="New",
            slug="new-one",
            summary="A summary of a guide.",
            published_at_0="2026-10-01",
            published_at_1="09:00",
        )

        self.assert_says(response, NOT_YET, "an exercise")
        self.assertFalse(Guide.objects.exists())

    def test_a_published_one_can_be_mended_bit_by_bit(self):
        guide = make_guide(published_at=timezone.now().replace(microsecond=0))

        self.save(self.url("guide_change", guide), title="Mended")

        guide.refresh_from_db()
        self.assertEqual(guide.title, "Mended")

    def test_the_list_publishes_those_that_are_ready_and_names_the_others(self):
        ready, lacking = make_ready_guide(), make_ready_guide(suitability="")

        response = self.client.post(
            self.url("guide_changelist"),
            {"action": "publish", "_selected_action": [ready.pk, lacking.pk]},
            follow=True,
        )

        self.assert_says(
            response,
            "1 guide is published.",
            f"“{lacking}” is not published yet. Missing: the suitability.",
        )
        self.assertEqual([*Guide.objects.published()], [ready])


class ChecklistTests(AdminTestCase):
    def open(self, guide):
        return self.client.get(self.url("guide_change", guide))

    def test_the_form_says_what_is_missing_and_links_there(self):
        guide = make_ready_guide(suitability="", author=None)
        exercise = guide.exercises.first()

        response = self.open(guide)

        self.assert_says(
            response,
            "2 things are missing to publish",
            '<a href="#id_suitability">The suitability</a>',
            "Would be good",
            '<a href="#id_topic">A topic</a>',
        )
        # The exercise opens after what was typed is saved.
        self.assertContains(
            response,
            '<button class="button button--plain" name="_exercise" '
            f'value="{exercise.pk}">A breathing cue for “{exercise}”</button>',
            html=True,
        )

    def test_enter_saves_it_does_not_open_an_exercise(self):
        page = self.open(make_ready_guide()).content.decode()

        self.assertLess(page.index('name="_save"'), page.index('name="_exercise"'))

    def test_nothing_is_missing(self):
        guide = make_ready_guide(
            kind=Guide.Kind.ARTICLE,
            summary="How hard it should feel, and why.",
            topic=Topic.objects.create(title="Back", slug="back"),
            figure="low-row-start",
        )

        self.assert_says(
            self.open(guide), "Nothing is missing", "You can publish it as it is."
        )

    def test_a_new_guide_has_no_list_yet(self):
        response = self.client.get(reverse("admin:guide_guide_add"))

        self.assertNotContains(response, "checklist")
