from django.core import mail
from django.test import SimpleTestCase, TestCase

from newsletter.models import Subscriber
from newsletter.typos import DOMAINS, meant

URL = "/newsletter/"

SLIPS = {
    "gmail.com": "gmial.com gamil.com gmai.com gmal.com gnail.com gmaill.com gmail.con "
    "gmail.co gmail.cm gmail.comm gmail.cmo gmsil.com",
    "hotmail.com": "hotmial.com hotmali.com hotmil.com hotmai.com hotamil.com "
    "hotmail.con hotmail.co homtail.com",
    "yahoo.com": "yaho.com yahooo.com yhaoo.com yahoo.con yahoo.cm",
    "yahoo.co.uk": "yahho.co.uk yahoo.co.ik yaho.co.uk",
    "outlook.com": "outlok.com outloook.com oulook.com outlook.cmo",
    "icloud.com": "iclod.com icould.com icloud.con",
    "btinternet.com": "btinternt.com btinernet.com btinternet.co",
    "t-online.de": "tonline.de t-onlin.de t-onilne.de",
    "aol.com": "aol.con aol.co",
    "web.de": "",
}
# Domains that are no slips, however near they are to one we know.
RIGHT = """
    example.org example.com mail.com ymail.com gmx.fr gmail.de gmail.com.au web.at
    yahoo.co.jp yahoo.dk hotmail.nl live.cn nhs.net doctors.org.uk posteo.net wed.de
    bücher.example orders.com master.net a.co hull.ac.uk fee.fr
""".split()  # noqa: SIM905


class TypoTests(SimpleTestCase):
    def test_a_slip_in_a_well_known_domain_is_seen(self):
        for right, slips in SLIPS.items():
            for slip in slips.split():
                with self.subTest(slip):
                    self.assertEqual(meant(f"Anna+1@{slip}"), f"Anna+1@{right}")

    def test_an_ending_that_there_is_not_is_seen_anywhere(self):
        self.assertEqual(meant("anna@practice-hull.con"), "anna@practice-hull.com")
        self.assertEqual(meant("anna@practice.ogr"), "anna@practice.org")

    def test_other_domains_are_left_alone(self):
        for domain in [*RIGHT, *DOMAINS, *map(str.upper, DOMAINS)]:
            with self.subTest(domain):
                self.assertEqual(meant(f"anna@{domain}"), "")

    def test_what_is_offered_is_never_asked_about_again(self):
        for slip in " ".join(SLIPS.values()).split():
            with self.subTest(slip):
                self.assertEqual(meant(meant(f"anna@{slip}")), "")


class DidYouMeanTests(TestCase):
    def sign_up(self, email, *, referer="http://testserver/guides/rows/", **more):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(
                URL, {"email": email, **more}, headers={"referer": referer}
            )

    def test_it_asks_and_nothing_is_lost(self):
        response = self.sign_up("anna@gmial.com")

        self.assertContains(response, "Did you mean")
        for email in ("anna@gmail.com", "anna@gmial.com"):
            self.assertContains(response, f'name="email" value="{email}"')
        self.assertContains(response, 'name="page" value="/guides/rows/"')
        self.assertIn("no-store", response["Cache-Control"])
        self.assertFalse(response.cookies)
        self.assertFalse(Subscriber.objects.exists())
        self.assertFalse(mail.outbox)

    def test_either_answer_is_taken(self):
        asked = {"is_sure": "on", "page": "/guides/rows/"}
        for email in ("anna@gmail.com", "anna@gmial.com"):
            with self.subTest(email):
                response = self.sign_up(
                    email, referer=f"http://testserver{URL}", **asked
                )

                self.assertRedirects(response, "/newsletter/check-mail/", 303)
                subscriber = Subscriber.objects.get(email=email)
                self.assertEqual(subscriber.consent_page, "/guides/rows/")
                self.assertEqual(mail.outbox[-1].to, [email])

    def test_who_meant_neither_goes_on_writing(self):
        response = self.client.post(URL, {"neither": "anna@gmial.com", "is_sure": "on"})

        self.assertContains(response, 'value="anna@gmial.com"')
        self.assertNotContains(response, "field__error")
        self.assertFalse(Subscriber.objects.exists())

    def test_the_page_that_was_told_counts_only_behind_that_question(self):
        for number, (referer, page, kept) in enumerate(
            [
                ("http://testserver/about/", "/guides/", "/about/"),
                ("https://evil.example/", "/guides/", ""),
                (f"http://testserver{URL}", "https://evil.example/", URL),
                (f"http://testserver{URL}", "/newsletter/status/secret/", URL),
            ]
        ):
            with self.subTest(page):
                email = f"anna{number}@example.org"

                self.sign_up(email, referer=referer, page=page)

                subscriber = Subscriber.objects.get(email=email)
                self.assertEqual(subscriber.consent_page, kept)

    def test_it_asks_alike_whatever_is_known_of_the_address(self):
        Subscriber.objects.sign_up("anna@gmial.com")

        known = self.sign_up("anna@gmial.com").text.replace("anna@", "@")
        new = self.sign_up("otto@gmial.com").text.replace("otto@", "@")

        self.assertEqual(known, new)
