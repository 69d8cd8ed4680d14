"""Where the joints are in each figure, and what stands around it.

A body seen from the side faces right. Bones have one length in all figures, so a pose
names where hip, feet and hands are, and the knees and elbows follow.
"""

from drawings.pen import GROUND, Drawing, away, between, curve, joint, limb, line

SPINE, NECK, HEAD = 52, 36, 17
THIGH, SHIN = 46, 44
UPPER, FORE = 35, 33
ANKLE = 212  # of a foot that is flat on the ground


class Body:
    """A person seen from the side."""

    def __init__(self, drawing, *, hip, lean=0, nod=4, curl=3):
        self.on, self.hip, self.lean = drawing, hip, lean
        self.shoulder = away(hip, lean, SPINE)
        self.head = away(self.shoulder, lean * 0.75 + nod, NECK)
        self.belly = away(between(hip, self.shoulder, 0.45), lean + 90, curl)

    def torso(self, classes=""):
        seat = away(self.hip, self.lean, 5)
        path = curve(seat, self.belly, self.shoulder)
        self.on.stroke(f"t {classes}".strip(), path)
        if not classes:
            self.on.disc("d", self.head, HEAD)

    def leg(self, foot, *, ankle=ANKLE, tilt=0, classes=""):
        """Draw a leg to a heel at this x, the toe tilted down by degrees."""
        knee = joint(self.hip, (foot, ankle), THIGH, SHIN, -1)
        sole = (foot, ankle + 5.5)
        parts = [
            (f"l {classes}".strip(), limb(self.hip, knee, (foot, ankle + 2))),
            (
                f"s {classes}".strip(),
                line(away(sole, 90 + tilt, -1.5), away(sole, 90 + tilt, 19)),
            ),
        ]
        self.on.together(*parts, halo=not classes)

    def arm(self, hand, *, classes="", root=4):
        start = away(self.shoulder, self.lean, -root)
        elbow = joint(start, hand, UPPER, FORE, 1)
        path = limb(start, elbow, hand, 0.34)
        self.on.stroke(f"a {classes}".strip(), path, halo=not classes)


def ground(drawing):
    drawing.has_floor = True
    return drawing


def chair(drawing, back, front, *, seat=177.5, top=108):
    drawing.stroke("x", line((back, top), (back, GROUND)))
    drawing.stroke("x", line((back, seat), (front, seat)))
    drawing.stroke("x", line((front - 4, seat), (front - 4, GROUND)))


def arrow(drawing, tail, tip):
    """A short arrow in the colour of the band: this way."""
    dx, dy = tip[0] - tail[0], tip[1] - tail[1]
    length = (dx * dx + dy * dy) ** 0.5
    ux, uy = dx / length * 6, dy / length * 6
    drawing.stroke(
        "w",
        [
            *line(tail, tip),
            *line(
                (tip[0] - ux - uy, tip[1] - uy + ux),
                tip,
                (tip[0] - ux + uy, tip[1] - uy - ux),
            ),
        ],
    )


def door(drawing, x):
    drawing.stroke("x", line((x, 0), (x, GROUND)))


def band(drawing, hand, end, sag=0):
    middle = between(hand, end, 0.5)
    path = (
        curve(hand, (middle[0], middle[1] + sag * 2), end) if sag else line(hand, end)
    )
    drawing.stroke("b", path)


# Rows

FAR, NEAR = (164, 110), (119, 118)  # where the hands are in a row


def row(pull, *, still=True, with_band=True, wall=True):
    """Return the Low Row, from arms long (0) to elbows drawn back (1).

    Standing still, it shows where the arms came from.
    """
    drawing = Drawing()
    hand = between(FAR, NEAR, pull)
    knot = (276, 116)
    if wall:
        door(drawing, knot[0])
    body = Body(drawing, hip=(104, 125), lean=3 - 3 * pull)
    body.leg(76, ankle=211, classes="f")
    if still and pull == 1:
        body.arm(FAR, classes="g")
    body.torso()
    body.leg(107)
    if with_band:
        band(drawing, hand, knot, sag=9 * (1 - pull) ** 2)
        if wall:
            drawing.disc("d", knot, 6)
    body.arm(hand)
    if with_band:
        drawing.disc("h", hand, 6)
    return ground(drawing) if wall or not with_band else drawing


