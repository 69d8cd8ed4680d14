from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from guide import changes
from guide.models import (
    Audience,
    Dosage,
    Guide,
    GuideNotice,
    RelatedGuide,
    SafetyNotice,
    Topic,
    Video,
)
from tests.factories import make_comment, make_full_guide, make_guide
from tests.guide.admin.cases import AdminTestCase, fields_of

DAY = timedelta(days=1)


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
        self.assertLess(page.index('name="title"'), page.index('value="Save"'))

    def test_a_long_sentence_has_room_and_stays_one_paragraph(self):
        page = self.client.get(reverse("admin:guide_guide_add"))

        self.assertContains(page, '<textarea name="suitability"')

        field = page.context["adminform"].form.fields["suitability"]
        data = {"suitability": "For you,\r\n  too."}
        self.assertEqual(
            field.widget.value_from_datadict(data, {}, "suitability"), "For you, too."
        )

    def test_no_row_is_opened_in_what_is_there_once(self):
        guide = make_full_guide()

        for row in [guide, guide.exercises.first()]:
            response = self.save(
                self.url(f"{row._meta.model_name}_change", row), _row="dosage"
            )

            self.assertEqual(response.status_code, 200)
            self.assertNotIn("row=", response.redirect_chain[0][0])

    def test_a_guide_with_comments_is_not_deleted(self):
        guide = make_guide()
        make_comment(guide)
        url = reverse("admin:guide_guide_delete", args=[guide.pk])

        response = self.client.post(url, {"post": "yes"})

        self.assertContains(response, "It has 1 comment, which would be lost with it.")
        self.assertContains(response, "Retire it instead")
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
