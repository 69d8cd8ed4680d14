import re
from datetime import timedelta

from django.core import signing
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment
from guide import changes, views
from guide.models import Exercise, Guide, SiteSettings, Topic, Video
from tests.factories import make_full_guide, make_guide, make_ready_guide
from tests.guide.admin.cases import AdminTestCase, fields_of


class WaitingTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.guide = make_full_guide(slug="rows", title="Rows")
        self.first = self.guide.exercises.first()

    def copy(self):
        return Guide.with_copies.get(copy_of=self.guide)

    def test_what_is_changed_of_a_published_guide_waits(self):
        response = self.save(
            self.url("guide_change", self.guide), title="New rows", slug="new-rows"
        )

        self.assert_says(response, "Readers see what you changed once you publish it.")
        self.guide.refresh_from_db()
        self.assertEqual((self.guide.title, self.guide.slug), ("Rows", "rows"))
        self.assertEqual(
            (self.copy().title, self.copy().slug), ("New rows", "new-rows")
        )
        self.assertEqual(self.guide.versions.newest_first().first().saved_by, self.ana)

    def test_from_then_on_its_form_is_that_of_the_copy(self):
        self.save(self.url("guide_change", self.guide), title="New rows")

        response = self.client.get(self.url("guide_change", self.guide))
        self.assertRedirects(response, self.url("guide_change", self.copy()))
        response = self.client.get(self.url("exercise_change", self.first))
        there = self.copy().exercises.first()
        self.assertRedirects(response, self.url("exercise_change", there))

        self.save(self.url("guide_change", self.copy()), title="Newer rows")
        self.assertEqual(self.copy().title, "Newer rows")
        self.assertEqual(Guide.with_copies.filter(copy_of=self.guide).count(), 1)

    def test_saved_unchanged_nothing_waits(self):
        response = self.save(self.url("guide_change", self.guide))

        self.assertNotContains(response, "once you publish it")
        self.assertFalse(Guide.objects.with_changes().exists())

    def test_steps_of_a_published_guide_wait(self):
        response = self.save(
            self.url("exercise_change", self.first), action="Pull slowly."
        )

        self.assertRedirects(
            response, f"{self.url('guide_change', self.copy())}#exercises"
        )
        self.assertNotEqual(self.first.steps.last().text, "Pull slowly.")
        there = self.copy().exercises.first()
        self.assertEqual(there.steps.get(phase="action").text, "Pull slowly.")

    def test_an_exercise_added_or_deleted_waits(self):
        count = self.guide.exercises.count()
        url = f"{self.url('exercise_add')}?guide={self.guide.pk}"
        self.save(url, name="Third")
        self.assertEqual(self.guide.exercises.count(), count)
        self.assertEqual(self.copy().exercises.last().name, "Third")

        url = self.url("exercise_delete", self.copy().exercises.last())
        self.client.post(url, {"post": "yes"})
        self.assertEqual(self.copy().exercises.count(), count)
        self.assertIsNone(self.copy().waiting_since)

    def test_deleting_an_exercise_of_a_published_guide_waits(self):
        url = self.url("exercise_delete", self.first)

        self.client.post(url, {"post": "yes"})

        self.assertTrue(Exercise.objects.filter(pk=self.first.pk).exists())
        self.assertEqual(
            self.copy().exercises.count(), self.guide.exercises.count() - 1
        )

    def test_the_page_of_deleting_says_what_goes_and_what_readers_keep(self):
        elsewhere = make_guide(title="Else", exercises=1).exercises.get()
        elsewhere.variations.create(kind="similar", to=self.first)
        second = self.guide.exercises.last()
        for exercise in self.guide.exercises.all():
            exercise.name = f"Row {exercise.position}"
            exercise.save()

        page = self.client.get(self.url("exercise_delete", self.first))

        self.assert_says(
            page,
            "Delete “Row 1”?",
            "Readers see it until you publish your changes.",
            "What these borrow of its set-up goes with it.",
            "<li>“Row 2”</li>",
            f"“{elsewhere}” in “Else”",
        )
        self.assertNotContains(page, "related items")
        self.client.post(self.url("exercise_delete", self.first), {"post": "yes"})
        there = self.copy().exercises.get()
        self.assert_says(
            self.client.get(self.url("guide_preview", self.guide)),
            f'<a href="{self.url("exercise_change", there)}#id_setup">'
            "“Row 2”, set up as for “Row 1”",
        )
        page = self.client.get(self.url("exercise_delete", there))
        self.assert_says(page, "Readers see it until you publish your changes.")
        self.assertNotContains(page, "borrow")
        self.assertEqual(there.uid, second.uid)

    def test_of_what_no_reader_sees_the_page_of_deleting_says_so(self):
        url = f"{self.url('exercise_add')}?guide={self.guide.pk}"
        self.save(url, name="Third")
        draft = make_guide(published_at=None, exercises=1)

        for exercise in (self.copy().exercises.last(), draft.exercises.get()):
            page = self.client.get(self.url("exercise_delete", exercise))

            self.assert_says(page, "It goes from the guide at once, with its steps.")
            self.assertNotContains(page, "lead to it")

    def test_the_button_of_an_exercise_opens_it_where_it_is_written_on(self):
        response = self.save(
            self.url("guide_change", self.guide),
            title="New rows",
            _exercise=self.first.pk,
        )

        self.assertEqual(
            response.redirect_chain[-1][0],
            self.url("exercise_change", self.copy().exercises.first()),
        )

    def test_a_fault_leaves_nothing_waiting(self):
        response = self.save(self.url("guide_change", self.guide), title="")

        self.assertContains(response, "Give it a ")
        self.assertFalse(Guide.with_copies.filter(copy_of=self.guide).exists())

    def test_what_does_not_fit_comes_back_with_a_sentence(self):
        film = Video.objects.create(
            title="Short", provider="youtube", provider_id="abcdefghijk", duration=5
        )

        response = self.save(
            self.url("guide_change", self.guide), video=film.pk, title="New rows"
        )

        self.assert_says(response, "The video is over at 0:05.", 'value="New rows"')
        self.assertFalse(Guide.with_copies.filter(copy_of=self.guide).exists())
        self.guide.refresh_from_db()
        self.assertEqual(self.guide.title, "Rows")

    def test_of_a_draft_with_changes_all_waits(self):
        url = self.url("guide_change", self.guide)
        opened = fields_of(self.client.get(url).content.decode())
        self.save(url, title="New rows")
        Guide.objects.filter(pk=self.guide.pk).withdraw()

        del opened["_stamp"]
        self.client.post(url, opened | {"question": "Stiff?"})

        self.assertEqual(
            (self.copy().title, self.copy().question), ("New rows", "Stiff?")
        )
        self.guide.refresh_from_db()
        self.assertEqual(self.guide.question, "Tired?")

    def test_an_exercise_stays_in_its_guide(self):
        draft = make_guide(published_at=None)

        response = self.save(self.url("exercise_change", self.first), guide=draft.pk)

        self.assertContains(response, "Select a valid choice.")
        self.assertIn(self.first, self.guide.exercises.all())

    def test_dropping_the_changes(self):
        self.save(self.url("guide_change", self.guide), title="New rows")

        url = self.url("guide_discard", self.copy())
        response = self.client.post(url, follow=True)

        self.assertRedirects(response, self.url("guide_change", self.guide))
        self.assert_says(response, "The changes are dropped.", 'value="Rows"')

    def test_the_list_says_where_changes_wait(self):
        self.save(self.url("guide_change", self.guide), title="New rows")

        page = self.client.get(self.url("guide_changelist"), {"state": "waiting"})
        self.assert_says(page, "published, changes wait", "Rows")
        self.assertNotContains(page, "New rows")
        exercises = self.client.get(self.url("exercise_changelist"))
        self.assertEqual(
            exercises.context["cl"].result_count,
            Exercise.objects.filter(guide__copy_of=None).count(),
        )

    def test_variations_are_chosen_among_what_stands_beside(self):
        self.save(self.url("guide_change", self.guide), title="New rows")
        there = self.copy().exercises.first()

        page = self.client.get(self.url("exercise_change", there))

        form = page.context["inline_admin_formsets"][-1].formset.empty_form
        offered = set(form.fields["to"].queryset)
        self.assertTrue(offered.isdisjoint(self.guide.exercises.all()))
        self.assertTrue(offered.issuperset(self.copy().exercises.all()))


class PublishingTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.draft = make_ready_guide(title="Draft")

    def looked_at(self, guide):
        """Press "Save and look at it", and return the preview."""
        response = self.save(self.url("guide_change", guide), _preview="1")
        self.assertEqual(
            response.request["PATH_INFO"], self.url("guide_preview", guide)
        )
        return response

    def publish(self, page, **values):
        version = page.context["version"].pk
        url = self.url("guide_publish", page.context["guide"])
        return self.client.post(url, {"version": version, **values}, follow=True)

    def test_a_draft_is_seen_in_four_ways_and_published(self):
        page = self.looked_at(self.draft)
        for way in ("phone", "desktop", "dark", "print"):
            with self.subTest(way):
                page = self.client.get(
                    self.url("guide_preview", self.draft), {"as": way}
                )
                frame = self.client.get(page.context["frame"])
                self.assertContains(frame, "Draft")
                self.assertEqual(frame["X-Frame-Options"], "SAMEORIGIN")
                self.assertEqual("css/dark" in frame.text, way == "dark")

        response = self.publish(page, _now="1")

        self.assert_says(response, "“Draft” is published.")
        self.assertEqual(
            self.client.get(self.draft.get_absolute_url()).status_code, 200
        )

    def test_a_draft_is_published_at_a_time(self):
        page = self.looked_at(self.draft)
        later = timezone.localtime() + timedelta(days=2)
        day, time = later.strftime("%Y-%m-%d %H:%M").split()

        response = self.publish(page, _at="1", at_0=day, at_1=time)

        self.assert_says(response, "“Draft” goes out on ")
        self.assertIn(self.draft, Guide.objects.scheduled())

    def test_a_time_that_has_passed_is_refused_with_a_sentence(self):
        page = self.looked_at(self.draft)

        response = self.publish(page, _at="1", at_0="2020-01-01", at_1="09:00")

        self.assert_says(response, "That moment has passed.")
        self.assertIn(self.draft, Guide.objects.drafts())

    def test_an_hour_that_is_not_or_comes_twice_gets_a_sentence(self):
        SiteSettings.objects.update(zone="Europe/Berlin")
        page = self.looked_at(self.draft)

        for day in ("2027-03-28", "2027-10-31"):
            with self.subTest(day):
                response = self.publish(page, _at="1", at_0=day, at_1="02:30")

                self.assert_says(response, "The clocks change that night")
                self.assertIn(self.draft, Guide.objects.drafts())

    def test_a_moment_that_is_set_can_be_changed_or_taken_back(self):
        page = self.looked_at(self.draft)
        later = timezone.localtime() + timedelta(days=2)
        self.publish(page, _at="1", at_0=later.strftime("%Y-%m-%d"), at_1="18:00")
        page = self.client.get(self.url("guide_preview", self.draft))
        self.assert_says(page, "It goes out on ", "Publish now", "another time")
        far = later + timedelta(days=800)

        refused = self.publish(
            page, _at="1", at_0=far.strftime("%Y-%m-%d"), at_1="9:00"
        )
        self.assert_says(refused, "Is the year right?")
        response = self.publish(page, _not_yet="1")

        self.assert_says(
            response, "“Draft” is a draft again.", "No reader sees it yet."
        )
        self.assertIn(self.draft, Guide.objects.drafts())

    def test_changes_of_a_scheduled_guide_are_taken_along(self):
        guide = make_ready_guide(published_at=timezone.now() + timedelta(days=2))
        moment = guide.published_at
        self.save(self.url("guide_change", guide), title="New")
        page = self.client.get(self.url("guide_preview", guide))
        self.assert_says(page, "Your changes are not in it yet.")

        response = self.publish(page, _changes="1")

        self.assert_says(response, "“New” goes out on ")
        guide.refresh_from_db()
        self.assertEqual((guide.title, guide.published_at), ("New", moment))

    def test_without_a_time_it_does_not_go_out_at_once(self):
        page = self.looked_at(self.draft)

        response = self.publish(page, _at="1", at_0="", at_1="")

        self.assert_says(response, "Choose a day and a time, or publish now.")
        self.assertIn(self.draft, Guide.objects.drafts())

    def test_the_form_of_a_retired_guide_says_that_no_reader_sees_it(self):
        guide = make_ready_guide(title="Old", published_at=timezone.now())
        guide.retire()
        page = self.client.get(self.url("guide_change", guide))
        self.assert_says(page, "Retired since", "stays retired until you bring it back")
        self.assertNotContains(page, "Readers see")

        response = self.save(self.url("guide_change", guide), title="New")

        self.assert_says(response, "The guide stays retired.", "retired, changes wait")
        self.assertNotContains(response, "Readers see")
        page = self.client.get(self.url("guide_change", guide), follow=True)
        self.assert_says(page, "Changes wait since", "The guide is retired, and stays")
        self.assertNotContains(page, "Readers see")

    def test_of_a_retired_guide_nobody_is_told_that_it_is_read(self):
        guide = make_ready_guide(title="Old", published_at=timezone.now())
        self.save(self.url("guide_change", guide), title="New")
        Guide.objects.get(pk=guide.pk).retire()
        page = self.client.get(self.url("guide_preview", guide))

        response = self.publish(page, _now="1")

        self.assert_says(response, "“New” is changed. It stays retired.")
        page = self.client.get(self.url("guide_preview", guide))
        self.assert_says(page, "It is retired; no changes wait.")

    def test_what_waits_is_published_as_it_was_looked_at(self):
        guide = make_ready_guide(title="Before", published_at=timezone.now())
        self.save(self.url("guide_change", guide), title="After")
        page = self.client.get(self.url("guide_preview", guide))
        self.assertContains(page, "Publish changes")

        response = self.publish(page, _now="1")

        self.assert_says(response, "Readers see “After” with your changes.")
        self.assertContains(self.client.get(guide.get_absolute_url()), "After")

    def test_what_somebody_saved_since_is_not_published_unseen(self):
        page = self.looked_at(self.draft)
        self.save(self.url("guide_change", self.draft), title="Other")

        response = self.publish(page, _now="1")

        self.assert_says(response, "Somebody saved this guide meanwhile.")
        self.assertIn(self.draft, Guide.objects.drafts())

    def test_a_guide_never_saved_here_asks_to_be_saved(self):
        response = self.client.get(self.url("guide_preview", self.draft), follow=True)

        self.assert_says(response, "Save it once")

    def test_the_history_names_who_and_shows_what_changed(self):
        self.save(self.url("guide_change", self.draft), title="Second")
        self.save(self.url("guide_change", self.draft), title="Third")
        after, before = self.draft.versions.newest_first()
        url = self.url("guide_history", self.draft)

        page = self.client.get(url, {"before": before.pk, "after": after.pk})

        self.assert_says(page, "Ana Reyes", "<del>Second</del>", "<ins>Third</ins>")
        for nonsense in ("x", "-1", "9" * 40):
            self.assert_says(self.client.get(url, {"before": nonsense, "after": 1}))

    def test_an_older_version_comes_back(self):
        self.save(self.url("guide_change", self.draft), title="Second")
        self.save(self.url("guide_change", self.draft), title="Third")
        before = self.draft.versions.earliest("pk")

        response = self.client.post(
            self.url("guide_restore", self.draft), {"version": before.pk}, follow=True
        )

        self.assert_says(response, "The version is in the form again.", "Second")
        self.draft.refresh_from_db()
        self.assertEqual(self.draft.title, "Second")

    def test_a_version_of_another_guide_is_not_found(self):
        version = changes.saved(make_guide(published_at=None), by=self.ana)
        for name in ("guide_publish", "guide_restore"):
            for pk in (version.pk, "x", ""):
                with self.subTest(name, pk=pk):
                    url = self.url(name, self.draft)
                    response = self.client.post(url, {"version": pk})
                    self.assertEqual(response.status_code, 404)

    def test_one_that_lacks_something_is_not_published(self):
        self.draft.suitability = ""
        self.draft.save()
        page = self.looked_at(self.draft)
        self.assertContains(page, ">The suitability</a>")
        self.assertNotContains(page, "Publish now")

        response = self.publish(page, _now="1")

        self.assert_says(response, "Still missing: the suitability.")
        self.assertIn(self.draft, Guide.objects.drafts())

    def test_of_a_published_one_only_what_its_changes_take_away_is_missing(self):
        guide = make_guide(title="Old", published_at=timezone.now())
        self.save(self.url("guide_change", guide), title="Mended")
        page = self.client.get(self.url("guide_preview", guide))
        self.assert_says(
            self.publish(page, _now="1"), "Readers see “Mended” with your changes."
        )
        guide = make_ready_guide(title="Ready", published_at=timezone.now())
        self.save(self.url("guide_change", guide), suitability="")

        page = self.client.get(self.url("guide_preview", guide))

        self.assertContains(page, ">The suitability</a>")
        self.assertNotContains(page, "Publish changes")


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


