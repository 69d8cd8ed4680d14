from guide.models.audiences import Audience, Verdict
from guide.models.dosage import Dosage
from guide.models.exercises import (
    BodyArea,
    Equipment,
    Exercise,
    Step,
    Variation,
)
from guide.models.guides import (
    Guide,
    OldSlug,
    RelatedGuide,
    free_slug,
    next_moment,
    taken_slugs,
)
from guide.models.media import Picture, Promotion, Video
from guide.models.notices import GuideNotice, SafetyNotice
from guide.models.people import Author
from guide.models.search import SearchEntry, SearchWord
from guide.models.sections import Section
from guide.models.shown import (
    OneRow,
    PageVersion,
    Shown,
    ShownQuerySet,
    bump,
    one_act,
    owe_entries,
    page_version,
    seen_by_readers,
)
from guide.models.site import Page, SiteSettings, site_zone
from guide.models.topics import Topic
from guide.models.versions import Version

__all__ = [
    "Audience",
    "Author",
    "BodyArea",
    "Dosage",
    "Equipment",
    "Exercise",
    "Guide",
    "GuideNotice",
    "OldSlug",
    "OneRow",
    "Page",
    "PageVersion",
    "Picture",
    "Promotion",
    "RelatedGuide",
    "SafetyNotice",
    "SearchEntry",
    "SearchWord",
    "Section",
    "Shown",
    "ShownQuerySet",
    "SiteSettings",
    "Step",
    "Topic",
    "Variation",
    "Verdict",
    "Version",
    "Video",
    "bump",
    "free_slug",
    "next_moment",
    "one_act",
    "owe_entries",
    "page_version",
    "seen_by_readers",
    "site_zone",
    "taken_slugs",
]
