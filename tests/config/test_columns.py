from django.test import TestCase
from django.urls import reverse

from tests.factories import make_guide, make_staff


class ColumnNameTests(TestCase):
    def setUp(self):
        self.client.force_login(make_staff(is_superuser=True))

    def test_each_value_in_a_list_says_what_it_is(self):
        make_guide(title="Two rows")

        page = self.client.get(reverse("admin:guide_guide_changelist"))

        self.assertContains(
            page,
            '<td class="field-review_due_on nowrap">'
            '<span class="cell-name">Review due on: </span>-</td>',
        )
        self.assertNotContains(page, '<span class="cell-name">Title')

    def test_a_name_that_looks_like_a_cell_stays_text(self):
        make_guide(title='<td class="field-state">')

        page = self.client.get(reverse("admin:guide_guide_changelist"))

        self.assertContains(page, "&lt;td class=&quot;field-state&quot;&gt;")
