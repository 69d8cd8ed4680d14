import csv
import io
import itertools
import stat
import tempfile
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from moving import subscribers, tables
from moving.rows import Outcome, Reading
from newsletter import tasks
from newsletter.models import ErasedAddress, Subscriber
from tests.factories import make_issue, make_subscriber

MAILCHIMP = (
    '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    "CONFIRM_IP,TIMEZONE,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
    'anna@example.org,"Anna ""Nan""",2,"2020-01-02 03:04:05",,"2020-01-02 03:10:00",'
    ',,,1,a,,"""VIP"", x"\n'
)
MAILPOET = (
    '\ufeff"Email","First name","Last name","Subscription IP","Subscription time",'
    '"Confirmation time","Confirmation IP","List status","Global status","List"\n'
    '"anna@example.org","An \\"na\\"","","","2020-07-02 03:04:05",'
    '"2020-07-02 03:10:00","","subscribed","inactive","Letter"\n'
    '"ben@example.org","","","","2020-07-02 03:04:05","","","subscribed",'
    '"subscribed","Letter"\n'
    '"cleo@example.org","","","","2020-07-02 03:04:05","","","unconfirmed",'
    '"unconfirmed","Letter"\n'
    '"dora@example.org","","","","2020-07-02 03:04:05","","","unsubscribed",'
    '"subscribed","Letter"\n'
    '"emil@example.org","","","","2020-07-02 03:04:05","","","subscribed",'
    '"bounced","Letter"\n'
)


class Collecting(subscribers.Onlooker):
    def __init__(self):
        self.rows = []

    def refuse(self, *row):
        self.rows.append(row)


class Stopping(subscribers.Onlooker):
    def tell(self, share, words):
        if words == "Taking in" and share > 0.5:
            raise KeyboardInterrupt


class InTestCase(TestCase):
    def take(self, text, *, name="list.csv", is_dry_run=False, onlooker=None, **how):
        content = text if isinstance(text, bytes) else text.encode()
        with self.captureOnCommitCallbacks(execute=True):
            return subscribers.take_in(
                io.BytesIO(content),
                Reading(name, **how),
                is_dry_run=is_dry_run,
                onlooker=onlooker,
            )

    def assert_became(self, report, **expected):
        found = {outcome.value: n for outcome, n in report.counts.items() if n}
        self.assertEqual(found, expected)

    def assert_refused(self, text, sentence, **how):
        with self.assertRaises(ValidationError) as raised:
            self.take(text, **how)

        self.assertIn(sentence, " ".join(raised.exception.messages))
        self.assertFalse(Subscriber.objects.exists())

    def one(self, email="anna@example.org"):
        return Subscriber.objects.get(email_key=email)


