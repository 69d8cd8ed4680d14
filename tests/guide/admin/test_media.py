import io

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guide import pictures
from guide.models import (
    Picture,
    Video,
)
from tests.factories import make_guide
from tests.guide.admin.cases import AdminTestCase


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
