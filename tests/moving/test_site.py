import hashlib
import io
import json
import stat
import tempfile
import warnings
import zipfile
from functools import partial
from pathlib import Path

import jsonschema
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from comments.models import Comment
from guide import changes
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Equipment,
    Guide,
    OldSlug,
    Page,
    Picture,
    Promotion,
    SafetyNotice,
    SiteSettings,
    Topic,
    Video,
    page_version,
)
from moving import site
from newsletter.models import Block
from tests.factories import make_full_guide, make_guide, make_picture
from tests.full_disk import room_for
from tests.guide.test_pictures import drawn

SHARED = [
    *(Picture, Video, Promotion, SafetyNotice, Author, Topic, Audience),
    *(BodyArea, Equipment, Page, SiteSettings),
]


def wipe():
    for model in (Block, Comment, Guide, *SHARED):  # letters keep what they name
        model.objects.all().delete()


def exported():
    stream = io.BytesIO()
    site.export_site(stream)
    return stream.getvalue()


def exported_guide(guide):
    stream = io.BytesIO()
    site.export_guide(guide, stream)
    return stream.getvalue()


def entries(packed):
    """Return the entries of a zip by their names."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def texts(packed):
    """Return the JSON in a zip by its path."""
    return {
        path: json.loads(content)
        for path, content in entries(packed).items()
        if path.endswith(".json")
    }


def zipped(content, packing=zipfile.ZIP_STORED):
    """Return a zip of (name or entry, content)."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", packing) as made:
        warnings.simplefilter("ignore")  # of a name that stands there twice
        for name, text in content:
            made.writestr(name, text)
    return stream.getvalue()


def with_json(packed, path, change):
    """Return a zip in which a piece of JSON was changed."""
    found = entries(packed)
    data = json.loads(found[path])
    change(data)
    return zipped((found | {path: json.dumps(data)}).items())


