"""The drawn face that stands in until the author's own photograph."""

from PIL import Image, ImageDraw

from drawings.pen import flat, written

SIZE = 200
WALL, SKIN, SHADE, LIP = "#fceddc", "#e9c3a1", "#d9a983", "#8f3b2c"
HAIR, GREY, COAT, COLLAR = "#16241e", "#7d8a82", "#2f7a62", "#fcfaf4"


def mirrored(path):
    return [(command, *((SIZE - x, y) for x, y in stops)) for command, *stops in path]


SHOULDERS = [
    ("M", (18, 200)),
    ("Q", (24, 166), (62, 158)),
    ("Q", (84, 153), (86, 146)),
    ("L", (114, 146)),
    ("Q", (116, 153), (138, 158)),
    ("Q", (176, 166), (182, 200)),
]
NECK = [
    ("M", (85, 118)),
    ("L", (85, 152)),
    ("Q", (100, 172), (115, 152)),
    ("L", (115, 118)),
]
SHADOW = [
    ("M", (85, 128)),
    ("Q", (100, 150), (115, 128)),
    ("L", (115, 136)),
    ("Q", (100, 158), (85, 136)),
]
FACE = [
    ("M", (68, 82)),
    ("Q", (67, 110), (80, 126)),
    ("Q", (90, 138), (100, 138)),
    ("Q", (110, 138), (120, 126)),
    ("Q", (133, 110), (132, 82)),
    ("Q", (130, 52), (100, 52)),
    ("Q", (70, 52), (68, 82)),
]
# Hair: what lies behind the face, then the parted front.
BEHIND = [
    ("M", (62, 98)),
    ("Q", (56, 70), (70, 54)),
    ("Q", (84, 40), (104, 42)),
    ("Q", (130, 44), (138, 66)),
    ("Q", (142, 82), (137, 98)),
    ("Q", (134, 108), (128, 104)),
    ("L", (72, 104)),
    ("Q", (66, 108), (62, 98)),
]
FRINGE = [
    ("M", (66, 92)),
    ("Q", (62, 48), (100, 46)),
    ("Q", (138, 46), (135, 92)),
    ("Q", (130, 92), (129, 84)),
    ("Q", (112, 82), (92, 62)),
    ("Q", (88, 78), (72, 84)),
    ("Q", (71, 92), (66, 92)),
]
STRAND = [("M", (93, 60)), ("Q", (106, 74), (126, 79))]
COLLAR_LEFT = [
    ("M", (85, 145)),
    ("Q", (78, 150), (74, 156)),
    ("L", (90, 176)),
    ("L", (100, 163)),
    ("Q", (90, 158), (85, 145)),
]
BROW = [("M", (77, 86)), ("Q", (84, 81), (91, 85))]
NOSE = [("M", (100, 92)), ("Q", (96, 106), (102, 107))]
SMILE = [("M", (87, 116)), ("Q", (100, 128), (113, 116))]

PARTS = [
    ("disc", HAIR, (128, 36), 20),
    ("fill", HAIR, BEHIND),
    ("fill", COAT, SHOULDERS),
    ("fill", SKIN, NECK),
    ("fill", SHADE, SHADOW),
    ("fill", COLLAR, COLLAR_LEFT),
    ("fill", COLLAR, mirrored(COLLAR_LEFT)),
    ("disc", SHADE, (67, 98), 6),
    ("disc", SHADE, (133, 98), 6),
    ("fill", SKIN, FACE),
    ("fill", HAIR, FRINGE),
    ("line", GREY, STRAND, 2.5),
    ("line", HAIR, BROW, 3),
    ("line", HAIR, mirrored(BROW), 3),
    ("disc", HAIR, (84, 96), 3.5),
    ("disc", HAIR, (116, 96), 3.5),
    ("line", SHADE, NOSE, 2.5),
    ("line", LIP, SMILE, 3.5),
]


def svg():
    parts = [f'<path fill="{WALL}" d="M0 0h{SIZE}v{SIZE}H0z"/>']
    for kind, colour, *rest in PARTS:
        if kind == "disc":
            (x, y), radius = rest
            shape = f'<circle fill="{colour}" cx="{x}" cy="{y}" r="{radius}"/>'
        elif kind == "fill":
            shape = f'<path fill="{colour}" d="{written(rest[0])}"/>'
        else:
            path, width = rest
            shape = (
                f'<path fill="none" stroke="{colour}" stroke-width="{width}"'
                f' stroke-linecap="round" d="{written(path)}"/>'
            )
        parts.append(shape)
    opening = f'<svg viewBox="0 0 {SIZE} {SIZE}" aria-hidden="true">'
    return f"{opening}{''.join(parts)}</svg>\n"


def picture(size):
    over = 3
    scale = size * over / SIZE
    image = Image.new("RGB", (size * over, size * over), WALL)
    pen = ImageDraw.Draw(image)

    def dot(point, radius, colour):
        x, y, r = point[0] * scale, point[1] * scale, radius * scale
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    for kind, colour, shape, *size_ in PARTS:
        if kind == "disc":
            dot(shape, size_[0], colour)
            continue
        points = flat(shape, 60)
        if kind == "fill":
            pen.polygon([(x * scale, y * scale) for x, y in points], fill=colour)
        else:
            for point in points:
                dot(point, size_[0] / 2, colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)
