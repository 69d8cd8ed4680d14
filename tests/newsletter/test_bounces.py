import uuid
from email.mime.text import MIMEText

from django.test import SimpleTestCase

from newsletter import bounces, headers
from tests.newsletter.returned import BOUNCES_TO, complaint, plain, report

TOKEN = "t0ken-_" + "A" * 36
LETTER = f"""\
Message-ID: <%s@upright.example>
List-Unsubscribe: <https://upright.example/newsletter/unsubscribe/{TOKEN}/>
"""


class VerdictTests(SimpleTestCase):
    def setUp(self):
        self.delivery = uuid.uuid4()
        self.to = headers.return_path(self.delivery, BOUNCES_TO)

    def judge(self, content, kind, status="", reason="", *, is_known=True):
        verdict = bounces.read(content)

        self.assertEqual((verdict.kind, verdict.status), (kind, status))
        self.assertEqual(verdict.reason, reason or verdict.reason)
        self.assertNotEqual(verdict.reason, "")
        self.assertNotIn("@", verdict.reason)
        self.assertEqual(verdict.delivery, self.delivery if is_known else None)
        return verdict

    def test_a_report_is_judged_by_its_code(self):
        for status, kind, words in [
            ("5.1.1", "dead", "this address does not exist (5.1.1)"),
            ("5.1.2", "dead", "this address does not exist (5.1.2)"),
            ("5.1.10", "dead", "this address does not exist (5.1.10)"),
            ("5.4.4", "dead", "this address does not exist (5.4.4)"),
            ("5.2.2", "full", "the mailbox is full (5.2.2)"),
            ("5.7.1", "blocked", "the provider blocks our letters (5.7.1)"),
            ("5.7.515", "blocked", "the provider blocks our letters (5.7.515)"),
            ("5.3.4", "refused", "the provider gives no clear reason (5.3.4)"),
            ("5.2.1", "refused", "the mailbox is closed or has moved (5.2.1)"),
            ("5.0.0", "refused", "the provider gives no clear reason (5.0.0)"),
            ("4.4.1", "gave-up", "the provider did not take it for days (4.4.1)"),
            ("4.2.2", "gave-up", "the mailbox is full (4.2.2)"),
            ("4.1.1", "gave-up", ""),
            ("4.7.0", "gave-up", ""),
        ]:
            with self.subTest(status):
                self.judge(report(self.to, status=status), kind, status, words)

    def test_a_code_in_the_diagnosis_counts_where_the_other_says_nothing(self):
        content = report(self.to, status="5.0.0", diagnosis="550-5.1.1 no such user")

        self.judge(content, "dead", "5.1.1", "this address does not exist (550 5.1.1)")

    def test_of_two_codes_the_one_counts_that_says_least_of_the_address(self):
        for status, diagnosis, kind, counts in [
            ("5.1.1", "550 5.7.1 blocked by policy", "blocked", "5.7.1"),
            ("5.7.1", "550 5.1.1 unknown", "blocked", "5.7.1"),
            ("5.1.1", "451 4.3.0 later", "gave-up", "4.3.0"),
            ("5.4.7", "451 4.7.1 greylisted", "gave-up", "4.7.1"),
        ]:
            with self.subTest(f"{status} {diagnosis}"):
                content = report(self.to, status=status, diagnosis=diagnosis)
                self.judge(content, kind, counts)

    def test_what_is_only_late_did_not_come_back(self):
        content = report(self.to, status="4.4.1", action="delayed")
        self.judge(content, "later", "4.4.1", "it is late and still tried (4.4.1)")

        content = report(self.to, status="5.1.1", action="delayed")
        self.judge(content, "later", "5.1.1")

    def test_what_arrived_did_not_come_back(self):
        for action in ("delivered", "relayed", "expanded"):
            content = report(self.to, status="2.1.5", action=action)
            self.judge(content, "auto", "2.1.5", "it says that the letter arrived")

    def test_it_is_believed_by_the_seal_alone(self):
        other = headers.return_path(uuid.uuid4(), BOUNCES_TO)
        forged = f"bounce+{other[7:33]}{self.to[33:]}"
        for to in (BOUNCES_TO, forged, f"bounce+{self.delivery}@upright.example", ""):
            with self.subTest(to):
                letter = LETTER % self.delivery
                extra = f"Content-Type: text/rfc822-headers\n\n{letter}\n"
                self.judge(report(to, extra=extra), "dead", "5.1.1", is_known=False)

    def test_the_seal_holds_wherever_it_stands(self):
        for content in (
            report("x@y.example").replace(b"To: x@y.example", b"To: x", 2)
            + f"X-Original-To: <{self.to}>".encode(),
            report(
                "x@y.example",
                extra=f"Content-Type: message/rfc822\n\n"
                f"Return-Path: <{self.to.upper()}>\n\nHello.\n",
            ),
        ):
            self.judge(content, "dead", "5.1.1")

    def test_in_other_languages_and_charsets(self):
        for words in (
            "Die Nachricht konnte nicht zugestellt werden. 4.2.2",
            "配信不能",
        ):
            self.judge(report(self.to, words=words), "dead", "5.1.1")
        content = report(self.to).replace(b"Sorry.", "Empfänger".encode("latin-1"))
        self.judge(content, "dead", "5.1.1")
        content = report(self.to).replace(
            b"message/delivery-status", b"message/global-delivery-status"
        )
        self.judge(content, "dead", "5.1.1")

    def test_cut_off_anywhere_it_is_no_error_and_never_worse(self):
        content = report(self.to, status="5.1.1", diagnosis="550 5.1.1 unknown")

        kinds = {bounces.read(content[:end]).kind for end in range(0, len(content), 7)}

        self.assertLessEqual(kinds, {"unknown", "auto", "dead", "refused"})

    def test_cut_before_the_report_its_words_are_read(self):
        content = report(self.to, words="550 5.2.2 Mailbox full")
        content = content[: content.index(b"Content-Type: message/")]

        self.judge(content, "full", "5.2.2", "the mailbox is full (5.2.2)")

    def test_old_servers_write_a_mail_of_their_own(self):
        daemon = "MAILER-DAEMON@provider.example"
        for text, kind, status in [
            (
                "Hi. This is the qmail-send program.\n<a@b.c>:\n550 #5.1.1 no",
                "dead",
                "5.1.1",
            ),
            ("Remote host said: 550-5.7.1 [192.5.1.1] blocked", "blocked", "5.7.1"),
            ("warning, still tried: 451 4.4.2 timeout", "later", "4.4.2"),
            ("I tried 192.5.1.1 and 5.1.1.20 with version 5.1.1.2.", "unknown", ""),
            ("Something failed.", "unknown", ""),
        ]:
            with self.subTest(text):
                self.judge(plain(self.to, text, From=daemon), kind, status)

    def test_an_encoded_text_is_read(self):
        mail = MIMEText(
            "Es tut uns leid: 550 5.1.1 unbekannt, größer", _charset="utf-8"
        )
        mail["From"], mail["To"] = "postmaster@provider.example", self.to

        self.judge(mail.as_bytes(), "dead", "5.1.1")

    def test_a_person_who_quotes_a_code_is_no_server(self):
        self.judge(plain(self.to, "Your mail said 550 5.1.1, why?"), "unknown")

    def test_out_of_office(self):
        for names in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"Precedence": "auto_reply"},
            {"X_Autoreply": "yes"},
        ):
            with self.subTest(names):
                content = plain(self.to, "Back on Monday. 5.1.1", **names)
                self.judge(
                    content, "auto", "", "an automatic reply, as of someone away"
                )
        self.judge(plain(self.to, "Hello", Auto_Submitted="no"), "unknown")

    def test_a_complaint_is_known_by_the_seal_or_by_the_readers_own_token(self):
        for kind in ("abuse", "fraud", "opt-out", "Abuse"):
            content = complaint(
                "fbl@upright.example", LETTER % self.delivery, kind=kind
            )
            verdict = self.judge(content, "complaint", is_known=False)
            self.assertEqual(verdict.token, TOKEN)
            self.assertEqual(verdict.named, self.delivery)
        self.judge(complaint(self.to, "Subject: x\n"), "complaint")

    def test_other_reports_are_no_complaints(self):
        for kind in ("not-spam", "auth-failure", "virus", ""):
            with self.subTest(kind):
                self.judge(complaint(self.to, LETTER % "x", kind=kind), "auto")

    def test_who_leaves_by_mail_shows_her_token(self):
        for subject in (f"leave {TOKEN}", f"  leave   {TOKEN} "):
            verdict = self.judge(
                plain(BOUNCES_TO, "", Subject=subject), "leave", is_known=False
            )
            self.assertEqual(verdict.token, TOKEN)
        for subject in ("leave", f"leave {TOKEN[1:]}", f"Fwd: leave {TOKEN} x", "löve"):
            with self.subTest(subject):
                self.judge(
                    plain(BOUNCES_TO, "", Subject=subject), "unknown", is_known=False
                )

    def test_a_leaving_is_of_whoever_has_the_token_and_of_nobody_else(self):
        content = plain(self.to, "", Subject=f"leave {TOKEN}")

        self.judge(content, "leave", is_known=False)

    def test_what_is_made_to_break_a_reader_does_not(self):
        deep = "".join(
            f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'
            for n in range(5000)
        )
        for content in (
            b"",
            b"\0" * 1000,
            b"\xff\xfe" * 1000,
            b"Subject: =?utf-8?b?////?=\n\n",
            b"Subject: =?nothing?q?x?=\nFrom: =?utf-8?q?=ff?=\n\n",
            b"Subject: \xe9\xff\nFrom: \xff\nAuto-Submitted: \xff\n\n",
            b"Content-Type: multipart/report; boundary=\n\n--\n",
            b"Content-Type: message/delivery-status\n\nAction:\n\nAction: \n",
            b'Content-Type: text/plain; charset="no-such"\nFrom: postmaster@x\n\nx',
            deep.encode(),
            b"+" + b"a" * 40 + b"@" * 50_000,
            b"From: postmaster@x\n\n" + b"5.1." * 60_000,
        ):
            with self.subTest(content[:40]):
                verdict = bounces.read(content)

                self.assertNotIn(verdict.kind, ("dead", "full", "leave", "complaint"))
                self.assertIsNone(verdict.delivery)


class ReplyTests(SimpleTestCase):
    def test_a_reply_is_judged_as_a_mail_is(self):
        for code, text, kind in [
            (550, b"5.1.1 no such user", "dead"),
            (552, b"5.2.2 over quota", "full"),
            (452, b"4.2.2 over quota", "later"),
            (550, b"5.7.1 no", "blocked"),
            (554, b"no", "refused"),
            (550, b"4.7.1 odd", "gave-up"),
            (450, b"5.1.1 odd", "later"),
        ]:
            with self.subTest(text):
                self.assertEqual(bounces.of_reply(code, text).kind, kind)
