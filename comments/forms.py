import hashlib
import secrets
import time

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from comments import checks, nicknames, text
from comments.models import Comment

LONGEST_BODY = 5000
LONGEST_NAME = 60
FORM_IS_VALID_FOR = 24 * 60 * 60
SALT = "comments.forms"
NO_PARENT = _(
    "What you reply to is not on the page any more. Press the button once more to send "
    "this as a question of its own."
)


class LongestValidator(MaxLengthValidator):
    """Says both lengths with their thousands apart."""

    def __call__(self, value):
        try:
            super().__call__(value)
        except ValidationError as error:
            for name in ("limit_value", "show_value"):
                error.params[name] = number_format(
                    error.params[name], force_grouping=True
                )
            raise


class TextField(forms.CharField):
    """Plain text, measured as it will be kept.

    It says when a text is too long, where the attribute ``maxlength`` would cut off
    what somebody pastes without a word.
    """

    def __init__(self, *, longest, too_long, normalise=text.normalise, **options):
        super().__init__(**options)
        self.normalise = normalise
        self.validators.append(LongestValidator(longest, message=too_long))

    def to_python(self, value):
        return self.normalise(super().to_python(value))


class AddressField(forms.CharField):
    """An e-mail address, judged more strictly than Django does."""

    widget = forms.EmailInput

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        try:
            address = validate_email(
                value, check_deliverability=False, strict=True, allow_smtputf8=False
            )
        except EmailNotValidError:
            raise ValidationError(self.error_messages["invalid"]) from None
        # One mailbox, however somebody types it: no host in use tells them apart.
        return address.normalized.lower()


