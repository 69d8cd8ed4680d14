import threading
import time
from datetime import timedelta
from unittest import mock

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from guide import changes, serialize
from guide.models import (
    Audience,
    Exercise,
    Guide,
    OldSlug,
    Picture,
    SafetyNotice,
    Topic,
    Variation,
    Version,
    bump,
)
from tests.factories import (
    make_full_guide,
    make_guide,
    make_picture,
    make_ready_guide,
    make_staff,
)


def edited(guide, **values):
    """Return the content of a guide with some of its columns changed."""
    return changes.content(guide) | values


class WaitingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes")
        cls.guide = make_full_guide(slug="rows", title="Rows")

    def wait(self, **values):
        return changes.let_wait(self.guide, edited(self.guide, **values), by=self.ana)

    def test_what_waits_is_seen_by_nobody(self):
        before = changes.content(self.guide)
        copy = self.wait(title="New rows", slug="new-rows")

        self.assertEqual(changes.content(Guide.objects.get(slug="rows")), before)
        self.assertEqual(
            changes.content(copy), before | {"title": "New rows", "slug": "new-rows"}
        )
        self.assertNotIn(copy, Guide.objects.all())
        self.assertNotIn(copy, self.guide.topic.guides.all())
        self.assertEqual(changes.working(self.guide), copy)
        self.assertEqual(changes.original(copy), self.guide)
        self.assertIn(self.guide, Guide.objects.with_changes())
        self.assertFalse(OldSlug.objects.filter(slug="rows").exists())

    def test_a_copy_is_never_published(self):
        copy = self.wait(title="New rows")

        with self.assertRaises(IntegrityError), transaction.atomic():
            Guide.with_copies.filter(pk=copy.pk).update(published_at=timezone.now())

    def test_the_same_again_does_not_wait(self):
        copy = self.wait()

        self.assertIsNone(copy.waiting_since)
        self.assertEqual(changes.working(self.guide), self.guide)

    def test_publishing_takes_everything_over_and_keeps_the_rows(self):
        exercises = list(self.guide.exercises.values_list("pk", flat=True))
        copy = self.wait(title="New rows")
        copy.slug = "new-rows"
        copy.save()
        first = copy.exercises.first()
        first.name = "Lower row"
        first.save()
        first.write_steps(phase="action", lines=[("Pull slowly.", "")])
        changes.saved(copy, by=self.ana)
        data = changes.content(copy)

        guide = changes.publish(changes.newest(copy))

        self.assertEqual(changes.content(guide), data)
        self.assertEqual(guide.pk, self.guide.pk)
        self.assertEqual(guide.published_at, self.guide.published_at)
        self.assertEqual(list(guide.exercises.values_list("pk", flat=True)), exercises)
        self.assertEqual(Guide.objects.once_at("rows"), guide)
        self.assertEqual(changes.working(Guide.objects.get(pk=guide.pk)), guide)

    def test_only_what_was_looked_at_last_is_published(self):
        seen = changes.newest(self.wait(title="New rows"))
        self.wait(title="Newer rows")

        with self.assertRaisesMessage(
            changes.ChangedMeanwhileError, "Somebody saved this guide meanwhile."
        ):
            changes.publish(seen)
        self.assertEqual(Guide.objects.get(pk=self.guide.pk).title, "Rows")

    def test_what_cannot_stand_beside_others_is_refused_whole(self):
        copy = self.wait(title="New rows", slug="taken")
        make_guide(slug="taken")

        with self.assertRaisesMessage(ValidationError, "address"):
            changes.publish(changes.newest(copy))
        guide = Guide.objects.get(pk=self.guide.pk)
        self.assertEqual(guide.title, "Rows")
        self.assertTrue(changes.working(guide).waiting_since)

    def test_what_readers_rely_on_is_not_taken_away(self):
        guide = make_ready_guide(published_at=timezone.now())
        data = edited(guide, suitability="", level="")
        changes.let_wait(guide, data, by=self.ana)

        self.assertEqual([p.what for p in changes.missing(guide)], ["the suitability"])
        with self.assertRaisesMessage(ValidationError, "Still missing: the suitab"):
            changes.publish(changes.newest(Guide.objects.get(pk=guide.pk)))

    def test_changes_from_two_forms_are_brought_together(self):
        guide = make_guide(exercises=2, title="Old", summary="Old.")
        one, two = changes.content(guide)["exercises"]
        first = edited(guide, title="New", exercises=[one | {"name": "One"}, two])
        second = edited(guide, summary="New.", exercises=[one, two | {"lead": "Two"}])

        changes.let_wait(guide, first, by=self.ana)
        copy = changes.let_wait(Guide.objects.get(pk=guide.pk), second, by=self.ana)

        self.assertEqual((copy.title, copy.summary), ("New", "New."))
        self.assertEqual(
            set(copy.exercises.values_list("name", "lead")),
            {("One", ""), (two["name"], "Two")},
        )

    def test_exercises_from_two_forms_stay_in_their_places(self):
        guide = make_guide(exercises=2)
        one, two = changes.content(guide)["exercises"]
        new = one | {"name": "New", "lead": "Mine.", "uid": "mine"}
        theirs = new | {"lead": "Theirs.", "uid": "theirs"}
        first = edited(guide, exercises=[one, two | {"lead": "Two."}, theirs])
        second = edited(guide, exercises=[one | {"name": "One"}, two, new])

        changes.let_wait(guide, first, by=self.ana)
        copy = changes.let_wait(Guide.objects.get(pk=guide.pk), second, by=self.ana)

        self.assertEqual(
            list(copy.exercises.values_list("name", "lead")),
            [("One", ""), (two["name"], "Two."), ("New", "Mine."), ("New", "Theirs.")],
        )

    def test_what_was_dropped_holds_nothing(self):
        audience = Audience.objects.create(name="runners", slug="runners")
        verdict = {"audience": str(audience.pk), "choice": "yes", "note": ""}
        self.wait(verdicts=[verdict])

        changes.discard(self.guide)

        audience.delete()  # raises no ProtectedError

    def test_a_draft_goes_out_now_or_at_its_time(self):
        later = timezone.now() + timedelta(days=3)
        for at in (None, later):
            draft = make_ready_guide()
            version = changes.saved(draft, by=self.ana)

            guide = changes.publish(version, at=at)

            with self.subTest(at):
                self.assertEqual(guide.is_published, at is None)
                self.assertEqual(at or guide.published_at, guide.published_at)
                version.refresh_from_db()
                self.assertEqual(version.published_at, guide.published_at)

    def test_changes_of_a_scheduled_guide_leave_its_time_alone(self):
        later = timezone.now() + timedelta(days=3)
        guide = make_guide(published_at=later)
        copy = changes.let_wait(guide, edited(guide, title="New"), by=self.ana)

        guide = changes.publish(changes.newest(copy))

        self.assertEqual((guide.title, guide.published_at), ("New", later))

    def test_the_time_of_a_scheduled_guide_is_changed(self):
        later, now = timezone.now() + timedelta(days=3), timezone.now()
        guide = make_ready_guide(published_at=later)
        version = changes.saved(guide, by=self.ana)
        for at in (later + timedelta(days=1), now):
            self.assertEqual(changes.publish(version, at=at).published_at, at)

    def test_dropped_changes_stay_in_the_history(self):
        self.wait(title="New rows")

        changes.discard(self.guide)

        guide = Guide.objects.get(pk=self.guide.pk)
        self.assertEqual(changes.working(guide), guide)
        self.assertEqual(
            [version.data["title"] for version in guide.versions.newest_first()],
            ["New rows", "Rows"],
        )

    def test_another_exercise_in_its_place_is_another_exercise(self):
        """What other guides lead to never becomes something else under their hands."""
        guide = make_guide(exercises=2)
        old = guide.exercises.first()
        elsewhere = make_guide(title="Elsewhere", exercises=1).exercises.get()
        link = elsewhere.variations.create(kind="progression", to=old)
        data = changes.content(guide)
        new = data["exercises"][0] | {"uid": "new", "name": "Jump"}
        data["exercises"][0] = new
        copy = changes.let_wait(guide, data, by=self.ana)

        self.assertEqual(changes.led_here(copy), [(elsewhere, old)])
        guide = changes.publish(changes.newest(copy))

        self.assertFalse(Variation.objects.filter(pk=link.pk).exists())
        self.assertFalse(Exercise.objects.filter(pk=old.pk).exists())
        self.assertEqual(guide.exercises.first().name, "Jump")
        self.assertEqual(changes.led_here(guide), [])

    def test_another_exercise_of_its_name_is_another_exercise(self):
        guide = make_guide(exercises=1)
        old = guide.exercises.get()
        elsewhere = make_guide(title="Elsewhere", exercises=1).exercises.get()
        elsewhere.variations.create(kind="progression", to=old)
        data = changes.content(guide)
        data["exercises"][0]["uid"] = "new"
        copy = changes.let_wait(guide, data, by=self.ana)

        self.assertEqual(changes.led_here(copy), [(elsewhere, old)])
        guide = changes.publish(changes.newest(copy))

        self.assertFalse(elsewhere.variations.exists())
        self.assertNotEqual(guide.exercises.get(), old)

    def test_each_link_that_is_lost_is_told_once(self):
        guide = make_guide(exercises=2)
        old = guide.exercises.first()
        first, twin, was = (make_guide(exercises=1) for _ in range(3))
        data = changes.content(was)
        link = {"kind": "similar", "guide": str(guide.pk), "exercise": old.uid}
        data["exercises"][0]["variations"] = [link]
        changes.let_wait(was, data, by=self.ana)
        changes.discard(was)
        Guide.objects.get(pk=was.pk).working_copy.exercises.get().variations.create(
            kind="similar", to=old
        )
        for one in (first, twin):
            one.exercises.get().variations.create(kind="similar", to=old)
            one.exercises.update(uid="same")
            data = changes.content(one) | {"title": "New"}
            changes.let_wait(one, data, by=self.ana)
        data = changes.content(guide)
        del data["exercises"][0]
        copy = changes.let_wait(guide, data, by=self.ana)

        told = [changes.original(one.guide) for one, _to in changes.led_here(copy)]

        self.assertCountEqual(told, [first, twin])

    def test_a_set_up_that_goes_with_the_exercise_it_is_borrowed_from_is_told(self):
        guide = make_guide(exercises=3)
        one, two, three = guide.exercises.all()
        guide.exercises.exclude(pk=one.pk).update(setup_from=one)
        data = changes.content(guide)
        self.assertEqual(changes.set_ups_lost(guide), [])
        del data["exercises"][0]
        for exercise in data["exercises"]:
            exercise["setup_from"] = None
        copy = changes.let_wait(guide, data, by=self.ana)

        told = changes.set_ups_lost(copy)
        self.assertEqual(
            [(row.uid, row.guide, gone) for row, gone in told],
            [(two.uid, copy, one.name), (three.uid, copy, one.name)],
        )

        copy.exercises.first().write_steps(phase="setup", lines=[("Sit tall.", "")])
        copy.exercises.filter(uid=three.uid).update(
            setup_from=copy.exercises.get(uid=two.uid)
        )
        self.assertEqual(changes.set_ups_lost(copy), [])

    def test_two_forms_that_do_not_go_together_are_told_in_names(self):
        guide = make_guide(title="Rows", exercises=2)
        one, two = changes.content(guide)["exercises"]
        changes.let_wait(guide, edited(guide, exercises=[two]), by=self.ana)
        guide = Guide.objects.get(pk=guide.pk)
        leaning = two | {"setup_from": one["uid"]}

        with self.assertRaisesMessage(
            ValidationError, f"“Rows” has no exercise “{one['name']}”."
        ):
            changes.let_wait(
                guide, edited(guide, exercises=[one, leaning]), by=self.ana
            )

    def test_a_renamed_exercise_keeps_what_leads_to_it(self):
        guide = make_guide(exercises=2)
        first, second = guide.exercises.all()
        data = changes.content(guide)
        one, two = data["exercises"]
        data["exercises"] = [two, one | {"name": "Renamed"}]
        copy = changes.let_wait(guide, data, by=self.ana)

        guide = changes.publish(changes.newest(copy))

        self.assertEqual([*guide.exercises.all()], [second, first])
        self.assertEqual(guide.exercises.last().name, "Renamed")

    def test_an_address_taken_in_the_same_moment_is_said(self):
        copy = self.wait(slug="new-rows")
        version = changes.newest(copy)
        with (
            mock.patch.object(Guide, "save", side_effect=IntegrityError),
            self.assertRaisesMessage(
                changes.ChangedMeanwhileError, "saved in the same moment"
            ),
        ):
            changes.publish(version)

    def test_the_counterpart_of_an_exercise_has_its_id(self):
        copy = self.wait(title="New rows")
        for exercise in self.guide.exercises.all():
            there = changes.counterpart(exercise, copy)

            self.assertEqual((there.name, there.guide), (exercise.name, copy))


class VersionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes")

    def test_each_state_that_was_saved_is_kept_once(self):
        draft = make_guide(published_at=None)
        first = changes.saved(draft, by=self.ana)
        self.assertEqual(changes.saved(draft, by=self.ana), first)

        draft.title = "Other"
        draft.save()
        changes.saved(draft, by=self.ana)

        self.assertEqual(draft.versions.count(), 2)
        self.assertEqual(str(first.by), "Ana Reyes")

    def test_what_readers_saw_before_is_kept_too(self):
        guide = make_guide(title="Before")
        copy = changes.let_wait(guide, edited(guide, title="After"), by=self.ana)
        changes.publish(changes.newest(copy))

        before, after = guide.versions.order_by("pk")
        self.assertEqual(before.data["title"], "Before")
        self.assertEqual(before.published_at, guide.published_at)
        self.assertEqual(before.by, "")
        self.assertEqual(after.data["title"], "After")
        self.assertGreater(after.published_at, guide.published_at)

    def test_a_draft_becomes_what_it_was(self):
        draft = make_guide(published_at=None, exercises=2)
        first = changes.saved(draft, by=self.ana)
        draft.exercises.first().delete()
        draft.title = "Other"
        draft.save()
        changes.saved(draft, by=self.ana)

        work, lost = changes.restore(first, by=self.ana)

        self.assertEqual((work, lost), (draft, []))
        self.assertEqual(changes.content(work), first.data)
        self.assertEqual(draft.versions.count(), 3)

    def test_of_a_published_guide_it_waits(self):
        guide = make_guide(title="Before")
        copy = changes.let_wait(guide, edited(guide, title="After"), by=self.ana)
        changes.publish(changes.newest(copy))

        work, _lost = changes.restore(guide.versions.earliest("pk"), by=self.ana)

        self.assertEqual(Guide.objects.get(pk=guide.pk).title, "After")
        self.assertEqual((work.title, work.copy_of), ("Before", guide))
        self.assertTrue(work.waiting_since)

    def test_what_is_gone_is_named_and_the_rest_comes_back(self):
        other = make_guide()
        guide = make_full_guide(published_at=None, author=None)
        guide.picture = make_picture()
        guide.save()
        notice = SafetyNotice.objects.create(title="Stop", prose="<p>Pain.</p>")
        guide.guidenotice_set.create(notice=notice)
        guide.related_links.create(to=other)
        version = changes.saved(guide, by=self.ana)
        Picture.objects.get(pk=guide.picture_id).delete()
        notice.delete()
        other.delete()

        work, lost = changes.restore(version, by=self.ana)

        self.assertEqual(changes.content(work)["exercises"], version.data["exercises"])
        self.assertEqual(len(lost), 3)
        self.assertIn("There is no safety notice “Stop” any more.", lost)

    def test_another_notice_of_the_same_name_does_not_come_in_its_place(self):
        """All have one heading by default: a restored warning must be that warning."""
        notices = [
            SafetyNotice.objects.create(prose=f"<p>{pain}</p>")
            for pain in ("Chest pain.", "A dull ache.")
        ]
        draft = make_guide(published_at=None)
        for notice in notices:
            draft.guidenotice_set.create(notice=notice)
        first = changes.saved(draft, by=self.ana)
        notices[0].delete()

        work, lost = changes.restore(first, by=self.ana)

        self.assertEqual([*work.notices.all()], [notices[1]])
        self.assertEqual(
            lost, ["There is no safety notice “Stop if you notice” any more."]
        )

    def test_what_is_renamed_stays_what_it_is(self):
        other = make_guide(slug="other")
        topic = Topic.objects.create(title="Back", slug="back")
        guide = make_ready_guide(published_at=timezone.now(), topic=topic)
        guide.related_links.create(to=other)
        copy = changes.let_wait(guide, edited(guide, title="New"), by=self.ana)
        other.slug, topic.slug = "new-other", "new-back"
        other.save()
        topic.save()

        version = changes.newest(Guide.objects.get(pk=guide.pk))

        self.assertEqual(changes.content(copy), version.data)
        guide = changes.publish(version)
        self.assertEqual((guide.title, guide.topic), ("New", topic))

    def test_a_version_tells_no_name_that_waits_elsewhere(self):
        other = make_guide(exercises=1)
        exercise = other.exercises.get()
        guide = make_guide(published_at=None, exercises=1)
        guide.exercises.get().variations.create(kind="similar", to=exercise)
        data = changes.content(other)
        data["exercises"][0]["name"] = "Not out yet"
        changes.let_wait(other, data, by=self.ana)

        version = changes.saved(guide, by=self.ana)

        self.assertEqual(version.names["exercise"], {exercise.uid: exercise.name})

    def test_what_was_never_published_is_forgotten_after_a_year(self):
        draft = make_ready_guide(published_at=None)
        for title in ("One", "Two", "Three"):
            draft.title = title
            draft.save()
            version = changes.saved(draft, by=self.ana)
            if title == "One":
                changes.publish(version)
        long_ago = timezone.now() - changes.KEPT - timedelta(days=1)
        Version.objects.update(saved_at=long_ago)

        self.assertEqual(changes.forget_old(), 1)

        kept = [version.data["title"] for version in draft.versions.order_by("pk")]
        self.assertEqual(kept, ["One", "Three"])

    def test_versions_fit_the_shape_of_a_guide(self):
        guide = make_full_guide()
        changes.let_wait(guide, edited(guide, title="New"), by=self.ana)
        for version in Version.objects.all():
            self.assertEqual(serialize.fit(version.data, serialize.GUIDE), version.data)


