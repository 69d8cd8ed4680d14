import io
import struct
import zlib

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase
from PIL import Image

from guide import pictures
from guide.models import Picture

NO_PICTURE = "This is no picture we can read. Use JPEG, PNG, WebP or AVIF."
TOO_LARGE = "The picture has more than 50 megapixels. Save it smaller and try again."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(kind="JPEG", size=(64, 48), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


def png_that_claims(width, height):
    """A few bytes that say they are a picture of any size."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def upload(data, name="picture.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, data, kind)


class ValidateTests(SimpleTestCase):
    def test_pictures_pass_whatever_their_name(self):
        for kind in pictures.FORMATS:
            for name in ("a.jpg", "a.svg", "shell.php.jpg", "../../a.png", "a"):
                with self.subTest(kind=kind, name=name):
                    pictures.validate(upload(drawn(kind), name))

    def test_the_file_is_left_at_its_beginning(self):
        file = upload(drawn())

        pictures.validate(file)

        self.assertEqual(file.tell(), 0)

    def test_what_is_no_picture_is_refused_in_a_sentence(self):
        jpeg, png = drawn(size=(400, 300)), drawn("PNG", size=(400, 300))
        for what, data in {
            "nothing": b"",
            "words": b"hello",
            "SVG": SVG,
            "HTML": b"<!doctype html><p>a</p>",
            "PDF": b"%PDF-1.7\n",
            "GIF": drawn("GIF"),
            "BMP": drawn("BMP"),
            "TIFF": drawn("TIFF"),
            "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
            "half a JPEG": jpeg[: len(jpeg) // 2],
            "the head of a JPEG": jpeg[:20],
            "half a PNG": png[: len(png) // 2],
            "a PNG of which nothing is true": b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
            "a JPEG of zeros": b"\xff\xd8\xff\xe0" + b"\x00" * 100,
            "a page that begins as GIF": b"GIF89a<script>alert(1)</script>",
        }.items():
            with self.subTest(what), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(data))

            self.assertEqual(raised.exception.messages, [NO_PICTURE])

    def test_an_image_bomb_is_refused_before_it_is_unpacked(self):
        for width, height in [(8000, 7000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]:
            data = png_that_claims(width, height)
            with self.subTest(width), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(data, "bomb.png"))

            self.assertEqual(raised.exception.messages, [TOO_LARGE])

    def test_a_heavy_file_is_refused_unread(self):
        file = upload(b"")
        file.size = pictures.MAX_BYTES + 1

        with self.assertRaises(ValidationError) as raised:
            pictures.validate(file)

        self.assertIn("more than 10 MB", raised.exception.messages[0])


class StoreTests(TestCase):
    def made(self, data, name="picture.jpg"):
        return Picture.objects.create(file=upload(data, name), alt="A room.")

    def test_what_is_stored_is_jpeg_under_a_name_of_ours(self):
        for kind, mode in [
            ("JPEG", "CMYK"),
            ("PNG", "P"),
            ("PNG", "RGBA"),
            ("PNG", "LA"),
            ("PNG", "I;16"),
            ("WEBP", "RGBA"),
            ("AVIF", "RGB"),
        ]:
            with self.subTest(kind=kind, mode=mode):
                picture = self.made(drawn(kind, mode=mode), "shell.php")

                self.assertRegex(
                    picture.file.name, r"\Apictures/[0-9a-f]{16}/original\w*\.jpg\Z"
                )
                with Image.open(picture.file) as stored:
                    self.assertEqual(stored.format, "JPEG")

    def test_what_lies_behind_the_picture_is_not_kept(self):
        picture = self.made(drawn() + b"<script>alert(1)</script>")

        self.assertNotIn(b"script", picture.file.open().read())

    def test_the_cameras_notes_go_and_its_orientation_becomes_pixels(self):
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "A camera"
        exif.get_ifd(0x8825)[1] = "N"

        picture = self.made(drawn(size=(600, 300), exif=exif))

        with Image.open(picture.file) as stored:
            self.assertEqual(stored.size, (300, 600))
            self.assertFalse(stored.getexif())
        self.assertEqual((picture.width, picture.height), (300, 600))

    def test_each_smaller_width_is_written_and_named_in_srcset(self):
        picture = self.made(drawn(size=(1000, 500)))

        self.assertEqual(picture.widths, [400, 800, 1000])
        self.assertEqual(picture.srcset.count(","), 2)
        for part in picture.srcset.split(", "):
            url, width = part.split()
            path = url.removeprefix("/media/")
            with self.subTest(width), Image.open(default_storage.open(path)) as image:
                self.assertEqual(f"{image.width}w", width)
        self.assertTrue(picture.src.endswith("/800.jpg"))
        self.assertTrue(picture.small.endswith("/400.jpg"))

    def test_a_large_picture_is_stored_smaller(self):
        picture = self.made(drawn(size=(5000, 1000)))

        self.assertEqual((picture.width, picture.height), (2400, 480))

    def test_a_tiny_picture_stays_as_it_is(self):
        picture = self.made(drawn(size=(1, 1)))

        self.assertEqual(picture.widths, [1])
        self.assertEqual(picture.src, picture.file.url)

    def test_the_words_can_be_mended_where_the_file_is_gone(self):
        picture = self.made(drawn())
        picture.file.storage.delete(picture.file.name)

        picture.alt = "Somebody standing."
        picture.full_clean()
        picture.save()

        self.assertEqual(Picture.objects.get().alt, "Somebody standing.")

    def test_saving_the_words_leaves_the_file_alone(self):
        picture = self.made(drawn())
        name = picture.file.name

        picture.alt = "Another room."
        picture.save()

        self.assertEqual(Picture.objects.get().file.name, name)


class WordsTests(TestCase):
    def test_a_picture_says_something_or_is_decoration(self):
        file = upload(drawn())
        with self.assertRaises(ValidationError) as raised:
            Picture(file=file).full_clean()

        self.assertIn(
            "Say what the picture shows, or tick “only decoration”.",
            raised.exception.messages,
        )
        Picture(file=file, is_decorative=True).full_clean()
        Picture(file=file, alt="A room.").full_clean()