class WordsForm(forms.Form):
    """What a reader writes, and the name that stands above it."""

    name = TextField(
        label=_("Your name, or a nickname"),
        help_text=_("Readers see it. “Tom in Hull” is plenty."),
        longest=LONGEST_NAME,
        normalise=text.one_line,
        too_long=_(
            "This name has %(show_value)s characters; %(limit_value)s fit. "
            "Please shorten it."
        ),
        error_messages={"required": _("Please type a name. Any name will do.")},
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    body = TextField(
        label=_("Your question"),
        help_text=_(
            "Write as you would speak. Leave out your surname, your address and your "
            "doctor’s name."
        ),
        longest=LONGEST_BODY,
        too_long=_(
            "This text has %(show_value)s characters; %(limit_value)s fit. "
            "Please shorten it, or send it in parts."
        ),
        error_messages={"required": _("Please write your question.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, data=None, *, parent, **options):
        if data is not None:
            # Nothing unprintable comes back on the page, whatever refuses the form.
            data = {name: text.printable(value) for name, value in data.items()}
        super().__init__(data, **options)
        if parent:
            self.fields["body"].label = _("Your reply")
            self.fields["body"].error_messages["required"] = _(
                "Please write your reply."
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the template has the token


class QuestionForm(WordsForm):
    """What a reader sends: a question below a guide, or a reply to a comment there."""

    email = AddressField(
        label=_("E-mail, if you like"),
        help_text=_(
            "Shown to nobody. We mail you the way back to what you sent and, if you "
            "say yes in that mail, word when it is answered. You may leave it empty "
            "and look here again."
        ),
        required=False,
        error_messages={
            "invalid": _(
                "This is not a whole e-mail address. Please check it, or leave the "
                "field empty."
            )
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, guide, is_open=True, to=None, consent=""):
        self.guide = guide
        self.consent = consent  # the version that stands at the button now
        self.is_open = is_open
        self.to = to
        self.parent = find(guide.comments.approved().filter(taken_back_at=None), to)
        if self.parent and not self.parent.is_shown():
            self.parent = None  # something above it is hidden
        initial = {"name": nicknames.suggest(), "token": make_token(guide, consent)}
        super().__init__(data, parent=self.parent, initial=initial)
        if data is None:
            self.fields["name"].help_text = _(
                "Readers see it. We suggest one; type another over it if you like."
            )
        self.helper.layout = Layout("name", "body", "email", "website", "token")

    def clean(self):
        if not self.is_open:
            raise ValidationError(
                _(
                    "The questions below this guide are closed. Nothing was sent; "
                    "copy your text if you want to keep it."
                )
            )
        self.nonce, self.opened, self.agreed = read_token(
            self.cleaned_data.get("token"), guide=self.guide
        )
        if not self.nonce or self.agreed != self.consent:
            # Should the page come back, this is what stands on it.
            self.data["token"] = make_token(self.guide, self.consent)
        if not self.nonce:
            self.add_error(
                None,
                _(
                    "This form was open for more than a day, or was meant for another "
                    "guide. It is good again now: please press the button once more."
                ),
            )
        if self.to and not self.parent:
            self.add_error(None, NO_PARENT)
        return self.cleaned_data

    @property
    def fingerprint(self):
        """Return what two posts of one form share, unless its text was changed."""
        parts = [
            self.nonce,
            str(self.parent and self.parent.pk),
            *(self.cleaned_data[name] for name in ("name", "email", "body")),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def sent_before(self):
        """Return the comment that this same form made already, or None."""
        return Comment.objects.filter(form_token=self.fingerprint).first()

    def made(self):
        """Return the comment that would be stored, with what the checks find."""
        sent = self.cleaned_data
        comment = Comment(
            guide=self.guide,
            parent=self.parent,
            name=sent["name"],
            email=sent["email"],
            body=sent["body"],
            body_html=text.to_html(sent["body"]),
        )
        checks.judge(
            comment,
            checks.Sent(trap=sent["website"], seconds=time.time() - self.opened),
        )
        return comment

    def flags(self):
        """Return the red flags that what was typed raises, also where it is refused."""
        body = text.normalise(self.data.get("body", "")[:LONGEST_BODY])
        name = text.one_line(self.data.get("name", "")[:LONGEST_NAME])
        comment = Comment(guide=self.guide, name=name, body=body)
        checks.judge(comment, checks.Sent())
        return checks.turn_to(comment)

    def save(self):
        """Store what was sent; it waits, with the reasons why it is held.

        Returns None, with an error of the form, where it came a moment too late.
        """
        comment = self.made()
        comment.form_token = self.fingerprint
        comment.consent_version = self.agreed
        if comment.email:
            comment.receipt_due_at = timezone.now()
        try:
            comment.save()
        except IntegrityError:
            # A double click: the other one was a moment quicker.
            if first := self.sent_before():
                return first
            if not self.lost_parent():
                raise
            return None
        return comment

    def lost_parent(self):
        """Say that what it replies to was erased a moment ago, where that is so."""
        if not self.parent or Comment.objects.filter(pk=self.parent.pk).exists():
            return False
        self.parent = None
        self.add_error(None, NO_PARENT)
        return True


class ChangeForm(WordsForm):
    """What a reader changes of what she sent a moment ago."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, comment):
        self.comment = comment
        initial = {
            "name": comment.name,
            "body": comment.body,
            "seen": comment.stage,
        }
        super().__init__(data, parent=comment.parent_id, initial=initial)
        self.helper.layout = Layout("name", "body", "seen")

    def save(self):
        """Store the change, which waits to be read again; return whether that is done.

        It is not where somebody decided meanwhile and the reader does not know.
        """
        sent = self.cleaned_data
        with transaction.atomic():
            comment = self.comment.row.to_write().get()
            if comment.stage != sent["seen"]:
                self.comment = comment
                self.data["seen"] = comment.stage
                return False
            comment.name, comment.body = sent["name"], sent["body"]
            checks.judge(comment, checks.Sent.again(comment))
            comment.change()
        return True


def find(rows, pk):
    """Return the row of that id, or None for whatever else stood in the address."""
    try:
        return rows.filter(pk=pk or None).first()
    except ValueError:
        return None


def make_token(guide, consent):
    """Return a token that says for which guide a form was opened, when, and what for.

    What a reader agrees to is what stood at the button then.
    """
    mark = secrets.token_hex(8)
    return signing.dumps([guide.pk, time.time(), mark, consent], salt=SALT)


def read_token(token, *, guide):
    """Return the token's own mark, its time and consent; empty where it is no good."""
    try:
        pk, opened, nonce, consent = signing.loads(token or "", salt=SALT)
    except (signing.BadSignature, ValueError):
        return "", 0, ""
    if pk != guide.pk or time.time() - opened > FORM_IS_VALID_FOR:
        return "", 0, ""
    return nonce, opened, consent
