"""The map for search engines: each guide with its pictures and its video."""

from guide import sharing
from guide.models import Exercise, Guide


def guides():
    """Return the guides that readers see; two queries, however many there are."""
    shown = Guide.objects.published().in_reading_order().with_pictures()
    pictured = Exercise.objects.exclude(picture=None).select_related("picture")
    by_guide = {}
    for exercise in pictured.filter(guide__in=Guide.objects.published()):
        by_guide.setdefault(exercise.guide_id, []).append(exercise.picture)
    return [_entry(guide, by_guide.get(guide.pk, [])) for guide in shown]


def _entry(guide, pictures):
    video = guide.video
    poster = video.poster if video else None
    pictures = [guide.picture, poster, *pictures]
    shares = [sharing.of_picture(picture) for picture in pictures if picture]
    return {
        "guide": guide,
        "url": sharing.absolute(guide.get_absolute_url()),
        "pictures": dict.fromkeys(share.url for share in shares),
        "thumbnail": sharing.of_video(guide).url,
        "film": sharing.absolute(video.address) if video else "",
    }
