from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from guide.models import PageVersion, bump


def show_what_came_due():
    """Make stored pages old once a moment that changes them has passed.

    The moments are those of all apps: a scheduled guide, the dates of a promotion.
    """
    now = timezone.now()
    with transaction.atomic():
        PageVersion.objects.get_or_create(defaults={"number": 1})
        seen = PageVersion.objects.select_for_update().get().seen_at
        if seen is None or any(
            (moment := next_moment(seen)) and moment <= now
            for next_moment in map(import_string, settings.MOMENTS)
        ):
            bump()
        PageVersion.objects.update(seen_at=now)
