import textwrap

from django.core.management.base import BaseCommand, CommandError

from newsletter import deliverability

MARKS = {"yes": "ok", "stop": "MEND", "": "look"}


class Command(BaseCommand):
    help = "Look up what other mail servers find of this site, and say what to do."

    def handle(self, **options):
        """Print each point; exits with 1 where one must be mended. Changes nothing."""
        points = deliverability.look()
        for point in points:
            self.stdout.write(f"{MARKS[point.tone]:>4}  {point.name}: {point.what}")
            if point.todo:
                self.stdout.write(
                    textwrap.indent(textwrap.fill(point.todo, 74), " " * 6)
                )
        if any(point.tone == "stop" for point in points):
            raise CommandError("Mails of this site may be sent back; see above.")
