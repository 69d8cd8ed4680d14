from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase

from guide import prose
from guide.models import Page

KEPT = [
    "<p>Plain.</p>",
    "<p>One<br>two, <strong>bold</strong>, <em>leaning</em>.</p>",
    "<h3>Three</h3><h4>Four</h4>",
    "<ul><li><p>a</p></li></ul>",
    '<ol start="3"><li>c</li></ol>',
    "<blockquote><p>said</p></blockquote>",
    '<p><a href="/guides/">here</a></p>',
    '<p><a href="https://example.org/a?b=c">there</a></p>',
    '<p><a href="mailto:ana@example.org">mail</a></p>',
    '<p><a href="tel:+441234">call</a></p>',
    "<p>größer, 日本語, עברית, 🦵🏽</p>",
]
CHANGED = [
    ("", ""),
    ("<p></p>", ""),
    ("<p>&nbsp;</p><p><br></p>", ""),
    ("<h1>One</h1><h2>Two</h2>", "<h3>One</h3><h3>Two</h3>"),
    ('<H1 class="x">One</H1>', "<h3>One</h3>"),
    ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
    ("<style>p{}</style><p>a</p>", "<p>a</p>"),
    ('<p style="color:red" class="x" id="y" onclick="z()">a</p>', "<p>a</p>"),
    ('<p><img src="x" onerror="alert(1)">a</p>', "<p>a</p>"),
    ('<iframe src="https://evil.example"></iframe><p>a</p>', "<p>a</p>"),
    ('<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"),
    ('<p><a href="JaVaScRiPt&#58;alert(1)">a</a></p>', "<p><a>a</a></p>"),
    ('<p><a href="data:text/html,x">a</a></p>', "<p><a>a</a></p>"),
    ('<p><a href="//evil.example/">a</a></p>', '<p><a href="#">a</a></p>'),
    ('<p><a href="\\\\evil.example/">a</a></p>', '<p><a href="#">a</a></p>'),
    ('<p><a href="/\\evil.example/">a</a></p>', '<p><a href="#">a</a></p>'),
    (
        '<p><a href="/x" target="_blank" rel="opener">a</a></p>',
        '<p><a href="/x">a</a></p>',
    ),
    ("<p>a<!-- hidden --></p>", "<p>a</p>"),
    ("<p>unclosed <strong>bold", "<p>unclosed <strong>bold</strong></p>"),
    ("<svg><script>alert(1)</script></svg><p>a</p>", "<p>a</p>"),
    (
        '<p class="MsoListParagraph"><span lang="EN-GB">·<o:p></o:p> Sit</span></p>',
        "<p>· Sit</p>",
    ),
]


class CleanTests(SimpleTestCase):
    def test_what_the_editor_writes_is_kept(self):
        for html in KEPT:
            with self.subTest(html):
                self.assertEqual(prose.clean(html), html)

    def test_what_is_not_allowed_goes_and_the_words_stay(self):
        for html, clean in CHANGED:
            with self.subTest(html):
                self.assertEqual(prose.clean(html), clean)

    def test_cleaning_twice_changes_nothing(self):
        for html in [*KEPT, *(html for html, _clean in CHANGED)]:
            with self.subTest(html):
                once = prose.clean(html)

                self.assertEqual(prose.clean(once), once)

    def test_spread_over_lines_it_comes_back_the_same(self):
        for html in KEPT:
            with self.subTest(html):
                spread = prose.spread(html)

                self.assertEqual(prose.typed(spread), html)
                self.assertEqual(prose.typed(spread.replace("\n", "\r\n")), html)
        self.assertEqual(
            prose.spread("<p>Sit.</p><ul><li><p>a</p></li><li><p>b</p></li></ul>"),
            "<p>Sit.</p>\n\n<ul>\n<li><p>a</p></li>\n<li><p>b</p></li>\n</ul>",
        )

    def test_words_that_are_typed_between_blocks_are_paragraphs(self):
        for typed, meant in [
            ("<p>a</p>\r\n\r\nb\r\nc\r\n\r\nd", "<p>a</p><p>b<br>c</p><p>d</p>"),
            (
                "b <em>c</em>\n<ul>\n<li>a</li>\n</ul>",
                "<p>b <em>c</em></p><ul><li>a</li></ul>",
            ),
            ("<blockquote>\nb\n</blockquote>\n", "<blockquote>\nb\n</blockquote>\n"),
            ("b\n\nc", "b\n\nc"),
            ("<div>b</div><p>a</p>", "<div>b</div><p>a</p>"),
            ("<p>a<p>b</p>\nc", "<p>a<p>b</p>\nc"),
            ("</p>b<p>a</p>", "</p><p>b</p><p>a</p>"),
            ("<h2>T</h2>\nb\n\nc", "<h2>T</h2><p>b</p><p>c</p>"),
            ("<p>a</p>\nb < c <3\n\nd", "<p>a</p><p>b < c <3</p><p>d</p>"),
            ("<p>a</p>\n<U>b</U>\n\nc", "<p>a</p>\n<U>b</U>\n\nc"),
        ]:
            with self.subTest(typed):
                self.assertEqual(prose.typed(typed), meant)

    def test_what_stands_deeper_than_one_can_follow_is_flattened(self):
        for deep in [
            "<div>" * 40_000 + "<p>Sit.</p>",
            "<div>" * 17_000 + "<p>Sit.</p>" + "</div>" * 17_000,
            "<div><object></div>" * 10_000 + "<p>Sit.</p>",
            '<b title="<i>">' * 10_000 + "Sit.",
        ]:
            with self.subTest(deep[:20]):
                clean = prose.clean(deep)

                self.assertIn("Sit.", clean)
                self.assertNotIn("<img", clean)
        deep = "<blockquote>" * 15_000 + "<p>Sit.</p>" + "</blockquote>" * 15_000
        self.assertEqual(
            prose.clean(deep),
            "<blockquote>" * 50 + "<p>Sit.</p>" + "</blockquote>" * 50,
        )

    def test_a_long_text_keeps_its_tags(self):
        for long in [
            "<p>Sit <strong>tall</strong>.</p>" * 3_000,
            "<ul>" + "<li><p>a</p></li>" * 3_000 + "</ul>",
        ]:
            self.assertEqual(prose.clean(long), long)
        self.assertEqual(prose.clean("<p>Sit." * 3_000), "<p>Sit.</p>" * 3_000)


LISTS = [
    ("<p>• One</p><p>•Two</p>", "<ul><li><p>One</p></li><li><p>Two</p></li></ul>"),
    (
        "<p>·&nbsp;&nbsp; <strong>Sit</strong> down.</p>\n<p>o&nbsp;&nbsp; Rise.</p>",
        "<ul><li><p><strong>Sit</strong> down.</p></li><li><p>Rise.</p></li></ul>",
    ),
    (
        "<p>- a</p><p>– b&nbsp;c</p>",
        "<ul><li><p>a</p></li><li><p>b&nbsp;c</p></li></ul>",
    ),
    ("<p>1. a</p><p>2) b</p>", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"),
    ("<p>3. a</p><p>4. b</p>", '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'),
    (
        "<p>So:</p><p>• a</p><p>• b</p><p>1. c</p><p>2. d</p><p>Done.</p>",
        "<p>So:</p><ul><li><p>a</p></li><li><p>b</p></li></ul>"
        "<ol><li><p>c</p></li><li><p>d</p></li></ol><p>Done.</p>",
    ),
    (
        "<blockquote><p>• a</p><p>• b</p></blockquote>",
        "<blockquote><ul><li><p>a</p></li><li><p>b</p></li></ul></blockquote>",
    ),
]
NO_LISTS = [
    "<p>- a</p>",
    "<p>– she said</p><p>and went.</p>",
    "<p>1. a</p>",
    "<p>1. a</p><p>and so on</p><p>2. b</p>",
    "<p>2. a</p><p>1. b</p>",
    "<p>1.5 m</p><p>2.5 m</p>",
    "<p>2024. A year.</p><p>2025. Another.</p>",
    "<p>-5 degrees</p><p>-6 degrees</p>",
    "<p>on the floor</p><p>on a chair</p>",
    "<p>a. one</p><p>b. two</p>",
    "<p>•</p><p>•</p>",
    "<ul><li><p>- a</p></li><li><p>- b</p></li></ul>",
    "<p>• a</p><h3>Then</h3><p>• b</p>",
    "<p>One.</p>\n<p>Two.</p>\n",
]


class ListTests(SimpleTestCase):
    def test_pasted_dots_and_numbers_become_lists(self):
        for given, wanted in LISTS:
            with self.subTest(given):
                self.assertEqual(prose.clean(given), wanted)
                self.assertEqual(prose.clean(wanted), wanted)

    def test_what_is_no_list_stays(self):
        for given in NO_LISTS:
            with self.subTest(given):
                self.assertEqual(prose.clean(given), given)


class ProseFieldTests(TestCase):
    def test_a_line_break_that_a_form_sent_its_own_way_is_no_change(self):
        field = Page._meta.get_field("prose").formfield()
        kept = "<p>Sit\ntall.</p><p>Breathe.</p>"

        sent = field.prepare_value(kept).replace("\n", "\r\n")

        self.assertFalse(field.has_changed(kept, sent))
        self.assertEqual(field.clean(sent), kept)

    def test_a_form_takes_no_more_than_anybody_writes(self):
        page = Page(slug="x", title="X", prose="<p>" + "a" * 300_000)

        with self.assertRaises(ValidationError) as raised:
            page.full_clean()

        self.assertEqual(
            raised.exception.message_dict,
            {
                "prose": [
                    "300,000 characters fit here. Divide the text, or paste less of it."
                ]
            },
        )
        page.save()  # what a script writes is stored, and clean
        page.refresh_from_db()
        self.assertTrue(page.prose.endswith("a</p>"))

    def test_whatever_writes_it_what_is_stored_is_clean(self):
        dirty, clean = "<p onclick=x()>a</p><script>1</script>", "<p>a</p>"

        page = Page.objects.create(slug="x", title="X", prose=dirty)
        page.refresh_from_db()
        self.assertEqual(page.prose, clean)

        Page.objects.update(prose=dirty)
        page.refresh_from_db()
        self.assertEqual(page.prose, clean)

        Page.objects.bulk_create([Page(slug="y", title="Y", prose=dirty)])
        self.assertEqual(Page.objects.get(slug="y").prose, clean)
