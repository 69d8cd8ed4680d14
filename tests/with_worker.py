"""The settings of tests for a site that runs as a process: tasks go to its worker."""

from tests.settings import *  # noqa: F403

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
