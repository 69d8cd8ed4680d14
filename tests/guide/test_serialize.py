import copy
import json
from datetime import UTC, datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import models, transaction
from django.test import TestCase

from guide import serialize
from guide.models import (
    Dosage,
    Exercise,
    Guide,
    GuideNotice,
    Picture,
    SafetyNotice,
    SiteSettings,
    Step,
    Variation,
    Video,
    page_version,
)
from tests.factories import make_full_guide, make_guide, make_picture

# Rows of these hang on a guide; the rest of the models are shared or left out.
PARENTS = {"guide", "exercise"}
GONE = object()


def everything():
    """Return all that is known of the site, as data."""
    keys = serialize.Keys()
    guides = [serialize.to_data(guide, keys) for guide in Guide.objects.order_by("pk")]
    shared = {
        kind: {
            keys.of(shared.model, row.pk): serialize.row_to_data(row, keys)
            for row in shared.model.objects.order_by("pk")
        }
        for kind, shared in serialize.SHARED.items()
    }
    return json.loads(json.dumps([guides, shared]))


def another(field, row):
    """Return a value for a column that it does not have yet."""
    value = field.value_from_object(row)
    if isinstance(field, models.FileField):
        return field.storage.save("other.mp4", ContentFile(b"other"))
    if field.remote_field:
        return field.related_model.objects.latest("pk").pk
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField | models.DateField):
        return value.replace(day=2)
    if field.name == "position":
        return 0 if value > 1 else 999
    if isinstance(field, models.IntegerField):
        return value + 1
    if field.choices:
        return next(choice for choice, _ in field.flatchoices if choice != value)
    return f"{value}x"[-(field.max_length or len(value) + 1) :]


class LosslessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = Guide.objects.get(pk=make_full_guide().pk)
        make_full_guide()  # with rows that others could point to
        cls.guide.retired_at = datetime(2026, 6, 1, tzinfo=UTC)
        cls.guide.retire(instead=make_guide(), note="Written anew.")
        make_guide()

    def test_each_column_is_in_the_data_or_left_out_by_name(self):
        """Change each column of each row; the data must show it."""
        Video.objects.update(provider_id="76979871")
        SiteSettings.objects.update(author=self.guide.author)
        before = everything()
        models_of_guide = apps.get_app_config("guide").get_models()
        named = set()
        for model in models_of_guide:
            named.add(model._meta.label)
            if model._meta.label in serialize.LEFT_OUT:
                continue
            row = self.row_of(model)
            for field in model._meta.concrete_fields:
                name = f"{model._meta.label}.{field.name}"
                named.add(name)
                is_own_key = field.primary_key or field.name in PARENTS
                if is_own_key or name in serialize.LEFT_OUT or name in self.elsewhere:
                    continue
                with self.subTest(name), transaction.atomic():
                    value = another(field, row)
                    self.assertNotEqual(value, field.value_from_object(row))

                    models.QuerySet(model).filter(pk=row.pk).update(
                        **{field.attname: value}
                    )

                    self.assertNotEqual(everything(), before)
                    transaction.set_rollback(True)
        self.assertLessEqual(set(serialize.LEFT_OUT), named)
        self.assertEqual(everything(), before)

    # What moving.site writes beside the guides; tested there.
    elsewhere = {"guide.OldSlug.slug"}

    def row_of(self, model):
        """Return a row in which every column has a value."""
        own = {
            Guide: Guide.objects.filter(pk=self.guide.pk),
            Exercise: self.guide.exercises.exclude(setup_from=None),
            Step: Step.objects.exclude(picture=None),
            Dosage: Dosage.objects.exclude(guide=None),
            Picture: Picture.objects.exclude(alt=""),
        }
        return own.get(model, model._default_manager.order_by("pk")).first()

    def test_what_was_read_is_written_again_without_loss(self):
        data = serialize.to_data(self.guide)
        self.assertEqual(list(data), list(serialize.GUIDE["properties"]))
        Guide.objects.filter(pk=self.guide.pk).delete()

        guide = serialize.from_data(data)

        self.assertNotEqual(guide.pk, self.guide.pk)
        self.assertEqual(serialize.to_data(guide), data)


