"""A site with django-newsletter, as its manual sets it up, and one letter.

It imports nothing of ours. The letter is ours, as one article in the templates that it
brings; its text part is made of that by them.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

HOME = os.environ["DJN_HOME"]
settings.configure(
    SECRET_KEY="only-for-bench",
    USE_TZ=True,
    SITE_ID=1,
    ROOT_URLCONF="newsletter.urls",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sites",
        "newsletter",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{HOME}/db.sqlite3",
            # Ours: the same safety.
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
            },
        }
    },
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(sys.argv[2]) if sys.argv[1] == "send" else 25,
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    NEWSLETTER_USE_HTTPS=False,
)
django.setup()


def make(readers):
    from django.core.management import call_command

    from newsletter.models import Message, Newsletter, Subscription

    call_command("migrate", verbosity=0)
    letter = Newsletter.objects.create(
        title="Letter", slug="letter", email="letter@example.org", sender="Letter"
    )
    Message.objects.create(title="A month", slug="a-month", newsletter=letter)
    Subscription.objects.bulk_create(
        Subscription(
            newsletter=letter,
            email_field=f"reader{number}@example.org",
            subscribed=True,
        )
        for number in range(int(readers))
    )


def send(_port):
    from newsletter.models import Article, Message, Submission

    message = Message.objects.get()
    words = (Path(HOME) / "letter.html").read_text()
    Article.objects.all().delete()
    Article.objects.create(post=message, title="A month", text=words, sortorder=10)
    submission = Submission.from_message(message)
    submission.prepared = True
    submission.save()
    one = submission.get_message(submission.subscriptions.first())
    begin = time.perf_counter()
    Submission.submit_queue()
    seconds = time.perf_counter() - begin
    assert Submission.objects.get(pk=submission.pk).sent
    size = len(one.message().as_bytes())
    sys.stdout.write(json.dumps({"seconds": seconds, "size": size}))


if __name__ == "__main__":
    {"make": make, "send": send}[sys.argv[1]](sys.argv[2])
