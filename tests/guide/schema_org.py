"""What schema.org defines of the types our pages use, written by hand.

Each type has its parents and its properties; each property the types and kinds of
value it may hold. ``faults`` holds a graph against it.
"""

import re
from datetime import date, datetime

TEXT = {"Text"}
URL = {"URL"}
DATES = {"Date", "DateTime"}
WHO = {"Organization", "Person"}

TYPES = {
    "Thing": (
        [],
        {
            "description": {"Text", "TextObject"},
            "identifier": {"PropertyValue", "Text", "URL"},
            "image": {"ImageObject", "URL"},
            "mainEntityOfPage": {"CreativeWork", "URL"},
            "name": TEXT,
            "sameAs": URL,
            "url": URL,
        },
    ),
    "CreativeWork": (
        ["Thing"],
        {
            "about": {"Thing"},
            "audience": {"Audience"},
            "author": WHO,
            "comment": {"Comment"},
            "dateCreated": DATES,
            "dateModified": DATES,
            "datePublished": DATES,
            "hasPart": {"CreativeWork"},
            "headline": TEXT,
            "inLanguage": {"Language", "Text"},
            "isPartOf": {"CreativeWork", "URL"},
            "keywords": {"DefinedTerm", "Text", "URL"},
            "mainEntity": {"Thing"},
            "publisher": WHO,
            "text": TEXT,
            "thumbnailUrl": URL,
            "timeRequired": {"Duration"},
            "video": {"Clip", "VideoObject"},
        },
    ),
    "WebSite": (["CreativeWork"], {"issn": TEXT}),
    "WebPage": (
        ["CreativeWork"],
        {
            "breadcrumb": {"BreadcrumbList", "Text"},
            "lastReviewed": {"Date"},
            "primaryImageOfPage": {"ImageObject"},
            "relatedLink": URL,
            "reviewedBy": WHO,
            "significantLink": URL,
        },
    ),
    "ProfilePage": (["WebPage"], {}),
    "MedicalWebPage": (["WebPage"], {"medicalAudience": {"MedicalAudience"}}),
    "Article": (
        ["CreativeWork"],
        {"articleBody": TEXT, "articleSection": TEXT, "wordCount": {"Integer"}},
    ),
    "Comment": (
        ["CreativeWork"],
        {
            "downvoteCount": {"Integer"},
            "parentItem": {"Comment", "CreativeWork"},
            "upvoteCount": {"Integer"},
        },
    ),
    "MediaObject": (
        ["CreativeWork"],
        {
            "contentUrl": URL,
            "duration": {"Duration", "QuantitativeValue"},
            "embedUrl": URL,
            "height": {"Distance", "QuantitativeValue"},
            "uploadDate": DATES,
            "width": {"Distance", "QuantitativeValue"},
        },
    ),
    "ImageObject": (["MediaObject"], {"caption": {"MediaObject", "Text"}}),
    "VideoObject": (
        ["MediaObject"],
        {"caption": {"MediaObject", "Text"}, "transcript": TEXT},
    ),
    "Clip": (
        ["CreativeWork"],
        {
            "endOffset": {"HyperTocEntry", "Number"},
            "startOffset": {"HyperTocEntry", "Number"},
        },
    ),
    "MedicalEntity": (["Thing"], {"guideline": {"MedicalGuideline"}}),
    "LifestyleModification": (["MedicalEntity"], {}),
    "PhysicalActivity": (
        ["LifestyleModification"],
        {
            "associatedAnatomy": {"AnatomicalStructure", "SuperficialAnatomy"},
            "category": {"PhysicalActivityCategory", "Text", "Thing"},
        },
    ),
    "ExercisePlan": (
        ["CreativeWork", "PhysicalActivity"],
        {
            "activityDuration": {"Duration", "QuantitativeValue"},
            "activityFrequency": {"QuantitativeValue", "Text"},
            "additionalVariable": TEXT,
            "exerciseType": TEXT,
            "intensity": {"QuantitativeValue", "Text"},
            "repetitions": {"Number", "QuantitativeValue"},
            "restPeriods": {"QuantitativeValue", "Text"},
            "workload": {"Energy", "QuantitativeValue"},
        },
    ),
    "Intangible": (["Thing"], {}),
    "Audience": (["Intangible"], {"audienceType": TEXT}),
    "PeopleAudience": (
        ["Audience"],
        {"healthCondition": {"MedicalCondition"}, "suggestedGender": TEXT},
    ),
    "StructuredValue": (["Intangible"], {}),
    "QuantitativeValue": (
        ["StructuredValue"],
        {
            "maxValue": {"Number"},
            "minValue": {"Number"},
            "unitCode": {"Text", "URL"},
            "unitText": TEXT,
            "value": {"Boolean", "Number", "StructuredValue", "Text"},
        },
    ),
    "ItemList": (
        ["Intangible"],
        {
            "itemListElement": {"ListItem", "Text", "Thing"},
            "numberOfItems": {"Integer"},
        },
    ),
    "BreadcrumbList": (["ItemList"], {}),
    "ListItem": (
        ["Intangible"],
        {"item": {"Thing"}, "position": {"Integer", "Text"}},
    ),
    "Person": (
        ["Thing"],
        {
            "hasCredential": {"EducationalOccupationalCredential"},
            "jobTitle": {"DefinedTerm", "Text"},
            "worksFor": {"Organization"},
        },
    ),
}


