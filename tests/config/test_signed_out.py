import html
import re

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import reverse

from config import signin
from guide.models import Guide, Picture, Topic
from tests.factories import make_guide, make_staff

GONE = "Nothing you typed is lost: sign in, and what you pressed is done."
ANA = {"signin-username": "ana", "signin-password": "correct horse"}


def fields_of(response):
    """Return what the form on the page sends."""
    tags = re.findall(r'<input type="hidden"[^>]*>', response.content.decode())
    sent = {}
    for tag in tags:
        name, value = re.search(r'name="([^"]*)" value="([^"]*)"', tag).groups()
        sent.setdefault(html.unescape(name), []).append(html.unescape(value))
    return sent


class SignedOutTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(username="ana")
        cls.url = reverse("admin:guide_topic_add")
        cls.typed = {"title": 'Back "& <b>neck', "slug": "back", "position": "3"}
        cls.typed |= {"intro": "<p>One.</p>\n<p>Two.</p>"}

    def test_what_was_typed_comes_back_with_the_sign_in(self):
        response = self.client.post(self.url, self.typed)

        self.assertContains(response, GONE, status_code=403)
        self.assertContains(response, f'action="{self.url}"', status_code=403)
        self.assertNotContains(response, "<b>neck", status_code=403)
        self.assertIn("no-store", response["Cache-Control"])
        sent = fields_of(response)
        for name, value in self.typed.items():
            self.assertEqual(sent[name], [value])

    def test_the_right_password_saves_it_in_the_same_request(self):
        sent = fields_of(self.client.post(self.url, self.typed))

        response = self.client.post(self.url, sent | ANA)

        self.assertRedirects(response, reverse("admin:guide_topic_changelist"))
        topic = Topic.objects.get()
        self.assertEqual(topic.title, self.typed["title"])
        self.assertEqual(topic.position, 3)

    def test_a_wrong_password_keeps_everything(self):
        sent = fields_of(self.client.post(self.url, self.typed))

        response = self.client.post(self.url, sent | ANA | {"signin-password": "no"})

        self.assertContains(response, "Please enter the correct", status_code=403)
        self.assertEqual(fields_of(response)["title"], [self.typed["title"]])
        self.assertNotContains(response, 'value="no"', status_code=403)
        self.assertFalse(Topic.objects.exists())

    def test_failures_are_bounded_and_everything_is_kept(self):
        sent = self.typed | ANA | {"signin-password": "no"}
        for _ in range(signin.FAILURES_PER_ADDRESS):
            self.assertEqual(self.client.post(self.url, sent).status_code, 403)

        response = self.client.post(self.url, self.typed | ANA)

        self.assertContains(response, "Too many tries. Wait", status_code=429)
        self.assertGreater(int(response["Retry-After"]), 0)
        self.assertEqual(fields_of(response)["title"], [self.typed["title"]])
        self.assertEqual(
            self.client.post("/admin/login/", {"username": "ana"}).status_code, 429
        )

    def test_a_list_of_values_and_inline_rows_are_kept(self):
        guide = make_guide(exercises=1)
        url = reverse("admin:guide_guide_changelist")
        chosen = [str(guide.pk), "77"]

        response = self.client.post(
            url, {"action": "withdraw", "_selected_action": chosen}
        )
        self.assertEqual(fields_of(response)["_selected_action"], chosen)
        self.client.post(url, fields_of(response) | ANA)

        self.assertTrue(Guide.objects.drafts().filter(pk=guide.pk).exists())

    def test_who_has_no_right_to_it_is_refused(self):
        make_staff(username="sam", is_superuser=False)

        response = self.client.post(
            self.url, self.typed | ANA | {"signin-username": "sam"}
        )

        self.assertContains(response, "This is not open to you", status_code=403)
        self.assertFalse(Topic.objects.exists())

    def test_who_is_not_of_the_staff_does_not_get_in(self):
        get_user_model().objects.create_user("reader", password="correct horse")

        response = self.client.post(
            self.url, self.typed | ANA | {"signin-username": "reader"}
        )

        self.assertContains(response, "Please enter the correct", status_code=403)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_files_are_named_for_they_cannot_be_kept(self):
        file = SimpleUploadedFile("my back.jpg", b"x", "image/jpeg")

        response = self.client.post(
            reverse("admin:guide_picture_add"), {"alt": "A back", "file": file}
        )

        self.assertContains(response, "choose once more: my back.jpg.", status_code=403)
        response = self.client.post(
            reverse("admin:guide_picture_add"), fields_of(response) | ANA
        )
        self.assertContains(response, 'value="A back"')
        self.assertFalse(Picture.objects.exists())

    def test_passwords_are_not_written_into_the_page(self):
        response = self.client.post(
            reverse("admin:auth_user_add"),
            {"username": "bo", "password1": "secret", "password2": "secret"},
        )

        self.assertNotContains(response, "secret", status_code=403)
        self.assertEqual(fields_of(response)["username"], ["bo"])

    def test_only_forms_of_the_admin(self):
        self.client.post(reverse("admin:logout"))
        response = self.client.post("/newsletter/", {"email": "x"} | ANA)

        self.assertNotContains(response, GONE, status_code=response.status_code)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_reading_leads_to_the_sign_in_as_ever(self):
        self.assertRedirects(
            self.client.get(self.url), f"/admin/login/?next={self.url}"
        )


class TokenTests(TestCase):
    """The token is looked at before the password, and after a sign-in it is new."""

    @classmethod
    def setUpTestData(cls):
        make_staff(username="ana")
        cls.url = reverse("admin:guide_topic_add")
        cls.typed = {"title": "Back", "slug": "back", "position": "3", "intro": ""}

    def setUp(self):
        self.browser = Client(enforce_csrf_checks=True)

    def token(self, url="/admin/login/"):
        page = self.browser.get(url).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        return {"csrfmiddlewaretoken": found[1]}

    def post(self, sent, origin="http://testserver"):
        headers = {"Origin": origin} if origin else {}
        return self.browser.post(self.url, sent, headers=headers)

    def test_another_site_cannot_send_it(self):
        token = self.token()
        for sent, origin in [
            (self.typed | ANA, None),
            (self.typed | ANA, "https://evil.example"),
            (self.typed | ANA | token, "https://evil.example"),
        ]:
            response = self.post(sent, origin)

            self.assertEqual(response.status_code, 403)
            self.assertNotContains(response, GONE, status_code=403)
        self.assertFalse(Topic.objects.exists())

    def test_the_whole_way_with_tokens(self):
        response = self.post(self.typed | self.token())

        self.post(fields_of(response) | ANA)

        self.assertTrue(Topic.objects.exists())

    def test_a_form_opened_before_signing_in_elsewhere_is_sent_once_more(self):
        old = self.token()
        user = {"username": "ana", "password": "correct horse"}
        self.browser.post("/admin/login/", user | old)

        response = self.post(self.typed | old)

        self.assertContains(response, "send it once more.", status_code=403)
        self.assertNotContains(response, "signin-username", status_code=403)
        self.assertFalse(Topic.objects.exists())
        self.post(fields_of(response))
        self.assertTrue(Topic.objects.exists())
