"""All settings of the site. What varies between machines comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
VAR.mkdir(exist_ok=True)
env.load(BASE_DIR / ".env")

# What varies

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text(
    "SECRET_KEY",
    *(["insecure"] if DEBUG else []),
    why="It signs links and sessions, so the site does not start without one.",
)
# Keys of before: what they signed, and what was hashed with them, stays known.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SITE_URL = env.address("SITE_URL", "http://127.0.0.1:8000")
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname)
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR}/db.sqlite3")}
# Two sites may share one server; pages never push the counts out.
CACHES = {
    "default": env.cache("CACHE_URL", f"{urlsplit(SITE_URL).netloc}:pages", 1000),
    "limits": env.cache("CACHE_URL", f"{urlsplit(SITE_URL).netloc}:limits", 10_000),
}
MAILERS = {
    "default": env.mailer("MAIL_URL", str(VAR / "mail")),
    "newsletter": env.mailer(
        "NEWSLETTER_MAIL_URL", env.text("MAIL_URL", str(VAR / "mail"))
    ),
}
# Without a name here, mails bear that of the site.
MAIL_FROM_NAME, DEFAULT_FROM_EMAIL = env.sender(
    "MAIL_FROM",
    f"upright@{urlsplit(SITE_URL).hostname}".replace("127.0.0.1", "localhost"),
)
# Where letters that come back are read, and who else may tell of them.
BOUNCE_MAILBOX = env.mailbox("BOUNCE_MAILBOX_URL")
BOUNCE_WEBHOOK, BOUNCE_WEBHOOK_SECRET = env.webhook(
    "BOUNCE_WEBHOOK",
    ["brevo", "mailgun", "mailjet", "mailtrap", "postmark", "sparkpost"],
)
ANYMAIL = {
    "WEBHOOK_SECRET": BOUNCE_WEBHOOK_SECRET,
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.text("BOUNCE_WEBHOOK_KEY", ""),
}
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR / "media")))
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
SHARED_CACHE = env.flag("SHARED_CACHE", False)
RATE_LIMITS = env.flag("RATE_LIMITS", True)

# The site's own plumbing

PAGE_VERSION = "guide.models.page_version"
SITE_SETTINGS = "guide.SiteSettings"
SITE_ZONE = "guide.models.site_zone"
# Who may read every mail where no mail server is: it names its readers.
MAILBOX_PERMISSION = "newsletter.view_subscriber"
# Each returns the next moment at which something shown changes by time alone.
MOMENTS = ["guide.models.next_moment"]
# Each returns the pieces of a guide's page that a search finds.
SEARCHED = ["guide.search.entries", "comments.shown.search_entries"]
# Writes down what is found of the guides that an act changed, where they are few.
WRITES_ENTRIES = "guide.tasks.index_at_once"
# What each turn of the tick calls, in this order. Each is idempotent.
TICK = [
    "guide.tasks.show_what_came_due",
    "guide.tasks.write_owed_webp",
    "guide.tasks.index_owed",
    "guide.search.forget_erased",
    "guide.changes.forget_old",
    "comments.tasks.report_urgent",
    "comments.tasks.send_digest",
    "comments.tasks.mail_receipts",
    "comments.tasks.announce",
    "comments.tasks.forget_addresses",
    "comments.tasks.forget_refused",
    "newsletter.tasks.send_due",
    "newsletter.tasks.collect_when_due",
    "newsletter.tasks.sweep",
    "newsletter.waves.tell",
    "newsletter.drafting.draft_when_due",
    "moving.tasks.go_on",
    "moving.arrivals.forget_old",
    "config.tick.rescue_lost_tasks",
    "config.tick.prune",
]

# Django

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "config",
    "guide",
    "comments",
    "newsletter",
    "moving",
    "crispy_forms",
    "django_prose_editor",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "config.pagecache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.SiteZoneMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.room.LostFileMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.signin.KeepTypedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guide.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["plain"]
CRISPY_TEMPLATE_PACK = "plain"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in [
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    ]
]

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"  # what is stored; people see SiteSettings.zone

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "config.room.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "config.room.UploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# The browser's rights

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "frame-src": [
        CSP.SELF,
        "https://www.youtube-nocookie.com",
        "https://player.vimeo.com",
    ],
    "img-src": [CSP.SELF, "data:"],
    # The admin's editor brings its import map inline; no reading page has a nonce.
    "script-src": [CSP.SELF, CSP.NONCE],
}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.csrf.failed"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = (
    env.flag("HSTS_SUBDOMAINS", False) and IS_HTTPS
)
# HSTS for subdomains and preload: only who owns them all can know, so it is asked for.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# No mail address, no secret of a link and nothing people wrote goes into the log:
# our own lines name states and classes, and config.logs cuts those of others.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"discreet": {"()": "config.logs.Discreet"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["discreet"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