def kin(name):
    """Return a type with all it descends from."""
    parents, _properties = TYPES[name]
    return {name}.union(*map(kin, parents))


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_written_by(parse):
    def check(value):
        try:
            parse(value)
        except (TypeError, ValueError):
            return False
        return True

    return check


def _is_text(pattern):
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


def _moment(value):
    if "T" not in value or datetime.fromisoformat(value).tzinfo is None:
        raise ValueError(value)


KINDS = {
    "Text": lambda value: isinstance(value, str) and value.strip() != "",
    "URL": _is_text(r"https?://[^\s<>\"]+"),
    "Date": _is_written_by(date.fromisoformat),
    "DateTime": _is_written_by(_moment),
    "Duration": _is_text(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?"),
    "Distance": _is_text(r"\d+(\.\d+)? [a-z]+"),
    "Number": _is_number,
    "Integer": lambda value: _is_number(value) and isinstance(value, int),
    "Boolean": lambda value: isinstance(value, bool),
}


def nodes(blocks):
    """Yield each node in the data blocks of a page, those within others too."""
    waiting = list(blocks)
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
            if "@graph" not in one:
                yield one


def types_by_id(blocks):
    """Return what each name in the blocks stands for."""
    return {
        node["@id"]: node["@type"]
        for node in nodes(blocks)
        if "@id" in node and "@type" in node
    }


def faults(blocks, known):
    """Return what a page says that schema.org does not define.

    ``known`` holds the types of what is described, by name, on this page or another.
    """
    found = []
    for block in blocks:
        if block.get("@context") != "https://schema.org":
            found.append(f"another context: {block.get('@context')}")
        if set(block) != {"@context", "@graph"}:
            found.append(f"no graph: {set(block)}")
    for node in nodes(blocks):
        if set(node) == {"@id"}:
            if node["@id"] not in known:
                found.append(f"nobody is {node['@id']}")
            continue
        # A second block may say more of what the first one named.
        name = node.get("@type") or known.get(node.get("@id"))
        if name not in TYPES:
            found.append(f"unknown type {name}")
            continue
        properties = {}
        for relative in kin(name):
            properties |= TYPES[relative][1]
        for key, value in node.items():
            if key in ("@type", "@id"):
                continue
            if key not in properties:
                found.append(f"{name} has no {key}")
                continue
            values = value if isinstance(value, list) else [value]
            found += [
                f"{name}.{key} is no {' or '.join(sorted(properties[key]))}: {one}"
                for one in values
                if not _fits(one, properties[key], known)
            ]
            if values == []:
                found.append(f"{name}.{key} is empty")
    return found


def _fits(value, ranges, known):
    if isinstance(value, dict):
        name = value.get("@type") or known.get(value.get("@id"))
        return name in TYPES and bool(kin(name) & ranges)
    return any(KINDS[kind](value) for kind in ranges if kind in KINDS)
