"""Addresses as people and machines type them: each is kept, or ends in a sentence."""

import re
from html import unescape

from django.core import mail
from django.test import TestCase, override_settings

from newsletter.models import Subscriber

URL = "/newsletter/"
LONG = "a" * 64
LABEL = "b" * 63

TAKEN = {
    "anna@example.org": "anna@example.org",
    "Anna.Berg@Example.ORG": "Anna.Berg@example.org",
    "  anna@example.org \t": "anna@example.org",
    "\u00a0anna@example.org\u3000": "anna@example.org",
    "anna@example.org\u200b": "anna@example.org",
    "\ufeffanna@example.org": "anna@example.org",
    "an\u00adna@exam\u200bple.org": "anna@example.org",
    "\u202aanna@example.org\u202c": "anna@example.org",
    "\u200eanna@example.org\u2069": "anna@example.org",
    "anna@example.org\r\n": "anna@example.org",
    "a@b.co": "a@b.co",
    "1@2.example.org": "1@2.example.org",
    "anna+letter@example.org": "anna+letter@example.org",
    "anna-berg_1@example.org": "anna-berg_1@example.org",
    "o'neil@example.org": "o'neil@example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org": "!#$%&'*+-/=?^_`{|}~@example.org",
    "-anna@example.org": "-anna@example.org",
    "anna-@example.org": "anna-@example.org",
    "anna@exam-ple.org": "anna@exam-ple.org",
    "anna@a.b.c.example.org": "anna@a.b.c.example.org",
    "anna@example.photography": "anna@example.photography",
    "anna@3m.example.org": "anna@3m.example.org",
    f"{LONG}@example.org": f"{LONG}@example.org",
    f"anna@{LABEL}.org": f"anna@{LABEL}.org",
    "anna@bücher.example": "anna@bücher.example",
    "anna@BÜCHER.example": "anna@bücher.example",
    "anna@xn--bcher-kva.example": "anna@bücher.example",
    "anna@bu\u0308cher.example": "anna@bücher.example",
    "anna@例え.jp": "anna@例え.jp",
    "anna@пример.рф": "anna@пример.рф",
    "anna@example。org": "anna@example.org",
    "anna@\uff45\uff58ample.org": "anna@example.org",
    "null@example.org": "null@example.org",
    "postmaster@example.org": "postmaster@example.org",
}

NO_AT = "There is no “@” in it"
ONE_ONLY = "Write one address only"
QUOTED = "Leave the quotation marks out"
PLAIN = "Before the “@” we can only use"
TOO_LONG = "64 characters at most"
NOT_RIGHT = "Something in this address is not right"
EMPTY = "Write the address to which"
AT_MOST = "at most 254 characters"

