from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guide import figures
from guide.models.fields import CountField, ProseField
from guide.models.media import Promotion
from guide.models.notices import SafetyNotice
from guide.models.queries import GuideManager, GuideQuerySet
from guide.models.shown import Shown
from guide.models.topics import Topic

# How early the author hears of a review.
REVIEWS_AHEAD = timedelta(days=60)
MOST_MINUTES = 600
# Words that mean something else in the address of a guide, now or one day.
RESERVED = frozenset({"comments", "feed", "new", "page", "print", "search"})


def taken_slugs():
    """Return the addresses that no new guide can have."""
    return RESERVED.union(
        Guide.objects.values_list("slug", flat=True),
        OldSlug.objects.values_list("slug", flat=True),
    )


def free_slug(slug, taken):
    """Return an address that is not taken: this one, else with a number."""
    free, number = slug, 1
    while free in taken:
        number += 1
        free = f"{slug[:110]}-{number}"
    return free


def next_moment(now):
    """Return when a page next changes by time alone, or None; one query."""
    first, *others = (
        rows.order_by().filter(**{f"{moment}__gt": now}).values_list(moment, flat=True)
        for rows, moment in [
            (Guide.objects.all(), "published_at"),
            (Promotion.objects.all(), "starts_at"),
            (Promotion.objects.all(), "ends_at"),
        ]
    )
    return min(first.union(*others).order_by(), default=None)


