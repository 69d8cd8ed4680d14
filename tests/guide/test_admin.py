import html
import io
import re
from datetime import timedelta

from django.contrib import admin
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from guide import changes, pictures
from guide.models import (
    Audience,
    Author,
    Dosage,
    Guide,
    GuideNotice,
    Page,
    Picture,
    RelatedGuide,
    SafetyNotice,
    SiteSettings,
    Topic,
    Video,
)
from tests.factories import make_comment, make_guide, make_staff

DAY = timedelta(days=1)
OURS = [model for model in admin.site._registry if model._meta.app_label == "guide"]


def fields_of(page):
    """Return what a browser would send if one pressed Save at once."""
    form = re.search(r'(?s)<form[^>]*id="\w+_form".*?</form>', page)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind, name = attrs.get("type", "text"), attrs.get("name")
        if not name or kind in {"submit", "file", "button"}:
            continue
        if kind in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        value = html.unescape(attrs.get("value", "on" if kind == "checkbox" else ""))
        sent[name] = [*sent.get(name, []), value] if name in sent else [value]
    for attrs, text in re.findall(r"(?s)<textarea([^>]*)>(.*?)</textarea>", form):
        name = re.search(r'name="([^"]+)"', attrs)[1]
        sent[name] = [html.unescape(text).removeprefix("\n")]
    for attrs, options in re.findall(r"(?s)<select([^>]*)>(.*?)</select>", form):
        name = re.search(r'name="([^"]+)"', attrs)[1]
        sent[name] = re.findall(r'<option value="([^"]*)"[^>]*\bselected\b', options)
    return {name: values for name, values in sent.items() if "__prefix__" not in name}


class AdminTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes", username="ana")

    def setUp(self):
        self.client.force_login(self.ana)

    def url(self, name, row=None):
        args = [row.pk] if row else []
        return reverse(f"admin:guide_{name}", args=args)

    def save(self, url, **changes):
        """Open a form, change some fields, press a button; return the answer."""
        fields = fields_of(self.client.get(url).content.decode())
        return self.client.post(url, fields | changes, follow=True)

    def assert_says(self, response, *sentences):
        self.assertEqual(response.status_code, 200)
        page = html.unescape(response.content.decode())
        for sentence in sentences:
            self.assertIn(sentence, page)


class EveryFormTests(AdminTestCase):
    def test_each_list_and_each_empty_form_opens(self):
        make_guide(exercises=1)
        for model in OURS:
            name = model._meta.model_name
            with self.subTest(name):
                response = self.client.get(self.url(f"{name}_changelist"), follow=True)
                self.assertEqual(response.status_code, 200)
                if model is not SiteSettings:
                    response = self.client.get(self.url(f"{name}_add"))
                    self.assertEqual(response.status_code, 200)

    def test_no_form_brings_inline_style_or_script(self):
        guide = make_guide(exercises=1)
        for url in [
            self.url("guide_change", guide),
            self.url("exercise_change", guide.exercises.get()),
            self.url("picture_add"),
            self.url("video_add"),
            self.url("sitesettings_changelist"),
        ]:
            page = self.client.get(url, follow=True).content.decode()
            with self.subTest(url):
                self.assertNotRegex(page, r'\sstyle="|\son\w+="|<style')
                for script in re.findall(r"<script([^>]*)>", page):
                    self.assertRegex(script, r"src=|type=\"importmap\"[^>]*nonce=")

    def test_saving_at_once_changes_nothing_that_readers_see(self):
        guide = make_guide(
            exercises=2,
            intro="<p>So.</p>",
            published_at=timezone.now().replace(microsecond=0),
        )
        Dosage.objects.create(guide=guide, repetitions_min=8)
        before = list(Guide.objects.values()), list(guide.exercises.values())
        steps = list(guide.exercises.first().steps.values())

        for url in [
            self.url("guide_change", guide),
            self.url("exercise_change", guide.exercises.first()),
        ]:
            response = self.save(url)
            self.assertNotContains(response, "errorlist")

        after = list(Guide.objects.values()), list(guide.exercises.values())
        for was, is_now in zip(before[0] + before[1], after[0] + after[1], strict=True):
            self.assertEqual(was | {"updated_at": None}, is_now | {"updated_at": None})
        self.assertEqual(steps, list(guide.exercises.first().steps.values()))


class RightsTests(AdminTestCase):
    def test_an_assistant_reaches_none_of_it(self):
        guide = make_guide(exercises=1)
        self.client.force_login(make_staff(is_superuser=False))

        for model in OURS:
            row = model.objects.first()
            name = model._meta.model_name
            urls = [self.url(f"{name}_changelist")]
            urls += [self.url(f"{name}_change", row)] if row else []
            for url in urls:
                for method in (self.client.get, self.client.post):
                    with self.subTest(url):
                        self.assertIn(method(url).status_code, (302, 403, 404))
        self.client.post(
            self.url("guide_changelist"),
            {"action": "withdraw", "_selected_action": guide.pk},
        )
        guide.refresh_from_db()
        self.assertTrue(guide.is_published)