class TakeInTests(InTestCase):
    def test_consent_is_kept_and_nobody_is_asked_again(self):
        report = self.take(
            "email,joined,confirmed,promise\n"
            "Anna@Example.org,2020-01-02,2020-01-03 10:00:00+02:00,7\n"
        )

        self.assert_became(report, new=1)
        anna = self.one()
        self.assertEqual(anna.email, "Anna@example.org")
        self.assertEqual(anna.confirmed_at, datetime(2020, 1, 3, 8, tzinfo=UTC))
        self.assertEqual(anna.consent_page, "import: list.csv")
        self.assertEqual(anna.consent_version, "7")
        self.assertTrue(Subscriber.objects.reachable().exists())
        tasks.send_due()
        self.assertEqual(mail.outbox, [])

    def test_moments_are_of_the_zone_that_is_named(self):
        self.take(
            "email,confirmed\nanna@example.org,2020-07-01 12:00\n",
            zone=ZoneInfo("Europe/Berlin"),
        )

        self.assertEqual(self.one().confirmed_at, datetime(2020, 7, 1, 10, tzinfo=UTC))

    def test_who_had_not_confirmed_is_not_taken(self):
        report = self.take("email,confirmed\nanna@example.org,\n")

        self.assert_became(report, waiting=1)
        self.assertFalse(Subscriber.objects.exists())

    def test_those_are_asked_where_it_is_wanted_and_not_all_at_once(self):
        rows = "".join(f"reader{n}@example.org,no\n" for n in range(40))
        text = "email,confirmed\n" + rows

        self.assert_became(self.take(text, asks=True), asked=40)

        self.assert_became(self.take(text, asks=True), known=40)
        moments = Subscriber.objects.order_by("mail_due_at").values_list(
            "mail_due_at", flat=True
        )
        self.assertGreater(moments[39] - moments[0], timedelta(minutes=1))
        self.assertGreater(moments[39], timezone.now() + timedelta(minutes=1))
        Subscriber.objects.update(mail_due_at=timezone.now())
        tasks.send_due()
        self.assertEqual(len(mail.outbox), 40)
        self.assertIn("confirm", mail.outbox[0].subject)
        page = mail.outbox[0].alternatives[0].content
        self.assertIn("brought its readers along from elsewhere", page)
        self.assertNotIn("written into the form", page)
        tasks.sweep()
        self.assertEqual(Subscriber.objects.count(), 40)

    def test_what_she_decided_here_stays(self):
        make_subscriber(email="left@example.org", unsubscribed_at=timezone.now())
        make_subscriber(
            email="stopped@example.org",
            suppressed_at=timezone.now(),
            suppressed_for="full",
        )
        ErasedAddress.objects.remember("erased@example.org")
        text = (
            "email,confirmed\nLeft@example.org,2020-01-01\n"
            "stopped@example.org,2020-01-01\nerased@example.org,2020-01-01\n"
        )

        for is_dry_run in (True, False, False):
            report = self.take(text, is_dry_run=is_dry_run)

            self.assert_became(report, stays_left=1, stays_stopped=1, erased=1)
        self.assertEqual(Subscriber.objects.count(), 2)
        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_leavings_and_bounces_of_the_file_are_noted(self):
        report = self.take(
            "email,status,confirmed,left\n"
            "left@example.org,unsubscribed,2020-01-01,2021-01-01\n"
            "bounced@example.org,bounced,,\n"
        )

        self.assert_became(report, left=1, stopped=1)
        left, bounced = self.one("left@example.org"), self.one("bounced@example.org")
        self.assertEqual(left.unsubscribed_at, datetime(2021, 1, 1, tzinfo=UTC))
        self.assertEqual(bounced.suppressed_for, "bounced at the former provider")
        self.assertFalse(bounced.is_suppressed_by_hand)
        Subscriber.objects.update(created_at=timezone.now() - timedelta(days=30))
        tasks.sweep()
        self.assertEqual(Subscriber.objects.count(), 2)

    def test_a_leaving_reaches_who_came_by_a_file_and_what_waits_for_her(self):
        self.take("email,confirmed\nanna@example.org,yes\n")
        delivery = self.one().deliveries.create(issue=make_issue())

        report = self.take("email,left\nanna@example.org,yes\n")

        self.assert_became(report, left=1)
        self.assertIsNotNone(self.one().unsubscribed_at)
        delivery.refresh_from_db()
        self.assertEqual(delivery.state, "skipped")
        self.assert_became(self.take("email,left\nanna@example.org,yes\n"), known=1)

    def test_who_confirmed_here_after_it_stays(self):
        make_subscriber(email="anna@example.org", consent_page="/newsletter/")

        for cell in ("2020-01-01", "yes"):
            report = self.take(f"email,left\nanna@example.org,{cell}\n")

            self.assert_became(report, joined_since=1)
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_who_came_by_a_file_bounced_and_confirmed_here_stays(self):
        text = "email,status\nanna@example.org,{}\n"
        self.take(text.format("subscribed"))
        self.assert_became(self.take(text.format("bounced")), stopped=1)
        Subscriber.objects.sign_up("anna@example.org")
        with self.captureOnCommitCallbacks(execute=True):
            tasks.send_due()
        self.one().confirm()

        report = self.take(text.format("bounced"))

        self.assert_became(report, joined_since=1)
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_who_bounced_there_and_pressed_a_button_of_her_own_page_stays(self):
        text = "email,status\nanna@example.org,bounced\n"
        self.take(text)
        self.one().confirm()

        self.assert_became(self.take(text), joined_since=1)
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_who_confirmed_here_and_asked_once_more_stays(self):
        text = "email,status\nanna@example.org,bounced\n"
        self.take(text)
        Subscriber.objects.sign_up("anna@example.org")
        tasks.answer_owed.func()
        self.one().confirm()
        Subscriber.objects.update(mailed_at=timezone.now() - timedelta(hours=1))
        Subscriber.objects.sign_up("anna@example.org")
        tasks.answer_owed.func()

        self.assert_became(self.take(text), joined_since=1)
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_a_leaving_reaches_who_came_by_a_file_that_names_pages(self):
        text = "email,status,source\nanna@example.org,{},Landing page\n"
        self.take(text.format("subscribed"))

        self.assert_became(self.take(text.format("unsubscribed")), left=1)
        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_one_who_waits_here_keeps_the_mail_she_is_owed(self):
        Subscriber.objects.sign_up("anna@example.org")

        self.take("email,left\nanna@example.org,2020-01-01\n")

        self.assertIsNotNone(self.one().mail_due_at)
        self.one().confirm()
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_one_who_waits_here_and_had_confirmed_there_gets_the_letter(self):
        Subscriber.objects.sign_up("anna@example.org")
        text = "email,confirmed\nanna@example.org,2020-01-01\n"

        self.assert_became(self.take(text, is_dry_run=True), confirmed=1)
        self.assertFalse(Subscriber.objects.reachable().exists())
        self.assert_became(self.take(text), confirmed=1)

        self.assertTrue(Subscriber.objects.reachable().exists())
        self.assertIsNone(self.one().mail_due_at)

    def test_of_two_rows_for_one_address_the_stricter_counts(self):
        rows = ["anna@example.org,2020-01-01,", "ANNA@example.org,,2021-01-01"]
        for order in (rows, rows[::-1]):
            Subscriber.objects.all().delete()

            report = self.take("email,confirmed,left\n" + "\n".join(order))

            self.assert_became(report, left=1, twice=1)
            self.assertEqual(report.first[Outcome.TWICE], [3])
            self.assertIsNotNone(self.one().unsubscribed_at)

    def test_of_two_stops_the_longer_counts_and_one_without_an_end_above_all(self):
        text = "email,stopped,stopped until\n{}"
        rows = [
            "anna@example.org,2020-01-01,2999-01-01",
            "ANNA@example.org,2020-01-01,2999-02-01",
            "anna@example.org,2020-01-01,",
        ]
        for chosen, month in [(rows[:2], 2), (rows, None)]:
            for order in (chosen, chosen[::-1]):
                Subscriber.objects.all().delete()

                self.take(text.format("\n".join(order)))

                until = self.one().suppressed_until
                self.assertEqual(until and until.month, month)

    def test_a_stop_for_a_while_reaches_who_is_here(self):
        self.take("email,confirmed\nanna@example.org,yes\n")

        report = self.take(
            "email,stopped,stopped until\nanna@example.org,yes,2999-01-01\n"
        )

        self.assert_became(report, stopped=1)
        self.assertEqual(self.one().suppressed_until.year, 2999)

    def test_each_row_that_is_not_taken_is_counted_and_handed_back(self):
        onlooker = Collecting()
        report = self.take(
            "email,status,confirmed,who\n"
            ",,yes,A\n"
            "anna@,,yes,B\n"
            "ben@example.org,,3/4/2020,C\n"
            "cleo@example.org,,2999-01-01,D\n"
            "dora@example.org,odd,yes,E\n"
            "emil@example.org,,yes,F,G,H\n"
            "\n"
            "fay@example.org,,yes\n",
            onlooker=onlooker,
        )

        self.assert_became(
            report,
            no_address=1,
            bad_address=1,
            bad_moment=2,
            bad_status=1,
            bad_row=1,
            new=1,
        )
        self.assertEqual(
            [line for line, _why, _cells in onlooker.rows[1:]], [2, 3, 4, 5, 6, 7]
        )
        self.assertEqual(onlooker.rows[2][2], ["anna@", "", "yes", "B"])
        self.assertEqual(report.rows, 7)

    def test_dates_with_slashes_need_to_be_told_how_they_are_meant(self):
        for dates, month in [("day-first", 4), ("month-first", 3)]:
            Subscriber.objects.all().delete()

            self.take(
                "email,confirmed\nanna@example.org,3/4/2020 1:05 PM\n",
                dates=dates,
                zone=UTC,
            )

            confirmed = self.one().confirmed_at
            self.assertEqual((confirmed.month, confirmed.hour), (month, 13))

    def test_moments_that_cannot_be(self):
        cells = ["soon", "0001-01-01", "32.1.2020", "2020-13-01", "9999-12-31 23:00"]
        rows = "".join(f"r{n}@example.org,{cell}\n" for n, cell in enumerate(cells))

        report = self.take(f"email,joined\n{rows}", zone=ZoneInfo("Asia/Tokyo"))

        self.assert_became(report, bad_moment=5)

    def test_a_dry_run_says_the_same_and_changes_nothing(self):
        make_subscriber(email="known@example.org")
        before = list(Subscriber.objects.values())
        text = (
            "email,confirmed,left\nnew@example.org,yes,\nleft@example.org,,yes\n"
            "known@example.org,yes,\nwaits@example.org,,\n"
        )

        dry = self.take(text, is_dry_run=True, asks=True)

        self.assertEqual(list(Subscriber.objects.values()), before)
        real = self.take(text, asks=True)
        self.assertEqual(dry.counts, real.counts)
        self.assertEqual(dry.lines, real.lines)

    def test_a_run_that_was_stopped_goes_on(self):
        rows = "".join(f"r{n}@example.org,yes\n" for n in range(1200))
        text = f"email,confirmed\n{rows}".encode()

        with self.assertRaises(KeyboardInterrupt):
            self.take(text, onlooker=Stopping())

        self.assertEqual(Subscriber.objects.count(), 1000)
        self.assert_became(self.take(text), known=1000, new=200)

    def test_many_rows_take_few_queries(self):
        rows = "".join(f"r{n}@example.org,yes\n" for n in range(1000))

        with self.assertNumQueries(1 + 2 * 6):  # two batches, each in a savepoint
            self.take(f"email,confirmed\n{rows}", zone=UTC)

    def test_many_rows_take_little_memory(self):
        page = "/" + "x" * 190
        rows = "".join(f"r{n % 4000}@example.org,yes,{page}\n" for n in range(6000))
        text = io.BytesIO(f"email,confirmed,page\n{rows}".encode())
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

        report = subscribers.take_in(text, Reading("list.csv"), is_dry_run=True)

        self.assertLess(tracemalloc.get_traced_memory()[1], 4_000_000)
        self.assert_became(report, new=4000, twice=2000)