def seated_row(pull):
    drawing = Drawing()
    door(drawing, 276)
    knot, far = (276, 146), (168, 142)
    hand = between(far, (118, 154), pull)
    body = Body(drawing, hip=(102, 168), lean=2 - 4 * pull)
    if pull == 1:
        body.arm(far, classes="g")
    body.torso()
    body.leg(148)
    chair(drawing, 80, 142)
    band(drawing, hand, knot, sag=8 * (1 - pull) ** 2)
    drawing.disc("d", knot, 6)
    body.arm(hand)
    drawing.disc("h", hand, 6)
    return ground(drawing)


# On and off a chair


def seated(x=130, *, lean=0, feet=46, nod=4, curl=3, back=-21):
    drawing = Drawing()
    body = Body(drawing, hip=(x, 168), lean=lean, nod=nod, curl=curl)
    body.torso()
    body.leg(x + feet)
    chair(drawing, x + back, x + 40)
    return drawing, body


def sit_to_stand_start():
    drawing, body = seated(124, lean=24, feet=34)
    body.arm((180, 138))
    return ground(drawing)


def sit_to_stand_rise(*, floor=True):
    drawing = Drawing()
    Body(drawing, hip=(116, 168)).torso("g")
    was = Body(drawing, hip=(116, 168))
    was.leg(152, classes="g")
    body = Body(drawing, hip=(119, 146), lean=36, nod=-2)
    body.torso()
    body.leg(154)
    chair(drawing, 95, 152)
    body.arm((192, 100))
    return ground(drawing) if floor else drawing


def sit_to_stand_finish():
    drawing = Drawing()
    was = Body(drawing, hip=(119, 168), lean=10)
    was.torso("g")
    was.leg(158, classes="g")
    body = Body(drawing, hip=(160, 122.2))
    body.torso()
    body.leg(158)
    chair(drawing, 98, 153)
    body.arm((169, 142))
    return ground(drawing)


def chin_tuck(drawn):
    drawing, body = seated(136, lean=0 if drawn else 3)
    back, front = away(body.shoulder, 2, NECK), away(body.shoulder, 22, NECK - 1)
    drawing.marks = [mark for mark in drawing.marks if mark[1] != "d"]
    if drawn:
        drawing.disc("d g", front, HEAD)
        drawing.disc("d p", back, HEAD)
        arrow(drawing, (back[0] + 62, back[1]), (back[0] + 40, back[1]))
    else:
        drawing.disc("d", front, HEAD)
    body.arm((body.hip[0] + 34, 157), root=5)
    return ground(drawing)


def pelvic_floor_seated(lifted):
    drawing, body = seated(136)
    body.arm((body.hip[0] + 48, 156), root=5)
    if not lifted:
        return ground(drawing)
    x = body.hip[0] - 5
    drawing.stroke("w", curve((x - 5, 169), (x + 4, 178), (x + 13, 169)))
    arrow(drawing, (x + 2, 163), (x + 2, 142))
    return ground(drawing)


def arm_raise_seated(raised):
    drawing, body = seated(126)
    if raised:
        was = Drawing()
        Body(was, hip=body.hip).arm((184, 138), classes="g")
        drawing.marks[0:0] = was.marks
        arrow(drawing, (204, 118), (204, 92))
    body.arm((184, 78) if raised else (162, 156))
    return ground(drawing)


def seated_march():
    drawing = Drawing()
    body = Body(drawing, hip=(130, 168))
    body.leg(176, classes="f")
    body.torso()
    body.leg(182, ankle=182, tilt=-4)
    chair(drawing, 109, 166)
    body.arm((140, 158), root=5)
    arrow(drawing, (212, 172), (212, 146))
    return ground(drawing)


# At a counter, a wall, a chair


def counter(drawing, x, *, height=118):
    drawing.stroke("x", line((x - 12, height), (x + 62, height)))
    drawing.stroke("x", line((x, height), (x, GROUND)))