class DemonstrationTests(TestCase):
    def test_each_guide_of_the_demonstration_stays_as_it_is(self):
        call_command("demo_content", verbosity=0)
        for guide in Guide.objects.all():
            with self.subTest(guide.slug):
                data = serialize.to_data(guide)
                self.assertEqual(json.loads(json.dumps(data)), data)
                guide.exercises.all().delete()
                guide.sections.all().delete()
                Guide.objects.filter(pk=guide.pk).update(title="Other", topic=None)

                # Links from other guides ended with the exercises; its own come back.
                serialize.from_data(data)

                self.assertEqual(
                    serialize.to_data(Guide.objects.get(pk=guide.pk)), data
                )


class FromDataTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = Guide.objects.get(pk=make_full_guide().pk)
        cls.data = serialize.to_data(cls.guide)

    def changed(self, path, value):
        """Return the data with another value at a path like "exercises.0.name"."""
        data = copy.deepcopy(self.data)
        *way, last = [int(x) if x.isdecimal() else x for x in path.split(".")]
        where = data
        for name in way:
            where = where[name]
        if value is GONE:
            del where[last]
        elif isinstance(where, list) and last == len(where):
            where.append(value)
        else:
            where[last] = value
        return data

    def test_what_is_the_same_is_not_touched(self):
        version = page_version()

        guide = serialize.from_data(self.data)

        self.assertEqual(guide, self.guide)
        self.assertEqual(page_version(), version)

    def test_rows_that_stay_keep_their_ids(self):
        one, two = self.guide.exercises.all()
        kept = one.steps.get(phase="action", text="action 2")

        data = copy.deepcopy(self.data)
        first, second = data["exercises"]
        first["name"] = "Seated Row"
        second["setup_from"], second["variations"] = "Seated Row", []
        del first["action"][0]

        serialize.from_data(data)

        self.assertEqual(
            list(self.guide.exercises.values_list("pk", "name")),
            [(one.pk, "Seated Row"), (two.pk, "Row")],
        )
        self.assertTrue(Step.objects.filter(pk=kept.pk, position=1).exists())

    def test_rows_that_a_form_names_by_their_ids_keep_them(self):
        rows = [
            self.guide.verdicts.order_by("pk"),
            self.guide.guidenotice_set.order_by("pk"),
            self.guide.related_links.order_by("position"),
            Variation.objects.filter(exercise__guide=self.guide).order_by("pk"),
        ]
        before = [list(some.values_list("pk", flat=True)) for some in rows]
        data = copy.deepcopy(self.data)
        data["title"] = "Rows"
        del data["verdicts"][1], data["notices"][0], data["related"][0]
        del data["exercises"][1]["variations"][0]
        data["verdicts"][1]["note"] = "Slowly."

        guide = serialize.from_data(data)

        after = [list(some.values_list("pk", flat=True)) for some in rows]
        self.assertEqual(
            after, [[before[0][0], *before[0][2:]], *(ids[1:] for ids in before[1:])]
        )
        self.assertEqual(serialize.to_data(guide), data)

    def test_what_is_listed_in_another_order_is_read_in_that_order(self):
        data = copy.deepcopy(self.data)
        for rows in (data["verdicts"], data["notices"], data["related"]):
            rows.insert(0, rows.pop())
        data["exercises"][1]["variations"].reverse()

        guide = serialize.from_data(data)

        self.assertEqual(serialize.to_data(guide), data)

    def test_an_exercise_that_goes_takes_its_steps_along(self):
        gone = self.guide.exercises.last()

        serialize.from_data(self.changed("exercises.1", GONE))

        self.assertFalse(Step.objects.filter(exercise=gone.pk).exists())
        self.assertEqual(self.guide.exercises.count(), 1)

    def test_a_guide_can_be_written_into_another(self):
        other = make_guide(exercises=3)

        guide = serialize.from_data(self.changed("slug", other.slug), into=other)

        self.assertEqual(guide.pk, other.pk)
        self.assertEqual(Guide.objects.get(pk=other.pk).title, self.guide.title)
        self.assertEqual(other.exercises.count(), 2)

    def test_prose_is_cleaned(self):
        data = self.changed("intro", "<h1>A</h1><script>x</script>")

        guide = serialize.from_data(data)

        self.assertEqual(Guide.objects.get(pk=guide.pk).intro, "<h3>A</h3>")
        version = page_version()
        serialize.from_data(data)
        self.assertEqual(page_version(), version)

    def test_a_moment_is_told_in_one_way(self):
        version = page_version()

        serialize.from_data(
            self.changed("published_at", "2026-03-01T10:00:00.123456+01:00")
        )

        self.assertEqual(page_version(), version)

    def test_set_ups_and_ladders_may_change_their_direction(self):
        one, two = self.guide.exercises.all()

        data = copy.deepcopy(self.data)
        first, second = data["exercises"]
        first["setup_from"], second["setup_from"] = "Row #2", None
        first["variations"] = second["variations"]
        first["variations"][1]["exercise"] = "Row #2"
        second["variations"] = []

        serialize.from_data(data)

        one.refresh_from_db()
        self.assertEqual(one.setup_from, two)
        self.assertEqual(serialize.to_data(Guide.objects.get(pk=self.guide.pk)), data)

    def test_what_does_not_fit_is_said_with_its_place(self):
        own = self.data["slug"]
        to_one = {"guide": own, "exercise": "Row"}
        to_two = {"guide": own, "exercise": "Row #2"}
        for sentence, path, value in [
            ("“title” is missing.", "title", GONE),
            ("“titel” is not known.", "titel", "A"),
            ("title: here belongs a text.", "title", 3),
            ("level: here belongs a text.", "level", None),
            ("minutes: here belongs a whole number or null.", "minutes", "4"),
            ("comments_open: here belongs true or false.", "comments_open", 1),
            ("exercises: here belongs a list.", "exercises", {}),
            (
                "exercises 2: here belongs a group of named values.",
                "exercises.1",
                "Row",
            ),
            ("the number must lie between 0 and 32767.", "minutes", 10**30),
            ("title: it holds a character that is none.", "title", "A\0"),
            ("summary: it holds a character that is none.", "summary", "\ud800"),
            ("slug: “../up” cannot stand here.", "slug", "../up"),
            ("slug: “up\n” cannot stand here.", "slug", "up\n"),
            ("slug: “new” means something else", "slug", "new"),
            ("“2026-03-01T10:00” is no date", "published_at", "2026-03-01T10:00"),
            ("reviewed_on: “soon” is no date", "reviewed_on", "soon"),
            ("The next review must lie after the", "reviewed_on", "2028-01-01"),
            ("kind: Value 'film' is not a valid choice.", "kind", "film"),
            ("title: This field cannot be blank.", "title", ""),
            ("topic: There is no topic “feet”.", "topic", "feet"),
            ("verdicts 1, audience: There is no", "verdicts.0.audience", "x"),
            (
                "verdicts 2: This audience has a verdict already.",
                "verdicts.1.audience",
                self.data["verdicts"][0]["audience"],
            ),
            ("notices 2: There is no safety notice “x”.", "notices.1", "x"),
            (
                "exercises 1, dosage, hold_max: In “hold, seconds” the",
                "exercises.0.dosage.hold",
                [9, 3],
            ),
            ("dosage, hold: there are 1 entries", "exercises.0.dosage.hold", [9]),
            ("dosage: “Never two days in a row”", "dosage.days_a_week", [6, None]),
            ("dosage, effort: Write 10 at most.", "dosage.effort", 11),
            ("minutes: Write 1 or more", "minutes", 0),
            ("exercises 2: In the video the", "exercises.1.clip", [9, 3]),
            (
                "exercises 1, setup 2, at: The video is over",
                "exercises.0.setup.1.at",
                16,
            ),
            ("exercises 2, clip: there are 3", "exercises.1.clip", [9, 3, 1]),
            (
                "exercises 1, action 2, text: Ensure this value has at most 400",
                "exercises.0.action.1.text",
                "a" * 401,
            ),
            ("exercises 2, equipment: There is no", "exercises.1.equipment", ["x"]),
            (
                "exercises 1, picture: There is no picture “x”.",
                "exercises.0.picture",
                "x",
            ),
            (
                "exercises 1, setup_from: These exercises would send each other",
                "exercises.0.setup_from",
                "Row",
            ),
            (
                "exercises 2, setup_from: These exercises would send each other",
                "exercises.0.setup_from",
                "Row #2",
            ),
            ("has no exercise “Row #3”.", "exercises.0.setup_from", "Row #3"),
            (
                "exercises 1, setup_from: there is no guide “x”.",
                "exercises.0.setup_from",
                {"guide": "x", "exercise": "Row"},
            ),
            (
                "exercises 1, variations 2: This variation is named already.",
                "exercises.0.variations",
                [{"kind": "similar"} | to_two] * 2,
            ),
            (
                "exercises 2, variations 2, kind: Value 'x' is not a valid choice.",
                "exercises.1.variations.1",
                {"kind": "x"} | to_one,
            ),
            ("instead: there is no guide “x”.", "instead", "x"),
            ("instead: Choose another guide to read", "instead", own),
            (
                "A retired guide was published before.",
                "retired_at",
                "2026-02-01T00:00:00+00:00",
            ),
            ("related 1: there is no guide “x”.", "related", ["x"]),
            ("related 1: A guide is not related to itself.", "related", [own]),
        ]:
            with self.subTest(sentence):
                with self.assertRaises(ValidationError) as raised:
                    serialize.from_data(self.changed(path, value))

                self.assertIn(sentence, " ".join(raised.exception.messages))
                guide = Guide.objects.get(pk=self.guide.pk)
                self.assertEqual(serialize.to_data(guide), self.data)

    def test_an_exercise_is_not_harder_than_itself(self):
        data = copy.deepcopy(self.data)
        harder = {"kind": "progression", "guide": data["slug"]}
        data["exercises"][0]["variations"] = [harder | {"exercise": "Row #2"}]
        data["exercises"][1]["variations"] = [harder | {"exercise": "Row"}]

        with self.assertRaisesMessage(
            ValidationError, "exercises 2, variations 1, to: Along the ladder these two"
        ):
            serialize.from_data(data)

    def test_what_is_no_guide_at_all_is_refused(self):
        for data in [None, [], "guide", {}, 3]:
            with self.subTest(data), self.assertRaises(ValidationError):
                serialize.from_data(data)