class AtOnceTests(TransactionTestCase):
    """Two write at the same moment; SQLite lets one at a time, so there it is turns."""

    def setUp(self):
        self.guide = make_ready_guide(published_at=timezone.now(), title="Old")
        self.copy = changes.let_wait(
            self.guide, edited(self.guide, title="New"), by=None
        )
        self.version = changes.newest(Guide.objects.get(pk=self.guide.pk))
        self.errors = []

    def while_somebody(self, writes):
        """Publish while a transaction is open that writes, once before, once after."""
        begun, go_on = threading.Event(), threading.Event()

        def somebody():
            with transaction.atomic():
                bump()
                begun.set()
                go_on.wait(60)
                writes()

        def publisher():
            changes.publish(self.version)

        if connection.vendor == "sqlite":
            go_on.set()
            self.caught(somebody)
            self.caught(publisher)
            return
        threads = [
            threading.Thread(target=self.caught, args=[work])
            for work in (somebody, publisher)
        ]
        threads[0].start()
        begun.wait(60)
        threads[1].start()
        while threads[1].is_alive() and not self.somebody_waits():
            time.sleep(0.01)
        go_on.set()
        for thread in threads:
            thread.join()

    def somebody_waits(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            return cursor.fetchone() is not None

    def caught(self, work):
        try:
            work()
        except Exception as error:
            self.errors.append(type(error).__name__)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    def test_nobody_waits_for_ever(self):
        self.while_somebody(
            lambda: self.guide.sections.create(heading="Why", prose="<p>So.</p>")
        )

        self.assertEqual(self.errors, [])

    def test_what_is_saved_while_another_publishes_still_waits(self):
        def save():
            self.copy.title = "Newer"
            self.copy.save()
            changes.saved(self.copy, by=None)

        self.while_somebody(save)

        self.assertEqual(self.errors, ["ChangedMeanwhileError"])
        guide = Guide.objects.get(pk=self.guide.pk)
        self.assertEqual(changes.working(guide).title, "Newer")
