import tempfile
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import TestCase, override_settings

from config import mail
from tests.factories import make_staff

SMTP = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
PIXEL = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def make_mail(folder, *, subject="Please confirm", html="", text="Dear Tom", cid=None):
    message = EmailMessage()
    message["Subject"], message["To"] = subject, "tom@example.org"
    message["From"], message["Date"] = "a@b.example", "Sun, 22 Nov 2026 09:00:00 +0000"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
        if cid:
            message.get_payload()[1].add_related(PIXEL, "image", "gif", cid=f"<{cid}>")
    return mail.FolderBackend(folder=folder).write(message.as_bytes()).stem


class MailboxTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = make_staff()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "mail"
        backend = {
            "BACKEND": "config.mail.FolderBackend",
            "OPTIONS": {"folder": str(self.folder)},
        }
        self.enterContext(
            override_settings(MAILERS={"default": backend, "newsletter": backend})
        )
        self.client.force_login(self.staff)

    def test_the_newest_stands_first(self):
        make_mail(self.folder, subject="The first")
        make_mail(self.folder, subject="The second & last")

        page = self.client.get("/admin/mails/").content.decode()

        self.assertLess(page.index("The second &amp; last"), page.index("The first"))
        self.assertEqual(page.count("tom@example.org"), 2)

    def test_an_empty_box_says_what_will_come(self):
        self.assertContains(
            self.client.get("/admin/mails/"), "No mail has been sent yet"
        )

    def test_one_mail_with_its_headers_its_page_and_its_text(self):
        name = make_mail(
            self.folder, html="<p>Dear Tom</p>", text="See https://a.example/x"
        )

        page = self.client.get(f"/admin/mails/{name}/")

        self.assertContains(page, "<h1>Please confirm</h1>", html=True)
        self.assertContains(page, f'src="/admin/mails/{name}/html/"')
        self.assertContains(page, '<a href="https://a.example/x"')
        self.assertContains(page, "tom@example.org")

    def test_the_page_of_a_mail_may_do_nothing_but_show_itself(self):
        name = make_mail(
            self.folder,
            html="<html><head></head><body><script>x()</script></body></html>",
        )

        page = self.client.get(f"/admin/mails/{name}/html/")

        self.assertEqual(
            page["Content-Security-Policy"],
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
            "style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'",
        )
        self.assertEqual(page["X-Frame-Options"], "SAMEORIGIN")
        self.assertContains(page, '<head><base target="_blank">')

    def test_pictures_inside_a_mail_are_shown(self):
        name = make_mail(self.folder, html='<img src="cid:row">', cid="row")

        page = self.client.get(f"/admin/mails/{name}/html/")

        self.assertContains(page, 'src="data:image/gif;base64,R0lGOD')

    def test_a_mail_without_a_page_has_none(self):
        name = make_mail(self.folder)

        self.assertNotContains(self.client.get(f"/admin/mails/{name}/"), "<iframe")
        self.assertEqual(self.client.get(f"/admin/mails/{name}/html/").status_code, 404)

    def test_nothing_but_mails_of_the_folder_can_be_read(self):
        (self.folder.parent / "secret.eml").write_text("Subject: secret")
        for name in ["../secret", "..%2fsecret", "secret", "a.b", "%00"]:
            with self.subTest(name):
                response = self.client.get(f"/admin/mails/{name}/")

                self.assertEqual(response.status_code, 404)

    def test_only_staff_may_look(self):
        name = make_mail(self.folder, html="<p>secret</p>")
        self.client.logout()

        for url in ["", f"{name}/", f"{name}/html/"]:
            response = self.client.get(f"/admin/mails/{url}")

            self.assertRedirects(
                response,
                f"/admin/login/?next=/admin/mails/{url}",
                fetch_redirect_response=False,
            )

    def test_staff_who_may_not_see_subscribers_see_no_mail(self):
        name = make_mail(self.folder, html="<p>secret</p>")
        right = Permission.objects.get(codename="view_subscriber")
        for permissions, status in [([], 403), ([right], 200)]:
            self.client.force_login(
                make_staff(is_superuser=False, permissions=permissions)
            )
            first = self.client.get("/admin/")
            self.assertEqual(b'"/admin/mails/"' in first.content, status == 200)
            for url in ["", f"{name}/", f"{name}/html/"]:
                with self.subTest(url, status=status):
                    response = self.client.get(f"/admin/mails/{url}")

                    self.assertEqual(response.status_code, status)

    def test_looking_is_all_one_can_do(self):
        self.assertEqual(self.client.post("/admin/mails/").status_code, 405)

    def test_it_says_of_letters_and_of_all_other_mails_whether_they_land_here(self):
        here = settings.MAILERS["default"]
        no_mail, no_letter = "No mail has been sent yet", "No letter has been sent yet"
        told = {
            ("This site has no mail server yet", no_mail): (here, here),
            ("Letters leave by a mail server of their own", no_mail): (here, SMTP),
            ("Letters land here and go nowhere else", no_letter): (SMTP, here),
        }
        for said, (rest, letters) in told.items():
            mailers = {"default": rest, "newsletter": letters}
            with self.subTest(said), override_settings(MAILERS=mailers):
                page = self.client.get("/admin/mails/").content.decode()

                heard = {words for words in sum(told, ()) if words in page}
                self.assertEqual(heard, set(said))

    def test_with_a_mail_server_there_is_no_box(self):
        with override_settings(MAILERS={"default": SMTP, "newsletter": SMTP}):
            self.assertEqual(self.client.get("/admin/mails/").status_code, 404)
