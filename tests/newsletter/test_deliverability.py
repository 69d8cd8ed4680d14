import io
import socket
import threading
from unittest.mock import patch

import dns.resolver
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from dns import reversename

from newsletter import deliverability
from newsletter.deliverability import asking, line, names, signatures, spf
from newsletter.deliverability.points import Point
from newsletter.models import Settings
from tests.factories import make_issue, make_staff

GOOD = {
    ("example.org", "TXT"): ["v=spf1 a:mail.example.org -all", "something else"],
    ("example.org", "MX"): ["mail.example.org"],
    ("mail.example.org", "A"): ["192.0.2.7"],
    ("mail.example.org", "AAAA"): ["2001:db8::7"],
    ("7.2.0.192.in-addr.arpa.", "PTR"): ["mail.example.org"],
    (reversename.from_address("2001:db8::7").to_text(), "PTR"): ["mail.example.org"],
    ("s1._domainkey.example.org", "TXT"): ["v=DKIM1; k=rsa; p=MIGf"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject"],
}


def dns_of(records):
    return lambda name, kind: records.get((name, kind), [])


class SpfTests(SimpleTestCase):
    def spf(self, record, more=()):
        records = GOOD | dict(more)
        if record is not None:
            records["example.org", "TXT"] = record
        lookup = dns_of(records)
        [point] = spf.may_send("example.org", ["mail.example.org"], lookup)
        return point

    def test_a_domain_that_names_its_server(self):
        for record in [
            "v=spf1 a:mail.example.org -all",
            "v=spf1 mx ~all",
            "v=spf1 ip4:192.0.2.0/24 -all",
            "V=SPF1 ip6:2001:db8::/32 -all",
            "v=spf1 a:mail.example.org/28 ?all",
            "v=spf1 ip4:not-one ip4:192.0.2.7 -all",
        ]:
            with self.subTest(record):
                self.assertEqual(self.spf([record]).tone, "yes")

    def test_what_is_included_counts(self):
        more = {("spf.example.net", "TXT"): ["v=spf1 ip4:192.0.2.7 -all"]}

        for record in ["include:spf.example.net", "redirect=spf.example.net"]:
            self.assertEqual(self.spf([f"v=spf1 {record}"], more).tone, "yes")

    def test_a_domain_that_does_not_name_it_is_told_as_possible(self):
        for record in ["v=spf1 ip4:198.51.100.1 -all", "v=spf1 -a:mail.example.org"]:
            with self.subTest(record):
                point = self.spf([record])
                self.assertEqual(point.tone, "")
                self.assertIn("mail.example.org", point.what)

    def test_faults(self):
        loop = {("example.org", "TXT"): ["v=spf1 include:example.org -all"]}
        for records, words in [
            ([], "does not say who"),
            (["v=spf10 -all"], "does not say who"),
            (["v=spf1 -all", "v=spf1 mx -all"], "2 records"),
            (["v=spf1 +all"], "every server"),
            (["v=spf1 all"], "every server"),
            (["v=spf1 " + "exists:%{i}.example.net " * 11], "11 further questions"),
            (None, "11 further questions"),
        ]:
            with self.subTest(records):
                point = self.spf(records, loop if records is None else ())
                self.assertEqual(point.tone, "stop")
                self.assertIn(words, point.what)
                self.assertTrue(point.todo)


class DkimAndDmarcTests(SimpleTestCase):
    def test_the_key_of_the_signature(self):
        place = "s1._domainkey.example.org", "TXT"
        for selector, keys, expected in [
            ("s1", ["v=DKIM1; p=MIGf"], "yes"),
            ("s1", ["v=DKIM1; p="], "stop"),
            ("s1", [], "stop"),
            ("", ["v=DKIM1; p=MIGf"], ""),
        ]:
            with self.subTest(selector=selector, keys=keys):
                lookup = dns_of({place: keys})
                [point] = signatures.dkim("example.org", selector, lookup)
                self.assertEqual(point.tone, expected)

    def test_the_rule_of_the_domain_or_of_the_one_above(self):
        above = "_dmarc.example.org", "TXT"
        for records, expected in [
            (["v=DMARC1; p=reject"], "yes"),
            (["v=DMARC1; p=none; rua=mailto:a@example.org"], "yes"),
            (["v=DMARC1; p=perhaps"], "stop"),
            (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "stop"),
            ([], "stop"),
        ]:
            with self.subTest(records):
                lookup = dns_of({above: records})
                [point] = signatures.dmarc("letters.example.org", "example.org", lookup)
                self.assertEqual(point.tone, expected)

    def test_letters_that_go_back_to_another_domain(self):
        lookup = dns_of(GOOD)

        for path, expected in [
            ("example.org", "yes"),
            ("bounces.example.org", "yes"),
            ("provider.example", ""),
            ("notexample.org", ""),
        ]:
            with self.subTest(path):
                [point] = signatures.dmarc("example.org", path, lookup)
                self.assertEqual(point.tone, expected)


class NamesTests(SimpleTestCase):
    def test_where_answers_arrive(self):
        for records, expected in [
            ({("example.org", "MX"): ["mail.example.org"]}, "yes"),
            ({("example.org", "A"): ["192.0.2.1"]}, "yes"),
            ({("example.org", "MX"): [""]}, "stop"),
            ({}, "stop"),
        ]:
            with self.subTest(records):
                [point] = names.takes_mail("example.org", dns_of(records))
                self.assertEqual(point.tone, expected)

    def test_the_name_of_the_machine(self):
        back = ("7.2.0.192.in-addr.arpa.", "PTR")
        here = {("mail.example.org", "A"): ["192.0.2.7"]}
        for records, expected in [
            (here | {back: ["mail.example.org"]}, "yes"),
            (here | {back: ["elsewhere.example"]}, ""),
            (here, ""),
            ({}, "stop"),
        ]:
            with self.subTest(records):
                [point] = names.named_back("mail.example.org", dns_of(records))
                self.assertEqual(point.tone, expected)


class LineTests(SimpleTestCase):
    """Against mail servers that say little, on this machine."""

    def greet(self, *said, **options):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            speaker = threading.Thread(target=self.speak, args=[listener, said])
            speaker.start()
            server = line.Server(
                "MAIL_URL", "127.0.0.1", listener.getsockname()[1], **options
            )
            point = line.of_the_line(server)
            speaker.join(timeout=10)
        return point

    def speak(self, listener, said):
        caller, _address = listener.accept()
        with caller, caller.makefile("rwb") as spoken:
            for words in said:
                spoken.write(words)
                spoken.flush()
                spoken.readline()

    def test_a_line_that_does_not_leave_this_machine(self):
        point = self.greet(b"220 here\r\n", b"250 here\r\n", b"221 bye\r\n")

        self.assertEqual(point.tone, "yes")

    def test_a_line_that_could_be_encrypted_and_is_not(self):
        said = b"220 there\r\n", b"250-there\r\n250 STARTTLS\r\n", b"221 bye\r\n"
        with patch.object(line.Server, "is_here", False):
            point = self.greet(*said)

        self.assertEqual(point.tone, "stop")
        self.assertIn("?tls=on", point.todo)

    def test_a_line_in_the_clear_to_elsewhere(self):
        with patch.object(line.Server, "is_here", False):
            point = self.greet(b"220 there\r\n", b"250 there\r\n", b"221 bye\r\n")

        self.assertEqual(point.tone, "stop")

    def test_a_server_that_is_not_there_or_hangs_up_or_is_none(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        gone = line.Server("MAIL_URL", "127.0.0.1", port)
        for point in [
            line.of_the_line(gone),
            self.greet(b"SSH-2.0-not-mail\r\n"),
            self.greet(b"554 go away\r\n"),
            self.greet(b"not TLS\r\n", use_ssl=True),
            line.of_the_line(line.Server("MAIL_URL")),
        ]:
            self.assertEqual((point.tone, bool(point.todo)), ("stop", True))


class DnsTests(SimpleTestCase):
    def ask(self, failure):
        with patch.object(dns.resolver, "resolve", side_effect=failure):
            return asking.ask_dns("example.org", "TXT")

    def test_nothing_there_is_an_answer_and_silence_is_none(self):
        self.assertEqual(self.ask(dns.resolver.NXDOMAIN), [])
        self.assertEqual(self.ask(dns.resolver.NoAnswer), [])
        for failure in [
            dns.resolver.LifetimeTimeout(timeout=1, errors=[]),
            dns.resolver.NoResolverConfiguration,
            OSError,
        ]:
            with self.assertRaises(asking.NoAnswer):
                self.ask(failure)

    def test_a_name_that_cannot_be_is_asked_of_nobody(self):
        with self.assertRaises(asking.NoAnswer):
            asking.ask_dns(f"{'a' * 64}.example", "TXT")


SMTP = {
    name: {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "mail.example.org", "port": 587, "use_tls": True},
    }
    for name in ["default", "newsletter"]
}


@override_settings(
    MAILERS=SMTP,
    DEFAULT_FROM_EMAIL="hello@example.org",
    SITE_URL="https://example.org",
    IS_HTTPS=True,
    BOUNCE_MAILBOX={"host": "imap.example.org"},
)
class LookTests(TestCase):
    def setUp(self):
        words = Settings.load()
        words.sender_address = "letter@example.org"
        words.bounce_address = "back@example.org"
        words.dkim_selector = "s1"
        words.save()
        make_issue()

    def look(self, records=GOOD):
        return deliverability.look(dns_of(records), self.greet)

    def greet(self, server):
        return Point(f"TLS {server.host}", "yes", "Well.")

    def test_a_site_in_order(self):
        self.assertEqual(
            [(p.name, p.tone) for p in self.look()],
            [
                ("TLS mail.example.org", "yes"),
                ("SPF example.org", "yes"),
                ("DKIM example.org", "yes"),
                ("DMARC example.org", "yes"),
                ("MX example.org", "yes"),
                ("PTR mail.example.org", "yes"),
                ("A letter’s headers", "yes"),
            ],
        )

    def test_whatever_is_not_well_says_what_to_do(self):
        for point in self.look({}):
            self.assertEqual(bool(point.todo), point.tone != "yes", point)

    @override_settings(DEFAULT_FROM_EMAIL="hello@localhost")
    def test_a_sender_of_no_domain(self):
        looked_at = [point.name for point in self.look()]

        self.assertIn("localhost", looked_at)
        self.assertNotIn("SPF localhost", looked_at)

    def test_where_no_name_server_answers(self):
        def silent(name, kind):
            raise asking.NoAnswer(f"{kind} {name}")

        points = deliverability.look(silent, self.greet)

        self.assertIn("No name server answered.", [point.what for point in points])

    def test_two_senders_of_two_domains_are_both_looked_at(self):
        with override_settings(
            DEFAULT_FROM_EMAIL="hello@example.net", BOUNCE_MAILBOX=None
        ):
            looked_at = [point.name for point in self.look()]

        self.assertIn("SPF example.org", looked_at)
        self.assertIn("SPF example.net", looked_at)

    @override_settings(DEFAULT_FROM_EMAIL="hello@example.net")
    def test_where_a_mailbox_is_read_the_other_sender_comes_back_there_too(self):
        records = GOOD | {("_dmarc.example.net", "TXT"): ["v=DMARC1; p=none"]}

        points = {point.name: point for point in self.look(records)}

        self.assertNotIn("SPF example.net", points)
        self.assertIn("go back to example.org", points["DMARC example.net"].what)

    @override_settings(SITE_URL="http://example.org", IS_HTTPS=False)
    def test_one_click_needs_https(self):
        [*_others, point] = self.look()

        self.assertEqual(point.tone, "stop")
        self.assertIn("https", point.todo)

    def test_a_letter_without_a_sender_or_way_back(self):
        Settings.objects.update(sender_address="", bounce_address="")

        self.assertIn("There is no sender.", [point.what for point in self.look()])
        Settings.objects.update(sender_address="hello@example.org")
        self.assertEqual([point.tone for point in self.look()][-3:], ["yes", "", ""])

    def test_a_way_back_that_nobody_reads(self):
        with override_settings(BOUNCE_MAILBOX=None):
            [*_others, point] = self.look()
            self.assertIn("BOUNCE_MAILBOX_URL", point.todo)
        with override_settings(BOUNCE_MAILBOX=None, BOUNCE_WEBHOOK="postmark"):
            self.assertEqual(self.look()[-1].tone, "yes")

    def test_the_command_says_it_and_fails_where_something_must_be_mended(self):
        said = io.StringIO()
        with (
            patch.object(asking, "ask_dns", dns_of({})),
            patch.object(line, "of_the_line", self.greet),
            self.assertRaises(CommandError),
        ):
            call_command("deliverability", stdout=said)

        self.assertIn("MEND  SPF example.org", said.getvalue())
        self.assertIn("Add a TXT record", said.getvalue())


class PageTests(TestCase):
    url = reverse("admin:newsletter_settings_deliverability")

    def test_it_looks_when_the_button_is_pressed_and_not_before(self):
        self.client.force_login(make_staff())
        points = [Point("SPF <b>", "stop", "None.", "Add one.")]
        with patch.object(deliverability, "look", return_value=points) as look:
            page = self.client.get(self.url)
            self.assertContains(page, "Look now")
            look.assert_not_called()
            page = self.client.post(self.url)

        self.assertContains(page, "1 thing to mend")
        self.assertContains(page, "SPF &lt;b&gt;")
        self.assertContains(page, "Add one.")

    def test_it_is_for_who_may_change_the_settings(self):
        self.client.force_login(make_staff(username="sam", is_superuser=False))

        self.assertEqual(self.client.post(self.url).status_code, 403)
