"""A name to write under, for who would rather not think of one."""

import random

from django.utils.translation import gettext as _


def suggest():
    """Return one of several hundred; whoever gets it may type another."""
    # Translators: birds and plants, as one would say them before each of the places.
    who = _(
        "Bluebell, Bracken, Chestnut, Clover, Curlew, Dunnock, Fern, Finch, Foxglove, "
        "Hazel, Heather, Heron, Juniper, Kestrel, Lark, Linnet, Magpie, Maple, Martin, "
        "Nightjar, Nuthatch, Pear, Plover, Primrose, Quince, Robin, Rowan, Rush, "
        "Sparrow, Starling, Swift, Thistle, Thrush, Wagtail, Willow, Wren"
    )
    # Translators: places, as one would say them after each of the birds and plants.
    where = _(
        "by the brook, by the canal, by the gate, by the kettle, by the sea, "
        "by the stove, by the window, from the allotment, from the attic, "
        "from the hill, from the island, from the lane, from the mill, "
        "from the valley, in slippers, in the garden, in the orchard, in the rain, "
        "in the shed, in wellingtons, near the church, near the park, "
        "near the station, on the balcony, on the bench, on the landing, on the porch, "
        "on the roof, under the eaves, with a teapot"
    )
    return f"{one_of(who)} {one_of(where)}"


def one_of(words):
    return random.choice(words.split(", "))  # noqa: S311
