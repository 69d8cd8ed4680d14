"""Feeds in Atom, for those who follow a site with a program of their own."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import get_language

from guide import sharing

MOST = 20
_unfit = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text):
    """Return the text without the characters that no XML may hold."""
    return _unfit.sub("", text)


def of_guides(guides, site):
    feed = begin(
        title=site.name,
        words=site.tagline,
        page=reverse("guide:home"),
        path=reverse("guide:feed"),
    )
    for guide in guides:
        picture = sharing.of_guide(guide)
        feed.add_item(
            title=fit(guide.title),
            link=sharing.absolute(guide.get_absolute_url()),
            description=fit(
                format_html(
                    '<p><img src="{}" alt="{}"></p><p>{}</p>',
                    *(picture.url, picture.alt, guide.summary),
                )
            ),
            unique_id=tag(f"guide-{guide.pk}", guide.created_at),
            pubdate=guide.published_at,
            updateddate=guide.changed_at,
            author_name=fit(guide.author.name) if guide.author else fit(site.name),
            categories=[fit(guide.topic.title)] if guide.topic else [],
        )
    return answer(feed)


def begin(*, title, words, page, path):
    """Return a feed without entries; ``page`` is what it follows."""
    return Atom1Feed(
        title=fit(title),
        description="",
        subtitle=fit(words),
        link=sharing.absolute(page),
        feed_url=sharing.absolute(path),
        language=get_language(),
    )


def tag(name, since):
    """Return the name of an entry, which outlives its address; see RFC 4151."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{since:%Y-%m-%d}:{name}"


def answer(feed):
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