class PresetTests(InTestCase):
    def test_a_mailchimp_file_of_those_who_get_the_letter(self):
        report = self.take(
            MAILCHIMP, source="mailchimp", name="subscribed_members_export_1.csv"
        )

        self.assert_became(report, new=1)
        self.assertEqual(
            self.one().confirmed_at, datetime(2020, 1, 2, 3, 10, tzinfo=UTC)
        )

    def test_mailchimps_files_of_those_who_went(self):
        for name, header, outcome in [
            ("unsubscribed_members_export_1.csv", "LEID", "left"),
            ("renamed.csv", "UNSUB_TIME", "left"),
            ("cleaned_members_export_1.csv", "LEID", "stopped"),
            ("renamed.csv", "CLEAN_TIME", "stopped"),
            ("nonsubscribed_members_export_1.csv", "LEID", "waiting"),
        ]:
            Subscriber.objects.all().delete()
            text = MAILCHIMP.replace("LEID", header).replace(",1,", ",2021-01-01,")
            with self.subTest(name, header=header):
                report = self.take(text, source="mailchimp", name=name)

                self.assert_became(report, **{outcome: 1})

    def test_a_mailpoet_file(self):
        report = self.take(MAILPOET, source="mailpoet", zone=ZoneInfo("Europe/Berlin"))

        self.assert_became(report, new=2, waiting=1, left=1, stopped=1)
        self.assertEqual(
            self.one().confirmed_at, datetime(2020, 7, 2, 1, 10, tzinfo=UTC)
        )
        self.assertEqual(self.one("ben@example.org").created_at.hour, 1)

    def test_whose_file_it_is_shows_by_its_columns(self):
        for text, name in [(MAILCHIMP, "Mailchimp"), (MAILPOET, "MailPoet")]:
            Subscriber.objects.all().delete()
            with self.subTest(name):
                report = self.take(text)

                self.assertIn(f"a list from {name}.", " ".join(report.notes))
                self.assertTrue(Subscriber.objects.reachable().exists())

    def test_a_substack_file(self):
        report = self.take(
            "email,active_subscription,expiry,plan,email_disabled,created_at\n"
            "anna@example.org,false,,other,false,2024-01-15T10:00:00.000Z\n"
            "ben@example.org,true,2099-12-01T00:00:00Z,monthly,true,2024-02-01\n"
        )

        self.assert_became(report, new=1, left=1)
        self.assertEqual(self.one().confirmed_at, datetime(2024, 1, 15, 10, tzinfo=UTC))

    def test_a_file_of_the_newsletter_plugin(self):
        rows = "".join(
            f'"{status}@example.org";"Anna";"";"n";"{status}";"2020-07-02 03:04:05";'
            '"t";;1;0;\n'
            for status in "CSUBP"
        )
        header = '"Email";"Name";"Surname";"Sex";"Status";"Date";"Token";"List 1"'

        report = self.take(f'{header};"Feed by mail";"Follow up"\n{rows}')

        self.assert_became(report, new=1, waiting=1, left=2, stopped=1)
        self.assertEqual(self.one("c@example.org").confirmed_at.year, 2020)


