"""Print the figures of docs/performance.md, from a site made for it and thrown away.

Rates differ from machine to machine and hour to hour; the ratios hold. Each is the best
of three, taken in turns.
"""

import os
import socket
import sys
import tempfile
from datetime import date
from pathlib import Path


def main():
    with tempfile.TemporaryDirectory(prefix="upright-bench-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "BENCH_BODY": f"{folder}/body.gz",
            "DEBUG": "off",
            "SECRET_KEY": "only-for-bench",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL")
            or f"sqlite:///{folder}/db.sqlite3",
            "CACHE_URL": "",
            "MAIL_URL": f"{folder}/mail",
            "NEWSLETTER_MAIL_URL": "",
            "MEDIA_ROOT": f"{folder}/media",
            "RATE_LIMITS": "off",
            "SHARED_CACHE": "off",
            "TRUSTED_PROXIES": "0",
        }
        import django
        from django.conf import settings

        django.setup()
        settings.LOGGING_CONFIG = None
        prepare()

        from bench import (
            judging,
            killed,
            lighthouse,
            pages,
            posting,
            search,
            sending,
            upload,
        )

        print(f"{date.today()}, {machine()}, {settings.DATABASES['default']['ENGINE']}")
        parts = {
            "pages": pages.measure,
            "search": search.measure,
            "judging": judging.measure,
            "posting": posting.measure,
            "killed": killed.measure,
            "sending": sending.measure,
            "upload": upload.measure,
            "lighthouse": lighthouse.measure,
        }
        for name in sys.argv[1:] or parts:
            print(f"\n{name}")
            for what, figure, target in parts[name](Path(folder), port):
                print(f"  {what:<58} {figure:>22}   {target}")


def prepare():
    from django.core.management import call_command

    with open(os.devnull, "w") as silence:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo_content", stdout=silence)


def machine():
    import platform

    import django

    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Django {django.__version__}"
    )


if __name__ == "__main__":
    main()
