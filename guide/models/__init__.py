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
from guide.models.shown import (
    OneRow,
    PageVersion,
    Shown,
    ShownQuerySet,
    bump,
    page_version,
)
from guide.models.site import Page, SiteSettings, site_zone

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
    "Section",
    "Shown",
    "ShownQuerySet",
    "SiteSettings",
    "Step",
    "Topic",
    "Variation",
    "Verdict",
    "Video",
    "bump",
    "next_moment",
    "page_version",
    "site_zone",
]
