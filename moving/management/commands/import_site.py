from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from moving import site


class Command(BaseCommand):
    help = "Read in what export_site wrote: all of it or nothing; no row is deleted."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would happen, change nothing",
        )

    def handle(self, *, file, dry_run, **options):
        try:
            with file.open("rb") as stream:
                report = site.import_site(stream, is_dry_run=dry_run)
        except OSError as error:
            raise CommandError(
                f"{file} cannot be read ({error.strerror or error})."
            ) from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        for kind, made, changed, same in report.lines:
            counts = {"made": made, "changed": changed, "unchanged": same}
            words = ", ".join(
                f"{len(names)} {word}" for word, names in counts.items() if names
            )
            self.stdout.write(f"{kind}: {words}")
        for sentence in report.nowhere:
            self.stdout.write(f"Left out: {sentence}")
        self.stdout.write(
            "A dry run: nothing was changed." if dry_run else "All of it is in place."
        )