class KeysTests(TestCase):
    def test_the_second_of_a_name_bears_a_number(self):
        self.assertEqual(
            list(serialize.numbered(["Row", "Row", "Wide", "Row #2", "Row"])),
            ["Row", "Row #2", "Wide", "Row #2 #1", "Row #3"],
        )

    def test_a_key_says_the_name_it_was_made_of(self):
        for name in ["Row", "Row #2", "Row #2 #2", "#1", " #1"]:
            first, second = serialize.numbered([name, name])
            with self.subTest(name):
                self.assertEqual(serialize.name_of(first), name)
                self.assertEqual(serialize.name_of(second), name)
                self.assertEqual(serialize.by_number(second), (name, 2))

    def test_two_notices_of_one_heading_are_told_apart(self):
        guide = make_guide()
        for number in range(3):
            notice = SafetyNotice.objects.create(prose=f"<p>{number}</p>")
        GuideNotice.objects.create(guide=guide, notice=notice)

        data = serialize.to_data(guide)

        self.assertEqual(data["notices"], ["Stop if you notice #3"])
        Guide.objects.all().delete()
        self.assertEqual(serialize.from_data(data).notices.get(), notice)


class FileTests(TestCase):
    def test_a_picture_is_told_by_what_one_sees(self):
        picture = make_picture()
        told = serialize.file_to_data(picture.file, is_picture=True)
        with picture.file.storage.open(picture.file.name) as stream:
            jpeg = stream.read()
        for noted in [
            jpeg[:2] + b"\xff\xfe\x00\x08secret" + jpeg[2:],
            jpeg[:2] + b"\xff\xe1\x00\x0cExif\0\0GPS!" + jpeg[2:],
            jpeg + b"PK\x03\x04 and more",
        ]:
            name = picture.file.storage.save("noted.jpg", ContentFile(noted))
            picture.file = name
            with self.subTest(noted[:12]):
                self.assertEqual(
                    serialize.file_to_data(picture.file, is_picture=True), told
                )

    def test_a_lost_file_is_none(self):
        video = Video(title="Gone", file="videos/gone.mp4")

        self.assertIsNone(serialize.file_to_data(video.file))
        self.assertIsNone(serialize.file_to_data(video.captions))

    def test_half_a_picture_is_none(self):
        picture = make_picture()
        with picture.file.storage.open(picture.file.name) as stream:
            jpeg = stream.read()
        for part in (jpeg[:300], jpeg[:-2], b"", b"<svg/>", jpeg[:2]):
            picture.file = picture.file.storage.save("half.jpg", ContentFile(part))
            with self.subTest(len(part)):
                self.assertIsNone(serialize.file_to_data(picture.file, is_picture=True))
