"""The site as it runs, with a bare view beside it to measure against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
