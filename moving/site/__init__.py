"""The whole site, or one guide of it, as a zip: out, and in again.

The zip holds data as JSON, in the shapes of ``site.schema.json``, and each file under
the hash of what is in it. The same rows make the same bytes.
"""

from moving.site.packing import export_guide, export_site
from moving.site.shapes import schema
from moving.site.taking import import_guide, import_site

__all__ = ["export_guide", "export_site", "import_guide", "import_site", "schema"]
