import random
from datetime import UTC, datetime, timedelta

from django.test import SimpleTestCase

from comments import thread

START = datetime(2026, 11, 22, tzinfo=UTC)


def make_rows(seed):
    """Return a random forest, shuffled, some of it written at the same moment."""
    chance = random.Random(seed)
    rows = []
    for pk in range(1, chance.randrange(2, 60)):
        parent = chance.choice([None, *(row["id"] for row in rows)])
        rows.append(
            {
                "id": pk,
                "parent_id": parent,
                "name": f"Reader {pk}",
                "created_at": START + timedelta(minutes=chance.randrange(20)),
            }
        )
    chance.shuffle(rows)
    return rows


class ReadingOrderTests(SimpleTestCase):
    def test_any_forest_is_read_from_above(self):
        for seed in range(200):
            with self.subTest(seed=seed):
                rows = make_rows(seed)
                ordered = thread.in_reading_order(rows)
                place = {row["id"]: n for n, row in enumerate(ordered)}
                parents = {row["id"]: row["parent_id"] for row in rows}
                by_id = {row["id"]: row for row in rows}

                self.assertEqual(len(place), len(rows))
                for row in ordered:
                    above, true_depth = row["parent_id"], 1
                    while above is not None:
                        # Between a comment and what it answers stands nothing that
                        # does not answer it too.
                        self.assertLess(place[above], place[row["id"]])
                        above, true_depth = parents[above], true_depth + 1
                    self.assertEqual(row["depth"], min(true_depth, thread.DEPTH))
                    parent = by_id.get(row["parent_id"])
                    self.assertEqual(
                        row["to"], parent["name"] if true_depth > thread.DEPTH else ""
                    )

    def test_the_newest_thread_first_is_the_same_threads_the_other_way_round(self):
        for seed in range(100):
            rows = make_rows(seed)
            oldest = thread.in_reading_order([dict(row) for row in rows])
            newest = thread.in_reading_order(rows, thread.NEWEST)

            def roots(rows):
                return [row["id"] for row in rows if row["parent_id"] is None]

            def threads(rows):
                starts = [n for n, row in enumerate(rows) if not row["parent_id"]]
                ends = [*starts[1:], len(rows)]
                return sorted(
                    [row["id"] for row in rows[start:end]]
                    for start, end in zip(starts, ends, strict=True)
                )

            self.assertEqual(roots(newest), roots(oldest)[::-1])
            self.assertEqual(threads(newest), threads(oldest))

    def test_what_is_pinned_stands_first_in_both_orders(self):
        for order in (None, thread.NEWEST):
            rows = [
                {
                    "id": n,
                    "parent_id": None,
                    "name": "x",
                    "created_at": START + timedelta(minutes=n),
                    "pinned_at": START if n == 3 else None,
                }
                for n in range(1, 6)
            ]

            ordered = [row["id"] for row in thread.in_reading_order(rows, order)]

            self.assertEqual(ordered, [3, 5, 4, 2, 1] if order else [3, 1, 2, 4, 5])

    def test_answers_to_one_comment_stand_oldest_first(self):
        for seed in range(200):
            ordered = thread.in_reading_order(make_rows(seed))
            siblings = {}
            for row in ordered:
                siblings.setdefault(row["parent_id"], []).append(
                    (row["created_at"], row["id"])
                )
            for moments in siblings.values():
                self.assertEqual(moments, sorted(moments))

    def test_a_branch_stays_together(self):
        for seed in range(100):
            ordered = thread.in_reading_order(make_rows(seed))
            parents = {row["id"]: row["parent_id"] for row in ordered}

            def branch(pk, parents=parents):
                while parents[pk] is not None:
                    pk = parents[pk]
                return pk

            roots = [branch(row["id"]) for row in ordered]
            self.assertEqual(
                len(set(roots)),
                sum(a != b for a, b in zip([None, *roots], roots, strict=False)),
            )

    def test_below_a_hidden_comment_nothing_is_shown(self):
        rows = make_rows(3)
        hidden = next(row["id"] for row in rows if row["parent_id"] is None)

        ordered = thread.in_reading_order([r for r in rows if r["id"] != hidden])

        shown = {row["id"] for row in ordered}
        self.assertTrue(
            all(
                row["parent_id"] is None or row["parent_id"] in shown for row in ordered
            )
        )

    def test_a_very_deep_thread_is_read(self):
        rows = [
            {"id": n, "parent_id": n - 1 or None, "name": "x", "created_at": START}
            for n in range(1, 3000)
        ]

        self.assertEqual(len(thread.in_reading_order(rows)), 2999)


class PageTests(SimpleTestCase):
    def test_twenty_threads_make_a_page(self):
        self.assertEqual(
            [thread.page_of(n) for n in (0, 19, 20, 39, 40)], [1, 1, 2, 2, 3]
        )

    def test_the_first_page_is_the_guide_itself(self):
        self.assertEqual([thread.query(n) for n in (1, 2)], ["", "?page=2"])
        self.assertEqual(
            [thread.query(n, thread.NEWEST) for n in (1, 2)],
            ["?order=newest", "?order=newest&page=2"],
        )
