import io
import random
import struct
import zlib
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase
from PIL import Image, ImageCms, PngImagePlugin

from guide import pictures
from guide.models import Picture

INCOMPLETE = "The picture is incomplete. Copy it from the camera once more."
NO_PICTURE = "This is no picture we can read. Use JPEG, PNG, WebP or AVIF."
TOO_LARGE = "The picture has more than 50 megapixels. Save it smaller and try again."
JAR = b"PK\x03\x04" + b"META-INF/MANIFEST.MF" + b"PK\x05\x06" + b"\0" * 18
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(kind="JPEG", size=(64, 48), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_that_claims(width, height, *chunks):
    """A few bytes that say they are a picture of any size."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def png_with_endless_notes():
    notes = zlib.compress(b"a" * 20_000_000)
    return png_that_claims(9, 9, chunk(b"zTXt", b"Comment\0\0" + notes))


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def turned_colours():
    """Return a profile by which red and green change places: who ignores it is seen."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in [(b"rXYZ", b"----"), (b"gXYZ", b"rXYZ"), (b"----", b"gXYZ")]:
        profile = profile.replace(old, new)
    return profile


def secret_notes():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "Secret")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Secret</x:xmpmeta>")
    return notes


def files_of(picture):
    """Return the names of all files that lie in the folder of a picture."""
    folder = PurePosixPath(picture.file.name).parent
    try:
        return sorted(str(folder / name) for name in default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []


def contents(picture):
    return [default_storage.open(name).read() for name in files_of(picture)]


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
        jpeg, png, webp, avif = (
            drawn(kind, size=(400, 300)) for kind in pictures.FORMATS
        )
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
            "a GIF that is an archive too": drawn("GIF") + JAR,
            "half a WebP": webp[: len(webp) // 2],
            "half an AVIF": avif[: len(avif) // 2],
            "a WebP of which nothing is true": webp[:30] + b"\xff" * 100,
            "an AVIF of which nothing is true": avif[:40] + b"\xff" * 100,
            "a PNG that unpacks its notes without end": png_with_endless_notes(),
        }.items():
            with self.subTest(what), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(data))

            begins_well = what in {"half a JPEG", "half a PNG"}
            sentence = INCOMPLETE if begins_well else NO_PICTURE
            self.assertEqual(raised.exception.messages, [sentence])

    def test_an_image_bomb_is_refused_before_it_is_unpacked(self):
        for width, height in [(8000, 7000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]:
            data = png_that_claims(width, height)
            with self.subTest(width), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(data, "bomb.png"))

            self.assertEqual(raised.exception.messages, [TOO_LARGE])

    def test_a_webp_that_would_take_too_much_memory_is_refused_with_a_way_out(self):
        width, height = 4160, 3120
        pictures.validate(upload(drawn("WEBP", (width, height), method=0)))

        with self.assertRaises(ValidationError) as raised:
            pictures.validate(upload(drawn("WEBP", (width + 10, height), method=0)))

        self.assertEqual(
            raised.exception.messages,
            [
                "This is a WebP of more than 13 megapixels. "
                "Save it smaller, or as a JPEG, and try again."
            ],
        )

    def test_the_other_kinds_may_have_fifty_megapixels(self):
        for kind, options in {"PNG": {}, "JPEG": {}, "AVIF": {"speed": 10}}.items():
            with self.subTest(kind):
                pictures.validate(upload(drawn(kind, (10_000, 5_000), **options)))

    def test_a_bomb_of_any_kind_is_refused_before_it_is_unpacked(self):
        webp, avif = drawn("WEBP", lossless=True), drawn("AVIF")
        jpeg = drawn("JPEG")
        at = jpeg.index(b"\xff\xc0") + 5
        size = (16_383 | 16_383 << 14).to_bytes(4, "little")  # of a lossless WebP
        extent = avif.index(b"ispe") + 8
        for kind, data in {
            "JPEG": jpeg[:at] + b"\xff\xff\xff\xff" + jpeg[at + 4 :],
            "WebP": webp[:21] + size + webp[25:],
            "AVIF": avif[:extent]
            + struct.pack(">II", 30_000, 30_000)
            + avif[extent + 8 :],
        }.items():
            with self.subTest(kind), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(data))

            self.assertIn(raised.exception.messages, [[TOO_LARGE], [NO_PICTURE]])

    def test_whatever_is_broken_in_it_is_a_sentence(self):
        chance = random.Random(7)
        noise = Image.effect_noise((80, 60), 80).convert("RGB")
        for kind in pictures.FORMATS:
            buffer = io.BytesIO()
            noise.save(buffer, kind, exif=turned(3))
            for n in range(60):
                data = bytearray(buffer.getvalue())
                for _ in range(12):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                with self.subTest(kind=kind, n=n):
                    try:
                        pictures.validate(upload(bytes(data)))
                    except ValidationError as error:
                        self.assertIn("picture", error.messages[0])

    def test_what_moves_is_refused_in_a_sentence(self):
        frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
        for kind in ("PNG", "WEBP", "AVIF"):
            buffer = io.BytesIO()
            frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
            with self.subTest(kind), self.assertRaises(ValidationError) as raised:
                pictures.validate(upload(buffer.getvalue()))

            self.assertEqual(
                raised.exception.messages,
                ["This picture moves. Save one frame of it, or add it as a video."],
            )

    def test_a_photograph_with_its_depth_is_one_picture(self):
        buffer = io.BytesIO()
        depth = Image.new("RGB", (40, 30))
        depth.save(buffer, "MPO", save_all=True, append_images=[depth])

        pictures.validate(upload(buffer.getvalue()))

    def test_it_is_decoded_once_however_often_it_is_looked_at(self):
        file = upload(drawn())
        pictures.validate(file)
        file.file.close()

        pictures.validate(file)  # the bytes are gone, so it did not read them again

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

    def test_whatever_is_appended_is_kept_in_no_size(self):
        for kind in pictures.FORMATS:
            for tail in (b"<script>alert(1)</script>", JAR, b"%PDF-1.7", SVG):
                with self.subTest(kind=kind, tail=tail[:8]):
                    picture = self.made(drawn(kind, size=(500, 300)) + tail)
                    picture.write_webp()

                    for content in contents(picture):
                        self.assertNotIn(tail, content)

    def test_the_cameras_notes_go_from_every_size_and_format(self):
        exif = turned(6)
        exif[0x010F] = "A camera"
        exif.get_ifd(0x8825)[1] = "N"
        notes = {
            "JPEG": {"comment": b"Secret", "xmp": b"<x:xmpmeta>Secret</x:xmpmeta>"},
            "PNG": {"pnginfo": secret_notes()},
            "WEBP": {"xmp": b"<x:xmpmeta>Secret</x:xmpmeta>"},
            "AVIF": {"xmp": b"<x:xmpmeta>Secret</x:xmpmeta>"},
        }
        for kind in pictures.FORMATS:
            with self.subTest(kind):
                profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
                picture = self.made(
                    drawn(
                        kind,
                        size=(1000, 600),
                        exif=exif,
                        icc_profile=profile.tobytes(),
                        **notes[kind],
                    )
                )
                picture.write_webp()

                self.assertEqual((picture.width, picture.height), (600, 1000))
                self.assertEqual(len(contents(picture)), 4)
                for content in contents(picture):
                    self.assertNotIn(b"Secret", content)
                    self.assertNotIn(b"A camera", content)
                    with Image.open(io.BytesIO(content)) as stored:
                        self.assertFalse(stored.getexif())
                        self.assertTrue(
                            stored.info.keys().isdisjoint(
                                {"exif", "xmp", "comment", "icc_profile"}
                            ),
                            stored.info.keys(),
                        )

    def test_each_orientation_becomes_pixels(self):
        corner = Image.new("RGB", (60, 30))
        corner.paste("white", (0, 0, 20, 10))  # its corner at the upper left
        upper_left, upper_right, lower_left, lower_right = (
            (0, 0),
            (1, 0),
            (0, 1),
            (1, 1),
        )
        ends_in = [
            *(upper_left, upper_right, lower_right, lower_left),
            *(upper_left, upper_right, lower_right, lower_left),
        ]
        for kind in pictures.FORMATS:
            for orientation, end in enumerate(ends_in, 1):
                buffer = io.BytesIO()
                corner.save(buffer, kind, exif=turned(orientation))
                with self.subTest(kind=kind, orientation=orientation):
                    picture = self.made(buffer.getvalue())

                    with Image.open(picture.file) as stored:
                        size = (60, 30) if orientation < 5 else (30, 60)
                        self.assertEqual(stored.size, size)
                        at = [
                            5 if n == 0 else side - 6
                            for n, side in zip(end, size, strict=True)
                        ]
                        self.assertGreater(stored.convert("L").getpixel(at), 200)

    def test_notes_that_nobody_can_read_turn_nothing(self):
        picture = self.made(drawn(size=(60, 30), exif=b"Exif\0\0no notes at all"))

        self.assertEqual((picture.width, picture.height), (60, 30))

    def test_colours_are_those_of_the_screen_whatever_the_profile(self):
        for kind in pictures.FORMATS:
            for profile, colour in [
                (turned_colours(), (0, 255, 0)),
                (b"no profile", (255, 0, 0)),
            ]:
                buffer = io.BytesIO()
                red = Image.new("RGB", (40, 30), (255, 0, 0))
                red.save(buffer, kind, icc_profile=profile)
                with self.subTest(kind=kind, profile=profile[:10]):
                    picture = self.made(buffer.getvalue())

                    with Image.open(picture.file) as stored:
                        self.assert_close(stored.getpixel((9, 9)), colour)

    def test_every_mode_keeps_its_colours_and_what_is_clear_becomes_white(self):
        palette = Image.new("P", (40, 30), 0)
        palette.putpalette([255, 0, 0, 0, 255, 0])
        for mode, image, options, colour in [
            ("CMYK", Image.new("CMYK", (40, 30), (0, 255, 255, 0)), {}, (255, 0, 0)),
            ("P", palette, {}, (255, 0, 0)),
            ("P, clear", palette, {"transparency": 0}, (255, 255, 255)),
            ("RGBA", Image.new("RGBA", (40, 30), (255, 0, 0, 0)), {}, (255, 255, 255)),
            (
                "RGBA",
                Image.new("RGBA", (40, 30), (255, 0, 0, 128)),
                {},
                (255, 127, 127),
            ),
            ("LA", Image.new("LA", (40, 30), (0, 0)), {}, (255, 255, 255)),
            ("L", Image.new("L", (40, 30), 128), {}, 128),
            ("1", Image.new("1", (40, 30), 1), {}, (255, 255, 255)),
            ("I;16", Image.new("I;16", (40, 30), 0x8000), {}, 128),
        ]:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG" if mode == "CMYK" else "PNG", **options)
            with self.subTest(mode, colour=colour):
                picture = self.made(buffer.getvalue())

                with Image.open(picture.file) as stored:
                    found = stored.getpixel((9, 9))
                    self.assert_close(
                        found if isinstance(found, tuple) else (found,),
                        colour if isinstance(colour, tuple) else (colour,),
                    )

    def assert_close(self, found, colour):
        for one, other in zip(found, colour, strict=True):
            self.assertLess(abs(one - other), 4, (found, colour))

    def test_a_large_picture_is_made_small_without_seams(self):
        """Each strip is made small by itself: together they are the whole."""
        ramp = Image.linear_gradient("L").resize((2000, 5003))
        for kind, mode in [("PNG", "L"), ("PNG", "RGBA"), ("WEBP", "RGB")]:
            buffer = io.BytesIO()
            options = {"lossless": True} if kind == "WEBP" else {}
            ramp.convert(mode).save(buffer, kind, **options)
            with self.subTest(kind=kind, mode=mode):
                picture = self.made(buffer.getvalue())

                with Image.open(picture.file) as stored:
                    self.assertEqual(stored.size, (959, 2400))
                    column = stored.convert("L").crop((700, 0, 701, 2400))
                    values = list(column.get_flattened_data())
                for n, value in enumerate(values):
                    self.assertLess(abs(value - 255 * n / 2400), 3, n)

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

    def test_webp_stands_beside_each_width_once_it_is_written(self):
        picture = self.made(drawn(size=(1000, 500)))
        self.assertIsNone(picture.webp_at)

        picture.write_webp()

        picture.refresh_from_db()
        self.assertIsNotNone(picture.webp_at)
        for part in picture.webp_srcset.split(", "):
            url, width = part.split()
            path = url.removeprefix("/media/")
            with self.subTest(width), Image.open(default_storage.open(path)) as image:
                self.assertEqual((image.format, f"{image.width}w"), ("WEBP", width))

    def test_writing_it_again_leaves_one_of_each(self):
        picture = self.made(drawn(size=(1000, 500)))
        picture.write_webp()
        before = files_of(picture)

        picture.write_webp()

        self.assertEqual(files_of(picture), before)
        self.assertEqual(len(before), 6)

    def test_a_new_file_takes_the_place_of_the_old_ones(self):
        picture = self.made(drawn(size=(1000, 500)))
        picture.write_webp()
        old = Picture.objects.get()

        picture.file = upload(drawn(size=(600, 300)))
        with self.captureOnCommitCallbacks(execute=True):
            picture.save()

        self.assertEqual(files_of(old), [])
        self.assertEqual(len(files_of(picture)), 2)
        picture.refresh_from_db()
        self.assertIsNone(picture.webp_at)
        self.assertEqual(picture.widths, [400, 600])

    def test_a_worker_too_late_for_a_file_marks_nothing_and_leaves_nothing(self):
        late = self.made(drawn(size=(1000, 500)))
        picture = Picture.objects.get()
        picture.file = upload(drawn(size=(600, 300)))
        picture.save()  # what the old file leaves behind goes on commit

        late.write_webp()

        self.assertIsNone(Picture.objects.get().webp_at)
        self.assertEqual(files_of(late), [])

    def test_what_is_deleted_leaves_no_file(self):
        for delete in (
            lambda picture: picture.delete(),
            lambda picture: Picture.objects.filter(pk=picture.pk).delete(),
        ):
            picture = self.made(drawn(size=(1000, 500)))
            self.assertEqual(len(files_of(picture)), 3)

            with self.captureOnCommitCallbacks(execute=True):
                delete(picture)

            self.assertEqual(files_of(picture), [])

    def test_files_that_are_gone_already_hinder_no_deletion(self):
        picture = self.made(drawn(size=(1000, 500)))
        picture.file.storage.delete(picture.file.name)
        default_storage.delete(pictures.name(picture, 400))

        with self.captureOnCommitCallbacks(execute=True):
            picture.delete()

        self.assertFalse(Picture.objects.exists())
        self.assertEqual(files_of(picture), [])

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
