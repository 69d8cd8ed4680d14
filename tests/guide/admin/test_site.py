import re

from guide.models import (
    Author,
    Equipment,
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


class DeletingTests(AdminTestCase):
    def test_the_window_in_which_it_was_asked_closes(self):
        band = Equipment.objects.create(name="Band", slug="a-band")
        url = self.url("equipment_delete", band) + "?_to_field=id&_popup=1"

        page = self.client.get(url)
        response = self.client.post(url, fields_in(page, "post", "_popup", "_to_field"))

        self.assertFalse(Equipment.objects.filter(pk=band.pk).exists())
        self.assertContains(response, "popup_response.js")


def fields_in(page, *names):
    """Return those hidden fields that a page has."""
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return {name: found[name] for name in names if name in found}


class AuthorAdminTests(AdminTestCase):
    def test_a_new_guide_is_hers(self):
        author = Author.objects.get(user=self.ana)

        form = self.client.get(self.url("guide_add")).context["adminform"].form

        self.assertEqual(form["author"].value(), author.pk)
