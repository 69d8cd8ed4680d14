import socket

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase

from guide import video
from guide.models import Video

ID = "dQw4w9WgXcQ"

YOUTUBE = [
    ID,
    f"  {ID}\n",
    f"https://www.youtube.com/watch?v={ID}",
    f"https://youtube.com/watch?v={ID}&t=42s",
    f"https://m.youtube.com/watch?app=desktop&v={ID}",
    f"https://youtu.be/{ID}",
    f"https://youtu.be/{ID}?si=abc",
    f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube.com/shorts/{ID}",
    f"https://www.youtube.com/live/{ID}/",
    f"https://www.youtube-nocookie.com/embed/{ID}",
    f"http://youtu.be/{ID}",
    f"youtu.be/{ID}",
    f"www.youtube.com/watch?v={ID}&feature=share",
]
VIMEO = [
    "76979871",
    "https://vimeo.com/76979871",
    "https://www.vimeo.com/76979871/",
    "https://player.vimeo.com/video/76979871?h=abc",
    "https://vimeo.com/manage/videos/76979871",
    "http://vimeo.com/76979871?share=copy",
    "vimeo.com/76979871",
]
UNLISTED = [
    "https://vimeo.com/76979871/abcdef0123",
    "https://vimeo.com/76979871/abcdef0123?share=copy",
    "https://vimeo.com/manage/videos/76979871/abcdef0123/",
    "vimeo.com/76979871/abcdef0123",
]
# At the right host, and no video there.
NOTHING_THERE = [
    f"https://www.youtube.com/watch?v={ID}%22onload=x",
    'https://www.youtube.com/watch?v="><script>',
    "https://www.youtube.com/watch",
    "https://www.youtube.com/@somebody",
    f"https://www.youtube.com/a/b/{ID}",
    "https://vimeo.com/channels/staffpicks",
    "https://vimeo.com/76979871\nhttps://evil.example/",
    "https://vimeo.com/7697987１",  # noqa: RUF001 - a fullwidth digit
    "https://vimeo.com/" + "7" * 5000,
    f"https://www.youtube.com#@evil.example/watch?v={ID}",
    f"https://www.youtube.com?@evil.example/watch?v={ID}",
    f"https://www.youtube.com/watch?v={ID}\n<script>alert(1)</script>",
    f"https://www.youtube.com/watch?v={ID[:-1]}Ｑ",  # noqa: RUF001
    f"https://www.youtube.com/watch?v={ID}\0",
    f"https://youtu.be/{ID}/../../{ID}",
    f"https://www.youtube.com/embed/{ID}<script>",
    f"https://www.youtube.com/watch?v={'Q' * 5000}",
]
ELSEWHERE = [
    "",
    "not an id",
    ID[:-1],
    ID + "Q",
    f"//www.youtube.com/watch?v={ID}",
    f"ftp://youtu.be/{ID}",
    f"javascript:alert(1)//youtu.be/{ID}",
    f"https://www.youtube.com@evil.example/watch?v={ID}",
    f"https://user:pass@www.youtube.com/watch?v={ID}",
    f"https://www.youtube.com:8443/watch?v={ID}",
    f"https://www.youtube.com.evil.example/watch?v={ID}",
    f"https://evil.example/www.youtube.com/watch?v={ID}",
    f"https://www.yоutube.com/watch?v={ID}",  # noqa: RUF001 - a Cyrillic o
    f"https://www.youtube.com\\@evil.example/watch?v={ID}",
    f"https://[www.youtube.com]/watch?v={ID}",
    "https://[",
    "https://user@vimeo.com/76979871",
    "https://:@vimeo.com/76979871",
    "https://vimeo.com:443/76979871",
    "https://vimeo.com./76979871",
    "https://vimeo.com.evil.example/76979871",
    "https://evilvimeo.com/76979871",
    "https://vimeo.com%2eevil.example/76979871",
    "data:text/html,https://vimeo.com/76979871",
    f"https://www.youtube.com./watch?v={ID}",
    f"https://youtu.be:443/{ID}",
    f"https://www.youtube.com:/watch?v={ID}",
    f"https://@www.youtube.com/watch?v={ID}",
    f"https://ｗｗｗ.youtube.com/watch?v={ID}",  # noqa: RUF001 - fullwidth letters
    f"https://www.youtube。com/watch?v={ID}",
    f"https://xn--youtub-0ya.com/watch?v={ID}",
    f"https://www.y\u200boutube.com/watch?v={ID}",
    f"www.youtube.com@evil.example/watch?v={ID}",
    "user@vimeo.com/76979871",
    "evil.example/vimeo.com/76979871",
    f"http://user:pass@youtu.be/{ID}",
    f"https://127.0.0.1/watch?v={ID}",
    f"https://{'www.' * 2000}youtube.com/watch?v={ID}",
    f"file:///www.youtube.com/watch?v={ID}",
    f"view-source:https://youtu.be/{ID}",
    "１２３４５６７８",  # noqa: RUF001 - digits, but of another script
    "١٢٣٤٥٦٧٨",
]


