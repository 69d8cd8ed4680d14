import tempfile
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import TransactionTestCase

from guide import changes
from guide.models import PageVersion, SearchEntry, SearchWord
from tests.factories import (
    make_comment,
    make_full_guide,
    make_issue,
    make_staff,
    make_subscriber,
)

# What a site makes anew of the rest: its page version and what a search looks through.
MADE_ANEW = {PageVersion, SearchEntry, SearchWord}


def rows():
    """Return every row of the site's own tables, also those no list shows."""
    return {
        model._meta.label: sorted(
            (
                [in_milliseconds(value) for value in row]
                for row in model._base_manager.values_list(
                    *(
                        field.attname
                        for field in model._meta.concrete_fields
                        if field.attname != "indexed_at"
                    )
                )
            ),
            key=repr,
        )
        for model in apps.get_models()
        if model._meta.app_label in {"guide", "comments", "newsletter"}
        and model not in MADE_ANEW
    }


def in_milliseconds(value):
    """Return a moment as JSON keeps it."""
    if isinstance(value, datetime):
        value = value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


class OtherDatabaseTests(TransactionTestCase):
    """The way to PostgreSQL in docs/scaling.md; on whichever database this runs."""

    def test_a_whole_site_goes_along(self):
        ana = make_staff(name="Ana Reyes")
        ana.groups.add(Group.objects.create(name="Writers"))
        ana.groups.get().permissions.add(
            Permission.objects.get(codename="change_guide")
        )
        guide = make_full_guide(slug="rows", title="Rows")
        waits = changes.content(guide) | {"title": "New rows"}
        changes.let_wait(guide, waits, by=ana)
        make_comment(guide, body="Both arms?").answer(author=ana, body="Both.")
        make_subscriber(email="moira@example.org")
        make_issue(guides=[guide])
        before = rows()

        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "all.json")
            call_command(
                "dumpdata",
                use_base_manager=True,
                use_natural_foreign_keys=True,
                exclude=["contenttypes", "auth.permission", "sessions"],
                output=file,
                verbosity=0,
            )
            call_command("flush", interactive=False, verbosity=0)
            call_command("loaddata", file, verbosity=0)

        self.maxDiff = None
        self.assertEqual(rows(), before)
        ana.refresh_from_db()
        self.assertTrue(
            Permission.objects.filter(group__user=ana, codename="change_guide").exists()
        )
