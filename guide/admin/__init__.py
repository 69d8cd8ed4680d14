"""What the author writes in the admin, by what it is.

The pages that lie beside the forms have modules of their own: pasting, publishing,
retiring.
"""

from guide.admin import exercises, guides, media, shared, site
from guide.admin.bases import Asking, OneRowAdmin

__all__ = ["Asking", "OneRowAdmin", "exercises", "guides", "media", "shared", "site"]