def heel_raise(raised):
    drawing = Drawing()
    up, tilt = (11, 35) if raised else (0, 0)
    body = Body(drawing, hip=(139.5, 122.2 - up), lean=1)
    foot = 138 + (3.5 if raised else 0)
    body.torso()
    body.leg(foot, ankle=ANKLE - up, tilt=tilt)
    body.arm((193, 110))
    counter(drawing, 200)
    if raised:
        arrow(drawing, (118, 218), (118, 192))
    return ground(drawing)


def squat_supported(low):
    drawing = Drawing()
    if low:
        body = Body(drawing, hip=(110, 158), lean=30, nod=-6)
    else:
        body = Body(drawing, hip=(139.5, 122.2), lean=2)
    body.torso()
    body.leg(138)
    body.arm((199, 110))
    counter(drawing, 206)
    if low:
        arrow(drawing, (84, 122), (80, 148))
    return ground(drawing)


def counter_press(bent):
    drawing = Drawing()
    lean = 41 if bent else 34
    ankle = (88, ANKLE - (4 if bent else 1))
    body = Body(drawing, hip=away(ankle, lean, 90), lean=lean, nod=-8, curl=0)
    if bent:
        long = Body(drawing, hip=away(ankle, 34, 90), lean=34, nod=-8)
        drawing.disc("d g", long.head, HEAD)
    body.torso()
    body.leg(ankle[0], ankle=ankle[1], tilt=12 if bent else 3)
    body.arm((210, 140))
    counter(drawing, 217, height=147)
    return ground(drawing)


def wall_push_up(bent, *, floor=True):
    drawing = Drawing()
    lean = 31 if bent else 23
    ankle = (124, ANKLE - (3 if bent else 0))
    hip = away(ankle, lean, 90)
    body = Body(drawing, hip=hip, lean=lean, nod=-2, curl=0)
    if bent:
        was = Body(drawing, hip=away(ankle, 23, 90), lean=23, nod=-2)
        drawing.disc("d g", was.head, HEAD)
    body.torso()
    body.leg(ankle[0], ankle=ankle[1], tilt=9 if bent else 0)
    body.arm((245, 90))
    door(drawing, 252)
    return ground(drawing) if floor else drawing


def one_leg_stand():
    drawing = Drawing()
    body = Body(drawing, hip=(149, 122.2))
    body.leg(160, ankle=196, tilt=24, classes="f")
    body.torso()
    body.leg(147)
    drawing.stroke("x", line((212, 118), (212, GROUND)))
    drawing.stroke("x", line((212, 176), (256, 176)))
    drawing.stroke("x", line((252, 176), (252, GROUND)))
    body.arm((207, 114))
    return ground(drawing)


def hip_hinge(bent):
    drawing = Drawing()
    straight = Body(drawing, hip=(135.5, 122.2))
    if not bent:
        straight.torso()
        straight.leg(134)
        straight.arm((144, 127))
        return ground(drawing)
    straight.torso("g")
    drawing.disc("d g", straight.head, HEAD)
    body = Body(drawing, hip=(122, 130), lean=58, nod=8)
    body.torso()
    body.leg(134)
    body.arm((136, 133))
    arrow(drawing, (94, 118), (76, 124))
    return ground(drawing)


# On the floor


def lying(hip, shoulder, *, ankle=196, head=None):
    drawing = Drawing()
    body = Body(drawing, hip=hip)
    body.shoulder = shoulder
    body.head = head or (shoulder[0] - 37, GROUND - HEAD)
    body.lean = -90
    middle = between(hip, shoulder, 0.5)
    seat = between(hip, shoulder, 0.09)
    drawing.stroke("t", curve(seat, (middle[0], middle[1] - 2), shoulder))
    drawing.disc("d", body.head, HEAD)
    return drawing, body


def bridge(lifted):
    if lifted:
        drawing, body = lying((146, 184), (98, 208))
        middle = between((150, 212), (98, 210), 0.5)
        ghost = Drawing()
        ghost.stroke("t g", curve((146, 211), (middle[0], 209), (98, 210.5)))
        drawing.marks[0:0] = ghost.marks
    else:
        drawing, body = lying((150, 213), (98, 210.5))
    body.leg(192)
    drawing.stroke("a", line((102, 212), (166, 218)), halo=True)
    if lifted:
        arrow(drawing, (140, 154), (136, 132))
    return ground(drawing)