class ParseTests(SimpleTestCase):
    def test_an_address_or_id_gives_the_id(self):
        for text in YOUTUBE:
            with self.subTest(text):
                self.assertEqual(video.parse_id("youtube", text), ID)
        for text in VIMEO:
            with self.subTest(text):
                self.assertEqual(video.parse_id("vimeo", text), "76979871")

    def test_anything_else_is_refused_with_what_to_do(self):
        for provider in ("youtube", "vimeo"):
            for text in [*NOTHING_THERE, *ELSEWHERE]:
                with self.subTest(text), self.assertRaises(ValidationError) as raised:
                    video.parse_id(provider, text)

                self.assertIn(
                    "Copy it from the address bar", raised.exception.messages[0]
                )

    def test_what_is_unlisted_at_vimeo_is_refused_by_its_name(self):
        for text in UNLISTED:
            with self.subTest(text), self.assertRaises(ValidationError) as raised:
                video.parse_id("vimeo", text)

            self.assertIn("Make it public there", raised.exception.messages[0])

    def test_the_provider_is_known_from_an_address_only(self):
        for provider, texts in [("youtube", YOUTUBE[2:]), ("vimeo", VIMEO[1:])]:
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(video.provider_of(text), provider)
        for text in [*ELSEWHERE, ID, "76979871"]:
            with self.subTest(text):
                self.assertEqual(video.provider_of(text), "")

    def test_nobody_is_asked_whether_it_is_true(self):
        """A look-up or a connection would raise here."""

        def nobody(*args, **options):
            raise AssertionError("an outgoing request")

        kept = socket.socket.connect, socket.getaddrinfo
        socket.socket.connect = socket.getaddrinfo = nobody
        try:
            for provider, texts in [("youtube", YOUTUBE), ("vimeo", VIMEO)]:
                for text in texts:
                    Video(
                        title="Rows", provider=provider, provider_id=text, duration=9
                    ).clean()
        finally:
            socket.socket.connect, socket.getaddrinfo = kept

    def test_a_part_begins_at_its_second(self):
        for address, ending in [
            (video.page_url("youtube", ID, 8), f"watch?v={ID}&t=8s"),
            (video.page_url("youtube", ID, 0), f"watch?v={ID}"),
            (video.page_url("vimeo", "76979871", 8), "/76979871#t=8s"),
            (video.frame_url("youtube", ID, 8, 16), "&start=8&end=16"),
            (video.frame_url("youtube", ID, 0, 8), "&rel=0&end=8"),
            (video.frame_url("vimeo", "76979871", 8, 16), "&dnt=1#t=8s"),
        ]:
            with self.subTest(address):
                self.assertTrue(address.endswith(ending))

    def test_the_player_is_asked_for_at_hosts_the_policy_allows(self):
        for provider, video_id in [("youtube", ID), ("vimeo", "76979871")]:
            address = video.frame_url(provider, video_id)

            self.assertRegex(
                address, r"\Ahttps://(www\.youtube-nocookie|player\.vimeo)\.com/"
            )


class LengthTests(SimpleTestCase):
    def test_people_read_minutes_and_seconds(self):
        for seconds, words in [
            (16, "16 s"),
            (60, "1 min"),
            (255, "4 min 15 s"),
            (3600, "60 min"),
        ]:
            with self.subTest(seconds):
                self.assertEqual(Video(duration=seconds).length, words)


class ClipTests(SimpleTestCase):
    def test_a_part_of_an_own_file_is_named_by_its_seconds(self):
        film = Video(duration=16, file="videos/rows.mp4")
        for part, address in [
            ((0, 8), "/media/videos/rows.mp4#t=0,8"),
            ((8, None), "/media/videos/rows.mp4#t=8,16"),
            ((8, 99), "/media/videos/rows.mp4#t=8,16"),
        ]:
            with self.subTest(part):
                self.assertEqual(film.clip(*part)["address"], address)

    def test_without_a_start_or_after_the_end_there_is_no_part(self):
        film = Video(duration=16, file="videos/rows.mp4")
        for part in [(None, None), (16, 20), (99, None)]:
            with self.subTest(part):
                self.assertIsNone(film.clip(*part))


