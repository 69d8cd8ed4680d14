"""The drawn figures: which there are, and the sentence each says to who cannot see it.

The drawings themselves are made by ``drawings/make.py`` into ``templates/figures``.
"""

import functools

from django.conf import settings
from django.utils.translation import gettext_lazy as _

FIGURES = {
    "low-row-start": _("Standing, facing a door: arms long, the band just taut."),
    "low-row-finish": _("Standing, facing a door: elbows drawn back along the ribs."),
    "wide-row-start": _("Standing on the middle of the band, arms long."),
    "wide-row-finish": _("Standing on the band: elbows lifted out wide."),
    "seated-row-start": _("On a chair, facing a door: arms long, band just taut."),
    "seated-row-finish": _("On a chair: elbows drawn back along the ribs."),
    "row-without-band-start": _("Standing, arms long in front, without a band."),
    "row-without-band-finish": _("Standing, elbows drawn back, without a band."),
    "sit-to-stand-start": _("On a chair, feet drawn back, leaning forward."),
    "sit-to-stand-rise": _("Rising from a chair, the weight over the feet."),
    "sit-to-stand-finish": _("Risen from the chair, standing tall."),
    "heel-raise-start": _("Standing at a counter, feet flat."),
    "heel-raise-finish": _("Standing at a counter, heels lifted."),
    "bridge-start": _("On the back, knees bent, feet flat."),
    "bridge-finish": _("On the back, hips lifted in line with the knees."),
    "wall-push-up-start": _("Leaning at a wall, arms long."),
    "wall-push-up-finish": _("Leaning at a wall, elbows bent, the body straight."),
    "counter-press-start": _("Leaning at a counter, arms long."),
    "counter-press-finish": _("Leaning at a counter, elbows bent, the body straight."),
    "chin-tuck-start": _("On a chair, the head a little forward."),
    "chin-tuck-finish": _("On a chair, the chin drawn straight back."),
    "breathing-lying-start": _("On the back, knees bent, the belly at rest."),
    "breathing-lying": _("On the back, knees bent, the breath rising in the belly."),
    "pelvic-floor-seated-start": _("On a chair, upright, the pelvic floor at rest."),
    "pelvic-floor-seated": _("On a chair, the pelvic floor lifted."),
    "squat-supported-start": _("Standing tall, hands on a counter."),
    "squat-supported": _("A small squat, hands on a counter."),
    "side-step-start": _("Standing, one hand on the back of a chair."),
    "side-step": _("A step to the side, one hand on the back of a chair."),
    "arm-raise-seated-start": _("On a chair, hands on the thighs."),
    "arm-raise-seated": _("On a chair, the arms raised in front."),
    "seated-march": _("On a chair, one knee lifted."),
    "one-leg-stand": _("Standing on one leg, a hand on the back of a chair."),
    "hip-hinge-start": _("Standing, hands at the hips."),
    "hip-hinge": _("Bending forward from the hips, the back long."),
    "all-fours": _("On hands and knees, the back long."),
    "all-fours-reach": _("On hands and knees, one arm and the other leg long."),
}

# The lines of the plate of the body: five to the left from the top, then five to the
# right.
PLACES = {
    "neck": _("Neck"),
    "upper-back": _("Upper back"),
    "tummy": _("Tummy"),
    "pelvic-floor": _("Pelvic floor"),
    "ankles-and-feet": _("Ankles and feet"),
    "shoulders": _("Shoulders"),
    "lower-back": _("Lower back"),
    "hips": _("Hips"),
    "knees": _("Knees"),
    "balance": _("Balance"),
}


def choices():
    """Return the figures as a select offers them."""
    return list(FIGURES.items())


def places():
    """Return the places as a select offers them."""
    return list(PLACES.items())


@functools.cache
def drawing(folder, name):
    """Return the SVG of that name, or nothing: a page stands without its picture."""
    path = settings.BASE_DIR / "templates" / folder / f"{name}.svg"
    if not name or path.parent.name != folder or not path.is_file():
        return ""
    return path.read_text().strip()