class FileTests(InTestCase):
    text = "e-mail;confirmed;page\nänna@example.org;yes;/büro/\nben@example.org;yes;/ü/"

    def test_encodings(self):
        for encoding, words in [
            ("utf-8", "Columns"),
            ("utf-8-sig", "Columns"),
            ("utf-16", "Columns"),
            ("utf-16-le", "Columns"),
            ("utf-16-be", "Columns"),
            ("cp1252", "not UTF-8"),
            ("latin-1", "not UTF-8"),
        ]:
            Subscriber.objects.all().delete()
            with self.subTest(encoding):
                report = self.take(self.text.encode(encoding))

                self.assert_became(report, new=1, bad_address=1)
                self.assertEqual(
                    self.one("ben@example.org").consent_page, "import: /ü/"
                )
                self.assertIn(words, " ".join(report.notes))

    def test_commas_semicolons_tabs_and_ends_of_lines(self):
        for delimiter in ",;\t|":
            for end in ("\n", "\r\n", "\r"):
                Subscriber.objects.all().delete()
                text = self.text.replace("ä", "a").replace(";", delimiter)
                with self.subTest(delimiter + end):
                    report = self.take(text.replace("\n", end))

                    self.assert_became(report, new=2)

    def test_other_names_of_columns(self):
        report = self.take(
            "Adresse,Bestätigt am,Seite\nanna@example.org,1.2.2020,/brief/\n",
            columns={"email": "adresse", "confirmed": "Bestätigt am", "page": "Seite"},
        )

        self.assert_became(report, new=1)
        self.assertEqual(self.one().confirmed_at, datetime(2020, 2, 1, tzinfo=UTC))
        self.assertEqual(self.one().consent_page, "import: /brief/")

    def test_headings_in_german_and_dutch(self):
        for text in [
            "Nr.;E-Mail-Adresse;Status;Angemeldet am\n"
            "1;anna@example.org;Bestätigt;1.2.2020\n2;ben@example.org;abgemeldet;",
            "Nr.;E-mailadres;Status;Ingeschreven op\n"
            "1;anna@example.org;Actief;1-2-2020\n2;ben@example.org;Afgemeld;",
        ]:
            Subscriber.objects.all().delete()
            with self.subTest(text):
                report = self.take(text.encode("utf-16"), dates="day-first", zone=UTC)

                self.assert_became(report, new=1, left=1)
                self.assertEqual(self.one().created_at.month, 2)

    def test_addresses_are_found_without_a_name(self):
        for text in ["Wer;Wo\nAnna;anna@example.org\n", "Anna;anna@example.org\n"]:
            Subscriber.objects.all().delete()
            with self.subTest(text):
                report = self.take(text, status="subscribed")

                self.assert_became(report, new=1)

    def test_a_list_of_addresses_and_nothing_else(self):
        report = self.take("anna@example.org\nben@example.org\n")

        self.assert_became(report, waiting=2)
        self.assertEqual(report.first[Outcome.WAITING], [1, 2])
        self.assertIn("“Column 1”", " ".join(report.notes))

    def test_excels_own_line_about_what_stands_between_cells(self):
        report = self.take("sep=;\nemail;confirmed\nanna@example.org;yes\n;yes\n")

        self.assert_became(report, new=1, no_address=1)
        self.assertEqual(report.first[Outcome.NO_ADDRESS], [4])

    def test_a_column_may_be_said_by_its_place_or_not_to_be_there(self):
        report = self.take(
            "mail,other,confirmed\nx@example.org,anna@example.org,yes\n",
            columns={"email": 1, "confirmed": None},
        )

        self.assert_became(report, waiting=1)

    def test_files_that_are_no_table_of_readers(self):
        for content, sentence in [
            (b"", "There is nothing in this file."),
            (b"\n \n", "There is nothing in this file."),
            (b"PK\3\4rest", "This is an Excel file or a zip."),
            (b"\xd0\xcf\x11\xe0rest", "This is an Excel file."),
            (b"%PDF-1.7", "This is a PDF."),
            (b"name,age\nAnna,70\n", "No column is called “email”."),
            (b"email\na@example.org\n\0\n", "Line 3 holds what no text holds"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "holds what no text holds"),
            (b'email\na@example.org\n"b@example.org\nc', "Line 3: a quotation mark"),
            (b'email,x\na@example.org,"y"z\n', "Line 2: something stands behind"),
            (b"email\n" + b"x" * 300_000, "Line 2 is too long"),
            ("email\nä".encode("utf-16") + b"x", "damaged"),
        ]:
            with self.subTest(content[:40]):
                self.assert_refused(content, sentence)

    def test_an_unclosed_quotation_mark_in_a_long_file(self):
        rows = "".join(f"r{n}@example.org,yes\n" for n in range(20000))

        self.assert_refused(
            f'email,confirmed\nanna@example.org,"yes\n{rows}',
            "Line 2: a quotation mark",
        )

    def test_a_column_that_is_not_there(self):
        self.assert_refused(
            "email,when\na@example.org,yes\n",
            "There is no column “wann”. The file has: “email”, “when”.",
            columns={"confirmed": "wann"},
        )


