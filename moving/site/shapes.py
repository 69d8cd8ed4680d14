"""What the JSON files of a zip hold, by their paths."""

import json

from guide.serialize import SHARED, shapes
from guide.serialize.shapes import SLUG, TEXT, listed, mapped, row
from moving.site.archive import MOST_FILES

FORMAT, VERSION = "upright", 1
MANIFEST = row(
    {
        "format": {"type": "string", "pattern": f"^{FORMAT}$"},
        "version": {"type": "integer", "minimum": VERSION, "maximum": VERSION},
        "holds": {"type": "string", "pattern": "^(site|guide)$"},
        "site": TEXT,
        "guides": listed(SLUG) | {"maxItems": MOST_FILES},
    }
)
OLD_ADDRESSES = mapped(SLUG, SLUG["pattern"])


def by_path():
    """Return the shape of each JSON in the zip by its path; that of guides by ""."""
    return {
        "manifest.json": MANIFEST,
        **{
            f"{kind}.json": mapped(shared.shape, shared.pattern)
            for kind, shared in SHARED.items()
        },
        "old-addresses.json": OLD_ADDRESSES,
        "": shapes.GUIDE,
    }


def schema():
    """Return ``site.schema.json``: all JSON of a zip, by its path, as JSON Schema."""
    named = {
        id(getattr(shapes, name)): name.lower()
        for name in ("GUIDE", "EXERCISE", "STEP", "DOSAGE", "VARIATION", "FILE")
    }

    def pointed(shape, *, is_named=False):
        """Say by its name what has one."""
        if id(shape) in named and not is_named:
            return {"$ref": f"#/$defs/{named[id(shape)]}"}
        if isinstance(shape, dict):
            return {key: pointed(value) for key, value in shape.items()}
        return [*map(pointed, shape)] if isinstance(shape, list) else shape

    paths = by_path()
    guide = paths.pop("")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What export_site writes, its JSON files by their paths",
        "type": "object",
        "properties": pointed(paths),
        "patternProperties": {"^guides/[A-Za-z0-9_-]+\\.json$": pointed(guide)},
        "required": ["manifest.json"],
        "additionalProperties": False,
        "$defs": {
            name: pointed(getattr(shapes, name.upper()), is_named=True)
            for name in named.values()
        },
    }
    return json.dumps(whole, indent=2) + "\n"
