import logging
import os
import shutil

import pytest
from django.core.cache import caches
from django.test import SimpleTestCase, TransactionTestCase

# Playwright's synchronous interface runs a loop beside the ORM, in one thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# The shell draws the same and needs a quarter less time: it has no windows to keep.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, NAMES)), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _empty_cache():
    for alias in ["default", "limits"]:
        caches[alias].clear()


class Alarm(logging.Handler):
    def emit(self, record):
        raise AssertionError(record.getMessage())


@pytest.fixture(autouse=True)
def _shared_pages_stay_shared(request):
    """Fail where a page for all readers set a cookie; see config/pagecache.py."""
    if request.node.get_closest_marker("breaks_sharing"):
        yield
        return
    alarm = Alarm(level=logging.ERROR)
    logger = logging.getLogger("config.pagecache")
    logger.addHandler(alarm)
    yield
    logger.removeHandler(alarm)


@pytest.fixture(scope="session")
def browser():
    """A real Chromium, one for the whole run."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings):
    """The address of the running site, which its mails link to as well."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def new_page(browser, site):
    """Opens pages: ``new_page(java_script_enabled=False, color_scheme="dark")``."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(
            **{"base_url": site, "viewport": PHONE, "locale": "en-GB"} | options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """A phone."""
    return new_page()


@pytest.fixture
def page_without_script(new_page):
    return new_page(java_script_enabled=False)


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if asks_no_database(item):
            item.add_marker("once")


def asks_no_database(item):
    """Django refuses the queries of such a test, so that no other changes its end."""
    kind = getattr(item, "cls", None) or object
    return issubclass(kind, SimpleTestCase) and not (
        issubclass(kind, TransactionTestCase) or kind.databases
    )


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        reasons = {report.longrepr[2].removeprefix("Skipped: ") for report in skipped}
        count = f"{len(skipped)} skipped"
        if os.environ.get("UPRIGHT_NO_SKIPS"):
            count += ", which fails this run"
        terminalreporter.write_line(f"{count}: {'; '.join(sorted(reasons))}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Where UPRIGHT_NO_SKIPS is set, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        os.environ.get("UPRIGHT_NO_SKIPS")
        and reporter
        and reporter.stats.get("skipped")
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