class PreviewTests(TestCase):
    def test_a_colleague_sees_it_by_the_link_and_nobody_for_ever(self):
        draft = make_guide(published_at=None, title="Draft", exercises=1)
        address = views.preview_address(draft)

        page = self.client.get(address)

        self.assertContains(page, "A preview: readers do not see this yet")
        self.assertContains(page, 'name="robots" content="noindex"')
        self.assertIn("private", page["Cache-Control"])
        self.assertEqual(self.client.get(draft.get_absolute_url()).status_code, 404)
        old = signing.TimestampSigner(salt=views.PREVIEW_SALT)
        old.timestamp = lambda: signing.b62_encode(1)
        token = old.sign_object(draft.pk)
        for wrong in (token, "x", address.split("/")[2][:-1] + "!"):
            with self.subTest(wrong):
                gone = self.client.get(reverse("guide:preview", args=[wrong]))
                self.assertContains(gone, "This preview is over", status_code=410)

    def test_the_link_of_a_deleted_guide_is_over(self):
        draft = make_guide(published_at=None)
        address = views.preview_address(draft)
        draft.delete()

        self.assertEqual(self.client.get(address).status_code, 410)

    def test_the_link_shows_what_is_saved_by_then(self):
        guide = make_full_guide(title="Old")
        address = views.preview_address(guide)
        page = self.client.get(address)
        self.assertContains(page, "A preview: readers see it like this")

        data = changes.content(guide) | {"title": "New"}
        changes.let_wait(guide, data, by=None)

        page = self.client.get(address)
        self.assertContains(page, "A preview: readers do not see this yet")
        self.assertContains(page, "<h1>New</h1>")
        self.assertContains(self.client.get(guide.get_absolute_url()), "<h1>Old</h1>")

    def test_it_shows_what_the_page_will_and_writes_nothing(self):
        """A series, ladders of other guides and questions hang on the guide itself."""
        topic = Topic.objects.create(title="Row", slug="row", is_series=True)
        guide = make_full_guide(topic=topic, place=2, published_at=timezone.now())
        make_guide(title="Part one", topic=topic, place=1)
        other = make_guide(title="Elsewhere", exercises=1)
        harder = other.exercises.get()
        harder.variations.create(kind="progression", to=guide.exercises.first())
        Comment(guide=guide, name="Mo", body="Both arms?", status="approved").save()
        copy = changes.let_wait(
            guide, changes.content(guide) | {"title": "New"}, by=None
        )
        with CaptureQueriesContext(connection) as queries:
            page = self.client.get(views.preview_address(guide))
        said = [query["sql"].lstrip("(").split()[0] for query in queries]
        paper = self.client.get(views.preview_address(guide, "print"))

        self.assertTrue(copy.waiting_since)
        self.assertContains(page, "Part 2 of 2")
        self.assertContains(page, other.get_absolute_url())
        self.assertContains(page, "Both arms?")
        self.assertContains(paper, reverse("guide:short", args=[guide.pk]))
        self.assertEqual(set(said), {"SELECT"})
        self.assertLessEqual(len(said), 16)
        Guide.objects.filter(pk=guide.pk).update(title="New")
        seen = self.client.get(guide.get_absolute_url()).content.decode()
        main = re.compile(r'<div class="telling">.*?<section id="questions"', re.S)
        preview = page.content.decode()
        self.assertEqual(*(main.findall(one) for one in (seen, preview)))