class GuideAdminTests(AdminTestCase):
    def test_the_typical_page_can_be_entered_by_hand(self):
        topic = Topic.objects.create(title="Upper back", slug="upper-back")
        general = Audience.objects.create(name="most people", slug="most-people")
        stop = SafetyNotice.objects.create(prose="<p>Dizziness.</p>")

        response = self.save(
            self.url("guide_add"),
            title="Two rows for a tired upper back",
            slug="two-rows",
            question="Shoulders round your ears?",
            summary="One band and a door.",
            suitability="General",
            minutes="4",
            topic=topic.pk,
            intro="<p>Hello.</p><script>x</script>",
            **{
                "verdicts-0-choice": "yes",
                "verdicts-0-audience": general.pk,
                "dosage-0-repetitions_min": "8",
                "dosage-0-repetitions_max": "12",
                "dosage-0-sets_min": "1",
                "dosage-0-sets_max": "3",
                "sections-TOTAL_FORMS": "2",
                "sections-0-place": "before",
                "sections-0-kind": "why",
                "sections-0-position": "1",
                "sections-0-heading": "Why bands?",
                "sections-0-prose": "<p>They pull.</p>",
                "sections-1-place": "after",
                "sections-1-kind": "tips",
                "sections-1-position": "",
                "sections-1-heading": "Small things",
                "sections-1-prose": "<ul><li>Tug the door.</li></ul>",
                "guidenotice_set-TOTAL_FORMS": "1",
                "guidenotice_set-0-notice": stop.pk,
                "_exercise": "new",
            },
        )
        self.assertNotContains(response, "errorlist")
        guide = Guide.objects.get(slug="two-rows")
        self.assertEqual(
            response.redirect_chain[-1][0],
            f"{self.url('exercise_add')}?guide={guide.pk}",
        )

        response = self.save(
            response.redirect_chain[-1][0],
            name="Low Row",
            label="Upper Back Exercise 1",
            setup="• Close the band in a door.\n• Face the door.",
            action="1. Grow tall.\n2. Pull. || Along the ribs.\n\n3. Wait.",
        )
        self.assertNotContains(response, "errorlist")
        self.assertEqual(
            response.redirect_chain[-1][0],
            f"{self.url('guide_change', guide)}#exercises",
        )
        low = guide.exercises.get()

        response = self.save(
            f"{self.url('exercise_add')}?guide={guide.pk}",
            name="Wide Row",
            setup_from=low.pk,
            setup="but stand on the middle of the band.",
            action="Lift. || Not higher than the shoulders.",
            **{"dosage-0-repetitions_min": "6"},
        )
        self.assertNotContains(response, "errorlist")
        wide = guide.exercises.last()
        self.assertEqual(wide.position, 2)
        self.save(
            self.url("exercise_change", low),
            **{
                "variations-TOTAL_FORMS": "1",
                "variations-0-kind": "progression",
                "variations-0-to": wide.pk,
            },
        )

        response = self.save(
            self.url("guide_change", guide),
            reviewed_on="2026-10-01",
            review_due_on="2028-10-01",
        )
        self.assertNotContains(response, "errorlist")

        Guide.objects.publish()
        self.client.logout()
        page = self.client.get("/guides/two-rows/").content.decode()
        at = 0
        for words in [
            "Shoulders round your ears?",
            "Suitability: General",
            "Most people",
            "8–12",
            "Hello.",
            "Why bands?",
            "Low Row</h2>",
            "Close the band in a door.",
            "Grow tall.",
            "* Along the ribs.",
            "Wide Row</a>",
            "Wide Row</h2>",
            "Upper Back Exercise 1</a>, but stand on the middle",
            "* Not higher than the shoulders.",
            "6 times.",
            "Dizziness.",
            "Tug the door.",
            "Ana Reyes",
        ]:
            found = page.find(words, at)
            self.assertGreater(found, 0, f"{words!r} is missing or too early")
            at = found
        self.assertNotIn("<script>x", page)

    def test_faults_are_said_in_sentences_and_what_was_typed_is_kept(self):
        guide = make_guide(published_at=None)
        other = make_guide(slug="taken")
        people = Audience.objects.create(name="runners", slug="runners")
        response = self.save(
            self.url("guide_change", guide),
            title="Kept as typed",
            slug=other.slug,
            reviewed_on="2026-10-01",
            review_due_on="2026-10-01",
            **{
                "dosage-0-repetitions_min": "12",
                "dosage-0-repetitions_max": "8",
                "dosage-0-days_a_week_min": "5",
                "dosage-0-alternate_days": "on",
                "dosage-0-sets_min": "21",
                "dosage-0-hold_min": "-3",
                "dosage-0-effort": "hard",
                "verdicts-TOTAL_FORMS": "2",
                "verdicts-0-choice": "yes",
                "verdicts-0-audience": people.pk,
                "verdicts-1-choice": "no",
                "verdicts-1-audience": people.pk,
            },
        )
        self.assertNotContains(response, "correct the duplicate")
        for place, words in [
            ("id_slug", "Address"),
            ("id_verdicts-1-audience", "Verdict: Audience"),
            ("dosage-0", "How many, how often"),  # what no field alone is to blame for
            ("id_dosage-0-repetitions_max", "How many, how often: Repetitions, to"),
        ]:
            link = f'<a href="#{place}">{words}</a>'
            self.assertContains(response, link, html=True)
            self.assertContains(response, f'id="{place}"')

        self.assert_says(
            response,
            "The next review must lie after the last one.",
            "In “repetitions” the smaller number stands first.",
            "“Never two days in a row” leaves 4 days a week at most.",
            "Write 20 at most.",
            "Write 1 or more, or leave it empty.",
            "Write a whole number, in figures.",
            "You named “runners” twice. Keep one of the two.",
            f"“{other}” has this address. Choose a different one.",
            'value="Kept as typed"',
        )
        guide.refresh_from_db()
        self.assertNotEqual(guide.title, "Kept as typed")
        self.assertFalse(Dosage.objects.exists())

    def test_a_round_takes_from_one_minute_to_ten_hours(self):
        guide = make_guide(published_at=None, minutes=4)

        for minutes, sentence in [
            ("0", "Write 1 or more, or leave it empty."),
            ("601", "Write 600 at most."),
        ]:
            with self.subTest(minutes):
                response = self.save(self.url("guide_change", guide), minutes=minutes)

                self.assert_says(response, sentence, "Minutes</a>")
        guide.refresh_from_db()
        self.assertEqual(guide.minutes, 4)

    def test_a_guide_is_offered_every_other_as_related_and_takes_each_once(self):
        guide, other = make_guide(title="This one"), make_guide(title="Other")
        RelatedGuide.objects.create(guide=guide, to=other)
        notice = SafetyNotice.objects.create(title="Stop")
        GuideNotice.objects.create(guide=guide, notice=notice)
        self.assertEqual(self.offered(guide), [other])
        typed = changes.content(guide) | {"question": "Why?"}
        copy = changes.let_wait(guide, typed, by=self.ana)
        self.assertEqual(self.offered(copy), [other])

        response = self.save(
            self.url("guide_change", copy),
            **{
                "related_links-TOTAL_FORMS": "2",
                "related_links-1-to": other.pk,
                "related_links-1-position": "1",
                "guidenotice_set-TOTAL_FORMS": "2",
                "guidenotice_set-1-notice": notice.pk,
            },
        )

        self.assert_says(
            response,
            "This guide stands here already.",
            "This notice stands here already.",
        )

    def test_places_begin_at_1_and_none_means_the_last(self):
        guide = make_guide(published_at=None)
        first, second, third = (make_guide(title=title) for title in "ABC")
        for position, to in [(0, first), (7, second)]:
            RelatedGuide.objects.create(guide=guide, to=to, position=position)
        url = self.url("guide_change", guide)
        self.assertContains(self.client.get(url), "1 stands first. Empty comes last.")
        sent = {"related_links-TOTAL_FORMS": "3", "related_links-2-to": third.pk}
        links = guide.related_links.order_by("position")

        self.save(url, **sent, **{"related_links-2-position": ""})
        self.assertEqual([link.to for link in links.all()], [first, second, third])
        self.assertEqual([link.position for link in links.all()], [1, 2, 3])
        self.save(url, **{"related_links-2-position": "1"})
        self.assertEqual([link.to for link in links.all()], [third, first, second])
        self.save(url, **{"related_links-0-position": "2"})
        self.assertEqual([link.to for link in links.all()], [first, third, second])

        for wrong in ("0", "-1", "first", "1000"):
            response = self.save(url, **{"related_links-1-position": wrong})
            self.assert_says(response, "Write the place as a number: 1 stands on top.")

    def test_sections_are_numbered_from_1_too(self):
        guide = make_guide(published_at=None)
        for position, heading in enumerate("AB"):
            guide.sections.create(heading=heading, prose="<p>.</p>", position=position)
        url = self.url("guide_change", guide)
        fields = fields_of(self.client.get(url).content.decode())
        self.assertEqual(fields["sections-0-position"], ["1"])

        self.save(url, **{"sections-1-position": "1"})

        sections = guide.sections.order_by("position")
        self.assertEqual([one.heading for one in sections], ["B", "A"])

    def offered(self, guide):
        """Return the guides that the form of one offers as related."""
        page = self.client.get(self.url("guide_change", guide))
        formset = page.context["inline_admin_formsets"][-1].formset
        return [*formset.empty_form.fields["to"].queryset]

    def test_a_place_is_a_number_that_every_database_takes(self):
        guide = make_guide(published_at=None)

        for place in ["99999999999", "9" * 20]:
            with self.subTest(place):
                response = self.save(self.url("guide_change", guide), place=place)

                self.assert_says(response, "Write 9999 at most.")

    def test_a_review_lies_in_the_past(self):
        guide = make_guide(published_at=None)
        today = timezone.localdate()

        for day, faults in [(today + timedelta(days=1), 1), (today, 0)]:
            response = self.save(
                self.url("guide_change", guide), reviewed_on=day.isoformat()
            )

            self.assertContains(response, "A review lies in the past.", faults)
        guide.refresh_from_db()
        self.assertEqual(guide.reviewed_on, today)

    def test_parts_beyond_the_end_of_a_video_chosen_later_are_named(self):
        guide = make_guide(published_at=None, exercises=3)
        one, two, three = guide.exercises.all()
        for exercise, start, end in [(one, 0, 17), (two, 16, None), (three, 8, 16)]:
            exercise.clip_start, exercise.clip_end = start, end
            exercise.save()
        film = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=16
        )

        response = self.save(self.url("guide_change", guide), video=film.pk)

        for exercise in (one, two):
            self.assert_says(
                response,
                f"“{exercise}” goes on after the end of the video, 0:16.",
            )
        self.assertNotContains(response, f"“{three}” goes on")

    def test_a_summary_is_one_line(self):
        guide = make_guide(published_at=None)

        self.save(self.url("guide_change", guide), summary="One.\r\n\r\n Two. ")

        guide.refresh_from_db()
        self.assertEqual(guide.summary, "One. Two.")

    def test_a_changed_address_leaves_its_old_one_working(self):
        guide = make_guide(published_at=None, slug="one")
        self.save(self.url("guide_change", guide), slug="two")
        Guide.objects.publish()

        self.assertRedirects(
            self.client.get("/guides/one/"), "/guides/two/", status_code=301
        )
        self.assert_says(self.client.get(self.url("guide_change", guide)), "one")

    def test_an_exercise_opens_after_what_was_typed_is_saved(self):
        guide = make_guide(published_at=None, exercises=1)
        exercise = guide.exercises.get()

        response = self.save(
            self.url("guide_change", guide), title="New title", _exercise=exercise.pk
        )

        self.assertEqual(
            response.redirect_chain[-1][0], self.url("exercise_change", exercise)
        )
        guide.refresh_from_db()
        self.assertEqual(guide.title, "New title")

    def test_the_exercise_of_another_guide_is_not_opened(self):
        other = make_guide(exercises=1).exercises.get()
        for wanted in [other.pk, "x", "-1", "99999999999999999999"]:
            with self.subTest(wanted):
                response = self.save(
                    self.url("guide_change", make_guide()), _exercise=wanted
                )

                self.assertEqual(response.status_code, 200)
                self.assertEqual(
                    response.redirect_chain[-1][0], self.url("guide_changelist")
                )

    def test_back_to_draft(self):
        shown = make_guide()
        scheduled = make_guide(published_at=timezone.now() + DAY)
        chosen = {"_selected_action": [shown.pk, scheduled.pk]}

        response = self.client.post(
            self.url("guide_changelist"), {"action": "withdraw", **chosen}, follow=True
        )
        self.assert_says(response, "2 guides are drafts again")
        self.assertEqual(Guide.objects.drafts().count(), 2)

    def test_the_list_is_narrowed_by_state(self):
        today = timezone.localdate()
        rows = {
            "published": make_guide(title="Out"),
            "draft": make_guide(title="Unready", published_at=None),
            "scheduled": make_guide(title="Soon", published_at=timezone.now() + DAY),
            "review": make_guide(title="Stale", review_due_on=today),
        }
        for state, guide in rows.items():
            response = self.client.get(self.url("guide_changelist"), {"state": state})
            found = list(response.context["cl"].result_list)
            with self.subTest(state):
                self.assertIn(guide, found)
                self.assertEqual(len(found), 2 if state == "published" else 1)


