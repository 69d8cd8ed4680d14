import re
from datetime import timedelta

import segno
from django.template import Context, Template
from django.test import TestCase
from django.utils import timezone

from guide import changes
from tests.factories import make_guide

DAY = timedelta(days=1)


def waiting():
    return Template("{% load guide %}{% waiting_guides %}").render(Context())


class WaitingGuidesTests(TestCase):
    def test_when_nothing_waits_it_says_nothing(self):
        make_guide()
        make_guide(review_due_on=timezone.localdate() + 61 * DAY)

        self.assertEqual(waiting().strip(), "")

    def test_one_draft_is_opened_by_its_button_and_more_by_their_list(self):
        draft = make_guide(title="Heels", published_at=None)

        self.assertIn("Draft to finish", waiting())
        self.assertIn("“Heels” since", waiting())
        self.assertIn(f'href="/admin/guide/guide/{draft.pk}/change/"', waiting())

        make_guide(published_at=None)
        self.assertIn("Drafts to finish", waiting())
        self.assertIn('href="/admin/guide/guide/?state=draft"', waiting())

    def test_a_review_is_named_sixty_days_before_and_marked_when_it_is_late(self):
        today = timezone.localdate()
        make_guide(title="Soon", review_due_on=today + 60 * DAY)
        self.assertIn("“Soon” in 60 days.", waiting())
        self.assertNotIn("wait--overdue", waiting())

        make_guide(title="Late", review_due_on=today - DAY)
        rows = waiting()
        self.assertIn("Guide overdue for review", rows)
        self.assertEqual(rows.count("wait--overdue"), 1)
        self.assertLess(rows.index("Late"), rows.index("Soon"))

    def test_what_appears_by_itself_is_named_with_its_moment(self):
        make_guide(title="Squats", published_at=timezone.now() + DAY)

        self.assertIn("Guide appears by itself", waiting())
        self.assertRegex(waiting(), r"“Squats” on \d+ \w+ at \d\d:\d\d\.")

    def test_changes_that_wait_are_named(self):
        guide = make_guide(title="Rows")
        data = changes.content(guide) | {"title": "New rows"}
        changes.let_wait(guide, data, by=None)

        self.assertIn("Guide with changes to publish", waiting())
        self.assertIn("“Rows” since", waiting())

    def test_three_titles_are_enough(self):
        for n in range(5):
            make_guide(title=f"Draft {n}", published_at=None)

        self.assertEqual(waiting().count("“Draft"), 3)
        self.assertIn("; …", waiting())

    def test_a_title_is_escaped(self):
        make_guide(title="<b>&", published_at=None)

        self.assertIn("&lt;b&gt;&amp;", waiting())


def qr(address, sentence):
    template = Template("{% load figures %}{% qr address sentence %}")
    return template.render(Context({"address": address, "sentence": sentence}))


def dark(svg):
    """Return the dark modules of a drawing, as (column, row)."""
    x = y = 0
    found = set()
    for move, a, b in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg):
        if move == "h":
            found |= {(int(x) + n, int(y)) for n in range(int(a))}
            x += int(a)
        else:
            x, y = (float(a), float(b)) if move == "M" else (x + int(a), y + float(b))
    return found


class QrTests(TestCase):
    def test_it_draws_the_address_inside_a_margin_of_four(self):
        address = "https://upright.example/g/12/"
        svg = qr(address, "The address")
        rows = segno.make_qr(address).matrix

        self.assertEqual(
            dark(re.search(r'stroke="#000" d="([^"]+)"', svg)[1]),
            {
                (x + 4, y + 4)
                for y, row in enumerate(rows)
                for x, is_dark in enumerate(row)
                if is_dark
            },
        )
        self.assertIn(f'viewBox="0 0 {len(rows) + 8} {len(rows) + 8}"', svg)

    def test_it_is_a_picture_with_a_sentence_on_white(self):
        svg = qr("https://upright.example/g/12/", 'For a "camera"')

        self.assertTrue(svg.startswith('<svg role="img" aria-label="For a &quot;'), svg)
        self.assertIn('fill="#fff"', svg)
        self.assertNotIn("style", svg)
