from django.test import SimpleTestCase

from comments import text


class NormaliseTests(SimpleTestCase):
    def test_what_is_typed_stays(self):
        typed = "  I sit.\n\n\tThen I pull: ≥ 3 × “ten” 👩🏽‍⚕️  "

        self.assertEqual(text.normalise(typed), typed.strip())

    def test_what_no_screen_shows_goes(self):
        for typed in [
            "a\0b",
            "a\x1bb",
            "a\x7fb",
            "a\u202eb",
            "a\u2066b",
            "a\ufeffb",
            "a\ud800b",
            "a\x85b",
        ]:
            with self.subTest(ascii(typed)):
                self.assertEqual(text.normalise(typed), "ab")

    def test_line_breaks_become_one_kind(self):
        self.assertEqual(text.normalise("a\r\nb\rc\nd"), "a\nb\nc\nd")

    def test_letters_are_composed(self):
        self.assertEqual(text.normalise("e\u0301"), "\u00e9")

    def test_a_name_stands_on_one_line(self):
        self.assertEqual(text.one_line(" Tom\n in\t Hull "), "Tom in Hull")


class HtmlTests(SimpleTestCase):
    def test_html_is_shown_as_text(self):
        html = text.to_html("<script>alert(1)</script> & <b>me</b>", links=True)

        self.assertEqual(
            html,
            "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;me&lt;/b&gt;</p>",
        )

    def test_paragraphs_and_lines_are_kept(self):
        self.assertEqual(text.to_html("a\nb\n\nc"), "<p>a<br>b</p>\n\n<p>c</p>")

    def test_a_readers_address_is_no_link(self):
        self.assertNotIn("<a", text.to_html("https://example.org/"))

    def test_a_link_is_marked_and_cannot_leave_its_quotes(self):
        html = text.to_html('See https://example.org/a?b=1&c="><i>.', links=True)

        self.assertIn(
            '<a href="https://example.org/a?b=1&amp;c=" rel="nofollow ugc">', html
        )
        self.assertNotIn("<i>", html)

    def test_nothing_but_web_addresses_becomes_a_link(self):
        for typed in ["javascript:alert(1)", "data:text/html,x", "//example.org"]:
            with self.subTest(ascii(typed)):
                self.assertNotIn("<a", text.to_html(typed, links=True))

    def test_what_was_written_comes_out_of_it_again(self):
        typed = "a < b &amp; <i>\nhttps://example.org/?a=1&b=2\n\nc"
        for links in (True, False):
            self.assertEqual(text.plain(text.to_html(typed, links=links)), typed)
