"""Make the demo's pictures and its film: ``python -m drawings.media``.

The film needs ffmpeg, and covers and film the serif of the site (P052); what they make
is committed, so neither is needed again.
"""

import subprocess
from math import cos, pi
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

from drawings import pen, portrait, poses
from drawings.make import DRAWINGS

HERE = Path(__file__).resolve().parent.parent
MEDIA = HERE / "moving" / "demo_media"
SERIF = "/usr/share/fonts/opentype/urw-base35/P052-Bold.otf"

LEADS = {
    "lead-two-rows": ("low-row-finish", "voice"),
    "lead-chair": ("sit-to-stand-rise", "plate"),
    "lead-heels": ("heel-raise-finish", "voice"),
    "lead-breathe": ("breathing-lying", "plate"),
    "lead-neck": ("chin-tuck-finish", "voice"),
    "lead-bridge": ("bridge-finish", "plate"),
    "lead-wall": ("wall-push-up-finish", "voice"),
    "exercise-one-leg": ("one-leg-stand", "plate"),
}
COVERS = {
    "cover-book": ("Strong\non Both Feet", "#1d4a3d", poses.row(1, still=False)),
    "cover-ebook": ("Ten Minutes\nby the Kettle", "#71401f", poses.heel_raise(True)),
    "cover-course": (
        "The Quiet\nPelvic Floor",
        "#23465c",
        poses.pelvic_floor_seated(True),
    ),
}
# A close look at what a step speaks of: figure, wall, and left, top and right of 320.
STEPS = {
    "step-door": ("low-row-start", "plate", (182, 66, 302)),
    "step-elbows": ("wide-row-finish", "plate", (92, 28, 228)),
}
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 16


def saved(image, name, colours=pen.LIGHT):
    pen.indexed(image, colours).save(MEDIA / f"{name}.png", optimize=True)


def leads():
    """A room of two tones with the figure in it, as a photograph would be cropped."""
    for name, (figure, wall) in LEADS.items():
        saved(pen.picture(DRAWINGS[figure], 1600, 1200, plate=wall), name)


def steps():
    """Half of a figure, large, in the shape of the other pictures."""
    for name, (figure, wall, (left, top, right)) in STEPS.items():
        whole = pen.picture(DRAWINGS[figure], 3200, 2400, plate=wall)
        width = (right - left) * 10
        place = (left * 10, top * 10, right * 10, top * 10 + width * 3 // 4)
        near = whole.crop(place).resize((1200, 900), Image.Resampling.LANCZOS)
        saved(near, name)


def covers():
    for name, (title, colour, drawing) in COVERS.items():
        colours = {
            "ink": "#fcfaf4",
            "band": "#f97e48",
            "far": "#9fb0a6",
            "ghost": "#6f877b",
            "cover": colour,
        }
        over = 3
        image = Image.new("RGB", (600 * over, 820 * over), colour)
        draw = ImageDraw.Draw(image)
        shade = tuple(int(part * 0.82) for part in ImageColor.getrgb(colour))
        draw.rectangle((0, 0, 24 * over, image.height), fill=shade)
        draw.multiline_text(
            (78 * over, 84 * over),
            title,
            font=ImageFont.truetype(SERIF, 74 * over),
            fill=colours["ink"],
            spacing=14 * over,
        )
        at = (-30 * over, 238 * over)
        drawing.paint(image, at=at, scale=1.9 * over, colours=colours, plate="cover")
        floor = at[1] + (pen.GROUND + 1) * 1.9 * over
        draw.rectangle(
            (24 * over, floor - 2 * over, image.width, floor + 2 * over),
            fill=colours["ink"],
        )
        draw.text(
            (78 * over, 746 * over),
            "Ana Reyes",
            font=ImageFont.truetype(SERIF, 34 * over),
            fill=colours["ink"],
            anchor="lm",
        )
        smooth = image.resize((600, 820), Image.Resampling.LANCZOS)
        saved(smooth, name, {**colours, "back": "#" + bytes(shade).hex()})


def eased(part):
    return (1 - cos(pi * min(max(part, 0), 1))) / 2


def pull(second):
    """Return how far a row is drawn: four seconds out, wait, home, rest."""
    second %= 4
    if second < 0.5:
        return 0
    if second < 1.7:
        return eased((second - 0.5) / 1.2)
    if second < 2.3:
        return 1
    return 1 - eased((second - 2.3) / 1.6)


def frame(second):
    low = second < SECONDS / 2
    drawing = (poses.row if low else poses.wide_row)(pull(second), still=False)
    over = 2
    image = Image.new("RGB", (WIDTH * over, HEIGHT * over), pen.LIGHT["voice"])
    scale = 2.8 * over
    left = (WIDTH * over - 320 * scale) / 2
    top = HEIGHT * over - 236 * scale
    draw = ImageDraw.Draw(image)
    if low:
        door = left + 276 * scale
        draw.rectangle((door, 0, image.width, image.height), fill=pen.LIGHT["ground-2"])
        draw.rectangle((door - 7, 0, door + 7, image.height), fill=pen.LIGHT["ink"])
    drawing.paint(image, at=(left, top), scale=scale, plate="voice")
    floor = top + (pen.GROUND + 1) * scale
    draw.rectangle((0, floor + 4, image.width, image.height), fill=pen.LIGHT["voice"])
    draw.rectangle((0, floor - 7, image.width, floor + 7), fill=pen.LIGHT["ink"])
    draw.text(
        (64 * over, 76 * over),
        "Low Row" if low else "Wide Row",
        font=ImageFont.truetype(SERIF, 54 * over),
        fill=pen.LIGHT["ink"],
        anchor="lm",
    )
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def film():
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo"]
    command += ["-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE)]
    command += ["-i", "-", "-c:v", "libx264", "-preset", "veryslow", "-crf", "26"]
    command += ["-tune", "animation", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    command += ["-fflags", "+bitexact", str(MEDIA / "low-row.mp4")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603
        for number in range(SECONDS * RATE):
            process.stdin.write(frame(number / RATE).tobytes())
        process.stdin.close()
    frame(2).save(MEDIA / "low-row-poster.jpg", quality=82, optimize=True)


if __name__ == "__main__":
    MEDIA.mkdir(exist_ok=True)
    leads()
    steps()
    covers()
    portrait.picture(800).quantize(64).save(MEDIA / "portrait.png", optimize=True)
    film()
