from guide.models import (
    Author,
    Page,
    SiteSettings,
)
from tests.guide.admin.cases import AdminTestCase


class SettingsTests(AdminTestCase):
    def test_the_settings_open_at_their_form(self):
        response = self.client.get(self.url("sitesettings_changelist"))

        self.assertRedirects(
            response, self.url("sitesettings_change", SiteSettings.load())
        )
        self.assertEqual(self.client.get(self.url("sitesettings_add")).status_code, 403)

    def test_they_show_at_the_next_request(self):
        self.save(
            self.url("sitesettings_change", SiteSettings.load()),
            headline="Sit taller.",
        )

        self.client.logout()
        self.assertContains(self.client.get("/"), "Sit taller.")

    def test_a_zone_nobody_knows_is_refused(self):
        response = self.save(
            self.url("sitesettings_change", SiteSettings.load()), zone="Mars"
        )

        self.assert_says(response, "“Mars” is no time zone.")


class PageAdminTests(AdminTestCase):
    def test_a_page_may_not_hide_behind_another_address(self):
        for slug in ["guides", "questions", "about", "newsletter", "admin"]:
            with self.subTest(slug):
                response = self.client.post(
                    self.url("page_add"),
                    {"title": "Mine", "slug": slug, "prose": "<p>a</p>"},
                )

                self.assert_says(
                    response,
                    "Another part of the site has this address.",
                    'value="Mine"',
                )
        self.assertFalse(Page.objects.filter(title="Mine").exists())

    def test_a_free_address_is_taken(self):
        self.client.post(
            self.url("page_add"),
            {"title": "Imprint", "slug": "imprint", "prose": "<p>a</p>"},
        )

        self.assertContains(self.client.get("/imprint/"), "Imprint")


class AuthorAdminTests(AdminTestCase):
    def test_a_new_guide_is_hers(self):
        author = Author.objects.get(user=self.ana)

        form = self.client.get(self.url("guide_add")).context["adminform"].form

        self.assertEqual(form["author"].value(), author.pk)
