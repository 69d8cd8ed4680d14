"""Read before processes are split off, so that each has Django in it already."""

import django

django.setup()

import newsletter.collecting  # noqa: E402
import newsletter.freezing  # noqa: E402
import newsletter.sending  # noqa: E402
import tests.factories  # noqa: E402

__all__ = ["newsletter", "tests"]
