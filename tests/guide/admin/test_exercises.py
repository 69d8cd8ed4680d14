from guide.models import (
    Picture,
    Video,
)
from tests.factories import make_guide
from tests.guide.admin.cases import AdminTestCase

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