def breathing_lying(full):
    drawing, body = lying((164, 213), (112, 210.5))
    body.leg(206)
    drawing.stroke("a", line((116, 213), (180, 218)), halo=True)
    for reach in (0, 1) if full else ():
        y, half = 186 - 12 * reach, 17 + 8 * reach
        drawing.stroke("w", curve((140 - half, y), (140, y - 13), (140 + half, y)))
    if not full:
        drawing.stroke("w", curve((123, 188), (140, 184), (157, 188)))
    return ground(drawing)


def on_all_fours(reach):
    """Return a body on hands and knees; the far arm and leg may reach out."""
    drawing = Drawing()
    hip, shoulder = (128, 166), (180, 160)
    body = Body(drawing, hip=hip)
    body.shoulder, body.lean = shoulder, 83
    if reach:
        drawing.stroke("l f", line(hip, (84, 160), (44, 158)))
        drawing.stroke("s f", line((44, 158), (40, 170)))
        drawing.stroke("a f", line((180, 160), (246, 142)))
    drawing.stroke("t", curve((133, 165.5), (154, 158), shoulder))
    drawing.disc("d", (217, 154 if reach else 158), HEAD)
    drawing.together(
        (
            "l",
            [
                ("M", hip),
                ("L", (128, 206)),
                ("Q", (128, 216), (116, 216)),
                ("L", (88, 216)),
            ],
        ),
        ("s", line((88, 217), (80, 217.5))),
    )
    drawing.stroke("a", line((178, 164), (182, 216), (188, 218)), halo=True)
    return ground(drawing)


# Seen from the front


class Front:
    """A person seen from the front."""

    def __init__(self, drawing, x=160):
        self.on, self.x = drawing, x

    def trunk(self):
        def at(x, y):
            return self.x + x, y

        path = [
            ("M", at(-20, 74)),
            ("Q", at(0, 67), at(20, 74)),
            ("Q", at(17, 92), at(14, 106)),
            ("Q", at(13, 116), at(14, 127)),
            ("L", at(-14, 127)),
            ("Q", at(-13, 116), at(-14, 106)),
            ("Q", at(-17, 92), at(-20, 74)),
        ]
        self.on.shape("d k", path)
        self.on.disc("d", at(0, 40), HEAD)

    def leg(self, side, foot, *, classes="", out=9, lift=0):
        hip = (self.x + side * 9.5, 129)
        heel = (foot, ANKLE + 3 - lift)
        sole = heel[1] + 2.5
        self.on.stroke(f"l {classes}".strip(), line(hip, heel))
        self.on.stroke(
            f"s {classes}".strip(), line((foot, sole), (foot + side * out, sole))
        )

    def arm(self, side, elbow, hand, *, classes=""):
        root = (self.x + side * 24, 78)
        self.on.stroke(
            f"a {classes}".strip(), limb(root, elbow, hand), halo=not classes
        )


def wide_row(lift, *, still=True, floor=True):
    """Return the Wide Row, from arms long (0) to elbows out wide (1)."""
    drawing = Drawing()
    front = Front(drawing)
    low, high = ((37, 110), (30, 142)), ((59, 79), (54, 112))
    for side in (-1, 1):
        front.leg(side, 160 + side * 21)
    if still and lift == 1:
        for side in (-1, 1):
            front.arm(side, *[(160 + side * x, y) for x, y in low], classes="g")
    front.trunk()
    knot = (160, GROUND - 8)
    ends = []
    for side in (-1, 1):
        elbow, hand = (
            between((160 + side * a[0], a[1]), (160 + side * b[0], b[1]), lift)
            for a, b in zip(low, high, strict=True)
        )
        ends.append((side, elbow, hand))
    drawing.stroke("b", line(ends[0][2], knot, ends[1][2]))
    for side, elbow, hand in ends:
        front.arm(side, elbow, hand)
        drawing.disc("h", hand, 6)
    drawing.disc("d", knot, 6)
    return ground(drawing) if floor else drawing


