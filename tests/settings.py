"""The site's settings, and what a test wants otherwise: plain files, quick hashes."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ["DEBUG"] = "off"
os.environ["SITE_URL"] = "http://testserver"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["CACHE_URL"] = os.environ.get("TEST_CACHE_URL", "")  # it is emptied!
os.environ["SHARED_CACHE"] = "off"
os.environ["RATE_LIMITS"] = "on"
os.environ["BOUNCE_MAILBOX_URL"] = os.environ["BOUNCE_WEBHOOK"] = ""
os.environ["TRUSTED_PROXIES"] = "0"

from config.settings import *  # noqa: F403
from config.settings import MAILERS, STORAGES

MEDIA_ROOT = tempfile.mkdtemp(prefix="upright-tests-")
STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {
    name: {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    for name in MAILERS
}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True
