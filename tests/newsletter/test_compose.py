import quopri
import re
import uuid
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone
from django.utils.timezone import datetime

from guide.models import SiteSettings
from newsletter import compose
from newsletter.compose import as_text, quoted
from newsletter.models import Issue, Settings
from tests.factories import (
    make_asked,
    make_block,
    make_guide,
    make_issue,
    make_picture,
    make_promotion,
)

TOKEN = "t" * 43
SECURE = override_settings(SITE_URL="https://upright.example", IS_HTTPS=True)


def somebody(**values):
    return compose.Recipient(
        **{
            "delivery": uuid.uuid4(),
            "email": "anna@example.org",
            "token": TOKEN,
            "since": datetime(2026, 6, 19, 12, tzinfo=timezone.UTC),
        }
        | values
    )


def parse(content):
    return message_from_bytes(content, policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_content()


class LetterTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.objects.update(
            postal_address="Reyes Physiotherapy, 4 Mill Lane", name="Upright"
        )
        Settings.objects.update(
            sender_name="Ana Reyes, Upright", sender_address="letter@example.org"
        )
        cls.guides = [
            make_guide(title="Out of the chair", figure="sit-to-stand-rise"),
            make_guide(title="Heels & toes", minutes=3, exercises=1),
            make_guide(title="Not yet", published_at=None),
        ]
        issue = make_issue(
            subject="Größer — “stehen” & gehen",
            preheader="We practise getting up",
            guides=cls.guides,
            intro='<p>Dear reader, see <a href="/about/">me</a>.</p>',
            closing="<blockquote><p><em>“Out or in?”</em></p><p>Out.</p></blockquote>",
        )
        cls.issue = Issue.objects.get(pk=issue.pk)

    def letter(self, **values):
        return parse(compose.Letter(self.issue).fill(somebody(**values)))

    def test_it_is_addressed_to_one_reader(self):
        recipient = somebody()

        message = parse(compose.Letter(self.issue).fill(recipient))

        self.assertEqual(message["To"], "anna@example.org")
        self.assertEqual(message["From"], '"Ana Reyes, Upright" <letter@example.org>')
        self.assertEqual(message["Subject"], "Größer — “stehen” & gehen")
        self.assertEqual(message["Message-ID"], f"<{recipient.delivery}@testserver>")
        self.assertRegex(message["Date"], r" \+0000$")  # "GMT" is of old mails
        age = timezone.now() - parsedate_to_datetime(message["Date"])
        self.assertLess(abs(age.total_seconds()), 60)
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        self.assertFalse(message.defects)

    def test_a_name_with_a_comma_and_an_umlaut_is_one_sender(self):
        Settings.objects.update(sender_name="Ana Reyes, Köln")

        [sender] = self.letter()["From"].addresses

        self.assertEqual(sender.display_name, "Ana Reyes, Köln")
        self.assertEqual(sender.addr_spec, "letter@example.org")

    @SECURE
    def test_a_mail_program_can_leave_by_itself(self):
        message = self.letter()

        leave = f"<https://upright.example/newsletter/unsubscribe/{TOKEN}/>"
        self.assertEqual(message["List-Unsubscribe"], leave)
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertEqual(message["List-Id"], "Upright <letter.upright.example>")
        self.assertEqual(
            message["List-Archive"], "<https://upright.example/newsletter/issues/>"
        )

    @SECURE
    def test_no_header_is_folded_into_something_else(self):
        content = compose.Letter(self.issue).fill(somebody())

        head = content.split(b"\r\n\r\n")[0]
        self.assertIn(
            b"\r\nList-Unsubscribe: <https://upright.example/newsletter/unsubscribe/"
            + TOKEN.encode()
            + b"/>\r\n",
            head,
        )

    def test_a_subject_in_any_letters_is_folded_as_a_mail_wants_it(self):
        for subject in ("\N{SLIGHTLY SMILING FACE}" * 120, "Größe über alles " * 7):
            with self.subTest(subject):
                issue = make_issue(subject=subject.strip())
                content = compose.Letter(issue, note="Test").fill(somebody())

                head = content.split(b"\r\n\r\n")[0]
                encoded = [line for line in head.split(b"\r\n") if b"=?" in line]
                self.assertLessEqual(max(map(len, encoded)), 76)
                self.assertLessEqual(max(map(len, re.findall(rb"=\?\S+", head))), 75)
                self.assertEqual(parse(content)["Subject"], f"Test: {issue.subject}")

    def test_one_click_is_offered_only_where_it_is_safe(self):
        self.assertIsNone(self.letter()["List-Unsubscribe-Post"])

    def test_both_parts_say_the_same(self):
        message = self.letter()

        for kind in ("plain", "html"):
            words = body(message, kind)
            with self.subTest(kind):
                for said in [
                    "Out of the chair",
                    "http://testserver/guides/",
                    "http://testserver/about/",
                    "“Out or in?”",
                    "You asked for this letter on 19 June 2026.",
                    f"http://testserver/newsletter/unsubscribe/{TOKEN}/",
                    f"http://testserver/newsletter/status/{TOKEN}/",
                    f"http://testserver/newsletter/issues/{self.issue.slug}/",
                    "Reyes Physiotherapy, 4 Mill Lane",
                ]:
                    self.assertIn(said, words)
                self.assertNotIn("Not yet", words)
        self.assertIn("Heels & toes", body(message, "plain"))
        self.assertIn("Heels &amp; toes", body(message, "html"))
        self.assertIn("We practise getting up", body(message, "html"))

    def test_the_html_is_ready_for_mail_programs(self):
        page = body(self.letter(), "html")

        self.assertIn("prefers-color-scheme: dark", page)
        self.assertIn('style="', page)
        self.assertIn("http://testserver/static/figures/sit-to-stand-rise.png", page)
        self.assertIn('alt="', page)
        self.assertEqual(page.count('class="press"'), 1)
        self.assertNotIn("<script", page)
        self.assertLess(len(page.encode()), 102_000)

    def test_filling_is_the_same_as_building_one_by_one(self):
        recipient = somebody(email="anna@bücher.example")
        letter = compose.Letter(self.issue)
        filled = parse(letter.fill(recipient))
        built = parse(letter.build(recipient)[0])

        for kind in ("plain", "html"):
            self.assertEqual(body(filled, kind), body(built, kind))
        for name in ("From", "Subject", "List-Id", "List-Unsubscribe"):
            self.assertTrue(built[name])
            self.assertEqual(filled[name], built[name])

    def test_it_is_compiled(self):
        self.assertIsNotNone(compose.Letter(self.issue).pieces)

    def test_a_letter_that_names_a_sentinel_is_still_right(self):
        make_block(self.issue, prose=f"<p>{compose.TOKEN}</p>")

        message = parse(compose.Letter(self.issue).fill(somebody()))

        leave = f"/unsubscribe/{TOKEN}/"
        self.assertIn(leave, body(message, "plain"))

    def test_it_holds_nothing_of_another_reader(self):
        letter = compose.Letter(self.issue)
        letter.fill(somebody())

        content = letter.fill(somebody(email="b@example.org", token="u" * 43))

        self.assertNotIn(TOKEN.encode(), content)
        self.assertNotIn(b"anna@", content)
        self.assertNotIn(compose.TOKEN.encode(), content)
        self.assertNotIn(compose.SINCE.encode(), content)

    def test_an_address_with_a_line_break_is_refused(self):
        letter = compose.Letter(self.issue)
        for email in ("a@example.org\nBcc: b@example.org", "a\r@example.org", "ü@x.de"):
            with self.subTest(email), self.assertRaises(ValueError):
                letter.fill(somebody(email=email))

    def test_the_date_is_that_of_the_sites_zone(self):
        SiteSettings.objects.update(zone="Pacific/Auckland")

        message = self.letter(since=datetime(2026, 6, 19, 13, tzinfo=timezone.UTC))

        self.assertIn("on 20 June 2026", body(message, "plain"))

    def test_lines_are_as_short_as_a_mail_wants_them(self):
        content = compose.Letter(self.issue).fill(somebody())

        _head, _gap, parts = content.partition(b"\r\n\r\n")
        self.assertLessEqual(max(map(len, parts.split(b"\r\n"))), 78)
        self.assertNotIn(b"\n", content.replace(b"\r\n", b""))

    def test_composing_takes_few_queries(self):
        with self.assertNumQueries(9):
            compose.Letter(self.issue)

    def test_each_kind_of_part_stands_in_both(self):
        guide = make_asked()
        make_block(
            self.issue,
            kind="question",
            guide=guide,
            question="In or <out>?",
            prose='<p>Out, see <a href="/about/">me</a>.</p>',
        )
        promotion = make_promotion(
            title="Strong & Steady",
            bullets="• One\n• Two",
            link="/books/",
            link_text="Look inside",
            cover=make_picture(alt="A book on a table"),
        )
        make_block(self.issue, kind="promotion", promotion=promotion)

        message = self.letter()

        text, page = body(message, "plain"), body(message, "html")
        text = text.replace("\r\n", "\n")
        for said in ["Strong &amp; Steady", "advertisement", 'alt="A book on a table"']:
            self.assertIn(said, page)
        self.assertIn("“In or &lt;out&gt;?”", page)
        for said in [
            *("> “In or <out>?”", f"> {guide.title} (http://testserver/guides/"),
            *("Strong & Steady\n- One\n- Two\nLook inside:", "> Out, see me ("),
            "advertisement",
        ]:
            self.assertIn(said, text)
        for part in (text, page):
            self.assertIn("http://testserver/books/", part)
            self.assertNotIn('href="/', part)

    def test_parts_come_in_the_order_of_the_letter(self):
        issue = make_issue(intro="")
        for part in (
            [{"kind": "guide", "guide": make_guide(title=f"T{n}x")} for n in (1, 2)]
            + [{"prose": "<p>T3x</p>"}]
            + [{"kind": "guide", "guide": make_guide(title="T4x")}, {"prose": "T5x"}]
        ):
            make_block(issue, **part)

        message = parse(compose.Letter(issue).fill(somebody()))

        for kind in ("plain", "html"):
            found = re.findall(r"T\dx", body(message, kind))
            self.assertEqual(found, [f"T{n}x" for n in range(1, 6)])
        self.assertEqual(body(message, "html").count('class="press"'), 1)

    def test_a_subject_of_two_lines_becomes_one(self):
        self.issue.subject = "Hi\nBcc: everybody@example.org"

        message = self.letter()

        self.assertEqual(message["Subject"], "Hi Bcc: everybody@example.org")
        self.assertIsNone(message["Bcc"])

    def test_a_text_of_200_kilobytes_is_composed(self):
        make_block(self.issue, prose="<p>Sit, and stand up again.</p>" * 6_500)

        message = self.letter()

        self.assertEqual(body(message, "plain").count("Sit, and stand up"), 6_500)


class TextTests(SimpleTestCase):
    def test_prose_reads_as_text(self):
        for html, text in [
            ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
            ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
            ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
            ("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>", "- a\n- b\n\nc"),
            ("<p>x</p><ul><li><p>a</p></li></ul><p>y</p>", "x\n\n- a\n\ny"),
            ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
            ("<blockquote><p>Q</p><p>A</p></blockquote><p>x</p>", "> Q\n\n> A\n\nx"),
            ('<p><a href="https://a.org/">here</a>.</p>', "here (https://a.org/)."),
            ('<p><a href="mailto:a@b.example">a@b.example</a></p>', "a@b.example"),
            ("<p>&lt;b&gt; &amp; “c”</p>", "<b> & “c”"),
            ("<h3>Head</h3><p>x  \n y</p>", "Head\n\nx y"),
            ("", ""),
        ]:
            with self.subTest(html):
                self.assertEqual(as_text(html), text)


class QuotedTests(SimpleTestCase):
    def test_it_decodes_to_what_it_was_and_breaks_no_word(self):
        word = "w" * 70
        for text in [
            "plain",
            f"{'x' * 60} {word} {word}{'é' * 40}",
            "ends with a blank \nand a tab\t\nand = signs =20",
            "é" * 200,
            "w" * 500,
            ".\n..\nFrom here",
            "",
        ]:
            with self.subTest(text[:20]):
                encoded = quoted(text)

                decoded = quopri.decodestring(encoded).decode()
                self.assertEqual(decoded.replace("\r\n", "\n"), text)
                self.assertLessEqual(max(map(len, encoded.split("\r\n"))), 76)
                if " " in text:
                    self.assertEqual(encoded.count(word), text.count(word))
