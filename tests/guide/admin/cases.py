"""What the tests of the admin's forms begin with."""

import html
import re

from django.test import TestCase
from django.urls import reverse

from tests.factories import make_staff


def fields_of(page):
    """Return what a browser would send if one pressed Save at once."""
    form = re.search(r'(?s)<form[^>]*id="\w+_form".*?</form>', page)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind, name = attrs.get("type", "text"), attrs.get("name")
        if not name or kind in {"submit", "file", "button"}:
            continue
        if kind in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        value = html.unescape(attrs.get("value", "on" if kind == "checkbox" else ""))
        sent[name] = [*sent.get(name, []), value] if name in sent else [value]
    for attrs, text in re.findall(r"(?s)<textarea([^>]*)>(.*?)</textarea>", form):
        name = re.search(r'name="([^"]+)"', attrs)[1]
        sent[name] = [html.unescape(text).removeprefix("\n")]
    for attrs, options in re.findall(r"(?s)<select([^>]*)>(.*?)</select>", form):
        name = re.search(r'name="([^"]+)"', attrs)[1]
        sent[name] = re.findall(r'<option value="([^"]*)"[^>]*\bselected\b', options)
    return {name: values for name, values in sent.items() if "__prefix__" not in name}


class AdminTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes", username="ana")

    def setUp(self):
        self.client.force_login(self.ana)

    def url(self, name, row=None):
        args = [row.pk] if row else []
        return reverse(f"admin:guide_{name}", args=args)

    def save(self, url, **changes):
        """Open a form, change some fields, press a button; return the answer."""
        fields = fields_of(self.client.get(url).content.decode())
        return self.client.post(url, fields | changes, follow=True)

    def assert_says(self, response, *sentences):
        self.assertEqual(response.status_code, 200)
        page = html.unescape(response.content.decode())
        for sentence in sentences:
            self.assertIn(sentence, page)