class GuideFormTests(AdminTestCase):
    def test_publishing_stands_last_and_the_first_field_first(self):
        for url in [
            reverse("admin:guide_guide_add"),
            reverse("admin:guide_guide_change", args=[make_guide().pk]),
        ]:
            page = self.client.get(url).content.decode()

            last = page.index('name="comments_open"')
            self.assertEqual(page.count('name="comments_open"'), 1)
            for name in ("sections-TOTAL_FORMS", "dosage-TOTAL_FORMS", "title"):
                self.assertLess(page.index(f'name="{name}"'), last)
        page = self.client.get(reverse("admin:guide_guide_add")).content.decode()
        # Django puts the cursor into what comes first.
        self.assertLess(page.index('name="title"'), page.index('name="_save"'))

    def test_a_long_sentence_has_room_and_stays_one_paragraph(self):
        page = self.client.get(reverse("admin:guide_guide_add"))

        self.assertContains(page, '<textarea name="suitability"')

        field = page.context["adminform"].form.fields["suitability"]
        data = {"suitability": "For you,\r\n  too."}
        self.assertEqual(
            field.widget.value_from_datadict(data, {}, "suitability"), "For you, too."
        )

    def test_a_guide_with_comments_is_not_deleted(self):
        guide = make_guide()
        make_comment(guide)
        url = reverse("admin:guide_guide_delete", args=[guide.pk])

        response = self.client.post(url, {"post": "yes"})

        self.assertContains(response, "It has 1 comment, which would be lost with it.")
        self.assertContains(response, "Make it a draft instead")
        self.assertTrue(Guide.objects.filter(pk=guide.pk).exists())

        guide.comments.all().delete()
        self.client.post(url, {"post": "yes"})

        self.assertFalse(Guide.objects.filter(pk=guide.pk).exists())

    def test_guides_are_deleted_one_by_one(self):
        guide = make_guide()
        url = reverse("admin:guide_guide_changelist")

        self.client.post(
            url,
            {"action": "delete_selected", "_selected_action": guide.pk, "post": "yes"},
        )

        self.assertTrue(Guide.objects.filter(pk=guide.pk).exists())
        self.assertNotContains(self.client.get(url), "delete_selected")


