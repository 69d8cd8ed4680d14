"""What sites hold that were set up before, when they are brought up to date."""

import os
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import TestCase
from django.utils import timezone

from comments.models import Comment, RedFlag
from newsletter.models import Delivery, Issue, Subscriber

APPS = ("newsletter", "comments")
BEFORE = [
    ("newsletter", "0010_suppressed_by_hand_and_erased"),
    ("comments", "0010_desk"),
]
# What a migration took away on purpose, and why.
GONE = {
    "comments_comment": {"sender"},  # it named a person, however hashed
    "comments_settings": {"day_key", "day_key_at"},  # what it was hashed with
}
# What one changed on purpose in rows that came with the site.
MENDED = {"comments_redflag": {"words"}}


class OldRowsTests(TestCase):
    """Nothing is lost on the way from the rows of before to the tables of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = ExitStack()
        cls.addClassCleanup(cls.elsewhere.close)
        cls.elsewhere.enter_context(empty_database())
        fill(migrated(BEFORE))
        cls.before = {name: rows_of(name) for name in tables_of_apps()}
        leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
        migrated([leaf for leaf in leaves if leaf[0] in APPS])

    @classmethod
    def tearDownClass(cls):
        cls.elsewhere.close()  # before what was begun on the one under test ends
        super().tearDownClass()

    def test_each_table_of_before_holds_rows_to_lose(self):
        self.assertGreater(len(self.before), 12)
        for name, rows in self.before.items():
            with self.subTest(name):
                self.assertTrue(rows)

    def test_every_row_and_column_is_as_it_was(self):
        for name, rows in self.before.items():
            now = {row["id"]: row for row in rows_of(name)}
            kept = set(rows[0]) - GONE.get(name, set())
            compared = kept - MENDED.get(name, set())
            with self.subTest(name):
                self.assertLessEqual({row["id"] for row in rows}, set(now))
                self.assertLessEqual(kept, set(next(iter(now.values()))))
                for row in rows:
                    expected = {key: row[key] for key in compared}
                    if name == "comments_comment":  # addresses are compared so
                        expected["email"] = expected["email"].lower()
                    found = now[row["id"]]
                    self.assertEqual({key: found[key] for key in compared}, expected)

    def test_letters_go_to_those_they_went_to(self):
        reachable = Subscriber.objects.reachable().order_by("email")

        self.assertEqual(
            [reader.email for reader in reachable],
            ["Anna@example.org", "resumed@example.org"],
        )
        stopped = Subscriber.objects.suppressed().order_by("email")
        self.assertEqual(
            [(row.email, row.suppressed_until) for row in stopped],
            [("bounced@example.org", None), ("byhand@example.org", None)],
        )

    def test_a_letter_under_way_goes_on_where_it_was(self):
        issue = Issue.objects.get(slug="under-way")
        states = issue.deliveries.order_by("state").values_list("state", flat=True)

        self.assertTrue(issue.is_under_way)
        self.assertEqual(list(states), sorted(Delivery.State.values))
        self.assertEqual(issue.blocks.count(), 4)

    def test_questions_and_answers_stand_as_they_did(self):
        waiting = Comment.objects.pending().get()
        root = Comment.objects.get(parent=None, status="approved")

        self.assertEqual(waiting.note, "ask her back")
        self.assertEqual(root.email, "reader@example.org")
        self.assertEqual([one.body for one in root.replies.all()], ["Out."])
        self.assertEqual(root.decisions.get().door, "desk")

    def test_flags_of_her_own_are_for_today(self):
        own = RedFlag.objects.get(name="Her own")

        self.assertEqual((own.words, own.urgency), ("jolt", 2))
        self.assertTrue(RedFlag.objects.filter(urgency=1).exists())


@contextmanager
def empty_database():
    """Put a database without a table in the place of the one under test."""
    tested = connections["default"]
    other = connections.create_connection("default")
    its = other.settings_dict = dict(tested.settings_dict)
    schema = f"before_{os.getpid()}"
    is_server = other.vendor == "postgresql"
    if is_server:
        its["OPTIONS"] = its["OPTIONS"] | {"options": f"-c search_path={schema}"}
    else:
        its["NAME"] = ":memory:"
    connections["default"] = other
    try:
        with other.cursor() as cursor:
            if is_server:
                cursor.execute(f"CREATE SCHEMA {schema}")
            yield
            if is_server:
                cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    finally:
        other.close()
        connections["default"] = tested


def migrated(targets):
    """Bring the database to these migrations; return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def tables_of_apps():
    names = connection.introspection.table_names()
    return [name for name in names if name.partition("_")[0] in APPS]


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY id")
        names = [column[0] for column in cursor.description]
        return [
            {
                name: bytes(value) if isinstance(value, memoryview) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in cursor
        ]


def fill(apps):
    """Make rows of each kind, as that version could have made them."""
    now = timezone.now()
    user = apps.get_model("auth", "User").objects.create(username="ana", is_staff=True)
    guide = apps.get_model("guide", "Guide").objects.create(
        title="Rows", slug="rows", published_at=now
    )
    fill_comments(lambda name: apps.get_model("comments", name), user, guide, now)
    fill_newsletter(lambda name: apps.get_model("newsletter", name), user, guide, now)


def fill_comments(model, user, guide, now):
    comments = model("Comment").objects
    common = {"guide": guide, "body_html": "<p>…</p>", "consent_version": "1"}
    root = comments.create(
        **common,
        name="Rosa",
        email="Reader@Example.org",
        body="In or out?",
        status="approved",
        secret="s1",
        form_token="t1",
        decided_at=now,
        approved_at=now,
        announced_at=now,
        receipt_due_at=now,
        entered_at=now,
        sender="hash",
        is_trusted=True,
    )
    comments.create(
        **common,
        name="Ana",
        body="Out.",
        title="Physiotherapist",
        parent=root,
        root=root,
        staff=user,
        status="approved",
        secret="s2",
        decided_at=now,
        approved_at=now,
        pinned_at=now,
    )
    comments.create(
        **common,
        name="Ben",
        email="ben@example.org",
        body="It tingles.",
        secret="s3",
        note="ask her back",
        set_aside_at=now,
        is_urgent=True,
        spam_score=0.25,
        findings=[{"check": "flags", "words": ["tingles"]}],
    )
    comments.create(
        **common,
        name="Cheap",
        body="Buy.",
        secret="s4",
        status="spam",
        decided_at=now,
        taken_back_at=now,
    )
    model("Decision").objects.create(
        comment=root,
        was="pending",
        to="approved",
        door="desk",
        reason="good",
        by=user,
        checks=["links"],
    )
    model("Settings").objects.update_or_create(
        pk=1,
        defaults={
            "invitation": "Ask me.",
            "held_words": "casino",
            "day_key": "k",
            "away_note": "Back in May.",
            "digest_hour": 7,
            "has_excerpts": True,
        },
    )
    settings = model("Settings").objects.get()
    model("Closing").objects.create(guide=guide, settings=settings, days=30)
    model("RedFlag").objects.create(name="Her own", words="jolt", text="Rest.")
    model("SavedAnswer").objects.create(title="Surgeon", text="Ask your surgeon.")
    model("EmailAddress").objects.create(
        email="Reader@Example.org", token="e1", written_at=now, confirmed_at=now
    )
    model("Learned").objects.update_or_create(
        pk=1, defaults={"spam_total": 2, "other_total": 3, "spam": b"\0\1"}
    )


def fill_newsletter(model, user, guide, now):
    then = now - timedelta(days=400)
    readers = {
        "Anna": {"confirmed_at": then, "consent_version": "1", "consent_page": "/"},
        "waits": {"asked_at": now, "mail_due_at": now, "mail_refusal": "no"},
        "left": {"confirmed_at": then, "unsubscribed_at": now},
        "paused": {"confirmed_at": then, "paused_until": now + timedelta(days=30)},
        "resumed": {"confirmed_at": then, "paused_until": then, "mailed_at": then},
        "bounced": {
            "confirmed_at": then,
            "suppressed_at": now,
            "suppressed_for": "no such address",
        },
        "byhand": {
            "suppressed_at": now,
            "suppressed_for": "asked by phone",
            "is_suppressed_by_hand": True,
        },
    }
    made = [
        model("Subscriber").objects.create(
            email=f"{name}@example.org",
            email_key=f"{name}@example.org".lower(),
            token=name,
            created_at=then,
            **values,
        )
        for name, values in readers.items()
    ]
    model("Answer").objects.create(subscriber=made[0], kind="confirm", refusal="full")
    model("ErasedAddress").objects.create(hash="h")
    model("Settings").objects.update_or_create(
        pk=1,
        defaults={
            "promise": "One letter.",
            "rate": 30,
            "connections": 3,
            "draft_day": 5,
            "drafted_at": now,
            "bounce_address": "back@example.org",
        },
    )
    issues = model("Issue").objects
    issues.create(subject="Draft", slug="draft", scheduled_at=now + timedelta(days=2))
    issue = issues.create(
        subject="Bands",
        slug="under-way",
        preheader="Two rows",
        frozen_at=now,
        sent_by=user,
        slowness=2,
        slowed_at=now,
        failed_in_row=4,
    )
    promotion = guide._meta.apps.get_model("guide", "Promotion").objects.create(
        title="Book", link="https://example.org/book"
    )
    for position, values in enumerate(
        [
            {"kind": "prose", "prose": "<p>Hello.</p>"},
            {"kind": "guide", "guide": guide},
            {
                "kind": "question",
                "guide": guide,
                "question": "In or out?",
                "prose": "<p>Out.</p>",
            },
            {"kind": "promotion", "promotion": promotion},
        ]
    ):
        model("Block").objects.create(issue=issue, position=position, **values)
    lease = {"claimed_by": uuid4(), "claimed_until": now}
    for reader, (state, values) in zip(
        made,
        {
            "queued": {"attempts": 1, "reason": "try later"},
            "claimed": lease,
            "sending": lease,
            "sent": {},
            "failed": {"reason": "no such address"},
            "skipped": {"reason": "left", "is_excluded": True},
        }.items(),
        strict=False,
    ):
        model("Delivery").objects.create(
            issue=issue, subscriber=reader, state=state, **values
        )
