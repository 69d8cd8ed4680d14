from datetime import timedelta

from django.test import Client
from django.utils import timezone

from guide import changes, serialize
from guide.models import Audience, Equipment, Guide, Section, Step, Version
from tests.factories import make_full_guide, make_guide, make_ready_guide, make_staff
from tests.guide.admin.cases import AdminTestCase, fields_of


class TwoAuthorsTestCase(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.anna = Client()
        self.anna.force_login(make_staff(username="anna", first_name="Anna"))

    def opened(self, url, client=None):
        """Return what the form at an address sends if one saves at once."""
        return fields_of((client or self.client).get(url).content.decode())

    def anna_saves(self, url, **changes):
        self.anna.post(url, self.opened(url, self.anna) | changes)


class OverwritingTests(TwoAuthorsTestCase):
    def setUp(self):
        super().setUp()
        self.guide = make_guide(exercises=1, published_at=None)
        self.exercise = self.guide.exercises.get()

    def test_what_somebody_saved_meanwhile_is_not_overwritten_unseen(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"title": "Mine", "question": "Typed?"}
        self.anna_saves(url, title="Hers")

        response = self.client.post(url, mine)

        moment = Version.objects.get().saved_at
        time = timezone.localtime(moment).strftime("%H:%M")
        self.assert_says(
            response,
            f"Anna saved this guide at {time}, after you opened it.",
            f'<a href="{url}" target="_blank">Look at what is saved now',
            "Save again, and what you typed takes its place.",
            'value="Mine"',
            'value="Typed?"',
        )
        self.guide.refresh_from_db()
        self.assertEqual(self.guide.title, "Hers")

        self.client.post(url, fields_of(response.content.decode()))

        self.guide.refresh_from_db()
        self.assertEqual((self.guide.title, self.guide.question), ("Mine", "Typed?"))

    def test_a_second_save_of_hers_holds_it_again(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"title": "Mine"}
        self.anna_saves(url, title="Hers")
        again = fields_of(self.client.post(url, mine).content.decode())
        self.anna_saves(url, title="Hers again")

        response = self.client.post(url, again)

        self.assert_says(response, "Anna saved this guide at")

    def test_whoever_saves_nothing_new_holds_up_nobody(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"title": "Mine"}
        self.anna_saves(url)

        self.client.post(url, mine)

        self.guide.refresh_from_db()
        self.assertEqual(self.guide.title, "Mine")

    def test_what_hangs_on_it_counts(self):
        Section.objects.create(guide=self.guide, heading="Why", prose="<p>So.</p>")
        url = self.url("guide_change", self.guide)
        for change in [
            lambda: self.guide.sections.update(prose="<p>Not so.</p>"),
            lambda: self.guide.sections.all().delete(),
        ]:
            mine = self.opened(url)
            change()

            response = self.client.post(url, mine)

            self.assert_says(response, "This guide was changed after you opened it.")

    def test_what_changes_by_itself_does_not_count(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"title": "Mine"}
        later = timezone.now() + timedelta(hours=1)
        Guide.objects.filter(pk=self.guide.pk).update(indexed_at=later)

        self.client.post(url, mine)

        self.guide.refresh_from_db()
        self.assertEqual(self.guide.title, "Mine")

    def test_an_exercise_with_all_it_has(self):
        band = Equipment.objects.create(name="band", slug="band")
        url = self.url("exercise_change", self.exercise)
        for change in [
            lambda: self.exercise.equipment.add(band),
            lambda: Step.objects.filter(text="Pull.").update(text="Push."),
            lambda: self.exercise.steps.all().delete(),
        ]:
            mine = self.opened(url) | {"name": "Mine"}
            change()

            response = self.client.post(url, mine)

            self.assert_says(response, "This exercise was changed", 'value="Mine"')

    def test_ones_own_other_window_is_told_as_such(self):
        url = self.url("exercise_change", self.exercise)
        mine = self.opened(url) | {"name": "Mine"}
        self.client.post(url, self.opened(url) | {"name": "Mine too"})

        response = self.client.post(url, mine)

        self.assert_says(response, "You saved this exercise at", "in another window")

    def test_an_older_day_is_named(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url)
        self.anna_saves(url, title="Hers")
        yesterday = timezone.now() - timedelta(days=2)
        Version.objects.update(saved_at=yesterday)
        moment = f"{yesterday.timestamp() - 60} "
        mine["_stamp"] = [moment + mine["_stamp"][0].partition(" ")[2]]

        response = self.client.post(url, mine)

        day = timezone.localtime(yesterday).strftime("%-d %b %Y")
        self.assert_says(response, f"Anna saved this guide on {day} at ")

    def test_nonsense_for_a_stamp_is_an_old_stamp(self):
        url = self.url("guide_change", self.guide)

        for stamp in ["", "x", "nan nan", "\x00"]:
            response = self.client.post(url, self.opened(url) | {"_stamp": stamp})

            self.assert_says(response, "This guide was changed")

    def test_a_new_guide_has_nothing_to_overwrite(self):
        self.assertNotIn("_stamp", self.opened(self.url("guide_add")))

    def test_of_a_published_guide_two_authors_changes_are_both_kept(self):
        guide = make_guide(exercises=2)
        one, two = guide.exercises.all()
        first = self.url("exercise_change", one)
        mine = self.opened(first) | {"name": "Mine"}
        self.anna_saves(self.url("exercise_change", two), name="Hers")

        response = self.client.post(first, mine)
        self.assert_says(response, "Anna saved this exercise at", 'value="Mine"')
        self.client.post(first, fields_of(response.content.decode()))

        copy = Guide.with_copies.get(copy_of=guide)
        names = copy.exercises.values_list("name", flat=True)
        self.assertEqual(sorted(names), ["Hers", "Mine"])

    def test_a_form_that_was_open_while_its_changes_went_out_is_held(self):
        guide = make_ready_guide(published_at=timezone.now())
        self.save(self.url("guide_change", guide), title="First")
        copy = Guide.with_copies.get(copy_of=guide)
        url = self.url("guide_change", copy)
        mine = self.opened(url) | {"title": "Mine"}
        self.anna_saves(url, title="Hers")
        changes.publish(changes.newest(guide))

        response = self.client.post(url, mine)
        self.assert_says(response, "Anna saved this guide at", 'value="Mine"')
        self.client.post(url, fields_of(response.content.decode()))

        copy.refresh_from_db()
        self.assertEqual(copy.title, "Mine")
        self.assertTrue(copy.waiting_since)
        self.assertEqual(Guide.objects.get(pk=guide.pk).title, "Hers")


class OpenWhilePublishedTests(TwoAuthorsTestCase):
    """A form that was open while changes went out, or were dropped, is held once."""

    def setUp(self):
        super().setUp()
        self.guide = make_full_guide()
        self.exercise = self.guide.exercises.last()  # it has a variation of each kind

    def test_a_guide_whose_changes_were_published(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"title": "Mine"}
        self.anna_saves(url, question="Hers?")
        changes.publish(changes.newest(self.guide))

        self.assertEqual(self.saved_again(url, mine).title, "Mine")

    def test_an_exercise_whose_changes_were_published(self):
        url = self.url("exercise_change", self.exercise)
        mine = self.opened(url) | {"name": "Mine"}
        self.anna_saves(url, name="Hers")
        changes.publish(changes.newest(self.guide))

        copy = self.saved_again(url, mine)

        self.assertEqual(copy.exercises.last().name, "Mine")

    def test_a_guide_whose_changes_were_dropped(self):
        self.save(self.url("guide_change", self.guide), title="First")
        url = self.url("guide_change", self.copy())
        mine = self.opened(url) | {"title": "Mine"}
        changes.discard(self.guide)

        self.assertEqual(self.saved_again(url, mine).title, "Mine")

    def test_an_exercise_whose_changes_were_dropped(self):
        self.save(self.url("exercise_change", self.exercise), name="First")
        url = self.url("exercise_change", self.copy().exercises.last())
        mine = self.opened(url) | {"name": "Mine"}
        changes.discard(self.guide)

        copy = self.saved_again(url, mine)

        self.assertEqual(copy.exercises.last().name, "Mine")

    def saved_again(self, url, mine):
        """Save what was typed, and once more after it is held; return the copy."""
        held = self.client.post(url, mine)
        self.assert_says(held, "after you opened", 'value="Mine"')

        response = self.client.post(url, fields_of(held.content.decode()))

        self.assertEqual(response.status_code, 302, response.content.decode())
        self.assertTrue(self.copy().waiting_since)
        return self.copy()

    def copy(self):
        return Guide.with_copies.get(copy_of=self.guide)


class ListsTests(TwoAuthorsTestCase):
    """A form may name rows of its lists that are gone, or that came anew."""

    def setUp(self):
        super().setUp()
        self.guide = make_full_guide(published_at=None)
        self.exercise = self.guide.exercises.last()

    def saved_again(self, url, mine):
        held = self.client.post(url, mine)
        self.assert_says(held, "after you opened")
        response = self.client.post(url, fields_of(held.content.decode()))
        self.assertEqual(response.status_code, 302, response.content.decode())

    def test_what_was_deleted_meanwhile_comes_back_as_it_was_typed(self):
        url = self.url("guide_change", self.guide)
        section = self.guide.sections.first()
        mine = self.opened(url) | {"verdicts-1-note": "Mine", "title": "Mine"}
        verdict = self.guide.verdicts.get(pk=mine["verdicts-1-id"][0])
        verdict.delete()
        for rows in ("related_links", "guidenotice_set"):
            getattr(self.guide, rows).order_by("pk")[1].delete()
        self.guide.sections.all().delete()
        self.guide.dosage.delete()

        self.saved_again(url, mine)

        guide = Guide.objects.get(pk=self.guide.pk)
        self.assertEqual(guide.verdicts.count(), 4)
        self.assertEqual(guide.verdicts.get(audience=verdict.audience).note, "Mine")
        self.assertEqual(guide.sections.first().prose, section.prose)
        self.assertEqual(guide.sections.count(), 2)
        self.assertEqual(guide.related_links.count(), 2)
        self.assertEqual(guide.guidenotice_set.count(), 2)
        self.assertEqual(guide.dosage.repetitions_min, 8)

    def test_what_came_anew_meanwhile_is_written_and_not_doubled(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {"verdicts-0-note": "Mine", "dosage-0-note": "Mine"}
        data = changes.content(self.guide)
        audience = mine["verdicts-0-audience"][0]
        self.guide.verdicts.all().delete()
        self.guide.dosage.delete()
        serialize.from_data(data, into=self.guide, keys=serialize.Rows())

        self.saved_again(url, mine)

        guide = Guide.objects.get(pk=self.guide.pk)
        self.assertEqual(guide.verdicts.count(), 4)
        self.assertEqual(guide.verdicts.get(audience=int(audience)).note, "Mine")
        self.assertEqual(guide.dosage.note, "Mine")

    def test_what_both_added_is_written_once(self):
        new = Audience.objects.create(name="after birth", slug="after-birth")
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {
            "verdicts-4-audience": new.pk,
            "verdicts-4-choice": "no",
        }
        self.guide.verdicts.create(audience=new, choice="yes")

        self.saved_again(url, mine)

        self.assertEqual(self.guide.verdicts.get(audience=new).choice, "no")

    def test_a_step_that_is_gone_stays_with_the_boxes(self):
        url = self.url("exercise_change", self.exercise)
        mine = self.opened(url) | {"name": "Mine", "steps-3-at": "0:09"}
        step = self.exercise.steps.order_by("-phase", "position")[3]
        self.exercise.steps.order_by("-phase", "position").first().delete()
        self.exercise.variations.all().delete()

        self.saved_again(url, mine)

        step.refresh_from_db()
        self.assertEqual(step.at, 9)
        self.assertEqual(self.exercise.steps.count(), 4)
        self.assertEqual(self.exercise.variations.count(), 2)

    def test_numbers_that_are_none_are_no_fault(self):
        url = self.url("guide_change", self.guide)
        for total in ["", "x", "99999999", "-1"]:
            mine = self.opened(url) | {"verdicts-TOTAL_FORMS": total}

            self.assertIn(self.client.post(url, mine).status_code, {200, 302})


class GoneTests(TwoAuthorsTestCase):
    """What is typed is not lost with the row that it was typed for."""

    def setUp(self):
        super().setUp()
        self.guide = make_full_guide(published_at=None, title="Rows")
        self.exercise = self.guide.exercises.last()

    def test_of_an_exercise_that_was_deleted_all_that_was_typed_is_shown(self):
        url = self.url("exercise_change", self.exercise)
        mine = self.opened(url) | {
            "name": "<script>Mine</script>",
            "action": "Pull.\nLet go. || Slowly.",
            "start_position": "side",
            "dosage-0-note": "Gently.",
            "steps-1-at": "0:09",
        }
        self.exercise.delete()

        response = self.client.post(url, mine)

        self.assertEqual(response.status_code, 410)
        page = response.content.decode()
        for said in [
            "Nothing you typed is lost",
            "this exercise was deleted while you had it open",
            f'href="{self.url("guide_change", self.guide)}#exercises"',
            "<dd>&lt;script&gt;Mine&lt;/script&gt;</dd>",
            "<dd>Pull.<br>Let go. || Slowly.</dd>",
            "<dd>lying on one side</dd>",
            "<dd>Gently.</dd>",
            "<dd>0:09</dd>",
            "<dd>band, wall</dd>",
            "<dd>Out as you pull</dd>",
            "<dt>Set up as for</dt>\n          <dd>Row</dd>",
            "<dt>Variation 2: Exercise</dt>\n          <dd>Row</dd>",
        ]:
            self.assertIn(said, page)

    def test_of_a_working_copy_too(self):
        guide = make_full_guide()
        self.save(self.url("guide_change", guide), title="New")
        exercise = Guide.with_copies.get(copy_of=guide).exercises.last()
        url = self.url("exercise_change", exercise)
        mine = self.opened(url)
        exercise.delete()

        response = self.client.post(url, mine)

        exercise_named = "<dt>Variation 2: Exercise</dt>\n          <dd>Row</dd>"
        self.assertContains(response, exercise_named, status_code=410)

    def test_of_a_guide_too_and_its_prose_as_prose(self):
        url = self.url("guide_change", self.guide)
        mine = self.opened(url) | {
            "title": "Mine",
            "intro": "<p>One <strong>band</strong>.</p><script>x</script>",
            "verdicts-0-note": "Ask me.",
        }
        Guide.objects.filter(pk=self.guide.pk).delete()

        response = self.client.post(url, mine)

        self.assertEqual(response.status_code, 410)
        page = response.content.decode()
        for said in [
            f'href="{self.url("guide_changelist")}"',
            "<dd>Mine</dd>",
            "<dd><p>One <strong>band</strong>.</p></dd>",
            "<dd>Ask me.</dd>",
            "<dd>Back</dd>",
        ]:
            self.assertIn(said, page)

    def test_nonsense_sent_to_what_is_gone_is_no_fault(self):
        url = self.url("exercise_change", self.exercise)
        self.exercise.delete()

        for sent in [{}, {"guide": "9" * 30}, {"guide": "x", "steps-TOTAL_FORMS": "x"}]:
            response = self.client.post(url, sent)

            self.assertEqual(response.status_code, 410)
        url = self.url("guide_change", make_guide())
        Guide.objects.exclude(pk=self.guide.pk).delete()
        response = self.client.post(url, {"guide": self.guide.pk})
        self.assertEqual(response.status_code, 410)

    def test_who_may_change_nothing_is_shown_nothing(self):
        url = self.url("exercise_change", self.exercise)
        self.exercise.delete()
        self.client.force_login(make_staff(is_superuser=False))

        self.assertEqual(self.client.post(url, {"name": "x"}).status_code, 403)

    def test_one_whose_deletion_waits_is_said_to_be_deleted_and_comes_back(self):
        self.guide = make_full_guide()
        self.exercise = self.guide.exercises.last()
        url = self.url("exercise_change", self.exercise)
        mine = self.opened(url) | {"name": "Mine"}
        self.anna.post(self.url("exercise_delete", self.exercise), {"post": "yes"})

        held = self.client.post(url, mine)
        self.assert_says(
            held,
            "This exercise was deleted after you opened it.",
            "save again, and it stands there again as you typed it",
        )
        self.client.post(url, fields_of(held.content.decode()))

        copy = Guide.with_copies.get(copy_of=self.guide)
        names = list(copy.exercises.values_list("name", flat=True))
        self.assertEqual(names, ["Row", "Mine"])