STEPS = ["Sit down.", "Pull.", "Let go."]


class ExerciseAdminTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.guide = make_guide(published_at=None, exercises=2)
        self.one, self.two = self.guide.exercises.all()

    def test_steps_stand_one_a_line_and_are_saved_again(self):
        url = self.url("exercise_change", self.one)
        self.assert_says(self.client.get(url), "Pull. || Slowly.\nLet go.")

        self.save(url, action="Let go.\n• Pull. || Very slowly.")

        steps = self.one.steps.filter(phase="action")
        self.assertEqual(
            list(steps.values_list("text", "footnote")),
            [("Let go.", ""), ("Pull.", "Very slowly.")],
        )

    def test_the_part_of_the_video_is_given_in_minutes_and_seconds(self):
        self.guide.video = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=75
        )
        self.guide.save()
        url = self.url("exercise_change", self.one)

        response = self.save(url, clip_start="0:00", clip_end="1:08")

        self.assertNotContains(response, "no video yet")
        self.one.refresh_from_db()
        self.assertEqual((self.one.clip_start, self.one.clip_end), (0, 68))
        self.assert_says(self.client.get(url), 'value="0:00"', 'value="1:08"')

    def test_a_part_that_cannot_be_is_said(self):
        self.guide.video = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=16
        )
        self.guide.save()
        for start, end, sentence in [
            ("0:08", "0:08", "In the video the exercise must begin before it ends."),
            ("0:09", "0:08", "In the video the exercise must begin before it ends."),
            ("", "0:08", "Write where it begins."),
            ("0:08", "0:17", "The video is over at 0:16. Choose an earlier moment."),
            ("0:16", "", "The video is over at 0:16. Choose an earlier moment."),
            ("0:61", "", "Write minutes and seconds: 4:15."),
            ("0:08", "0:00", "Write minutes and seconds: 4:15."),
            ("soon", "", "Write minutes and seconds: 4:15."),
        ]:
            with self.subTest(start=start, end=end):
                response = self.save(
                    self.url("exercise_change", self.one),
                    clip_start=start,
                    clip_end=end,
                )

                self.assert_says(
                    response, sentence, f'value="{start}"' if start else ""
                )
                self.one.refresh_from_db()
                self.assertIsNone(self.one.clip_start)

    def test_without_a_video_the_part_is_kept_and_that_is_said(self):
        response = self.save(
            self.url("exercise_change", self.one), clip_start="0:08", clip_end=""
        )

        self.assert_says(response, "The guide has no video yet.")
        self.one.refresh_from_db()
        self.assertEqual((self.one.clip_start, self.one.clip_end), (8, None))

    def test_a_picture_is_chosen_for_a_step(self):
        door = Picture.objects.create(file="pictures/a/original.jpg", alt="A door.")
        url = self.url("exercise_change", self.one)
        formset = self.client.get(url).context["inline_admin_formsets"][0].formset
        self.assertEqual([form.instance.text for form in formset], STEPS)

        self.save(url, **{"steps-1-picture": door.pk})

        pull = self.one.steps.get(text="Pull.")
        self.assertEqual((pull.picture, pull.footnote), (door, "Slowly."))
        self.assertEqual(self.one.steps.filter(picture=door).count(), 1)
        self.assertContains(
            self.client.get(self.guide.get_absolute_url()), 'alt="A door."'
        )

    def test_a_step_has_its_moment_in_the_video(self):
        self.guide.video = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=60
        )
        self.guide.save()
        url = self.url("exercise_change", self.one)
        self.assert_says(self.client.get(url), 'aria-label="Pull. in the video"')

        for said, sentence in [
            ("1:00", "The video is over at 1:00. Choose an earlier moment."),
            ("soon", "Write minutes and seconds: 4:15."),
        ]:
            self.assert_says(self.save(url, **{"steps-1-at": said}), sentence)
        self.save(url, **{"steps-1-at": "0:42"}, action="Pull!\nLet go.")

        self.assertEqual(self.one.steps.get(text="Pull!").at, 42)
        self.assert_says(self.client.get(url), 'value="0:42"')
        self.assertEqual(self.one.steps.exclude(at=None).count(), 1)

    def test_a_moment_of_a_step_lies_within_its_exercise(self):
        self.guide.video = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=60
        )
        self.guide.save()
        url = self.url("exercise_change", self.one)
        whole = {"clip_start": "0:04", "clip_end": "0:08"}
        between = "goes from 0:04 to 0:08 in the video. Choose a moment in between."

        for clip, said, sentence in [
            (whole, "0:03", between),
            (whole, "0:11", between),
            (
                {"clip_start": "0:04"},
                "0:03",
                "The exercise begins at 0:04 in the video.",
            ),
        ]:
            with self.subTest(clip=clip, said=said):
                self.assert_says(
                    self.save(url, **clip, **{"steps-1-at": said}), sentence
                )
        self.save(url, **whole, **{"steps-1-at": "0:07"})

        self.assertEqual(self.one.steps.get(text="Pull.").at, 7)

    def test_a_shorter_video_says_which_exercise_it_no_longer_shows(self):
        video = Video.objects.create(
            title="Rows", provider="vimeo", provider_id="76979871", duration=30
        )
        self.one.steps.update(at=42)

        response = self.save(self.url("guide_change", self.guide), video=video.pk)

        self.assert_says(response, f"“{self.one}” goes on after the end of the video")

    def test_picture_and_words_of_a_step_are_saved_together(self):
        door = Picture.objects.create(file="pictures/a/original.jpg", alt="A door.")

        self.save(
            self.url("exercise_change", self.one),
            action="Let go.\nPull. || Very slowly.",
            **{"steps-1-picture": door.pk},
        )

        self.assertEqual(
            list(
                self.one.steps.filter(phase="action").values_list(
                    "text", "footnote", "position", "picture"
                )
            ),
            [("Let go.", "", 1, None), ("Pull.", "Very slowly.", 2, door.pk)],
        )

    def test_a_step_that_is_taken_away_stays_away_whatever_picture_it_had(self):
        door = Picture.objects.create(file="pictures/a/original.jpg", alt="A door.")

        response = self.save(
            self.url("exercise_change", self.one),
            action="Let go.",
            **{"steps-1-picture": door.pk},
        )

        self.assertNotContains(response, "errorlist")
        self.assertEqual(
            list(self.one.steps.values_list("text", flat=True)),
            ["Let go.", "Sit down."],
        )

    def test_no_step_is_added_or_deleted_beside_the_boxes(self):
        self.save(
            self.url("exercise_change", self.one),
            **{
                "steps-TOTAL_FORMS": "4",
                "steps-3-picture": "",
                "steps-0-DELETE": "on",
            },
        )

        self.assertEqual(self.one.steps.count(), 3)

    def test_a_new_exercise_has_no_steps_to_choose_pictures_for(self):
        page = self.client.get(self.url("exercise_add"))

        self.assertNotContains(page, "steps-TOTAL_FORMS")

    def test_a_guide_that_cannot_be_is_no_guide(self):
        for guide in ["9" * 30, "9" * 5000, "x", "\0"]:
            with self.subTest(guide[:4]):
                url, values = self.url("exercise_add"), {"guide": guide}
                self.assertEqual(self.client.get(url, values).status_code, 200)
                self.assertEqual(self.client.post(url, values).status_code, 200)

    def test_a_bad_line_is_named_and_kept(self):
        url = self.url("exercise_change", self.one)

        response = self.save(url, action="Pull.\n" + "a" * 401)

        self.assert_says(
            response,
            "Line 2 has 401 characters; 400 fit. Make two steps of it.",
            "a" * 401,
        )
        self.assertEqual(self.one.steps.filter(phase="action").count(), 2)

    def test_a_circle_of_set_ups_is_said(self):
        self.two.setup_from = self.one
        self.two.save()

        response = self.save(
            self.url("exercise_change", self.one), setup_from=self.two.pk
        )

        self.assert_says(
            response, "These exercises would send each other round in a circle."
        )

    def test_only_exercises_of_the_guide_are_offered_to_set_up_from(self):
        stranger = make_guide(exercises=1).exercises.get()

        form = (
            self.client.get(self.url("exercise_change", self.one))
            .context["adminform"]
            .form
        )

        self.assertCountEqual(form.fields["setup_from"].queryset, [self.two])
        response = self.save(
            self.url("exercise_change", self.one), setup_from=stranger.pk
        )
        self.assert_says(response, "Select a valid choice.")


