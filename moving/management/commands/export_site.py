import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from moving import site


class Command(BaseCommand):
    help = "Write guides, what they share, pages, pictures and videos into a zip."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE.zip")

    def handle(self, *, file, **options):
        """Write beside the file and rename: what is there is whole, old or new."""
        part = None
        try:
            with tempfile.NamedTemporaryFile(
                dir=file.parent, prefix=f".{file.name}.", delete=False
            ) as stream:
                part = Path(stream.name)
                site.export_site(stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(file)
        except OSError as error:
            raise CommandError(
                f"{file} could not be written ({error.strerror or error}). "
                "Make room or name another place; nothing was left behind."
            ) from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        finally:
            if part:
                with suppress(OSError):
                    part.unlink()
        megabytes = file.stat().st_size / 1_000_000
        self.stdout.write(f"The site is in {file} ({megabytes:.1f} MB).")
