import base64
import hashlib
import hmac
import json
import uuid

from django.test import Client, TestCase, override_settings

from newsletter.models import Bounce, Delivery, Subscriber
from tests.newsletter.test_returning import Returned, days_ago

SECRET = "postbox:correct horse"
URL = "/newsletter/webhooks/postmark/"
ON = override_settings(BOUNCE_WEBHOOK="postmark", ANYMAIL={"WEBHOOK_SECRET": SECRET})


def shown(secret=SECRET):
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


@ON
class WebhookTests(Returned):
    def setUp(self):
        super().setUp()
        self.client = Client(enforce_csrf_checks=True)

    def event(self, **values):
        return {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "ID": 42,
            "MessageID": f"{self.delivery.pk}@testserver",
            "Email": self.reader.email,
            "BouncedAt": days_ago(0).isoformat(),
            "Details": "smtp;550 5.1.1 no such user",
        } | values

    def post(self, event, *, headers=None):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        response = self.client.post(
            URL,
            body,
            content_type="application/json",
            headers=shown() if headers is None else headers,
        )
        self.reader.refresh_from_db()
        self.delivery.refresh_from_db()
        return response

    def test_a_dead_address_is_suppressed(self):
        response = self.post(self.event())

        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            self.reader.suppressed_for, "this address does not exist (5.1.1)"
        )
        self.assertEqual(self.delivery.state, Delivery.State.FAILED)
        self.assertEqual(Bounce.objects.get().door, "webhook")

    def test_an_id_of_the_providers_own_is_no_trouble_where_the_address_is_known(self):
        self.post(
            self.event(MessageID="00000000-0000", Email=self.reader.email.upper())
        )

        self.assertIsNotNone(self.reader.suppressed_at)
        self.assertIsNone(Bounce.objects.get().delivery)

    def test_an_id_of_the_providers_own_may_look_like_one_of_ours(self):
        self.post(self.event(MessageID=str(uuid.uuid4())))

        self.assertIsNotNone(self.reader.suppressed_at)

    def test_a_provider_may_spell_a_domain_in_plain_letters(self):
        Subscriber.objects.filter(pk=self.reader.pk).update(
            email="anna@bücher.org", email_key="anna@bücher.org"
        )

        self.post(self.event(MessageID="", Email="Anna@xn--bcher-kva.org"))

        self.assertIsNotNone(self.reader.suppressed_at)

    def test_the_code_judges_and_not_the_word_of_the_provider(self):
        for details, kind in [
            ("smtp;550 5.7.1 blocked", "blocked"),
            ("smtp;552 5.2.2 full", "full"),
            ("smtp;450 4.2.2 full", "gave-up"),
            ("unknown", "refused"),
            (None, "refused"),
        ]:
            with self.subTest(details):
                self.post(self.event(Details=details))

                self.assertEqual(Bounce.objects.latest("pk").kind, kind)
                self.assertIsNone(self.reader.suppressed_at)

    def test_what_is_late_stays_under_way(self):
        self.post(self.event(Type="Transient"))

        self.assertEqual(Bounce.objects.get().kind, "later")
        self.assertEqual(self.delivery.state, Delivery.State.SENT)

    def test_a_complaint_leaves_the_list(self):
        self.post(self.event(RecordType="SpamComplaint", Type="SpamComplaint"))

        self.assertIsNotNone(self.reader.unsubscribed_at)

    def test_told_twice_it_is_one_row_and_nothing_happens_again(self):
        event = self.event()
        self.post(event)
        self.reader.confirm()

        response = self.post(event)

        self.assertEqual(response.status_code, 200)
        self.assertEqual(Bounce.objects.get().times, 2)
        self.assertIsNone(self.reader.suppressed_at)

    def test_what_is_told_of_before_she_confirmed_stops_nothing(self):
        Subscriber.objects.update(confirmed_at=days_ago(0))

        for kind in ("HardBounce", "SpamComplaint"):
            event = self.event(MessageID="x", Type=kind)
            self.post(event | {"BouncedAt": days_ago(1).isoformat()})

        self.assertIsNone(self.reader.suppressed_at)
        self.assertIsNone(self.reader.unsubscribed_at)

    def test_what_a_reader_does_with_a_letter_is_not_kept(self):
        for kind in ("Open", "Click", "Delivery"):
            response = self.post(self.event(RecordType=kind))

            self.assertEqual(response.status_code, 200)
        self.assertFalse(Bounce.objects.exists())

    def test_nobodys_is_listed(self):
        event = self.event(
            Email="nobody@example.org", MessageID=f"{uuid.uuid4()}@testserver"
        )

        self.post(event)

        self.assertIn("nobody@example.org", Bounce.objects.unmatched().get().excerpt)

    def refused(self, response, status, reason):
        self.assertEqual(response.status_code, status)
        self.assertFalse(response.content)
        bounce = Bounce.objects.get()
        self.assertEqual(bounce.reason, reason)
        self.assertEqual(bounce.excerpt, "")
        self.assertIsNone(self.reader.suppressed_at)
        return bounce

    def test_without_the_secret_it_is_counted_and_not_believed(self):
        for headers in (
            {},
            shown(""),
            shown(SECRET + "x"),
            {"Authorization": "Basic \xff"},
            {"Authorization": "Bearer " + SECRET},
        ):
            response = self.post(self.event(), headers=headers)

        bounce = self.refused(
            response, 403, "a call without the secret that was agreed"
        )
        self.assertEqual(bounce.times, 5)

    def test_nonsense_is_counted(self):
        for body in (b"", b"{", b"\xff", b"[]", b"null", b'{"RecordType": []}'):
            with self.subTest(body):
                response = self.post(body)

                self.refused(response, 400, "a call that could not be understood")

    def test_a_megabyte_is_counted_and_not_read(self):
        response = self.post(b'{"a": "' + b"x" * 1_000_000 + b'"}')

        self.refused(response, 413, "a call of more than half a megabyte")

    def test_who_goes_on_is_not_written_down_any_more(self):
        for _number in range(61):
            response = self.post(b"", headers={})

        self.assertEqual(response.status_code, 429)
        self.assertIn("Retry-After", response)
        self.assertEqual(Bounce.objects.get().times, 60)

    def test_only_the_provider_that_was_named_is_at_home(self):
        for provider in ("mailgun", "no-such"):
            url = f"/newsletter/webhooks/{provider}/"

            self.assertEqual(self.client.post(url, headers=shown()).status_code, 404)
        self.assertEqual(self.client.head(URL).status_code, 200)
        self.assertEqual(self.client.get(URL).status_code, 405)
        with override_settings(BOUNCE_WEBHOOK=""):
            self.assertEqual(self.client.post(URL, headers=shown()).status_code, 404)
        self.assertFalse(Bounce.objects.exists())

    def test_an_address_does_not_stand_in_the_log(self):
        with self.assertNoLogs("newsletter"):
            self.post(self.event())
            self.post(self.event(MessageID="x", Email="nobody@example.org"))