class PictureAdminTests(AdminTestCase):
    def upload(self, data, name="room.jpg", **values):
        fields = {"alt": "A room.", "file": SimpleUploadedFile(name, data)} | values
        return self.client.post(self.url("picture_add"), fields, follow=True)

    def drawn(self):
        buffer = io.BytesIO()
        Image.new("RGB", (500, 300)).save(buffer, "JPEG")
        return buffer.getvalue()

    def test_a_picture_is_kept(self):
        self.upload(self.drawn())

        picture = Picture.objects.get()
        self.assertEqual(picture.widths, [400, 500])
        self.assert_says(self.client.get(self.url("picture_changelist")), picture.small)

    def test_webp_is_written_right_after(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.upload(self.drawn())

        picture = Picture.objects.get()
        self.assertIsNotNone(picture.webp_at)
        self.assertTrue(default_storage.exists(pictures.name(picture, 400, "webp")))

    def test_a_new_file_takes_the_place_of_the_old_one(self):
        self.upload(self.drawn())
        old = Picture.objects.get()

        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(
                self.url("picture_change", old),
                {"file": SimpleUploadedFile("b.jpg", self.drawn()), "alt": "A door."},
            )

        picture = Picture.objects.get()
        self.assertNotEqual(picture.file.name, old.file.name)
        self.assertIsNotNone(picture.webp_at)
        self.assertFalse(default_storage.exists(old.file.name))

    def test_files_that_are_gone_hinder_nothing(self):
        self.upload(self.drawn())
        picture = Picture.objects.get()
        default_storage.delete(picture.file.name)
        default_storage.delete(pictures.name(picture, 400))
        url = self.url("picture_change", picture)

        self.assert_says(self.client.get(self.url("picture_changelist")), "A room.")
        gone = "The file is gone from the server: file of “"
        self.assertContains(self.client.get(url), gone, 1)
        response = self.save(url, alt="Somebody standing.")
        self.assertContains(response, gone, 1)
        response = self.save(url, alt="Somebody standing.", _continue="1")
        self.assertContains(response, gone, 1)
        self.assertNotContains(response, "errorlist")
        self.assertEqual(Picture.objects.get().alt, "Somebody standing.")
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(self.url("picture_delete", picture), {"post": "yes"})
        self.assertFalse(Picture.objects.exists())

    def test_what_is_no_picture_is_refused_and_the_words_are_kept(self):
        for name, data in [
            ("a.jpg", b"hello"),
            ("a.svg", b"<svg/>"),
        ]:
            with self.subTest(name):
                response = self.upload(data, name)

                self.assert_says(
                    response,
                    "This is no picture we can read. Use JPEG, PNG, WebP or AVIF.",
                    'value="A room."',
                )
        self.assert_says(
            self.upload(self.drawn()[:-300]),
            "The picture is incomplete. Copy it from the camera once more.",
        )
        self.assertFalse(Picture.objects.exists())

    def test_an_image_bomb_is_refused(self):
        from tests.guide.test_pictures import png_that_claims

        response = self.upload(png_that_claims(30_000, 30_000), "bomb.png")

        self.assert_says(response, "The picture has more than 50 megapixels.")

    def test_it_says_something_or_is_decoration(self):
        response = self.upload(self.drawn(), alt="")

        self.assert_says(
            response,
            "Say what the picture shows, or tick “only decoration”.",
            "Choose the file once more.",
        )


class VideoAdminTests(AdminTestCase):
    def add(self, **values):
        fields = {"title": "Rows", "provider": "own", "duration": "4:15"} | values
        return self.client.post(self.url("video_add"), fields, follow=True)

    def test_a_pasted_address_says_where_the_video_is(self):
        self.add(provider_id="https://youtu.be/dQw4w9WgXcQ")
        self.add(provider_id="https://vimeo.com/76979871")

        self.assertCountEqual(
            Video.objects.values_list("provider", "provider_id", "duration"),
            [("youtube", "dQw4w9WgXcQ", 255), ("vimeo", "76979871", 255)],
        )

    def test_the_address_knows_better_than_the_choice(self):
        self.add(provider="vimeo", provider_id="https://youtu.be/dQw4w9WgXcQ")
        self.add(provider="youtube", provider_id="https://vimeo.com/76979871")

        self.assertCountEqual(
            Video.objects.values_list("provider", "provider_id"),
            [("youtube", "dQw4w9WgXcQ"), ("vimeo", "76979871")],
        )

    def test_another_address_is_refused(self):
        for provider in Video.Provider.values:
            with self.subTest(provider):
                response = self.add(
                    provider=provider,
                    provider_id="https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
                )

                self.assert_says(response, "This is no address of a video there.")
        self.assertFalse(Video.objects.exists())

    def test_an_unlisted_video_is_refused_with_what_to_do(self):
        for provider in Video.Provider.values:
            with self.subTest(provider):
                response = self.add(
                    provider=provider,
                    provider_id="https://vimeo.com/76979871/abcdef0123",
                )

                self.assert_says(
                    response, "This video is unlisted at Vimeo", "Make it public there"
                )
        self.assertFalse(Video.objects.exists())

    def test_it_must_be_somewhere(self):
        for provider, field in [
            ("own", '<a href="#id_file">Own file</a>'),
            ("vimeo", '<a href="#id_provider_id">Id or address at the provider</a>'),
        ]:
            with self.subTest(provider):
                response = self.add(provider=provider)

                sentence = (
                    "Choose a file of your own, or give the address at the provider."
                )
                self.assertContains(response, sentence, 1)
                self.assertContains(response, field, 1, html=True)

    def test_captions_are_asked_for(self):
        film = SimpleUploadedFile("rows.mp4", b"0000ftyp", "video/mp4")

        response = self.add(file=film)

        self.assertTrue(Video.objects.exists())
        self.assert_says(response, "add captions, or tick “nobody speaks in it”")

    def test_a_file_that_is_not_what_its_name_says_is_refused(self):
        for data in [b"<script>alert(1)</script>", PictureAdminTests.drawn(self)]:
            with self.subTest(data[:4]):
                response = self.add(file=SimpleUploadedFile("rows.mp4", data))

                self.assert_says(
                    response,
                    "What is in this file is not what its name says.",
                    'value="4:15"',
                )
        self.assertFalse(Video.objects.exists())

    def test_faults_of_captions_are_said_by_their_lines(self):
        text = "WEBVTT\n\n00:04.000 --> 00:01.000\nPull.\n"

        response = self.add(
            file=SimpleUploadedFile("rows.mp4", b"0000ftyp"),
            captions=SimpleUploadedFile("rows.vtt", text.encode()),
        )

        self.assert_says(response, "Line 3: the cue ends before it starts.")
        self.assertContains(response, "Choose the file once more.", 1)
        self.assertFalse(Video.objects.exists())

    def test_files_that_are_gone_hinder_nothing(self):
        text = "WEBVTT\n\n00:01.000 --> 00:04.000\nPull.\n"
        self.add(
            file=SimpleUploadedFile("rows.mp4", b"0000ftyp"),
            captions=SimpleUploadedFile("rows.vtt", text.encode()),
        )
        video = Video.objects.get()
        guide = make_guide(video=video)
        for file in (video.file, video.captions):
            default_storage.delete(file.name)

        self.assert_says(self.client.get(self.url("video_changelist")), "Rows")
        response = self.save(self.url("video_change", video), title="The two rows")

        self.assert_says(
            response,
            "gone from the server: own file of “The two rows”. Choose it again.",
            "gone from the server: captions (WebVTT) of “The two rows”.",
        )
        self.assertNotContains(response, "errorlist")
        self.assertEqual(Video.objects.get().title, "The two rows")
        self.assertContains(
            self.client.get(guide.get_absolute_url()), "Watch the video"
        )
        self.client.post(self.url("video_delete", video), {"post": "yes"})
        self.assertFalse(Video.objects.exists())

    def test_a_file_of_another_kind_is_refused(self):
        response = self.add(
            file=SimpleUploadedFile("rows.png", PictureAdminTests.drawn(self)),
            captions=SimpleUploadedFile("rows.txt", b"Pull."),
        )

        self.assert_says(
            response,
            "File extension “png” is not allowed.",
            "File extension “txt” is not allowed.",
        )
        self.assertNotContains(response, "not what its name says")
        self.assertNotContains(response, "begins with the word WEBVTT")


class SettingsTests(AdminTestCase):
    def test_the_settings_open_at_their_form(self):
        response = self.client.get(self.url("sitesettings_changelist"))

        self.assertRedirects(
            response, self.url("sitesettings_change", SiteSettings.load())
        )
        self.assertEqual(self.client.get(self.url("sitesettings_add")).status_code, 403)

    def test_they_show_at_the_next_request(self):
        self.save(
            self.url("sitesettings_change", SiteSettings.load()),
            headline="Sit taller.",
        )

        self.client.logout()
        self.assertContains(self.client.get("/"), "Sit taller.")

    def test_a_zone_nobody_knows_is_refused(self):
        response = self.save(
            self.url("sitesettings_change", SiteSettings.load()), zone="Mars"
        )

        self.assert_says(response, "“Mars” is no time zone.")


class PageAdminTests(AdminTestCase):
    def test_a_page_may_not_hide_behind_another_address(self):
        for slug in ["guides", "questions", "about", "newsletter", "admin"]:
            with self.subTest(slug):
                response = self.client.post(
                    self.url("page_add"),
                    {"title": "Mine", "slug": slug, "prose": "<p>a</p>"},
                )

                self.assert_says(
                    response,
                    "Another part of the site has this address.",
                    'value="Mine"',
                )
        self.assertFalse(Page.objects.filter(title="Mine").exists())

    def test_a_free_address_is_taken(self):
        self.client.post(
            self.url("page_add"),
            {"title": "Imprint", "slug": "imprint", "prose": "<p>a</p>"},
        )

        self.assertContains(self.client.get("/imprint/"), "Imprint")


class AuthorAdminTests(AdminTestCase):
    def test_a_new_guide_is_hers(self):
        author = Author.objects.get(user=self.ana)

        form = self.client.get(self.url("guide_add")).context["adminform"].form

        self.assertEqual(form["author"].value(), author.pk)
