from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

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
]
VIMEO = [
    "76979871",
    "https://vimeo.com/76979871",
    "https://www.vimeo.com/76979871/",
    "https://player.vimeo.com/video/76979871?h=abc",
]
REFUSED = [
    "",
    "not an id",
    ID[:-1],
    ID + "Q",
    f"http://www.youtube.com/watch?v={ID}",
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
    f"https://www.youtube.com/watch?v={ID}%22onload=x",
    'https://www.youtube.com/watch?v="><script>',
    "https://www.youtube.com/watch",
    "https://www.youtube.com/@somebody",
    f"https://www.youtube.com/a/b/{ID}",
    f"https://[www.youtube.com]/watch?v={ID}",
    "https://[",
    "https://vimeo.com/channels/staffpicks",
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
            for text in REFUSED:
                with self.subTest(text), self.assertRaises(ValidationError) as raised:
                    video.parse_id(provider, text)

                self.assertIn(
                    "Copy it from the address bar", raised.exception.messages[0]
                )

    def test_the_provider_is_known_from_an_address_only(self):
        self.assertEqual(video.provider_of(YOUTUBE[2]), "youtube")
        self.assertEqual(video.provider_of(VIMEO[1]), "vimeo")
        for text in [*REFUSED, ID, "76979871"]:
            with self.subTest(text):
                self.assertEqual(video.provider_of(text), "")

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