REFUSED = {
    "": EMPTY,
    "   ": EMPTY,
    "anna": NO_AT,
    "anna.example.org": NO_AT,
    "anna at example.org": NO_AT,
    "anna\uff20example.org": NO_AT,
    "https://example.org/": NO_AT,
    "\u200b": NO_AT,
    "@": NOT_RIGHT,
    "anna@": NOT_RIGHT,
    "@example.org": NOT_RIGHT,
    "anna@example": NOT_RIGHT,
    "anna@@example.org": NOT_RIGHT,
    "anna@berg@example.org": NOT_RIGHT,
    "an na@example.org": NOT_RIGHT,
    "anna@exam ple.org": NOT_RIGHT,
    "anna@example.org.": NOT_RIGHT,
    ".anna@example.org": NOT_RIGHT,
    "anna.@example.org": NOT_RIGHT,
    "anna..berg@example.org": NOT_RIGHT,
    "anna@.example.org": NOT_RIGHT,
    "anna@example..org": NOT_RIGHT,
    "anna@-example.org": NOT_RIGHT,
    "anna@example-.org": NOT_RIGHT,
    "anna@exam_ple.org": NOT_RIGHT,
    "anna@example,org": NOT_RIGHT,
    "anna@example.org,": NOT_RIGHT,
    "anna@example.org;": NOT_RIGHT,
    "anna@b@example.org, otto@example.org": ONE_ONLY,
    "anna@example.org otto@example.org": ONE_ONLY,
    "anna@example.org;otto@example.org": ONE_ONLY,
    "anna@example.org\notto@example.org": ONE_ONLY,
    "anna@example.org\r\nBcc: otto@example.org": ONE_ONLY,
    "an\nna@example.org": NOT_RIGHT,
    "anna@example.org\nSubject: x": NOT_RIGHT,
    "anna@exam\0ple.org": "Null characters are not allowed",
    "an\u202fna@example.org": PLAIN,
    '"anna"@example.org': QUOTED,
    '"an na"@example.org': QUOTED,
    '"anna@berg"@example.org': QUOTED,
    "Anna <anna@example.org>": NOT_RIGHT,
    "<anna@example.org>": NOT_RIGHT,
    "mailto:anna@example.org": NOT_RIGHT,
    "(Anna)anna@example.org": NOT_RIGHT,
    "anna@example.org(Anna)": NOT_RIGHT,
    "anna\\@example.org": NOT_RIGHT,
    "anna@localhost": NOT_RIGHT,
    "anna@127.0.0.1": NOT_RIGHT,
    "anna@[127.0.0.1]": NOT_RIGHT,
    "anna@[IPv6:::1]": NOT_RIGHT,
    "anna@printer.local": NOT_RIGHT,
    "anna@example.invalid": NOT_RIGHT,
    "anna@example.123": NOT_RIGHT,
    "ünna@example.org": PLAIN,
    "анна@example.org": PLAIN,
    "a\u0430nna@example.org": PLAIN,
    "😀@example.org": PLAIN,
    "anna@😀.org": NOT_RIGHT,
    "anna@bad\u2014dash.org": NOT_RIGHT,
    "anna@xn--a.example": NOT_RIGHT,
    f"{LONG}a@example.org": TOO_LONG,
    f"anna@{LABEL}b.org": NOT_RIGHT,
    f"anna@{'.'.join([LABEL] * 4)}.org": AT_MOST,
    "a" * 300: AT_MOST,
    f"{LONG}@{'.'.join([LABEL] * 3)}.org": AT_MOST,
    "<script>alert(1)</script>@example.org": NOT_RIGHT,
    "{{ name }}@example.org": NOT_RIGHT,
    "anna@example.org' OR 1=1 --": NOT_RIGHT,
    "anna%00@example.org\0": "Null characters are not allowed",
}


@override_settings(RATE_LIMITS=False)
class AddressTests(TestCase):
    def test_there_are_as_many_kinds_as_were_promised(self):
        self.assertGreaterEqual(len(TAKEN) + len(REFUSED), 84)

    def test_what_is_taken_is_kept_as_a_mail_can_go_to_it(self):
        for typed, kept in TAKEN.items():
            with self.subTest(typed):
                Subscriber.objects.all().delete()
                mail.outbox.clear()

                with self.captureOnCommitCallbacks(execute=True):
                    response = self.client.post(URL, {"email": typed, "is_sure": "on"})

                self.assertEqual(response.status_code, 303)
                self.assertEqual(Subscriber.objects.get().email, kept)
                [message] = mail.outbox
                self.assertEqual(message.to, [kept])
                self.assertTrue(message.message()["To"].isascii())

    def test_what_is_refused_gets_a_sentence_and_nothing_is_lost(self):
        for typed, sentence in REFUSED.items():
            with self.subTest(typed):
                response = self.client.post(URL, {"email": typed})

                [error] = re.findall(
                    r'id="letter_email_error">.*?</div>', response.text
                )
                self.assertIn(sentence, unescape(error))
                [field] = re.findall(r'<input[^>]*type="email"[^>]*>', response.text)
                if typed and "\0" not in typed:
                    self.assertIn("value=", field)
        self.assertFalse(Subscriber.objects.exists())
