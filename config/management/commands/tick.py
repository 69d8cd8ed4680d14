import time

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from config import tick


class Command(BaseCommand):
    help = "Do what is due: one turn, or one every so many seconds."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=int, metavar="SECONDS")

    def handle(self, *, every, **options):
        if every is None:
            if failed := tick.turn():
                raise CommandError(f"Failed: {', '.join(failed)}. The log says how.")
            return
        while True:
            close_old_connections()
            tick.turn()
            time.sleep(every)
