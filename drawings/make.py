"""Write every drawing: figures for the pages, pictures for mails and the demo.

Run ``python -m drawings.make``; what it writes is committed.
"""

from pathlib import Path

from drawings import pen, portrait, poses

HERE = Path(__file__).resolve().parent.parent
FIGURES = HERE / "templates" / "figures"
MAIL = HERE / "static" / "figures"
ICON = HERE / "static" / "icon.png"
SHARE = HERE / "static" / "share.png"

DRAWINGS = {
    "low-row-start": poses.row(0),
    "low-row-finish": poses.row(1),
    "wide-row-start": poses.wide_row(0),
    "wide-row-finish": poses.wide_row(1),
    "seated-row-start": poses.seated_row(0),
    "seated-row-finish": poses.seated_row(1),
    "row-without-band-start": poses.row(0, with_band=False, wall=False),
    "row-without-band-finish": poses.row(1, with_band=False, wall=False),
    "sit-to-stand-start": poses.sit_to_stand_start(),
    "sit-to-stand-rise": poses.sit_to_stand_rise(),
    "sit-to-stand-finish": poses.sit_to_stand_finish(),
    "heel-raise-start": poses.heel_raise(False),
    "heel-raise-finish": poses.heel_raise(True),
    "bridge-start": poses.bridge(False),
    "bridge-finish": poses.bridge(True),
    "wall-push-up-start": poses.wall_push_up(False),
    "wall-push-up-finish": poses.wall_push_up(True),
    "counter-press-start": poses.counter_press(False),
    "counter-press-finish": poses.counter_press(True),
    "chin-tuck-start": poses.chin_tuck(False),
    "chin-tuck-finish": poses.chin_tuck(True),
    "breathing-lying-start": poses.breathing_lying(False),
    "breathing-lying": poses.breathing_lying(True),
    "pelvic-floor-seated-start": poses.pelvic_floor_seated(False),
    "pelvic-floor-seated": poses.pelvic_floor_seated(True),
    "squat-supported-start": poses.squat_supported(False),
    "squat-supported": poses.squat_supported(True),
    "side-step-start": poses.side_step(False),
    "side-step": poses.side_step(True),
    "arm-raise-seated-start": poses.arm_raise_seated(False),
    "arm-raise-seated": poses.arm_raise_seated(True),
    "seated-march": poses.seated_march(),
    "one-leg-stand": poses.one_leg_stand(),
    "hip-hinge-start": poses.hip_hinge(False),
    "hip-hinge": poses.hip_hinge(True),
    "all-fours": poses.on_all_fours(False),
    "all-fours-reach": poses.on_all_fours(True),
    "lost": poses.lost(),
}
WIDE = {"frieze": poses.frieze(), "frieze-pair": poses.pair()}


def figures():
    for name, drawing in {**DRAWINGS, **WIDE}.items():
        (FIGURES / f"{name}.svg").write_text(drawing.svg())
    (FIGURES / "body.svg").write_text(poses.body())
    (FIGURES / "portrait.svg").write_text(portrait.svg())


def for_mails():
    """Opaque, so that a mail program's own dark mode cannot lose the figure."""
    MAIL.mkdir(exist_ok=True)
    for name, drawing in DRAWINGS.items():
        for ending, colours in (("", pen.LIGHT), ("-dark", pen.DARK)):
            image = pen.picture(drawing, 1040, 480, fit=2, colours=colours)
            pen.indexed(image, colours).save(
                MAIL / f"{name}{ending}.png", optimize=True
            )


def icon():
    """The mark of the site, as a phone puts it on its first screen."""
    mark = pen.Drawing(60, 60)
    mark.disc("d", (30, 16), 5)
    mark.stroke("k", pen.line((30, 27), (30, 41)))
    mark.stroke("w", pen.line((17, 49), (43, 49)))
    image = pen.picture(mark, 180, 180, plate="paper")
    pen.indexed(image).save(ICON, optimize=True)


def share():
    """What other sites show of a page that has no picture of its own."""
    drawing = poses.pair(150)
    drawing.height += 18  # room for the floor
    drawing.has_floor = True
    image = pen.picture(drawing, 1200, 630, fit=2.6)
    pen.indexed(image).save(SHARE, optimize=True)


if __name__ == "__main__":
    figures()
    icon()
    share()
    for_mails()
