from django.core.management.base import BaseCommand

from moving.demo import fill


class Command(BaseCommand):
    help = "Fill the site with a demonstration; again keeps what is there."

    def handle(self, **options):
        passwords = fill.everything()
        self.stdout.write("The demonstration is in place.")
        for name, password in passwords.items():
            self.stdout.write(f"Sign in at /admin/ as {name} with {password}")
        if not passwords:
            self.stdout.write(
                "Its users are there already. A new password: "
                "manage.py changepassword ana"
            )