def stored():
    """Return the names of all files in the storage."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def counts(report):
    return {
        str(kind): (len(made), len(changed), len(same))
        for kind, made, changed, same in report.lines
    }


class SiteTestCase(TestCase):
    """A site with all that a site can hold, in a storage of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=cls.folder))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide()
        SiteSettings.load()
        SiteSettings.objects.update(author=cls.guide.author, name="Ours")
        cls.packed = exported()

    def read(self, packed, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return site.import_site(io.BytesIO(packed), **options)


class RoundTripTests(SiteTestCase):
    def test_a_site_comes_back_to_the_byte(self):
        wipe()

        report = self.read(self.packed)

        self.assertEqual(exported(), self.packed)
        self.assertEqual(counts(report)["guides"], (3, 0, 0))
        self.assertEqual(SiteSettings.load().name, "Ours")
        self.assertTrue(OldSlug.objects.filter(guide__slug=self.guide.slug).exists())

    def test_the_demonstration_comes_back_to_the_byte(self):
        wipe()
        call_command("demo_content", verbosity=0)
        packed = exported()
        wipe()

        self.read(packed)

        self.assertEqual(exported(), packed)
        page = self.client.get("/guides/two-rows-for-a-tired-upper-back/")
        self.assertContains(page, "Low Row")

    def test_a_site_comes_back_where_its_files_are_lost_too(self):
        wipe()
        with (
            tempfile.TemporaryDirectory() as empty,
            override_settings(MEDIA_ROOT=empty),
        ):
            self.read(self.packed)

            self.assertEqual(exported(), self.packed)
            for picture in Picture.objects.all():
                for width in picture.widths:
                    self.assertIn(f"{picture.width}", picture.srcset)
                    folder = Path(picture.file.name).parent
                    name = "original" if width == picture.width else width
                    self.assertIn(f"{folder}/{name}.jpg", stored())
            video = Video.objects.get()
            self.assertIn(video.file.name, stored())
            self.assertIn(video.captions.name, stored())

    def test_files_that_are_there_already_are_taken_as_they_are(self):
        """The database is new, the folder of files is not."""
        wipe()
        pictures = {name for name in stored() if name.startswith("pictures/")}
        packed = with_json(
            self.packed, "settings.json", lambda d: d["site"].update(zone="Mars")
        )
        with self.assertRaises(ValidationError):
            self.read(packed)
        self.assertLessEqual(pictures, stored())

        self.read(self.packed)

        self.assertEqual(exported(), self.packed)
        self.assertEqual(
            pictures, {name for name in stored() if name.startswith("pictures/")}
        )

    def test_again_touches_nothing(self):
        version, files = page_version(), stored()
        guide = Guide.objects.values().get(pk=self.guide.pk)

        report = self.read(self.packed)

        for kind, (made, changed, same) in counts(report).items():
            with self.subTest(kind):
                self.assertEqual((made, changed), (0, 0))
                self.assertGreater(same, 0)
        self.assertEqual(page_version(), version)
        self.assertEqual(stored(), files)
        self.assertEqual(Guide.objects.values().get(pk=self.guide.pk), guide)

    def test_a_dry_run_says_all_and_changes_nothing(self):
        wipe()
        version, files = page_version(), stored()

        told = counts(self.read(self.packed, is_dry_run=True))

        self.assertEqual(page_version(), version)
        self.assertEqual(stored(), files)
        self.assertFalse(Guide.objects.exists() or Picture.objects.exists())
        self.assertEqual(counts(self.read(self.packed)), told)

    def test_what_was_changed_here_is_as_in_the_file_again(self):
        kept = make_guide(title="Newer than the file")
        Guide.objects.filter(pk=self.guide.pk).update(title="Other")
        self.guide.exercises.first().delete()
        Topic.objects.update(title="Other")
        Picture.objects.update(alt="Other")
        film = Video.objects.get()
        Video.objects.update(
            file=film.file.storage.save("videos/other.mp4", ContentFile(b"0000ftyp"))
        )

        report = self.read(self.packed)

        told = counts(report)
        self.assertEqual(told["guides"], (0, 1, 2))
        self.assertEqual(told["topics"], (0, 1, 0))
        self.assertEqual(told["videos"], (0, 1, 0))
        self.assertNotIn("videos/other.mp4", stored())
        self.assertTrue(Guide.objects.filter(pk=kept.pk).exists())
        kept.delete()
        self.assertEqual(exported(), self.packed)
        self.assertTrue(Guide.objects.filter(pk=self.guide.pk).exists())

    def test_a_lost_picture_is_brought_back(self):
        picture = Picture.objects.first()
        for name in (picture.file.name, picture.file.name.replace("original", "400")):
            picture.file.storage.delete(name)

        self.assertEqual(counts(self.read(self.packed))["pictures"][1], 1)

        self.assertIn(picture.file.name, stored())
        self.assertIn(picture.file.name.replace("original", "400"), stored())
        self.assertEqual(exported(), self.packed)

    def test_prose_from_a_file_is_cleaned(self):
        def change(data):
            data["intro"] = '<p onclick="x()">A</p><script>x</script>'

        packed = with_json(self.packed, f"guides/{self.guide.slug}.json", change)
        self.read(packed)

        self.guide.refresh_from_db()
        self.assertEqual(self.guide.intro, "<p>A</p>")
        self.assertEqual(counts(self.read(packed))["guides"], (0, 0, 3))

    def test_accounts_and_questions_are_not_in_it(self):
        Comment(guide=self.guide, name="Reader", body="Is it mine?").save()

        text = b"".join(entries(exported()).values())

        self.assertNotIn(b"Is it mine?", text)


class SchemaTests(SiteTestCase):
    def test_the_schema_in_the_repository_is_that_of_the_code(self):
        """Else: manage.py shell -c "from moving import site; print(site.schema())"."""
        kept = (settings.BASE_DIR / "moving" / "site.schema.json").read_text()

        self.assertEqual(json.loads(kept), json.loads(site.schema()))

    def test_what_is_exported_fits_the_schema(self):
        schema = json.loads(site.schema())
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        content = texts(self.packed)

        validator.validate(content)

        validator.validate(texts(exported_guide(self.guide)))
        del content[f"guides/{self.guide.slug}.json"]["exercises"][1]["clip"]
        self.assertFalse(validator.is_valid(content))


class RefusedTests(SiteTestCase):
    """What is not in order is refused whole, with a sentence."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        wipe()

    def assert_refused(self, packed, sentence):
        files, version = stored(), page_version()
        for is_dry_run in (True, False):
            with self.assertRaises(ValidationError) as raised:
                self.read(packed, is_dry_run=is_dry_run)

            self.assertIn(sentence, " ".join(raised.exception.messages))
        self.assertEqual(stored(), files)
        self.assertEqual(page_version(), version)
        self.assertFalse(any(model.objects.exists() for model in (Guide, *SHARED)))

    def with_entry(self, name, content=b"x", **values):
        info = zipfile.ZipInfo(name)
        for attribute, value in values.items():
            setattr(info, attribute, value)
        return zipped([*entries(self.packed).items(), (info, content)])

    def test_names_that_would_lie_outside(self):
        for name in [
            "../evil.json",
            "media/../../evil.json",
            "/etc/passwd",
            "C:/evil.json",
            "guides\\evil.json",
            "guides/..",
        ]:
            with self.subTest(name):
                self.assert_refused(
                    self.with_entry(name), "would lie outside of the file."
                )

    def test_a_name_that_ends_early(self):
        packed = self.with_entry("topics.jsonX.json")

        self.assert_refused(
            packed.replace(b"topics.jsonX", b"topics.json\0"),
            "would lie outside of the file.",
        )

    def test_names_that_do_not_belong(self):
        for name in [
            "evil.py",
            "media/evil.jpg",
            "media/" + "0" * 64 + ".html",
            "guides/sub/evil.json",
            "guides/a b.json",
            "manifest.json/",
            "__MACOSX/manifest.json",
        ]:
            with self.subTest(name):
                self.assert_refused(
                    self.with_entry(name), "does not belong into such a file."
                )

    def test_a_link_and_a_locked_entry(self):
        link = self.with_entry(
            "guides/evil.json",
            b"/etc/passwd",
            external_attr=(stat.S_IFLNK | 0o777) << 16,
        )
        self.assert_refused(link, "is a link or locked by a password.")
        locked = bytearray(self.packed)
        locked[locked.rindex(b"PK\1\2") + 8] |= 1

        self.assert_refused(bytes(locked), "is a link or locked by a password.")

    def test_a_name_twice(self):
        self.assert_refused(
            self.with_entry("topics.json", b"{}"), "is in the file twice."
        )

    def test_ten_thousand_files(self):
        many = [(f"guides/g{n}.json", "{}") for n in range(10_000)]

        self.assert_refused(
            zipped([*entries(self.packed).items(), *many]),
            "There are more than 8000 files in it.",
        )

    def test_a_gigabyte_claimed(self):
        film = "media/" + "0" * 64 + ".mp4"
        packed = bytearray(self.with_entry(film))
        at = packed.rindex(b"PK\1\2") + 24  # the size unpacked, in the directory
        packed[at : at + 4] = (2**30).to_bytes(4, "little")

        self.assert_refused(bytes(packed), "says it is larger than can be.")

    def test_a_bomb(self):
        for name, size in [
            ("guides/bomb.json", 5 * 1024 * 1024),
            ("media/" + "0" * 64 + ".mp4", 20 * 1024 * 1024),
            ("media/" + "0" * 64 + ".jpg", 11 * 1024 * 1024),
        ]:
            with self.subTest(name):
                bomb = zipped(
                    [*entries(self.packed).items(), (name, b" " * size)],
                    zipfile.ZIP_DEFLATED,
                )
                self.assertLess(len(bomb), len(self.packed) + 100_000)
                self.assert_refused(bomb, "says it is larger than can be.")

    def test_a_bomb_of_many_texts(self):
        texts = [(f"guides/g{n}.json", b" " * 4_000_000) for n in range(17)]

        self.assert_refused(
            zipped([*entries(self.packed).items(), *texts], zipfile.ZIP_DEFLATED),
            "says it is larger than can be.",
        )

    def test_an_entry_that_holds_more_than_it_says(self):
        packed = bytearray(self.with_entry("topics.json", b"{}"))
        whole = entries(self.packed)
        packed = bytearray(
            zipped(
                [(n, c) for n, c in whole.items() if n != "topics.json"]
                + [("topics.json", whole["topics.json"])],
                zipfile.ZIP_DEFLATED,
            )
        )
        at = packed.rindex(b"PK\1\2") + 24
        packed[at : at + 4] = (3).to_bytes(4, "little")

        self.assert_refused(bytes(packed), "topics.json")

    def test_what_is_no_zip_of_ours(self):
        for packed, sentence in [
            (b"", "This is no zip that can be read."),
            (b"hello", "This is no zip that can be read."),
            (self.packed[: len(self.packed) // 2], "This is no zip that can be read."),
            (zipped([]), "There is no manifest.json of ours in it."),
            (zipped([("manifest.json", "[]")]), "There is no manifest.json of ours"),
            (
                with_json(self.packed, "manifest.json", lambda m: m.update(format="x")),
                "There is no manifest.json of ours",
            ),
        ]:
            with self.subTest(sentence):
                self.assert_refused(packed, sentence)

    def test_another_version(self):
        for version in (2, 0, "1", None, 1.5):
            with self.subTest(version):
                change = partial(dict.update, version=version)
                packed = with_json(self.packed, "manifest.json", change)

                self.assert_refused(
                    packed, f"of version {version}; this site reads version 1."
                )

    def test_json_that_is_none(self):
        for text in [
            b"{",
            b'{"a": NaN}',
            b'{"a": Infinity}',
            b'{"a": 1, "a": 2}',
            b"[" * 100_000,
            b'{"a": ' * 100_000,
            b"\xff\xfe",
            b"1" * 5000,
            b"",
        ]:
            with self.subTest(text[:12]):
                found = entries(self.packed) | {"topics.json": text}

                self.assert_refused(zipped(found.items()), "topics.json is no JSON")

    def test_data_that_do_not_fit(self):
        path = f"guides/{self.guide.slug}.json"
        for where, change, sentence in [
            (path, lambda d: d.pop("title"), f"{path}: “title” is missing."),
            (path, lambda d: d.update(level=7), f"{path}: level: here belongs a text."),
            (path, lambda d: d.update(topic="x"), f"{path}: topic: There is no topic"),
            (path, lambda d: d.update(slug="x"), f"{path}: its address is “x”"),
            (
                path,
                lambda d: d.update(related=["x"]),
                f"{path}: related 1: there is no",
            ),
            (
                path,
                lambda d: d["dosage"].update(effort=11),
                f"{path}: dosage, effort: Write 10 at most.",
            ),
            (
                "topics.json",
                lambda d: d.update({"a b": {}}),
                "topics.json: “a b” cannot",
            ),
            (
                "topics.json",
                lambda d: next(iter(d.values())).update(title=""),
                "title: This field cannot be blank.",
            ),
            (
                "promotions.json",
                lambda d: d["Book"].update(link="javascript:x"),
                "promotions.json, “Book”, link: Write an address that begins with",
            ),
            (
                "videos.json",
                lambda d: d["Rows"].update(
                    file=d["Rows"]["captions"], captions=d["Rows"]["file"]
                ),
                "“Rows”, captions: File extension “mp4” is not allowed.",
            ),
            (
                "settings.json",
                lambda d: d["site"].update(zone="Mars"),
                "“Mars” is no time zone.",
            ),
            (
                "pages.json",
                lambda d: d.update(guides={"title": "A", "prose": "<p>A</p>"}),
                "Another part of the site has this address.",
            ),
            (
                "manifest.json",
                lambda m: m["guides"].pop(),
                "must stand among its guides",
            ),
            (
                "manifest.json",
                lambda m: m["guides"].append("more"),
                "guides/more.json is missing in the file.",
            ),
            (
                "manifest.json",
                lambda m: m["guides"].append(m["guides"][0]),
                "must stand among its guides, once.",
            ),
            (
                "old-addresses.json",
                lambda d: d.update(a="nowhere"),
                "old-addresses.json: there is no guide at “nowhere”.",
            ),
        ]:
            with self.subTest(sentence):
                self.assert_refused(with_json(self.packed, where, change), sentence)

    def test_a_missing_text(self):
        found = entries(self.packed)
        del found["topics.json"]

        self.assert_refused(
            zipped(found.items()), "topics.json is missing in the file."
        )

    def test_missing_changed_and_foreign_media(self):
        found = entries(self.packed)
        for kind in ("jpg", "mp4", "vtt"):
            path = next(path for path in found if path.endswith(kind))
            without = {name: text for name, text in found.items() if name != path}
            with self.subTest(kind):
                self.assert_refused(
                    zipped(without.items()), f"{path} is missing in the file."
                )
                self.assert_refused(
                    zipped((found | {path: found[path] + b"x"}).items()),
                    f"{path} is not what it was when the file was made",
                )
        self.assert_refused(
            self.with_entry("media/" + "0" * 64 + ".jpg"),
            "Nothing in the file speaks of",
        )

    def test_a_picture_that_is_more_than_a_picture(self):
        for content in [
            b"hello",
            drawn("PNG"),
            drawn() + b"PK\3\4<script>",
            drawn()[:2] + b"\xff\xe1\x00\x0cExif\0\0GPS!" + drawn()[2:],
            drawn(size=(2500, 10)),
        ]:
            with self.subTest(content[:20]):
                self.assert_refused(
                    self.with_picture(content),
                    "It is no picture as this site keeps them.",
                )

    def with_picture(self, content):
        """Return the zip with another picture in the place of one."""
        found = entries(self.packed)
        pictures = json.loads(found["pictures.json"])
        picture = next(iter(pictures.values()))
        old = picture["file"]["sha256"]
        picture["file"]["sha256"] = hashlib.sha256(content).hexdigest()
        found[f"media/{picture['file']['sha256']}.jpg"] = content
        if old not in json.dumps(pictures):
            del found[f"media/{old}.jpg"]
        return zipped((found | {"pictures.json": json.dumps(pictures)}).items())

    def test_a_film_and_captions_that_are_none(self):
        for name, kind, content, sentence in [
            ("file", "mp4", b"<script>x</script>", "not what its name says"),
            ("captions", "vtt", b"hello", "captions: "),
        ]:
            found = entries(self.packed)
            videos = json.loads(found["videos.json"])
            old = videos["Rows"][name]["sha256"]
            new = hashlib.sha256(content).hexdigest()
            videos["Rows"][name]["sha256"] = new
            del found[f"media/{old}.{kind}"]
            found |= {f"media/{new}.{kind}": content}
            with self.subTest(name):
                self.assert_refused(
                    zipped((found | {"videos.json": json.dumps(videos)}).items()),
                    sentence,
                )

    def test_files_go_again_where_the_last_guide_fails(self):
        with (
            tempfile.TemporaryDirectory() as empty,
            override_settings(MEDIA_ROOT=empty),
        ):
            path = texts(self.packed)["manifest.json"]["guides"][-1]
            packed = with_json(
                self.packed, f"guides/{path}.json", lambda d: d.update(kind="film")
            )
            self.assert_refused(packed, "kind: Value 'film' is not a valid choice.")

            self.assertEqual(stored(), set())

    def test_a_full_disk_is_a_sentence_and_leaves_nothing(self):
        with (
            tempfile.TemporaryDirectory() as empty,
            override_settings(MEDIA_ROOT=empty),
        ):
            sentence = "A file could not be written"
            with room_for(4000), self.assertRaisesMessage(ValidationError, sentence):
                self.read(self.packed)

            self.assertEqual(stored(), set())
            self.assertFalse(Picture.objects.exists())


class GuideFileTests(SiteTestCase):
    """One guide, to another site or to the one it came from."""

    def setUp(self):
        self.file = exported_guide(self.guide)

    def take(self, file=None, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return site.import_guide(io.BytesIO(file or self.file), **options)

    def test_it_holds_what_the_guide_needs_and_no_more(self):
        make_picture()
        Topic.objects.create(title="Other", slug="other")

        found = texts(exported_guide(self.guide))

        self.assertEqual(found.keys() & {"pages.json", "settings.json"}, set())
        self.assertEqual(list(found["topics.json"]), [self.guide.topic.slug])
        self.assertEqual(len(found["pictures.json"]), Picture.objects.count() - 1)
        self.assertEqual(exported_guide(self.guide), exported_guide(self.guide))

    def test_it_arrives_on_an_empty_site_as_a_draft(self):
        wipe()

        report = self.take()

        guide = Guide.objects.get()
        self.assertEqual(report.guide, guide)
        self.assertIsNone(guide.published_at)
        self.assertEqual(guide.slug, self.guide.slug)
        self.assertEqual(guide.video.title, "Rows")
        self.assertEqual(len(report.nowhere), 3)
        self.assertIn("there is no guide “", report.nowhere[0])
        # It leads to itself still.
        self.assertEqual(guide.exercises.last().variations.get().to.guide, guide)

    def test_it_stands_beside_the_guide_of_its_address(self):
        report = self.take()

        self.assertEqual(report.guide.slug, f"{self.guide.slug}-2")
        self.assertEqual(
            report.guide.exercises.last().variations.last().to.guide, report.guide
        )
        self.guide.refresh_from_db()
        self.assertTrue(self.guide.is_published)
        self.assertEqual(self.take().guide.slug, f"{self.guide.slug}-3")

    def test_an_address_that_means_something_else_gets_a_number(self):
        Guide.objects.filter(pk=self.guide.pk).update(slug="print")
        self.guide.refresh_from_db()

        report = self.take(exported_guide(self.guide))

        self.assertEqual(report.guide.slug, "print-2")

    def test_in_the_place_of_a_published_one_it_waits(self):
        title = self.guide.title
        Guide.objects.filter(pk=self.guide.pk).update(title="Other")

        report = self.take(replaces=True)

        self.assertEqual(report.guide.copy_of, self.guide)
        self.assertEqual(report.guide.title, title)
        self.assertTrue(report.guide.waiting_since)
        self.assertEqual(counts(report)["guides"], (0, 1, 0))
        self.guide.refresh_from_db()
        self.assertEqual(self.guide.title, "Other")

    def test_in_the_place_of_a_guide_its_exercises_are_known_by_their_names(self):
        def as_of_another_site(data):
            for number, exercise in enumerate(data["exercises"]):
                exercise["uid"] = f"theirs{number}"

        path = f"guides/{self.guide.slug}.json"
        file = with_json(self.file, path, as_of_another_site)
        uids = list(self.guide.exercises.values_list("uid", flat=True))

        self.assertEqual(counts(self.take(file, replaces=True))["guides"], (0, 0, 1))
        Guide.objects.filter(pk=self.guide.pk).update(title="Other")
        copy = self.take(file, replaces=True).guide

        self.assertEqual(list(copy.exercises.values_list("uid", flat=True)), uids)

    def test_the_exercises_of_a_second_guide_are_others(self):
        own = self.guide.exercises.values_list("uid", flat=True)

        second = self.take().guide

        self.assertFalse(second.exercises.filter(uid__in=list(own)).exists())

    def test_two_exercises_with_one_id_are_refused(self):
        def doubled(data):
            data["exercises"].append(data["exercises"][0] | {"name": "Another"})

        file = with_json(self.file, f"guides/{self.guide.slug}.json", doubled)
        Guide.objects.filter(pk=self.guide.pk).update(published_at=None)

        with self.assertRaisesMessage(ValidationError, "have the same id"):
            self.take(file, replaces=True)

    def test_in_the_place_of_a_draft_with_changes_it_waits_too(self):
        self.take(replaces=True)
        data = changes.content(self.guide) | {"title": "New"}
        changes.let_wait(self.guide, data, by=None)
        Guide.objects.filter(pk=self.guide.pk).withdraw()

        report = self.take(replaces=True)

        self.assertEqual(report.guide.copy_of, self.guide)
        work = changes.working(Guide.objects.get(pk=self.guide.pk))
        self.assertEqual(work.title, self.guide.title)

    def test_in_the_place_of_a_draft_it_is_the_draft(self):
        title = self.guide.title
        Guide.objects.filter(pk=self.guide.pk).update(title="Other", published_at=None)

        report = self.take(replaces=True)

        self.guide.refresh_from_db()
        self.assertEqual(report.guide, self.guide)
        self.assertEqual((self.guide.title, self.guide.published_at), (title, None))
        self.assertEqual(self.guide.versions.count(), 1)
        self.assertEqual(counts(self.take(replaces=True))["guides"], (0, 0, 1))

    def test_what_the_site_has_stays_as_it_is(self):
        Topic.objects.update(title="As here")
        Author.objects.update(bio="<p>As here</p>")
        files = stored()

        told = counts(self.take())

        self.assertEqual(told["topics"], (0, 0, 1))
        self.assertFalse(Topic.objects.exclude(title="As here").exists())
        self.assertFalse(Author.objects.exclude(bio="<p>As here</p>").exists())
        self.assertEqual(stored(), files)

    def test_a_notice_of_the_same_heading_that_says_something_else_is_not_taken(self):
        SafetyNotice.objects.update(prose="<p>Quite other signs.</p>")

        report = self.take()

        self.assertEqual(counts(report)["safety notices"], (2, 0, 0))
        self.assertFalse(
            report.guide.notices.filter(prose="<p>Quite other signs.</p>").exists()
        )

    def test_a_whole_site_is_not_taken_for_a_guide(self):
        with self.assertRaisesMessage(ValidationError, "This file holds a whole site."):
            self.take(self.packed)

    def test_the_command_takes_it_as_it_stands(self):
        wipe()

        self.read(self.file)

        self.assertEqual(Guide.objects.get().published_at, self.guide.published_at)


class CommandTests(SiteTestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = Path(folder) / "site.zip"

    def run_command(self, name, *arguments):
        said = io.StringIO()
        call_command(name, str(self.file), *arguments, stdout=said)
        return said.getvalue()

    def test_out_and_in(self):
        said = self.run_command("export_site")
        self.assertRegex(said, r"The site is in .*site\.zip \(0\.\d MB\)\.")
        self.assertEqual(self.file.read_bytes(), self.packed)
        wipe()

        said = self.run_command("import_site", "--dry-run")
        self.assertIn("guides: 3 made\n", said)
        self.assertIn("A dry run: nothing was changed.", said)
        self.assertFalse(Guide.objects.exists())

        said = self.run_command("import_site")
        self.assertIn("guides: 3 made\n", said)
        self.assertIn("All of it is in place.", said)

        said = self.run_command("import_site")
        self.assertIn("guides: 3 unchanged\n", said)
        self.assertNotIn("made", said)

    def test_nobody_else_on_the_machine_reads_the_file(self):
        self.run_command("export_site")

        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)

    def test_a_file_that_cannot_be_read_is_a_sentence(self):
        with self.assertRaisesMessage(CommandError, "cannot be read"):
            self.run_command("import_site")
        self.file.write_bytes(b"hello")
        with self.assertRaisesMessage(CommandError, "This is no zip that can be read."):
            self.run_command("import_site")

    def test_a_full_disk_leaves_the_old_file_and_no_part_of_a_new_one(self):
        self.file.write_bytes(b"old")
        sentence = "could not be written"
        with room_for(4000), self.assertRaisesMessage(CommandError, sentence):
            self.run_command("export_site")

        self.assertEqual(self.file.read_bytes(), b"old")
        self.assertEqual([*self.file.parent.iterdir()], [self.file])

    def test_a_folder_that_is_not_there_is_a_sentence(self):
        self.file = self.file.parent / "none" / "site.zip"

        with self.assertRaisesMessage(CommandError, "could not be written"):
            self.run_command("export_site")

    def test_a_picture_without_its_file_is_named(self):
        picture = make_picture(alt="A lost room.")
        picture.file.storage.delete(picture.file.name)

        with self.assertRaisesMessage(
            CommandError, "The file of “A lost room.” cannot"
        ):
            self.run_command("export_site")
        self.assertFalse(self.file.exists())