class FileTests(SimpleTestCase):
    def test_a_film_begins_as_its_name_says(self):
        for name, head in [
            ("rows.mp4", b"\0\0\0\x20ftypisom"),
            ("ROWS.MP4", b"\0\0\0\x18ftypmp42"),
            ("phone.mp4", b"\0\0\0\x14ftypqt  "),
            ("rows.webm", b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm"),
        ]:
            with self.subTest(name):
                file = SimpleUploadedFile(name, head + b"\0" * 200)

                video.validate_file(file)

                self.assertEqual(file.tell(), 0)

    def test_anything_else_is_refused_in_a_sentence(self):
        for name, head in [
            ("rows.mp4", b""),
            ("rows.mp4", b"<!doctype html><script>alert(1)</script>"),
            ("rows.mp4", b"\xff\xd8\xff\xe0\0\x10JFIF"),
            ("rows.mp4", b"\x89PNG\r\n\x1a\n"),
            ("rows.mp4", b"GIF89a"),
            ("rows.mp4", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("rows.mp4", b"\0\0\0\x20ftypavif"),
            ("rows.mp4", b"\0\0\0\x18ftypheic"),
            ("rows.mp4", b"\0\0\0\x20ftypM4A "),
            ("rows.mp4", b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm"),
            ("rows.mp4", b"PK\x03\x04"),
            ("rows.webm", b"\0\0\0\x20ftypisom"),
            ("rows.webm", b"\x1a\x45\xdf\xa3\xa3B\x82\x88matroska"),
            ("rows.webm", b"RIFF\0\0\0\0WEBPVP8 "),
        ]:
            with self.subTest(head), self.assertRaises(ValidationError) as raised:
                video.validate_file(SimpleUploadedFile(name, head + b"\0" * 200))

            self.assertEqual(
                raised.exception.messages,
                [
                    "What is in this file is not what its name says. "
                    "Save the video as MP4 or WebM and try again."
                ],
            )


class ForgetTests(TestCase):
    """Files go after the commit, and only where no video names them."""

    def made(self, **values):
        return Video.objects.create(
            **{
                "title": "Rows",
                "duration": 16,
                "file": ContentFile(b"film", "rows.mp4"),
                "captions": ContentFile(b"WEBVTT", "rows.vtt"),
            }
            | values
        )

    def there(self, *names):
        return [default_storage.exists(name) for name in names]

    def test_what_is_deleted_leaves_no_film_and_no_captions(self):
        for delete in (
            lambda film: film.delete(),
            lambda film: Video.objects.filter(pk=film.pk).delete(),
        ):
            film = self.made()
            names = film.file.name, film.captions.name

            with self.captureOnCommitCallbacks() as later:
                delete(film)

            self.assertEqual(self.there(*names), [True, True])
            for forget in later:
                forget()
            self.assertEqual(self.there(*names), [False, False])

    def test_a_new_film_takes_the_place_of_the_old_one(self):
        film = self.made()
        old, captions = film.file.name, film.captions.name

        film.file = ContentFile(b"better", "rows.mp4")
        with self.captureOnCommitCallbacks(execute=True):
            film.save()

        self.assertEqual(self.there(old, film.file.name, captions), [False, True, True])

    def test_captions_taken_away_and_a_film_now_elsewhere_go(self):
        film = self.made()
        names = film.file.name, film.captions.name

        film.file = film.captions = ""
        film.provider, film.provider_id = "youtube", ID
        with self.captureOnCommitCallbacks(execute=True):
            film.save()

        self.assertEqual(self.there(*names), [False, False])

    def test_saving_the_words_leaves_the_files(self):
        film = self.made()

        film.title = "Two rows"
        with self.captureOnCommitCallbacks(execute=True):
            film.save()

        self.assertEqual(self.there(film.file.name, film.captions.name), [True, True])

    def test_what_another_video_names_stays_until_that_goes_too(self):
        film = self.made()
        other = self.made(file=film.file.name, captions="")
        name = film.file.name

        with self.captureOnCommitCallbacks(execute=True):
            film.delete()
        self.assertEqual(self.there(name), [True])
        with self.captureOnCommitCallbacks(execute=True):
            other.delete()

        self.assertEqual(self.there(name), [False])

    def test_a_disk_that_refuses_is_logged_and_hinders_nothing(self):
        name = "videos/a-folder-by-mistake.mp4"
        default_storage.save(f"{name}/full.txt", ContentFile(b"x"))
        film = self.made(file=name)
        captions = film.captions.name

        with (
            self.assertLogs("django.test", "ERROR"),
            self.captureOnCommitCallbacks(execute=True),
        ):
            film.delete()

        self.assertFalse(Video.objects.exists())
        self.assertEqual(self.there(captions), [False])
