"""Lines on a 320 by 240 grid, written as SVG with classes or painted as a picture."""

from itertools import combinations, pairwise
from math import cos, hypot, radians, sin, sqrt

from PIL import Image, ImageColor, ImageDraw

GROUND = 224
WIDTHS = {"t": 27, "l": 16, "s": 13, "a": 12, "x": 2.5, "b": 5, "w": 4, "k": 6}
HALO = 3

LIGHT = {
    "plate": "#e8eee2",
    "paper": "#fcfaf4",
    "ground-2": "#d7e2d2",
    "voice": "#fceddc",
    "ink": "#16241e",
    "band": "#e05327",
    "far": "#68766e",
    "ghost": "#b1c0ae",
}
DARK = {
    "plate": "#1d2a25",
    "paper": "#121a17",
    "ground-2": "#27352f",
    "voice": "#31261c",
    "ink": "#ebebe3",
    "band": "#f97e48",
    "far": "#929b93",
    "ghost": "#41554c",
}


def between(a, b, part):
    """Return the point that lies this part of the way from a to b."""
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def away(point, degrees, length):
    """Return the point at this length; 0 is up, 90 to the right."""
    turn = radians(degrees)
    return point[0] + sin(turn) * length, point[1] - cos(turn) * length


def joint(root, end, upper, lower, side):
    """Return where a limb of two bones bends: left (-1) or right (1) of its line."""
    dx, dy = end[0] - root[0], end[1] - root[1]
    reach = hypot(dx, dy)
    if reach >= upper + lower:
        return between(root, end, upper / (upper + lower))
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    off = sqrt(max(upper**2 - along**2, 0)) * side
    return (
        root[0] + (dx * along - dy * off) / reach,
        root[1] + (dy * along + dx * off) / reach,
    )


def line(*points):
    return [("M", points[0]), *(("L", point) for point in points[1:])]


def curve(start, control, end):
    return [("M", start), ("Q", control, end)]


def limb(root, bend, end, soft=0.3):
    """Return a line over a joint, round as flesh is: the straighter, the rounder."""
    u = (bend[0] - root[0], bend[1] - root[1])
    v = (end[0] - bend[0], end[1] - bend[1])
    straight = (u[0] * v[0] + u[1] * v[1]) / ((hypot(*u) * hypot(*v)) or 1)
    soft *= 0.55 + 0.45 * straight
    return [
        ("M", root),
        ("L", between(bend, root, soft)),
        ("Q", bend, between(bend, end, soft)),
        ("L", end),
    ]


def flat(path, steps=16):
    """Return the points along a path."""
    points = []
    for command, *stops in path:
        if command in "ML":
            points.append(stops[0])
        elif command == "Q":
            start, (control, end) = points[-1], stops
            for step in range(1, steps + 1):
                part = step / steps
                points.append(
                    between(
                        between(start, control, part), between(control, end, part), part
                    )
                )
        else:
            points.append(points[0])
    return points


def number(value):
    return f"{round(value * 2) / 2:g}"


def written(path):
    """Return the path as SVG writes it, without a needless character."""
    text = ""
    for command, *stops in path:
        text += command + " ".join(f"{number(x)} {number(y)}" for x, y in stops)
    return text.replace(" -", "-")