class Guide(Shown):
    """One page to exercise with, or an article.

    What is changed of a published one waits in its working copy, a row of its own that
    no reader sees, until it is published; ``waiting_since`` says whether any does.
    """

    class Kind(models.TextChoices):
        EXERCISE = "exercise", _("exercise")
        ARTICLE = "article", _("article")

    class Level(models.TextChoices):
        GENTLE = "gentle", _("gentle")
        MODERATE = "moderate", _("moderate")
        STRONG = "strong", _("strong")

    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind, default=Kind.EXERCISE
    )
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        help_text=_("Old addresses go on working when you change it."),
    )
    question = models.CharField(
        _("question"),
        max_length=160,
        blank=True,
        help_text=_("The hook: the question that brings a reader here."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=300,
        help_text=_("Two sentences at most. They stand in lists and in the letter."),
    )
    intro = ProseField(_("introduction"), blank=True)
    suitability = models.CharField(
        _("suitability"),
        max_length=200,
        blank=True,
        help_text=_("In your own words: General."),
    )
    level = models.CharField(_("level"), max_length=10, choices=Level, blank=True)
    minutes = CountField(
        _("minutes"), most=MOST_MINUTES, help_text=_("How long one round takes.")
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="guides",
    )
    place = CountField(
        _("place in its series"),
        most=9999,
        help_text=_("1, 2, 3 … where its topic is a series; else leave it empty."),
    )
    author = models.ForeignKey(
        "guide.Author",
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="guides",
    )
    video = models.ForeignKey(
        "guide.Video",
        verbose_name=_("video"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="guides",
    )
    picture = models.ForeignKey(
        "guide.Picture",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    figure = models.CharField(
        _("lead drawing"),
        max_length=40,
        choices=figures.choices,
        blank=True,
        help_text=_("Stands in lists, and on the page where there is no picture."),
    )
    promotion = models.ForeignKey(
        Promotion,
        verbose_name=_("promotion"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="guides",
    )
    notices = models.ManyToManyField(
        SafetyNotice,
        verbose_name=_("safety notices"),
        through="GuideNotice",
        blank=True,
        related_name="guides",
    )
    related = models.ManyToManyField(
        "self",
        verbose_name=_("related guides"),
        through="RelatedGuide",
        symmetrical=False,
        blank=True,
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_due_on = models.DateField(_("review due on"), null=True, blank=True)
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_("Empty is a draft. It may lie ahead: the page appears then."),
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, editable=False)
    instead = models.ForeignKey(
        "self",
        verbose_name=_("to read instead"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Without one its page names other guides of its topic."),
    )
    retired_note = models.CharField(
        _("sentence for its readers"),
        max_length=300,
        blank=True,
        help_text=_("Why it is gone: “Written anew, with a chair.”"),
    )
    comments_open = models.BooleanField(_("comments open"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When its search entries were written; none while they are older than the guide.
    indexed_at = models.DateTimeField(editable=False, null=True)
    copy_of = models.OneToOneField(
        "self",
        editable=False,
        null=True,
        on_delete=models.CASCADE,
        related_name="working_copy",
    )
    waiting_since = models.DateTimeField(editable=False, null=True)

    way_to_guide = "pk"

    objects = GuideManager()
    with_copies = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="guide_newest_first")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_on=None)
                | Q(review_due_on=None)
                | Q(review_due_on__gt=models.F("reviewed_on")),
                name="guide_review_due_after_review",
                violation_error_message=_(
                    "The next review must lie after the last one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__range=(1, MOST_MINUTES)),
                name="guide_takes_its_minutes",
                violation_error_message=_(
                    "Write from 1 to 600 minutes, or leave them empty."
                ),
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(copy_of=None),
                name="guide_address_leads_to_one",
                violation_error_message=_("Another guide has this address."),
            ),
            models.CheckConstraint(
                condition=Q(copy_of=None, waiting_since=None)
                | Q(copy_of__isnull=False, published_at=None),
                name="guide_copy_is_never_published",
                violation_error_message=_("A working copy is never published itself."),
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None)
                | Q(
                    published_at__isnull=False,
                    published_at__lte=models.F("retired_at"),
                ),
                name="guide_retired_was_published",
                violation_error_message=_(
                    "A retired guide was published before. Bring it back first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(instead=None) | ~Q(instead=models.F("id")),
                name="guide_is_not_read_instead_of_itself",
                violation_error_message=_("Choose another guide to read instead."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guide:detail", args=[self.slug])

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        if "slug" not in (exclude or ()):
            self._check_address()

    def _check_address(self):
        """Refuse one that means something else or leads to another guide."""
        other = None
        others = Guide.objects.exclude(pk__in=[self.pk, self.copy_of_id])
        if self.slug.lower() in RESERVED:
            sentence = _(
                "“%(slug)s” means something else in an address. Add a word to it."
            )
        elif other := others.filter(slug=self.slug).first():
            sentence = _("“%(other)s” has this address. Choose a different one.")
        elif other := others.filter(old_slugs__slug=self.slug).first():
            sentence = _(
                "“%(other)s” had this address before, and old links to it go on "
                "working. Choose a different one."
            )
        else:
            return
        raise ValidationError({"slug": sentence % {"slug": self.slug, "other": other}})

    def save(self, *args, **options):
        before = Guide.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        with transaction.atomic():
            super().save(*args, **options)
            if self.copy_of_id:  # no address leads to it
                return
            OldSlug.objects.filter(slug=self.slug).delete()
            if before and before != self.slug:
                OldSlug.objects.update_or_create(slug=before, defaults={"guide": self})

    def retire(self, *, instead=None, note=""):
        """Take it from the readers; its address says so, and what to read instead."""
        self.retired_at = self.retired_at or timezone.now()
        self.instead, self.retired_note = instead, note
        self.save()

    retire.alters_data = True

    def bring_back(self):
        """Show it to readers again, as it was."""
        self.retired_at, self.instead, self.retired_note = None, None, ""
        self.save()

    bring_back.alters_data = True

    def is_shown(self, now):
        """Say whether readers see it at a moment; see ``seen_by_readers``."""
        is_due = self.published_at is not None and self.published_at <= now
        return is_due and self.retired_at is None

    @property
    def is_published(self):
        return self.is_shown(timezone.now())

    @property
    def is_scheduled(self):
        """Say whether its moment lies ahead."""
        return bool(self.published_at and not self.retired_at) and not self.is_published

    @property
    def changed_at(self):
        """Return since when readers see it as it is: not before it was published."""
        return max(self.published_at, self.updated_at)

    @property
    def facts(self):
        """Return the line of a list: 4 min · standing or seated · band."""
        words = [_("%(n)s min") % {"n": self.minutes} if self.minutes else ""]
        if self.exercises.all():
            words += [
                str(_(" or ")).join(self.positions),
                ", ".join(self.needs) or _("no equipment"),
            ]
        elif self.kind == self.Kind.ARTICLE:
            words.append(_("to read"))
        return "\N{NO-BREAK SPACE}· ".join(filter(None, map(str, words)))

    def exercises_beyond_its_video(self):
        """Return those that, or a step of which, would be shown after it is over."""
        if not self.video:
            return self.exercises.none()
        over = self.video.duration
        return self.exercises.filter(
            Q(clip_start__gte=over) | Q(clip_end__gt=over) | Q(steps__at__gte=over)
        ).distinct()

    @property
    def positions(self):
        """Return the start positions of its exercises in words, each once.

        Whoever stands freely for one is not told that at another a hand holds on.
        """
        exercises = self.exercises.all()
        stands_freely = any(x.start_position == "standing" for x in exercises)
        return _once(
            x.position_in_short
            for x in exercises
            if not (stands_freely and x.start_position == "supported")
        )

    @property
    def needs(self):
        """Return the names of the equipment its exercises need, each once."""
        return _once(
            _lower_first(name)
            for exercise in self.exercises.all()
            for name in exercise.needs
        )


def _lower_first(words):
    """Return a name as it stands within a line."""
    return words[:1].lower() + words[1:]


def _once(words):
    return list(dict.fromkeys(str(word) for word in words if word))


class OldSlug(models.Model):
    """An address that a guide had; it leads to the guide for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="old_slugs")

    def __str__(self):
        return self.slug


class RelatedGuide(Shown):
    guide = models.ForeignKey(
        Guide, on_delete=models.CASCADE, related_name="related_links"
    )
    to = models.ForeignKey(
        Guide,
        verbose_name=_("related guide"),
        on_delete=models.CASCADE,
        related_name="related_from",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("related guide")
        verbose_name_plural = _("related guides")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "to"],
                name="guide_related_stands_once",
                violation_error_message=_("This guide stands here already."),
            ),
            models.CheckConstraint(
                condition=~Q(guide=models.F("to")),
                name="guide_is_not_its_own_relative",
                violation_error_message=_("A guide is not related to itself."),
            ),
        ]

    def __str__(self):
        return str(self.to)
