from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guide import captions, pictures, video
from guide.models.fields import ProseField
from guide.models.shown import Shown, ShownQuerySet


class WithFilesQuerySet(ShownQuerySet):
    def delete(self):
        """Delete the rows, and once that holds their files."""
        gone = list(self)
        with transaction.atomic(using=self.db):
            deleted = super().delete()
            for row in gone:
                row.forget_files()
        return deleted

    delete.alters_data = True
    delete.queryset_only = True


class WithFiles(Shown):
    """A model whose rows have files, which ``forget_files`` deletes once that holds."""

    class Meta:
        abstract = True

    def delete(self, *args, **options):
        with transaction.atomic():
            deleted = super().delete(*args, **options)
            self.forget_files()
        return deleted


class PictureQuerySet(WithFilesQuerySet):
    def owed_webp(self):
        return self.filter(webp_at=None)


class Picture(WithFiles):
    """A photograph or drawing, stored anew as JPEG in the widths readers need."""

    folder = ""  # for its file, where it keeps the name it had on another site

    file = models.ImageField(
        _("file"),
        upload_to=pictures.upload_to,
        validators=[pictures.validate],
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    widths = models.JSONField(editable=False, default=list)
    webp_at = models.DateTimeField(editable=False, null=True)
    alt = models.CharField(
        _("what it shows"),
        max_length=250,
        blank=True,
        help_text=_("Read out to those who cannot see it."),
    )
    is_decorative = models.BooleanField(
        _("only decoration"),
        default=False,
        help_text=_("It says nothing that the text does not say."),
    )

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="guide_picture_has_words",
                violation_error_message=_(
                    "Say what the picture shows, or tick “only decoration”."
                ),
            ),
        ]

    def __str__(self):
        return self.alt or self.file.name

    def save(self, *args, **options):
        """Store a new file anew; those of an old one go once nothing names them."""
        before = None
        if self.file and not self.file._committed:
            before = Picture.objects.filter(pk=self.pk).first()
            self.widths, (self.width, self.height) = pictures.store(self.file)
            self.webp_at = None
        with transaction.atomic():
            super().save(*args, **options)
            if before:
                before.forget_files()

    def forget_files(self):
        transaction.on_commit(partial(pictures.forget, self), robust=True)

    def write_webp(self):
        """Write it as WebP too and say so, unless its file was replaced meanwhile."""
        pictures.write_webp(self)
        ours = Picture.objects.filter(pk=self.pk, file=self.file.name)
        if not ours.update(webp_at=timezone.now()):
            pictures.forget(self)

    @property
    def srcset(self):
        """Return the widths there are, as ``srcset`` wants them."""
        return self._srcset("jpg")

    @property
    def webp_srcset(self):
        return self._srcset("webp")

    def _srcset(self, kind):
        return ", ".join(
            f"{pictures.url(self, width, kind)} {width}w" for width in self.widths
        )

    @property
    def src(self):
        """Return the address of the width that suits most screens."""
        return self._at_most(800)

    @property
    def small(self):
        """Return the address of the width for a face or a list."""
        return self._at_most(400)

    def _at_most(self, most):
        fitting = [width for width in self.widths if width <= most] or self.widths[:1]
        return pictures.url(self, fitting[-1]) if fitting else self.file.url


class VideoQuerySet(WithFilesQuerySet):
    def forget(self, name):
        """Delete a film or captions, unless a video names them still."""
        if not self.filter(Q(file=name) | Q(captions=name)).exists():
            default_storage.delete(name)