class Drawing:
    """Marks in the order they are laid down."""

    def __init__(self, width=320, height=240, top=0, left=0):
        self.width, self.height, self.top, self.left = width, height, top, left
        self.marks = []
        self.has_floor = False

    def stroke(self, classes, path, *, halo=False):
        if halo:
            self.marks.append(("stroke", f"{classes} o", path))
        self.marks.append(("stroke", classes, path))

    def together(self, *strokes, halo=True):
        """Lay several strokes down as one body: every halo below every stroke."""
        for classes, path in strokes if halo else ():
            self.marks.append(("stroke", f"{classes} o", path))
        for classes, path in strokes:
            self.marks.append(("stroke", classes, path))

    def disc(self, classes, centre, radius):
        self.marks.append(("disc", classes, centre, radius))

    def shape(self, classes, path):
        self.marks.append(("shape", classes, path))

    def add(self, other, right=0, *, mirror=False):
        """Lay another drawing onto this one, moved to the right or turned round."""

        def moved(point):
            x = other.width - point[0] if mirror else point[0]
            return x + right, point[1]

        for kind, classes, *rest in other.marks:
            if kind == "disc":
                rest = [moved(rest[0]), rest[1]]
            else:
                rest = [[(command, *map(moved, stops)) for command, *stops in rest[0]]]
            self.marks.append((kind, classes, *rest))
        return self

    def svg(self, classes="figure"):
        parts = []
        for kind, names, *rest in self.marks:
            if kind == "disc":
                (x, y), radius = rest
                parts.append(
                    f'<circle class="{names}" cx="{number(x)}" cy="{number(y)}"'
                    f' r="{number(radius)}"/>'
                )
            else:
                end = "Z" if kind == "shape" else ""
                parts.append(f'<path class="{names}" d="{written(rest[0])}{end}"/>')
        if self.has_floor:
            across = f"M{number(self.left)} {GROUND + 1}h{self.width}"
            parts.append(f'<path class="x" d="{across}"/>')
        box = f"{number(self.left)} {number(self.top)} {self.width} {self.height}"
        return (
            f'<svg class="{classes}" viewBox="{box}" aria-hidden="true">'
            f"{''.join(parts)}</svg>\n"
        )

    def paint(self, picture, *, at=(0, 0), scale=1, colours=LIGHT, plate="plate"):
        """Paint onto a picture that is already as large as it will be thrice over."""
        pen = ImageDraw.Draw(picture)

        def place(point):
            return (
                at[0] + (point[0] - self.left) * scale,
                at[1] + (point[1] - self.top) * scale,
            )

        def dot(point, radius, colour):
            x, y = place(point)
            r = radius * scale
            pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)

        def run(points, width, colour):
            for a, b in pairwise(points):
                length = hypot(b[0] - a[0], b[1] - a[1])
                if length:
                    nx = (b[1] - a[1]) / length * width / 2
                    ny = (a[0] - b[0]) / length * width / 2
                    corners = [
                        (a[0] + nx, a[1] + ny),
                        (b[0] + nx, b[1] + ny),
                        (b[0] - nx, b[1] - ny),
                        (a[0] - nx, a[1] - ny),
                    ]
                    pen.polygon([place(corner) for corner in corners], fill=colour)
            for point in points:
                dot(point, width / 2, colour)

        for kind, classes, *rest in self.marks:
            names = classes.split()
            colour = colours["ink"]
            for name, token in (
                ("b", "band"),
                ("w", "band"),
                ("h", "band"),
                ("f", "far"),
                ("g", "ghost"),
                ("o", plate),
            ):
                if name in names:
                    colour = colours[token]
            width = next(WIDTHS[name] for name in [*names, "k"] if name in WIDTHS)
            if kind == "disc":
                centre, radius = rest
                if "h" in names or "p" in names:
                    dot(centre, radius + HALO / 2, colours[plate])
                dot(centre, radius, colour)
            elif kind == "shape":
                points = flat(rest[0])
                extra = 2 * HALO if "o" in names else 0
                pen.polygon([place(point) for point in points], fill=colour)
                run([*points, points[0]], width + extra, colour)
            else:
                run(flat(rest[0]), width + 2 * HALO * ("o" in names), colour)


def picture(drawing, width, height, *, plate="plate", colours=LIGHT, fit=None):
    """Return the drawing in the middle of an opaque plate, smooth at its edges."""
    over = 3
    image = Image.new("RGB", (width * over, height * over), colours[plate])
    scale = fit or min(width / drawing.width, height / drawing.height)
    at = (
        (width - drawing.width * scale) / 2 * over,
        (height - drawing.height * scale) * over,
    )
    drawing.paint(image, at=at, scale=scale * over, colours=colours, plate=plate)
    if drawing.has_floor:
        y = at[1] + (GROUND + 1 - drawing.top) * scale * over
        half = WIDTHS["x"] / 2 * scale * over
        ImageDraw.Draw(image).rectangle(
            (0, y - half, image.width, y + half), fill=colours["ink"]
        )
    return image.resize((width, height), Image.Resampling.LANCZOS)


def indexed(image, colours=LIGHT):
    """Return the picture with only these colours and the steps between each two."""
    used = {colour for _, colour in image.getcolors(image.width * image.height)}
    tones = [ImageColor.getrgb(colour) for colour in colours.values()]
    tones = [tone for tone in tones if tone in used]
    steps = 254 // max(len(tones) * (len(tones) - 1) // 2, 1)
    steps = min(steps - 1, 12)
    palette = list(tones)
    for one, other in combinations(tones, 2):
        for step in range(1, steps):
            part = step / steps
            palette.append(
                tuple(
                    round(a + (b - a) * part) for a, b in zip(one, other, strict=True)
                )
            )
    table = Image.new("P", (1, 1))
    table.putpalette([value for tone in palette for value in tone])
    return image.quantize(palette=table, dither=Image.Dither.NONE)
