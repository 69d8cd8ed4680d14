import os
import sys
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from moving import tables
from moving.rows import (
    COLUMNS,
    SOURCES,
    WITH_DAY_FIRST,
    WITH_MONTH_FIRST,
    Reading,
    Status,
)
from moving.subscribers import Onlooker, take_in


class Command(BaseCommand):
    help = "Take in the readers of another newsletter from a CSV file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would happen, change nothing",
        )
        parser.add_argument(
            "--from", dest="source", choices=SOURCES, default="", help="who wrote it"
        )
        for name in COLUMNS:
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                metavar="COLUMN",
                help="the column that holds it, where its name does not say so",
            )
        parser.add_argument(
            "--all-are",
            choices=Status.values,
            default="",
            help="the status of all rows",
        )
        parser.add_argument(
            "--zone",
            type=_zone,
            help="of moments that do not say theirs: Europe/Berlin",
        )
        parser.add_argument(
            "--dates",
            choices=[WITH_DAY_FIRST, WITH_MONTH_FIRST],
            default="",
            help="how 3/4/2025 is meant",
        )
        parser.add_argument(
            "--ask",
            action="store_true",
            help="ask those by mail who had not confirmed",
        )
        parser.add_argument(
            "--rejected",
            type=Path,
            metavar="FILE",
            help="write the rows there that are not taken in",
        )

    def handle(self, *, file, dry_run, rejected, **options):
        reading = Reading(
            file.name,
            source=options["source"],
            columns={name: options[name] for name in COLUMNS if options[name]},
            status=options["all_are"],
            zone=options["zone"],
            dates=options["dates"],
            asks=options["ask"],
        )
        try:
            with ExitStack() as opened:
                stream = opened.enter_context(file.open("rb"))
                writer = _writer(rejected, opened) if rejected else None
                watching = Terminal(self.stderr, writer)
                report = take_in(stream, reading, is_dry_run=dry_run, onlooker=watching)
        except OSError as error:
            raise CommandError(
                f"{error.filename or file} cannot be read or written "
                f"({error.strerror or error})."
            ) from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What was taken in stays; start it once more, and it goes on."
            ) from None
        finally:
            if sys.stderr.isatty():
                self.stderr.write("")  # ends the line of the progress
        self.say(report, is_dry_run=dry_run)

    def say(self, report, *, is_dry_run):
        for sentence in report.notes:
            self.stdout.write(sentence)
        self.stdout.write(f"{report.rows} rows in the file")
        for number, words, lines in report.lines:
            where = f" (line {lines})" if lines else ""
            self.stdout.write(f"{number:>8} {words}{where}")
        self.stdout.write(
            "A dry run: nothing was changed."
            if is_dry_run
            else "All of it is in place."
        )


class Terminal(Onlooker):
    """Says in a terminal how far it is, and writes down the rows that are refused."""

    def __init__(self, stderr, writer):
        self.stderr, self.writer = stderr, writer

    def tell(self, share, words):
        if sys.stderr.isatty():
            line = f"\r{words} {share:>4.0%} "
            self.stderr.write(line, style_func=str, ending="")

    def refuse(self, line, why, cells):
        if self.writer:
            self.writer.write([line, why, *cells])


def _zone(name):
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise CommandError(
            f"There is no time zone “{name}”. Write one like Europe/Berlin."
        ) from None


def _writer(path, opened):
    """Return what writes rows into a new file that nobody else here can read."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    stream = opened.enter_context(os.fdopen(number, "wb"))
    writer = tables.Writer(stream)
    opened.callback(writer.close)
    return writer
