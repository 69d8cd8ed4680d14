"""Whoever follows along, by what stands on the screen."""

ROWS = "/guides/two-rows-for-a-tired-upper-back/"
KEPT = "Object.entries(localStorage)"


def enlarge(page, letters="200%"):
    page.evaluate(
        "(size) => { document.documentElement.style.fontSize = size }", letters
    )


def call(script):
    return f"({script})()"


class Follower:
    """A person with the dialog before her, and the clock of her phone."""

    def __init__(self, page):
        self.page = page
        self.dialog = page.locator("dialog[aria-labelledby=follow-step]")
        self.step = self.dialog.locator("#follow-step")
        self.count = self.dialog.locator(".follow__count")
        self.said = self.dialog.get_by_role("status")
        self.link = page.get_by_role("link", name="Follow along, step by step")

    def open(self, url):
        """Open it, on a clock that stands still until ``wait``."""
        self.page.clock.install(time="2026-11-20T18:00:00")
        self.page.goto(url)
        self.page.clock.pause_at("2026-11-20T19:00:00")
        self.link.click()
        return self

    def press(self, name):
        self.dialog.get_by_role("button", name=name, exact=True).first.click()

    def next(self, times=1):
        for _ in range(times):
            self.press("Next")

    def wait(self, seconds):
        """Let the clock run, and the fifth of a second until the page looks at it."""
        self.page.clock.run_for(seconds * 1000 + 200)

    def counts(self, words):
        assert " ".join(self.count.inner_text().split()) == words
