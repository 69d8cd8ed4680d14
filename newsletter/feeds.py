"""The feed of the archive."""

from django.urls import reverse
from django.utils.translation import gettext as _

from guide import feeds, sharing
from guide.feeds import fit


def of_issues(issues, site):
    feed = feeds.begin(
        title=_("Letters from %s") % site.name,
        words=site.tagline,
        page=reverse("newsletter:issues"),
        path=reverse("newsletter:feed"),
    )
    for issue in issues:
        feed.add_item(
            title=fit(issue.subject),
            link=sharing.absolute(issue.get_absolute_url()),
            description=fit(issue.preheader),
            unique_id=feeds.tag(f"letter-{issue.pk}", issue.created_at),
            pubdate=issue.frozen_at,
            updateddate=issue.frozen_at,
            author_name=fit(site.name),
        )
    return feeds.answer(feed)