def side_step(wide):
    drawing = Drawing()
    front = Front(drawing, 140)
    if wide:
        front.leg(1, 154, classes="g")
    front.leg(-1, 128)
    front.leg(1, 190 if wide else 154)
    front.trunk()
    for x in (72, 104):
        drawing.stroke("x", line((x, 118), (x, GROUND)))
    for y in (118, 172):
        drawing.stroke("x", line((72, y), (104, y)))
    front.arm(-1, (103, 101), (99, 112))
    front.arm(1, (176, 108), (174, 142))
    if wide:
        arrow(drawing, (216, 206), (240, 206))
    return ground(drawing)


def lost():
    """Return somebody who holds one end of a band and looks where the other went."""
    drawing = Drawing()
    front = Front(drawing, 130)
    for side in (-1, 1):
        front.leg(side, 130 + side * 16)
    front.trunk()
    hand = (186, 128)
    drawing.stroke(
        "b",
        [
            ("M", hand),
            ("Q", (192, 214), (214, 219)),
            ("Q", (236, 223), (240, 208)),
            ("Q", (243, 196), (232, 196)),
            ("Q", (218, 197), (228, 213)),
            ("Q", (236, 222), (284, 220)),
        ],
    )
    front.arm(1, (172, 106), hand)
    front.arm(-1, (77, 83), (103, 57))
    drawing.disc("h", hand, 6)
    return ground(drawing)


# Several


def pair(apart=170):
    """Return two people who hold one band between them."""
    width = 170 + apart
    drawing = Drawing(width, 206, top=20)
    band(drawing, (NEAR[0] - 58, NEAR[1]), (width - NEAR[0] + 58, NEAR[1]))
    one = row(1, still=False, wall=False, with_band=False)
    drawing.add(one, -58)
    drawing.add(one, width - 320 + 58, mirror=True)
    drawing.disc("h", (NEAR[0] - 58, NEAR[1]), 6)
    drawing.disc("h", (width - NEAR[0] + 58, NEAR[1]), 6)
    return drawing


def frieze():
    """Return five people side by side, on a ground line that the page draws."""
    drawing = Drawing(1000, 218, top=7)
    drawing.add(pair(222), 0)
    drawing.add(sit_to_stand_rise(floor=False), 398)
    drawing.add(wide_row(1, floor=False), 560)
    drawing.add(wall_push_up(False, floor=False), 747)
    return drawing


# The plate of the body

BODY = (136, 320)
# Each place on the body, and how far out its line turns.
LEFT = {
    "neck": ((158, 61), 8),
    "upper-back": ((160, 81.5), 0),
    "tummy": ((153, 110), 34),
    "pelvic-floor": ((160, 131), 36),
    "ankles-and-feet": ((143, 218.5), 0),
}
RIGHT = {
    "shoulders": ((184, 79), 120),
    "lower-back": ((167, 116), 124),
    "hips": ((172, 127), 136),
    "knees": ((173, 173), 136),
    "balance": ((160, 229), 84),
}
SIZE, OVER, BEYOND = 1.4, (68, -18), 44


def body():
    """Return the standing body with a line to each place, as SVG.

    The lines start in the middle of five rows at either side, and 44 beyond the
    picture: a wide page lets them show, a phone cuts them off.
    """
    figure = Drawing()
    front = Front(figure)
    for side in (-1, 1):
        front.leg(side, 160 + side * 15)
    front.trunk()
    for side in (-1, 1):
        front.arm(side, (160 + side * 37, 110), (160 + side * 40, 144))
    inner = figure.svg().split(">", 1)[1].rsplit("</svg>", 1)[0]
    lines = Drawing(*BODY)
    for side, places in ((-1, LEFT), (1, RIGHT)):
        edge = BODY[0] / 2 + side * (BODY[0] / 2 + BEYOND)
        for number, ((x, y), turn) in enumerate(places.values()):
            dot = (x - 160) * SIZE + OVER[0], y * SIZE + OVER[1]
            middle = BODY[1] / 5 * (number + 0.5)
            lines.stroke("e", line((edge, middle), (turn, middle), dot))
            lines.disc("r", dot, 5)
    opening, rest = lines.svg("figure body__figure").split(">", 1)
    move = f"translate({OVER[0] - 160 * SIZE:g} {OVER[1]}) scale({SIZE})"
    return f'{opening}><g transform="{move}">{inner}</g>{rest}'