class Video(WithFiles):
    """An own file, or one at YouTube or Vimeo by its id; nothing plays by itself."""

    way_to_guide = "guides"

    class Provider(models.TextChoices):
        OWN = "own", _("own file")
        YOUTUBE = "youtube", "YouTube"
        VIMEO = "vimeo", "Vimeo"

    title = models.CharField(_("title"), max_length=120)
    provider = models.CharField(
        _("where it is"), max_length=10, choices=Provider, default=Provider.OWN
    )
    file = models.FileField(
        _("own file"),
        upload_to="videos/",
        blank=True,
        validators=[FileExtensionValidator(["mp4", "webm"])],
    )
    provider_id = models.CharField(
        _("id or address at the provider"),
        max_length=200,
        blank=True,
        help_text=_("Paste the address of the video; only its id is kept."),
    )
    duration = models.PositiveIntegerField(_("duration in seconds"))
    poster = models.ForeignKey(
        Picture,
        verbose_name=_("poster"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    captions = models.FileField(
        _("captions (WebVTT)"),
        upload_to="captions/",
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
    )
    is_silent = models.BooleanField(_("nobody speaks in it"), default=False)
    transcript = ProseField(_("transcript"), blank=True)

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(provider="own") & ~Q(file=""))
                | (~Q(provider="own") & ~Q(provider_id="")),
                name="guide_video_is_somewhere",
                violation_error_message=_(
                    "Choose a file of your own, or give the address at the provider."
                ),
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.provider != self.Provider.OWN and self.provider_id:
            self.provider_id = video.parse_id(self.provider, self.provider_id)
        faults = {}
        for name, validate in [
            ("file", video.validate_file),
            ("captions", partial(captions.validate, seconds=self.duration)),
        ]:
            try:
                validate(getattr(self, name))
            except ValidationError as error:
                faults[name] = error
        if faults:
            raise ValidationError(faults)

    def save(self, *args, **options):
        """Save it; files it had before go once nothing names them."""
        before = Video.objects.filter(pk=self.pk).first()
        with transaction.atomic():
            super().save(*args, **options)
            if before:
                before.forget_files()

    def forget_files(self):
        """Delete, once this holds, those of its files that no video names then."""
        for file in filter(None, (self.file, self.captions)):
            forget = partial(Video.objects.forget, file.name)
            transaction.on_commit(forget, robust=True)

    @property
    def address(self):
        """Return where a plain link leads: the file, or the page at the provider."""
        if self.provider == self.Provider.OWN:
            return self.file.url
        return video.page_url(self.provider, self.provider_id)

    def clip(self, start, end):
        """Return what a link to a part of it needs, or None where there is no such."""
        if start is None or start >= self.duration:
            return None
        end = min(end or self.duration, self.duration)
        clip = {"from": video.clock(start), "to": video.clock(end)}
        if self.provider == self.Provider.OWN:
            address = f"{self.file.url}#t={start},{end}"
            return clip | {"address": address, "player": address}
        return clip | {
            "address": video.page_url(self.provider, self.provider_id, start),
            "player": video.frame_url(self.provider, self.provider_id, start, end),
        }

    @property
    def length(self):
        """Return how long it is, in words: 4 min 15 s."""
        minutes, seconds = divmod(self.duration, 60)
        if not minutes:
            return _("%(n)s s") % {"n": seconds}
        if not seconds:
            return _("%(n)s min") % {"n": minutes}
        return _("%(minutes)s min %(seconds)s s") % {
            "minutes": minutes,
            "seconds": seconds,
        }

    @property
    def frame_address(self):
        """Return the address of the provider's player, or ""."""
        if self.provider == self.Provider.OWN:
            return ""
        return video.frame_url(self.provider, self.provider_id)

    @property
    def embed_address(self):
        """Return the player as others may show it, which does not play by itself."""
        return self.frame_address.partition("?")[0]


class PromotionQuerySet(ShownQuerySet):
    def current(self, now):
        """Return those shown at a moment."""
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=now),
            Q(ends_at=None) | Q(ends_at__gt=now),
        )


class Promotion(Shown):
    """A book or course of the author's own, marked as an advertisement."""

    class Kind(models.TextChoices):
        BOOK = "book", _("book")
        EBOOK = "ebook", _("e-book")
        AUDIO = "audio", _("audio")
        COURSE = "course", _("course")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BOOK)
    title = models.CharField(_("title"), max_length=120)
    cover = models.ForeignKey(
        Picture,
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    bullets = models.TextField(
        _("what it teaches"),
        blank=True,
        help_text=_("One point a line, three at best."),
    )
    link = models.CharField(
        _("link"),
        max_length=300,
        validators=[
            RegexValidator(
                r"\A(https?://[^\s/@]+(/\S*)?|/(?!/)\S*)\Z",
                _("Write an address that begins with https:// or with one slash."),
            )
        ],
    )
    link_text = models.CharField(
        _("words of the link"), max_length=60, default=_("Look inside the book")
    )
    starts_at = models.DateTimeField(_("shown from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at=None)
                | Q(ends_at__gt=models.F("starts_at")),
                name="guide_promotion_ends_after_start",
                violation_error_message=_("The end must lie after the start."),
            ),
        ]

    def __str__(self):
        return self.title

    def is_shown(self, now):
        """Say whether a moment lies between its dates."""
        return (self.starts_at is None or self.starts_at <= now) and (
            self.ends_at is None or now < self.ends_at
        )

    @property
    def points(self):
        lines = (line.strip(" •-–") for line in self.bullets.splitlines())
        return [line for line in lines if line]
