import re

from django.contrib import admin
from django.utils import timezone

from guide.models import (
    Dosage,
    Guide,
    SiteSettings,
)
from tests.factories import make_guide, make_staff
from tests.guide.admin.cases import AdminTestCase

OURS = [model for model in admin.site._registry if model._meta.app_label == "guide"]


class EveryFormTests(AdminTestCase):
    def test_each_list_and_each_empty_form_opens(self):
        make_guide(exercises=1)
        for model in OURS:
            name = model._meta.model_name
            with self.subTest(name):
                response = self.client.get(self.url(f"{name}_changelist"), follow=True)
                self.assertEqual(response.status_code, 200)
                if model is not SiteSettings:
                    response = self.client.get(self.url(f"{name}_add"))
                    self.assertEqual(response.status_code, 200)

    def test_no_form_brings_inline_style_or_script(self):
        guide = make_guide(exercises=1)
        for url in [
            self.url("guide_change", guide),
            self.url("exercise_change", guide.exercises.get()),
            self.url("picture_add"),
            self.url("video_add"),
            self.url("sitesettings_changelist"),
        ]:
            page = self.client.get(url, follow=True).content.decode()
            with self.subTest(url):
                self.assertNotRegex(page, r'\sstyle="|\son\w+="|<style')
                for script in re.findall(r"<script([^>]*)>", page):
                    self.assertRegex(script, r"src=|type=\"importmap\"[^>]*nonce=")

    def test_saving_at_once_changes_nothing_that_readers_see(self):
        guide = make_guide(
            exercises=2,
            intro="<p>So.</p>",
            published_at=timezone.now().replace(microsecond=0),
        )
        Dosage.objects.create(guide=guide, repetitions_min=8)
        before = list(Guide.objects.values()), list(guide.exercises.values())
        steps = list(guide.exercises.first().steps.values())

        for url in [
            self.url("guide_change", guide),
            self.url("exercise_change", guide.exercises.first()),
        ]:
            response = self.save(url)
            self.assertNotContains(response, "errorlist")

        after = list(Guide.objects.values()), list(guide.exercises.values())
        for was, is_now in zip(before[0] + before[1], after[0] + after[1], strict=True):
            self.assertEqual(was | {"updated_at": None}, is_now | {"updated_at": None})
        self.assertEqual(steps, list(guide.exercises.first().steps.values()))


class RightsTests(AdminTestCase):
    def test_an_assistant_reaches_none_of_it(self):
        guide = make_guide(exercises=1)
        self.client.force_login(make_staff(is_superuser=False))

        for model in OURS:
            row = model.objects.first()
            name = model._meta.model_name
            urls = [self.url(f"{name}_changelist")]
            urls += [self.url(f"{name}_change", row)] if row else []
            for url in urls:
                for method in (self.client.get, self.client.post):
                    with self.subTest(url):
                        self.assertIn(method(url).status_code, (302, 403, 404))
        self.client.post(
            self.url("guide_changelist"),
            {"action": "withdraw", "_selected_action": guide.pk},
        )
        guide.refresh_from_db()
        self.assertTrue(guide.is_published)
