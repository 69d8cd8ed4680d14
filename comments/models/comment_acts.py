from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import redaction
from comments.models.addresses import EmailAddress
from comments.models.decisions import Act, Decision
from comments.models.learned import Learned
from comments.models.states import Moves, Status

NOBODY = _("A reader")  # the name above what bears its writer's no more


class CommentActs(Moves):
    """What is done with one comment: first at the desk, then by its writer."""

    def move(self, *, to, **how):
        """Decide this comment; returns whether anything changed."""
        changed = self.row.move(to=to, **how)
        self.refresh_from_db(
            fields=[
                *("status", "decided_at", "approved_at", "set_aside_at", "tray"),
                "body_html",
            ]
        )
        return bool(changed)

    def set_aside(self, *, note="", by=None, door="command"):
        """Let it wait apart, with a note for the author; readers see no difference."""
        self._lay(Act.ASIDE, timezone.now(), note=note, by=by, door=door)

    def take_up(self, *, by=None, door="command"):
        """Put it back among what waits; its note stays to be read."""
        self._lay(Act.TAKE_UP, None, note=self.note, by=by, door=door)

    def _lay(self, act, moment, *, note, by, door):
        with transaction.atomic():
            (comment,) = self.row.select_for_update()
            self.row.mark(set_aside_at=moment, note=note)
            Decision.objects.record([comment], act=act, by=by, door=door)
        self.refresh_from_db(fields=["set_aside_at", "note", "tray"])

    def answer(self, *, author, body, door="command"):
        """Publish an answer of a staff user's, and with it this comment.

        The name and title are those of today: they stay when she changes hers. An
        answer of hers that she took off the page goes out again, with these words.
        """
        person = getattr(author, "author", None)
        with transaction.atomic():
            self.approve(by=author, door=door)
            answer = self.withdrawn_answer(author) or type(self)(
                guide=self.guide, parent=self, staff=author
            )
            answer.name = (
                person.name if person else author.get_full_name() or str(author)
            )
            answer.title = person.title if person else ""
            answer.body = body
            was, answer.status = answer.status, Status.APPROVED
            answer.created_at = timezone.now()
            answer.save()
            answer.status = was
            Decision.objects.record([answer], to=Status.APPROVED, by=author, door=door)
            answer.status = Status.APPROVED
        return answer

    def undo(self, *, by=None, door="command"):
        """Take back the last decision; returns whether there was one to take back.

        What was struck out is gone: that is never undone. An answer of the author's
        goes off the page, with its question too, and its words wait for her there.
        """
        last = self.decisions.last()
        if last is None or not last.may_be_undone:
            return False
        if last.was == last.to:
            moment = None if self.set_aside_at else timezone.now()
            self._lay(Act.UNDO, moment, note=self.note, by=by, door=door)
            return True
        to = last.was
        if self.staff_id and to == Status.PENDING:
            to = Status.REMOVED
        with transaction.atomic():
            if to == Status.PENDING:
                # Published again later, the question must not bring it back unseen.
                self.published_answers().move(
                    to=Status.REMOVED, act=Act.UNDO, by=by, door=door
                )
            return self.move(to=to, act=Act.UNDO, by=by, door=door)

    def redact(self, *, phrases, hides_name=False, by=None, door="command"):
        """Strike words out for good: nothing keeps them, not even the record of it."""
        with transaction.atomic():
            comment = self.row.to_write().get()
            comment._strike(phrases, name=NOBODY if hides_name else comment.name)
            comment.form_token = None
            comment.save()
            Decision.objects.record([comment], act=Act.REDACT, by=by, door=door)
        self.refresh_from_db()

    def _strike(self, phrases, *, name):
        """Strike words out of the text, and out of what was found and learned of it."""
        with Learned.read_anew(self):
            self.body = redaction.strike(self.body, phrases)
            self.name = name
        self.findings = redaction.still_true(self.findings, self)

    def pin(self):
        """Let the thread in which this stands stand before all others."""
        self._pin(timezone.now())

    def unpin(self):
        self._pin(None)

    def _pin(self, moment):
        root = self.thread_root
        root.row.update(pinned_at=moment)
        root.pinned_at = moment

    move.alters_data = set_aside.alters_data = take_up.alters_data = True
    answer.alters_data = undo.alters_data = redact.alters_data = True
    pin.alters_data = unpin.alters_data = True

    # Its writer's

    def change(self):
        """Store other words of its writer's: whatever was decided, it waits again."""
        with transaction.atomic():
            if self.status != Status.PENDING:
                self.restore(door="writer")
                self.reported_at = self.announced_at = None
            elif self.set_aside_at:
                self.take_up(door="writer")
            self.changed_at = timezone.now()
            self.save()

    def show_less(self, *, name, words):
        """Put another name above it and cut words out; what stood there is gone."""
        with transaction.atomic():
            comment = self.row.to_write().get()
            comment._strike(words, name=name)
            comment.changed_at = timezone.now()
            comment.save()

    def take_back(self):
        self.erase(words=_("[Taken back by its writer.]"), door="writer")

    def erase(self, *, words, door, by=None):
        """Erase what its writer wrote; what others wrote below it stays.

        Where anything does, these words stand in its place.
        """
        with transaction.atomic():
            comment = self.row.to_write().first()
            if comment is None:
                return  # a second press came a moment later
            address = EmailAddress.objects.filter(email=comment.email)
            if comment.replies.exists():
                comment._blank(words=words, door=door, by=by)
            else:
                comment.delete()
            address.forget_unused(type(self).objects)

    def _blank(self, *, words, door, by):
        """Leave the place in the thread, and nothing of what stood there."""
        if self.status != Status.APPROVED:
            self.remove(door=door, by=by)
        self.name = NOBODY
        self.body = words
        self.email = self.consent_version = ""
        self.findings, self.spam_score = [], None
        self.is_urgent = self.is_trusted = False
        self.note = ""
        self.form_token = self.receipt_due_at = self.changed_at = None
        self.taken_back_at = timezone.now()
        if door != "writer":  # she goes on seeing that she took it back
            self.secret = token_urlsafe()
        self.save()

    change.alters_data = show_less.alters_data = True
    take_back.alters_data = erase.alters_data = True
