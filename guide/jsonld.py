"""What machines read of a page: plain dicts in the words of schema.org, one graph each.

What has an ``@id`` is written once; the rest of the graph names it.
"""

import json

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guide import dosage, figures, prose, sharing
from guide.models import Guide, Verdict

# Inside a script nothing may look like its end, nor be a line's end to a script.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script(*nodes):
    """Return the nodes as a data block of the page; a block of data runs nothing."""
    graph = {"@context": "https://schema.org", "@graph": nodes}
    data = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(  # what could end the block is escaped
        f'<script type="application/ld+json">{data.translate(_ESCAPES)}</script>'
    )


def page_id(url):
    """Return by what name others speak of the page of a guide."""
    return f"{url}#page"


def home(site):
    url = sharing.absolute(reverse("guide:home"))
    nodes = [
        {
            "@type": "WebSite",
            "@id": f"{url}#site",
            "name": site.name,
            "description": site.tagline,
            "url": url,
            "inLanguage": get_language(),
        }
    ]
    if site.author:
        nodes[0]["publisher"] = _name(site.author)
        nodes.append(person(site.author, site))
    return nodes


def about(site):
    """Return the page about the author, or nothing where there is none."""
    if not site.author:
        return []
    page = {
        "@type": "ProfilePage",
        "name": site.author.name,
        "url": sharing.absolute(reverse("guide:about")),
        "inLanguage": get_language(),
        "mainEntity": _name(site.author),
    }
    return [page, person(site.author, site)]


def guide(context, site):
    """Return the graph of a guide from what ``reading.page`` gives its template."""
    guide = context["guide"]
    url = sharing.absolute(guide.get_absolute_url())
    parts = [_article(guide, url)] if guide.kind == Guide.Kind.ARTICLE else []
    parts += [_plan(x, url) for x in context["exercises"]]
    trail = breadcrumbs(guide.topic, (guide.title, url))
    nodes = [_page(context, url, parts, trail), trail, *parts]
    if guide.video:
        nodes.append(_video(context, url))
    if guide.author:
        nodes.append(person(guide.author, site))
    return nodes


def breadcrumbs(topic=None, *last):
    """Return the way from the list; ``last`` is the (name, address) of the page."""
    steps = [(_("Guides"), sharing.absolute(reverse("guide:index")))]
    if topic:
        steps.append((topic.title, sharing.absolute(topic.get_absolute_url())))
    steps += last
    return {
        "@type": "BreadcrumbList",
        "@id": f"{steps[-1][1]}#trail",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": name,
                "item": {"@type": "WebPage", "@id": url},
            }
            for n, (name, url) in enumerate(steps, 1)
        ],
    }


def person(author, site):
    """Return the author; only she whom the site is about has a page of her own."""
    said = {
        "@type": "Person",
        **_name(author),
        "name": author.name,
        "jobTitle": author.title,
        "description": author.credentials,
        "identifier": author.registration,
        "image": author.photo and _picture(sharing.of_picture(author.photo)),
    }
    if author.pk == site.author_id:
        said["url"] = sharing.absolute(reverse("guide:about"))
    return _said(said)


def _page(context, url, parts, trail):
    guide = context["guide"]
    reviewed = {}
    if guide.reviewed_on and guide.author:
        reviewed = {
            "reviewedBy": _name(guide.author),
            "lastReviewed": guide.reviewed_on.isoformat(),
        }
    return _said(
        {
            "@type": "MedicalWebPage",
            "@id": page_id(url),
            "name": guide.title,
            "description": guide.summary,
            "url": url,
            "inLanguage": get_language(),
            "isPartOf": {
                "@type": "WebSite",
                "@id": f"{sharing.absolute(reverse('guide:home'))}#site",
            },
            "breadcrumb": {"@id": trail["@id"]},
            "primaryImageOfPage": _picture(sharing.of_guide(guide)),
            "mainEntity": [{"@id": part["@id"]} for part in parts],
            "video": guide.video and {"@id": f"{url}#video"},
            "audience": _audience(context["verdicts"]),
            "timeRequired": guide.minutes and _duration(guide.minutes * 60),
            "author": guide.author and _name(guide.author),
            **reviewed,
            **_dates(guide),
            "relatedLink": [
                sharing.absolute(other.get_absolute_url())
                for other in context["related"]
            ],
        }
    )


