"""A large picture through the admin's form, each kind in a fresh process.

The form is sent from the same process: its copies of the file count with the memory.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

SIZE = (6000, 4000)
SIZES = {"WEBP": (4160, 3120)}  # more than 13 megapixels of it are refused
KINDS = {
    "JPEG": {"quality": 90},
    "PNG": {},
    "WEBP": {"quality": 85, "method": 2},
    "AVIF": {"quality": 70, "speed": 8},
}
ROUNDS = 3


def measure(folder, port):
    draw(folder)
    for kind in KINDS:
        rounds = [elsewhere(folder / kind) for _ in range(ROUNDS)]
        best = min(rounds, key=lambda told: told["seconds"])
        yield (
            f"{kind}, {megapixels(kind)} megapixels, "
            f"{(folder / kind).stat().st_size / 1e6:.1f} MB: the answer",
            f"{best['seconds']:.2f} s",
            "≤ 1 s",
        )
        yield f"{kind}: of that, work", f"{best['cpu']:.2f} s CPU", ""
        yield (
            f"{kind}: memory of the process",
            f"{best['rss'] / 1024:.0f} MB",
            "≤ 300 MB",
        )


def megapixels(kind):
    width, height = SIZES.get(kind, SIZE)
    return round(width * height / 1e6)


def draw(folder):
    """Make pictures of soft and fine shapes: a photograph's weight, from no camera."""
    from PIL import Image

    coarse, fine, rough = (
        Image.effect_noise((SIZE[0] // n, SIZE[1] // n), spread).resize(SIZE)
        for n, spread in [(10, 60), (4, 40), (20, 80)]
    )
    photo = Image.merge("RGB", (coarse, fine, rough))
    for kind, options in KINDS.items():
        image = photo
        if kind == "PNG":  # a drawing: a photograph of this size has more than 10 MB
            flat = coarse.point(lambda value: value // 32 * 32)
            image = Image.merge("RGB", (flat, flat, flat))
        image.resize(SIZES.get(kind, SIZE)).save(folder / kind, kind, **options)


def elsewhere(path):
    command = [sys.executable, "-m", "bench.upload", str(path)]
    return json.loads(subprocess.run(command, check=True, stdout=-1).stdout)


def main(path):
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from bench.sending import most_memory
    from guide.models import Picture

    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(get_user_model().objects.filter(is_superuser=True).first())
    url = reverse("admin:guide_picture_add")
    client.get(url)
    count = Picture.objects.count()
    with Path(path).open("rb") as file:
        begin, work = time.perf_counter(), time.process_time()
        answer = client.post(url, {"file": file, "alt": "A room."})
        told = {
            "seconds": time.perf_counter() - begin,
            "cpu": time.process_time() - work,
            "rss": most_memory(),
        }
    assert answer.status_code == 302, answer.status_code
    assert Picture.objects.count() == count + 1
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
