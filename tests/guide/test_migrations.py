from importlib import import_module

from django.apps import apps
from django.test import TestCase

from guide.models import Guide
from tests.factories import make_guide


class IdsOfExercisesTests(TestCase):
    def test_exercises_of_one_name_get_the_ids_of_those_of_their_guide(self):
        guide = make_guide()
        copy = Guide.objects.create(copy_of=guide, title="New", slug="new")
        for name in ("Row", "Row", "Pull"):
            guide.exercises.create(name=name)
        for name in ("Pull", "Row", "Row", "Jump"):
            copy.exercises.create(name=name)
        migration = import_module("guide.migrations.0011_ids_of_exercises")

        migration.give_ids(apps, None)

        first, second, pull = guide.exercises.order_by("pk")
        *same, jump = copy.exercises.order_by("pk")
        self.assertEqual([one.uid for one in same], [pull.uid, first.uid, second.uid])
        self.assertFalse(guide.exercises.filter(uid=jump.uid).exists())
