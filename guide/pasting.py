"""The admin's page "Paste an article": look at what was understood, make a draft."""

from itertools import islice

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config import adminpages, keeping
from guide import changes, checklist, forms, paste, serialize
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Equipment,
    Exercise,
    Guide,
    Promotion,
    Section,
    SiteSettings,
    Topic,
    Variation,
    Verdict,
    Video,
    taken_slugs,
)
from guide.paste import doses

MOST_LINES = 2000  # that the page shows beside the guide


def rows_for(user):
    """Return the rows there are, so that their names are found in the text.

    What the user may not add is None: its words then stay in the text.
    """
    rows = {
        "audiences": dict(Audience.objects.values_list("slug", "name")),
        "equipment": dict(Equipment.objects.values_list("slug", "name")),
        "areas": dict(BodyArea.objects.values_list("slug", "name")),
        "topics": dict(Topic.objects.values_list("slug", "title")),
        "authors": list(Author.objects.values_list("name", flat=True)),
        "promotions": None,
        "videos": None,
        "slugs": taken_slugs(),
    }
    if user.has_perm("guide.add_promotion"):
        rows["promotions"] = list(Promotion.objects.values_list("title", flat=True))
    if user.has_perm("guide.add_video"):
        rows["videos"] = {
            title: where
            for title, *where in Video.objects.values_list(
                "title", "provider", "provider_id"
            )
        }
    return rows


def read(source, user):
    """Return what a source says, for a draft by this user."""
    result = paste.read(source, rows=rows_for(user))
    if not result.data["author"]:
        author = getattr(user, "author", None) or SiteSettings.load().author
        if author:
            result.data["author"] = serialize.Keys().of(Author, author.pk)
    # Cleaned as it will be stored, for the page shows it.
    result.data = serialize.fit(result.data, serialize.GUIDE)
    return result


def make(result, *, by):
    """Write what was read as a draft, with the promotion and video it brings.

    Raises ``ValidationError`` where it does not fit; then nothing is written.
    """
    keys = serialize.Keys()
    with transaction.atomic():
        for kind, rows in result.shared.items():
            shared = serialize.SHARED[kind]
            for title, values in rows.items():
                row = shared.model(**{shared.key: title})
                serialize.write_columns(
                    row, shared.shape, values, keys=keys, place=title
                )
        guide = serialize.write(result.data, keys=keys)
        if missing := serialize.link(guide, result.data, keys=keys):
            raise ValidationError(missing)
        changes.saved(guide, by=by)
    return guide


def missing(data):
    """Return what a draft still lacks to be published."""
    return [point.what for point in checklist.lacking(data) if point.is_blocking]


def as_read(result):
    """Return the guide for the right side of the page: labels for keys."""
    data = result.data
    things = dict(Equipment.objects.values_list("slug", "name"))
    areas = dict(BodyArea.objects.values_list("slug", "name"))
    audiences = dict(Audience.objects.values_list("slug", "name"))
    topic = Topic.objects.filter(slug=data["topic"]).first()
    facts = [
        (_("Topic"), topic),
        (_("Author"), data["author"]),
        (_("Suitability"), data["suitability"]),
        (_("Level"), data["level"] and Guide.Level(data["level"]).label),
        (_("Minutes"), data["minutes"]),
        (_("Video"), data["video"]),
        (_("Promotion"), data["promotion"]),
    ]
    facts += [
        (Verdict.Choice(verdict["choice"]).label, audiences[verdict["audience"]])
        for verdict in data["verdicts"]
    ]
    return {
        "data": data,
        "facts": [(name, value) for name, value in facts if value],
        "dosage": data["dosage"] and doses.words(data["dosage"]),
        "before": [
            one for one in data["sections"] if one["place"] == Section.Place.BEFORE
        ],
        "after": [
            one for one in data["sections"] if one["place"] == Section.Place.AFTER
        ],
        "exercises": [
            one
            | {
                "position": one["start_position"]
                and Exercise.Position(one["start_position"]).label,
                "things": [things[slug] for slug in one["equipment"]],
                "in_areas": [areas[slug] for slug in one["areas"]],
                "leads": [
                    f"{Variation.Kind(way['kind']).label}: {way['exercise']}"
                    for way in one["variations"]
                ],
                "dose": one["dosage"] and doses.words(one["dosage"]),
            }
            for one in data["exercises"]
        ],
        "promotions": result.shared["promotions"].items(),
    }


class Pasting:
    """Adds the page to the admin of guides."""

    def get_urls(self):
        pages = {"paste": self.paste}
        return adminpages.urls(self, pages, below="") + super().get_urls()

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def paste(self, request):
        """Ask for the text, show what was understood, make the draft when told to."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = forms.PasteForm(request.POST or None)
        if "_back" in request.POST:
            form = forms.PasteForm(initial=request.POST.dict())
        if not form.is_valid():
            return self.show(request, "paste", form=form)
        result = read(form.cleaned_data["source"], request.user)
        seen = set(request.POST.getlist("seen"))
        unseen = [one for one in result.doubts if one.must and one.sentence not in seen]
        faults = []
        if "_make" in request.POST:
            if not unseen:
                try:
                    return self.made(request, make(result, by=request.user), result)
                except ValidationError as error:
                    faults = error.messages
            else:
                faults = [
                    _("Nothing is lost. Tick what you have looked at, then go on.")
                ]
        return self.show(
            request,
            "paste_check",
            form=form,
            faults=faults,
            unseen=unseen if faults else [],
            seen=seen,
            doubts=result.doubts,
            must=any(one.must for one in result.doubts),
            lines=list(islice(result.lines, MOST_LINES)),
            more=max(0, len(result.lines) - MOST_LINES),
            missing=missing(result.data),
            **as_read(result),
        )

    def show(self, request, name, **values):
        context = {
            **self.admin_site.each_context(request),
            "title": _("Paste an article"),
            "opts": self.opts,
            "keep": keeping.keep(request),
        }
        return render(request, f"admin/guide/guide/{name}.html", context | values)

    def made(self, request, guide, result):
        self.log_addition(request, guide, [{"added": {}}])
        self.message_user(
            request,
            _("“%(title)s” is a draft: no reader sees it.") % {"title": guide.title},
            messages.SUCCESS,
        )
        if what := ", ".join(missing(result.data)):
            self.message_user(
                request,
                _("Still missing: %(what)s.") % {"what": what},
                messages.WARNING,
            )
        return redirect("admin:guide_guide_change", guide.pk)