def _audience(verdicts):
    """Return those whom a guide suits, if only with changes."""
    return [
        {"@type": "PeopleAudience", "audienceType": verdict.audience.name}
        for choice, those in verdicts
        if choice in Verdict.Choice.suitable()
        for verdict in those
    ]


def _article(guide, url):
    return _said(
        {
            "@type": "Article",
            "@id": f"{url}#article",
            "headline": guide.title,
            "description": guide.summary,
            "url": url,
            "inLanguage": get_language(),
            "articleSection": guide.topic and guide.topic.title,
            "image": _picture(sharing.of_guide(guide)),
            "author": guide.author and _name(guide.author),
            "mainEntityOfPage": {"@id": page_id(url)},
            **_dates(guide),
        }
    )


def _plan(exercise, url):
    """Return an exercise, with its own dosage or that of its guide."""
    more = dosage.jsonld(exercise.dose) if exercise.dose else {}
    more["additionalVariable"] = list(
        filter(None, [*more.get("additionalVariable", []), exercise.breathing])
    )
    return _said(
        {
            "@type": "ExercisePlan",
            "@id": f"{url}#{exercise.anchor}",
            "name": exercise.name,
            "description": exercise.lead,
            "url": f"{url}#{exercise.anchor}",
            "image": _picture_of(exercise),
            "exerciseType": capfirst(exercise.get_start_position_display()),
            "keywords": ", ".join(area.name for area in exercise.in_areas),
            **more,
        }
    )


def _picture_of(exercise):
    if exercise.picture:
        return _picture(sharing.of_picture(exercise.picture))
    name = exercise.figure_finish or exercise.figure_start
    return _picture(sharing.of_figure(name)) if name in figures.FIGURES else None


def _video(context, url):
    guide = context["guide"]
    video = guide.video
    return _said(
        {
            "@type": "VideoObject",
            "@id": f"{url}#video",
            "name": video.title,
            "description": guide.summary,
            "thumbnailUrl": sharing.of_video(guide).url,
            "uploadDate": _dates(guide).get("datePublished"),
            "duration": _duration(video.duration),
            "embedUrl": video.embed_address,
            "contentUrl": ""
            if video.embed_address
            else sharing.absolute(video.address),
            "transcript": prose.words(video.transcript),
            "hasPart": [
                _clip(exercise, video, url)
                for exercise in context["exercises"]
                if exercise.clip
            ],
        }
    )


def _clip(exercise, video, url):
    return {
        "@type": "Clip",
        "name": exercise.name,
        "startOffset": exercise.clip_start,
        "endOffset": min(exercise.clip_end or video.duration, video.duration),
        "url": f"{url}#{exercise.anchor}",
    }


def _name(author):
    url = sharing.absolute(reverse("guide:about"))
    return {"@id": f"{url}#author-{author.pk}"}


def _picture(share):
    """Return a picture; that of the site stands for no page of its own."""
    if share == sharing.of_site():
        return None
    return _said(
        {
            "@type": "ImageObject",
            "url": share.url,
            "caption": share.alt,
            "width": share.width and f"{share.width} px",
            "height": share.height and f"{share.height} px",
        }
    )


def _dates(guide):
    if guide.published_at is None:
        return {}
    return {
        "datePublished": moment(guide.published_at),
        "dateModified": moment(guide.changed_at),
    }


def moment(when):
    """Return a moment as ISO 8601 writes it, in the site's zone."""
    return timezone.localtime(when).isoformat(timespec="seconds")


def _duration(seconds):
    """Return seconds as ISO 8601 writes them: PT4M15S."""
    return "PT{}M{}S".format(*divmod(seconds, 60))


def _said(node):
    """Leave out what says nothing."""
    return {name: value for name, value in node.items() if value}