class DefusedTests(TestCase):
    def test_each_cell_has_one_way_there_and_back(self):
        for cell in [
            *("=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\uff1d1"),
            *("'=1", "''=1", "'", "''", "'a", "a=1", "", "anna@example.org"),
        ]:
            with self.subTest(cell):
                written = tables.defused(cell)

                self.assertNotIn(written[:1], [*"=+-@\t\r\n\uff1d"])
                self.assertEqual(tables.restored(written), cell)


class OutTests(InTestCase):
    @classmethod
    def setUpTestData(cls):
        moment = datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
        ahead = timezone.now() + timedelta(days=30)
        make_subscriber(email="plain@example.org", consent_page="/newsletter/")
        make_subscriber(
            email="=cmd@example.org",
            consent_page='=HYPERLINK("x")',
            consent_version="-1",
        )
        make_subscriber(email="'=2@example.org", consent_page='a,b;c\n"d" \'é')
        make_subscriber(email="left@example.org", unsubscribed_at=moment)
        make_subscriber(email="paused@example.org", paused_until=ahead)
        make_subscriber(
            email="stopped@example.org",
            created_at=moment,
            confirmed_at=moment,
            suppressed_at=moment,
            suppressed_for="@full (552)",
        )
        make_subscriber(
            email="full@example.org",
            suppressed_at=moment,
            suppressed_for="the mailbox was full",
            suppressed_until=ahead,
        )
        make_subscriber(
            email="hand@example.org",
            suppressed_at=moment,
            suppressed_for="asked by phone",
            is_suppressed_by_hand=True,
            unsubscribed_at=moment,
        )
        make_subscriber(is_confirmed=False, email="waits@example.org")
        make_subscriber(
            is_confirmed=False,
            email="never@example.org",
            suppressed_at=moment,
            suppressed_for="asked by phone before she confirmed",
            is_suppressed_by_hand=True,
        )

    def written(self):
        stream = io.BytesIO()
        number = subscribers.write_out(stream)
        return stream.getvalue(), number

    def rows(self):
        unlike = ("id", "token", "asked_at", "mail_due_at", "mailed_at")
        rows = Subscriber.objects.exclude(email="waits@example.org")
        rows = rows.order_by("email_key")
        return [
            {name: value for name, value in row.items() if name not in unlike}
            for row in rows.values()
        ]

    def test_what_was_written_comes_back_the_same(self):
        before = self.rows()
        content, number = self.written()
        Subscriber.objects.all().delete()

        report = self.take(content)

        self.assertEqual(number, 9)
        self.assertEqual(report.rows, 9)
        for row in before:  # now it is the word of a file
            row["consent_page"] = f"import: {row['consent_page']}"
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.written()[0], content)
        self.assert_became(self.take(content), known=9)
        self.assertEqual(self.written()[0], content)

    def test_a_stop_for_a_while_ends_after_the_move_as_well(self):
        content, _number = self.written()
        Subscriber.objects.all().delete()
        self.take(content)
        Subscriber.objects.exclude(suppressed_until=None).update(
            suppressed_until=timezone.now()
        )

        tasks.sweep()

        self.assertIsNone(self.one("full@example.org").suppressed_at)
        self.assertIsNotNone(self.one("stopped@example.org").suppressed_at)

    def test_no_cell_is_a_formula_and_excel_knows_the_encoding(self):
        content, _number = self.written()

        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        self.assertIn(b'"\'=cmd@example.org"', content)
        cells = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        for cell in itertools.chain.from_iterable(cells):
            self.assertNotIn(cell[:1], [*"=+-@\t\r"])

    def test_what_she_forbade_is_forbidden_there_whoever_confirms(self):
        content, _number = self.written()
        Subscriber.objects.all().delete()
        self.take(content)
        Subscriber.objects.update(created_at=timezone.now() - timedelta(days=30))
        tasks.sweep()

        self.take("email,confirmed\nnever@example.org,yes\n")
        self.one("never@example.org").confirm()

        self.assertFalse(
            Subscriber.objects.reachable().filter(email="never@example.org").exists()
        )

    def test_who_never_confirmed_is_not_in_it(self):
        self.assertNotIn(b"waits@", self.written()[0])


