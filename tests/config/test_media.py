import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.test import RequestFactory, SimpleTestCase, override_settings

from config import media

CONTENT = bytes(range(256)) * 1000


class MediaTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        root = Path(folder.name) / "media"
        (root / "videos").mkdir(parents=True)
        (root / "videos" / "row.mp4").write_bytes(CONTENT)
        (root / "arrivals").mkdir()
        (root / "arrivals" / "list.csv").write_text("email")
        (root / "captions.vtt").write_text("WEBVTT\n")
        (root / "row.webp").write_bytes(b"RIFF")
        (root / "row.avif").write_bytes(b"ftyp")
        (root / "page.html").write_text("<script>alert(1)</script>")
        (root / "words.txt.gz").write_bytes(b"\x1f\x8b")
        (root / "empty.mp4").write_bytes(b"")
        (root.parent / "secret.txt").write_text("above")
        cls.enterClassContext(override_settings(MEDIA_ROOT=root))

    def get(self, path="videos/row.mp4", **headers):
        return self.client.get(f"/media/{path}", headers=headers)

    def body(self, response):
        return b"".join(response.streaming_content)

    def test_the_whole_file(self):
        response = self.get()

        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.body(response), CONTENT)
        self.assertEqual(response["Content-Length"], str(len(CONTENT)))
        self.assertEqual(response["Content-Type"], "video/mp4")
        self.assertEqual(response["Accept-Ranges"], "bytes")

    def test_what_was_uploaded_may_do_nothing_of_its_own(self):
        response = self.get("page.html")

        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        self.assertEqual(
            response["Content-Security-Policy"],
            "sandbox allow-same-origin; default-src 'none'; media-src 'self'",
        )

    def test_a_range_a_rest_and_a_tail(self):
        size = len(CONTENT)
        for asked, first, last in [
            ("bytes=0-0", 0, 0),
            ("bytes=0-99", 0, 99),
            ("bytes=1000-", 1000, size - 1),
            ("bytes=-300", size - 300, size - 1),
            ("bytes=100-9999999999", 100, size - 1),
            ("bytes=-9999999999", 0, size - 1),
            ("bytes=70000-200000", 70000, 200000),
        ]:
            with self.subTest(asked):
                response = self.get(range=asked)

                self.assertEqual(response.status_code, 206)
                self.assertEqual(
                    response["Content-Range"], f"bytes {first}-{last}/{size}"
                )
                self.assertEqual(response["Content-Length"], str(last - first + 1))
                self.assertEqual(self.body(response), CONTENT[first : last + 1])
                self.assertEqual(response["Content-Type"], "video/mp4")

    def test_a_range_that_is_not_there(self):
        for asked in [f"bytes={len(CONTENT)}-", "bytes=99999999-", "bytes=-0"]:
            with self.subTest(asked):
                response = self.get(range=asked)

                self.assertEqual(response.status_code, 416)
                self.assertEqual(response["Content-Range"], f"bytes */{len(CONTENT)}")
        self.assertEqual(self.get("empty.mp4", range="bytes=0-").status_code, 416)

    def test_what_does_not_read_as_one_range_is_ignored(self):
        for asked in [
            "bytes=9-3",
            "bytes=-",
            "bytes=a-b",
            "lines=0-1",
            "bytes=0-1,4-5",
            "bytes=" + "9" * 5000 + "-",
        ]:
            with self.subTest(asked[:20]):
                self.assertEqual(self.get(range=asked).status_code, 200)

    def test_a_range_of_a_file_that_has_changed_is_the_whole_new_file(self):
        etag = self.get()["ETag"]

        same = self.get(range="bytes=0-9", if_range=etag)
        changed = self.get(range="bytes=0-9", if_range='"older"')

        self.assertEqual((same.status_code, changed.status_code), (206, 200))

    def test_a_known_copy_is_not_sent_again(self):
        first = self.get()

        for known in [
            {"if_none_match": first["ETag"]},
            {"if_modified_since": first["Last-Modified"]},
        ]:
            self.assertEqual(self.get(**known).status_code, 304)

    def test_head_tells_the_size_and_sends_nothing(self):
        response = self.client.head(
            "/media/videos/row.mp4", headers={"range": "bytes=0-1"}
        )

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response["Content-Length"], str(len(CONTENT)))

    def test_types_that_not_every_system_knows(self):
        for name, kind in [
            ("captions.vtt", "text/vtt"),
            ("row.webp", "image/webp"),
            ("row.avif", "image/avif"),
        ]:
            self.assertEqual(self.get(name)["Content-Type"], kind)
        self.assertEqual(
            self.get("words.txt.gz")["Content-Type"], "application/octet-stream"
        )

    def test_the_server_in_front_says_the_same(self):
        text = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
        self.assertIn("location /media/arrivals/ {\n        return 404;", text)
        said = text[text.index("location /media/ ") :]
        for name, value in media.HEADERS.items():
            if name != "Accept-Ranges":  # which nginx says of every file
                self.assertRegex(said, rf'add_header {name} "?{re.escape(value)}"?')
        for suffix, kind in media.KINDS.items():
            self.assertIn(f"{kind} {suffix[1:]};", said)

    def test_nothing_above_the_folder_and_nothing_that_waits_or_is_no_file(self):
        for path in [
            "../secret.txt",
            "videos/../../secret.txt",
            "/etc/passwd",
            "videos",
            "videos/",
            "none.mp4",
            "arrivals/list.csv",
            "videos/../arrivals/list.csv",
            "a\0b",
            "n" * 3000,
        ]:
            with self.subTest(path[:30]), self.assertRaises(Http404):
                media.serve(RequestFactory().get("/"), path)

    def test_only_reading(self):
        self.assertEqual(self.client.post("/media/captions.vtt").status_code, 405)
