from guide.models.exercises import (
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Step,
    Variation,
)
from guide.models.guides import (
    Audience,
    Guide,
    GuideNotice,
    OldSlug,
    RelatedGuide,
    SafetyNotice,
    Section,
    Topic,
    Verdict,
    next_moment,
)
from guide.models.media import Picture, Promotion, Video
from guide.models.people import Author
from guide.models.search import SearchEntry, SearchWord, index_owed
from guide.models.shown import (
    OneRow,
    PageVersion,
    Shown,
    ShownQuerySet,
    bump,
    owe_entries,
    page_version,
)
from guide.models.site import Page, SiteSettings, site_zone
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
    "index_owed",
    "next_moment",
    "owe_entries",
    "page_version",
    "site_zone",
]