class CommandTests(InTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "list.csv"
        self.file.write_text(
            "email,confirmed\nanna@example.org,yes\nben@example.org,\n"
        )

    def run_it(self, *arguments):
        out = io.StringIO()
        call_command("import_subscribers", *arguments, stdout=out)
        return out.getvalue()

    def test_it_says_what_would_happen_and_then_what_did(self):
        dry = self.run_it(self.file, "--dry-run")

        self.assertFalse(Subscriber.objects.exists())
        self.assertIn("       1 new: the letter goes to them\n", dry)
        self.assertIn("1 had not confirmed: not taken in (line 3)", dry)
        real = self.run_it(self.file)
        self.assertEqual(
            dry.replace("A dry run: nothing was changed.", "All of it is in place."),
            real,
        )
        self.assertEqual(Subscriber.objects.count(), 1)
        self.assertNotIn("anna", real)

    def test_columns_are_named_by_options(self):
        self.file.write_text("mail2,ok\nanna@example.org,yes\n")

        self.run_it(
            self.file, "--email", "mail2", "--confirmed=ok", "--zone=Asia/Tokyo"
        )

        self.assertEqual(self.one().consent_page, "import: list.csv")

    def test_rows_that_are_not_taken_are_written_down_for_nobody_else(self):
        rejected = self.folder / "rejected.csv"

        self.run_it(self.file, "--rejected", rejected)

        self.assertIn("ben@example.org", rejected.read_text())
        self.assertEqual(stat.S_IMODE(rejected.stat().st_mode), 0o600)
        with self.assertRaisesMessage(CommandError, "rejected.csv"):
            self.run_it(self.file, "--rejected", rejected)

    def test_what_cannot_be_read_is_one_sentence(self):
        for path in (self.folder, self.folder / "none.csv"):
            with self.assertRaisesMessage(CommandError, "cannot be read or written"):
                self.run_it(path)
        with self.assertRaisesMessage(CommandError, "no time zone “Mars”"):
            self.run_it(self.file, "--zone=Mars")
