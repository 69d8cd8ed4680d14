import re

from django.conf import settings
from django.template import Context, Template
from django.test import SimpleTestCase

from guide import figures


def rendered(source, **context):
    return Template("{% load figures %}" + source).render(Context(context))


class FigureTests(SimpleTestCase):
    def test_every_figure_an_author_can_choose_is_drawn(self):
        for name, _ in figures.choices():
            with self.subTest(name):
                self.assertIn("<svg", figures.drawing("figures", name))

    def test_a_figure_is_terse_and_leaves_colours_to_the_page(self):
        for name, _ in figures.choices():
            with self.subTest(name):
                svg = figures.drawing("figures", name)

                self.assertLess(len(svg), 1200)
                self.assertNotRegex(svg, r"style=|fill=|stroke=|\sid=|#[0-9a-f]{3}")

    def test_every_figure_has_an_opaque_picture_for_mails(self):
        for name, _ in figures.choices():
            with self.subTest(name):
                path = settings.BASE_DIR / "static" / "figures" / f"{name}.png"

                self.assertTrue(path.is_file())

    def test_without_a_sentence_it_is_decoration(self):
        svg = rendered("{% figure 'low-row-start' %}")

        self.assertIn('aria-hidden="true"', svg)
        self.assertNotIn("role=", svg)

    def test_with_a_sentence_it_is_a_picture(self):
        svg = rendered("{% figure 'low-row-start' words %}", words='A "row" & <more>')

        self.assertIn(
            'role="img" aria-label="A &quot;row&quot; &amp; &lt;more&gt;"', svg
        )
        self.assertNotIn("aria-hidden", svg)

    def test_a_name_nobody_drew_shows_nothing(self):
        for name in ["", None, "no-such-figure", "../base", "../icons/yes", "."]:
            with self.subTest(name):
                self.assertEqual(rendered("{% figure name %}", name=name), "")

    def test_the_plate_has_a_line_to_each_place(self):
        svg = figures.drawing("figures", "body")

        self.assertEqual(len(figures.PLACES), 10)
        self.assertEqual(len(re.findall('class="r"', svg)), 10)
        self.assertEqual(len(re.findall('class="e"', svg)), 10)


class IconTests(SimpleTestCase):
    def test_icons_the_verdicts_and_notices_need_are_drawn(self):
        for name in ["yes", "change", "ask", "no", "stop", "phone", "play", "print"]:
            with self.subTest(name):
                self.assertIn("<svg", rendered("{% icon name %}", name=name))

    def test_an_icon_says_nothing_beside_its_word(self):
        for path in (settings.BASE_DIR / "templates" / "icons").glob("*.svg"):
            with self.subTest(path.stem):
                self.assertIn(
                    'aria-hidden="true"', rendered("{% icon n %}", n=path.stem)
                )

    def test_an_unknown_icon_shows_nothing(self):
        self.assertEqual(rendered("{% icon 'nothing-like-it' %}"), "")
