from config import keeping
from tests.factories import make_guide, make_ready_guide
from tests.guide.admin.cases import AdminTestCase, fields_of


class KeepingTests(AdminTestCase):
    def form(self, guide):
        return fields_of(
            self.client.get(self.url("guide_change", guide)).content.decode()
        )

    def saved(self):
        return self.client.session.get(keeping.SESSION_KEY, [])

    def test_the_mark_of_a_saved_form_is_told_to_the_next(self):
        guide = make_guide()
        sent = self.form(guide)

        self.client.post(self.url("guide_change", guide), sent)

        self.assertEqual(self.saved(), sent["_form"])
        self.assertContains(
            self.client.get(self.url("guide_add")), f'data-saved="{sent["_form"][0]}"'
        )

    def test_each_form_has_a_mark_of_its_own(self):
        guide = make_guide()

        self.assertNotEqual(self.form(guide)["_form"], self.form(guide)["_form"])

    def test_what_was_refused_is_not_saved(self):
        guide = make_ready_guide()
        sent = self.form(guide)

        response = self.client.post(
            self.url("guide_change", guide), sent | {"title": ""}
        )

        self.assertContains(response, "Nothing you typed is lost. It is not saved yet")
        self.assertNotContains(response, "Please correct")
        self.assertContains(response, f'data-sent="{sent["_form"][0]}"')
        self.assertEqual(self.saved(), [])

    def test_no_more_marks_are_remembered_than_one_needs(self):
        guide = make_guide()
        sent = self.form(guide)
        sent.pop("_stamp")
        for n in range(keeping.MOST + 2):
            self.client.post(self.url("guide_change", guide), sent | {"_form": f"m{n}"})

        self.assertEqual(len(self.saved()), keeping.MOST)
        self.assertEqual(self.saved()[-1], f"m{keeping.MOST + 1}")