@override_settings(
    BOUNCE_WEBHOOK="mailgun",
    ANYMAIL={"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "key"},
)
class SignatureTests(Returned):
    """Mailgun signs besides."""

    def post(self, key):
        token, timestamp = "t" * 50, "1700000000"
        signature = hmac.new(
            key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256
        ).hexdigest()
        event = {
            "signature": {
                "token": token,
                "timestamp": timestamp,
                "signature": signature,
            },
            "event-data": {
                "event": "failed",
                "severity": "permanent",
                "recipient": self.reader.email,
                "message": {
                    "headers": {"message-id": f"{self.delivery.pk}@testserver"}
                },
                "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
            },
        }
        response = self.client.post(
            "/newsletter/webhooks/mailgun/",
            event,
            content_type="application/json",
            headers=shown(),
        )
        self.reader.refresh_from_db()
        return response

    def test_what_is_signed_is_believed(self):
        response = self.post("key")

        self.assertEqual(response.status_code, 200)
        self.assertIsNotNone(self.reader.suppressed_at)
        self.assertEqual(Bounce.objects.get().delivery, self.delivery)

    def test_what_is_signed_by_another_is_not(self):
        response = self.post("another")

        self.assertEqual(response.status_code, 403)
        self.assertIsNone(self.reader.suppressed_at)
        self.assertEqual(Bounce.objects.count(), 1)


class EachProviderTests(TestCase):
    def test_each_demands_the_secret_and_takes_no_nonsense(self):
        for provider in ("brevo", "mailjet", "mailtrap", "postmark", "sparkpost"):
            with (
                self.subTest(provider),
                override_settings(
                    BOUNCE_WEBHOOK=provider, ANYMAIL={"WEBHOOK_SECRET": SECRET}
                ),
            ):
                url = f"/newsletter/webhooks/{provider}/"

                self.assertEqual(self.client.post(url).status_code, 403)
                response = self.client.post(
                    url, b"?", content_type="application/json", headers=shown()
                )
                self.assertEqual(response.status_code, 400)
