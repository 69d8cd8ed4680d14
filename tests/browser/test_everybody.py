"""Every page for everybody: axe, light and dark, narrow and wide, by keyboard alone."""

import re
from datetime import timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from comments import mail
from comments.desk import links, tabs
from comments.models import Comment, EmailAddress, RedFlag
from comments.models import Settings as CommentsSettings
from guide import changes, publishing, views
from guide.models import Guide, Picture, Topic, Video
from newsletter import collecting
from newsletter.admin.issues import WAYS
from newsletter.models import Block, Issue, Subscriber
from tests.factories import make_block, make_guide, make_staff, make_subscriber

pytestmark = pytest.mark.looks

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Pages in a frame are looked at on their own: axe would wait for each.
RUN = """async ([rules, exclude]) => {
  const found = await axe.run({exclude},
    {runOnly: rules, resultTypes: ["violations"], iframes: false, preload: false});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id} ${node.target}: ${node.failureSummary}`));
}"""
OVERFLOW = """() => {
  const scrolls = (one) => one && (getComputedStyle(one).overflowX != "visible"
    ? true : scrolls(one.parentElement));
  return [...document.querySelectorAll("body *")].filter((one) =>
    innerWidth + 1 < one.getBoundingClientRect().right
      && !one.closest(".trap, .unseen, .visually-hidden, .skip") && !scrolls(one),
  ).map((one) => one.outerHTML.slice(0, 120));
}"""
SCROLLS = """() => [...document.querySelectorAll(".results")]
  .filter((one) => one.clientWidth < one.scrollWidth).map((one) => one.scrollWidth)"""
# Links within a line of text are as high as the line; axe judges boxes to tick.
SMALL = """() => [...document.querySelectorAll(
  "a, button, input:not([type=checkbox], [type=radio]), select, textarea")]
  .filter((one) => {
    const label = one.labels?.[0]?.getBoundingClientRect().height ?? 0;
    const {width, height} = one.getBoundingClientRect();
    return width && Math.max(height, label) < 43.5
      && getComputedStyle(one).display != "inline"
      && !one.closest(".trap, .unseen, .skip");
  }).map((one) => `${one.clientHeight} px: ${one.outerHTML.slice(0, 120)}`);
"""
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def faults_of(subtests):
    """Looks at one page as everybody who may come."""

    def look(page, url, *, exclude=()):
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        page.goto(url)
        page.evaluate(AXE)
        with subtests.test("phone, light", url=url):
            assert page.evaluate(RUN, [RULES, exclude]) == []
        with subtests.test("no target is too small", url=url):
            assert page.evaluate(SMALL) == []
        with subtests.test("phone, dark", url=url):
            page.emulate_media(color_scheme="dark")
            assert page.evaluate(RUN, ["color-contrast", exclude]) == []
        with subtests.test("320 px", url=url):
            page.set_viewport_size(NARROW)
            assert page.evaluate(OVERFLOW) == []
        with subtests.test("desktop", url=url):
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(WIDE)
            assert page.evaluate(RUN, [RULES, exclude]) == []

    return look


def test_every_public_page(page, demo, faults_of):
    guide = (
        Guide.objects.published().annotate(n=Count("comments")).order_by("-n").first()
    )
    article = Guide.objects.published().filter(kind="article").first()
    guide.comments.roots()[0].pin()
    CommentsSettings.objects.update(
        away_until=timezone.localdate() + timedelta(days=9), close_after_days=9000
    )
    waiting, public = Comment.objects.pending()[0], Comment.objects.approved()[0]
    flag = RedFlag.objects.create(name="Numb", words="numb", text="Ring your doctor.")
    Comment.objects.filter(pk=waiting.pk).mark(
        created_at=timezone.now(),
        name="Anna Schmidt",
        email="anna@example.org",
        findings=[
            {"check": "red_flag", "words": ["numb"], "flags": [flag.pk]},
            {"check": "privacy", "words": ["Anna Schmidt", waiting.body[:10]]},
        ],
    )
    asker = EmailAddress.objects.create(email="anna@example.org")
    asking = make_subscriber(is_confirmed=False)
    by_hand = make_subscriber(
        suppressed_at=timezone.now(),
        suppressed_for="asked by phone",
        is_suppressed_by_hand=True,
    )
    reader = Subscriber.objects.reachable().filter(deliveries__isnull=False)[0]
    wish = asking.errands.create(kind="move", email="new@example.org")
    stopped = make_subscriber(suppressed_at=timezone.now(), suppressed_for="full")
    page.route(
        "**/broken/",
        lambda route: route.fulfill(
            status=500, body=render_to_string("500.html"), content_type="text/html"
        ),
    )
    for url in [
        reverse("guide:home"),
        reverse("guide:index"),
        reverse("guide:index") + "?audience=pregnant&position=seated&minutes=5",
        guide.get_absolute_url(),
        f"{guide.get_absolute_url()}?order=newest",
        article.get_absolute_url(),
        reverse("guide:handout", args=[guide.slug]),
        reverse("guide:handout", args=[guide.slug]) + "?type=large",
        reverse("guide:handout", args=[article.slug]),
        guide.topic.get_absolute_url(),
        Topic.objects.get(is_series=True).get_absolute_url(),
        Guide.objects.retired().get().get_absolute_url(),
        reverse("guide:about"),
        reverse("guide:page", args=["privacy"]),
        reverse("comments:questions"),
        f"{reverse('comments:new')}?guide={guide.pk}",
        f"{reverse('comments:new')}?guide={guide.pk}&to={public.pk}",
        reverse("comments:receipt", args=[waiting.secret]),
        reverse("comments:change", args=[waiting.secret]),
        reverse("comments:take_back", args=[waiting.secret]),
        mail.confirm_url(asker),
        reverse("comments:confirm", args=["stale"]),
        reverse("comments:mails", args=[asker.token]),
        reverse("comments:taken_back"),
        reverse("newsletter:subscribe"),
        reverse("newsletter:check_mail"),
        reverse("newsletter:confirm", args=[asking.confirmation_token()]),
        reverse("newsletter:confirm", args=[by_hand.confirmation_token()]),
        reverse("newsletter:confirm", args=["stale"]),
        reverse("newsletter:confirmed"),
        reverse("newsletter:unsubscribe", args=[reader.token]),
        reverse("newsletter:status", args=[reader.token]),
        reverse("newsletter:status", args=["cut-off"]),
        reverse("newsletter:status", args=[reader.fresh_token()]),
        reverse("newsletter:status", args=[stopped.fresh_token()]),
        reverse("newsletter:status", args=["1.stale.x"]),
        reverse("newsletter:fresh_link"),
        reverse("newsletter:link_sent"),
        reverse("newsletter:change_address", args=[reader.fresh_token()]),
        reverse("newsletter:address_asked"),
        reverse("newsletter:move", args=[wish.token()]),
        reverse("newsletter:move", args=["stale"]),
        reverse("newsletter:erase", args=[reader.fresh_token()]),
        reverse("newsletter:erased"),
        reverse("newsletter:issues"),
        Issue.objects.sent()[0].get_absolute_url(),
        "/no-such-page/",
        "/broken/",
    ]:
        faults_of(page, url)


@pytest.mark.parametrize("width", [390, 320])
def test_letters_twice_as_large_run_out_nowhere(new_page, demo, subtests, width):
    guide = Guide.objects.get(slug="two-rows-for-a-tired-upper-back")
    page = with_large_letters(new_page(viewport={"width": width, "height": 844}))
    for url in [
        guide.get_absolute_url(),
        reverse("guide:index"),
        f"{reverse('comments:new')}?guide={guide.pk}",
        reverse("guide:handout", args=[guide.slug]),
        reverse("guide:search") + "?q=shoulder",
    ]:
        with subtests.test(url):
            page.goto(url)
            size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
            assert size == "32px"
            assert page.evaluate(OVERFLOW) == []


def test_letters_enlarged_alone_run_out_nowhere(new_page, sign_in, demo, subtests):
    """Where a device enlarges the text, and the widths of the style sheet stay."""
    page = sign_in(new_page(viewport=PHONE), make_staff())
    guide = Guide.objects.get(slug="two-rows-for-a-tired-upper-back")
    waiting = guide.comments.create(name="Tom", body="My knee", status="pending")
    for url in [
        "/",
        reverse("guide:index"),
        guide.get_absolute_url(),
        reverse("comments:receipt", args=[waiting.secret]),
        reverse("admin:comments_comment_changelist"),
    ]:
        with subtests.test(url):
            page.goto(url)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(OVERFLOW) == []
            for entry in page.locator(".entry > .plate + div").all():
                assert entry.bounding_box()["width"] > PHONE["width"] / 2


def with_large_letters(page):
    """As one sets it in her browser: the style sheet's own widths know of it."""
    page.context.new_cdp_session(page).send(
        "Page.setFontSizes", {"fontSizes": {"standard": 32}}
    )
    return page


def test_links_among_buttons_begin_where_the_text_does(new_page, sign_in):
    guide = make_guide(exercises=1)
    typed = changes.content(guide) | {"question": "Why?"}
    copy = changes.let_wait(guide, typed, by=make_staff(username="ana"))
    page = sign_in(new_page(viewport=PHONE), make_staff(username="bo"))
    page.goto(reverse("admin:guide_guide_change", args=[copy.pk]))

    link = page.get_by_role("button", name="Drop the changes").first
    letters = link.evaluate(
        "one => { const range = document.createRange(); range.selectNodeContents(one);"
        " return range.getBoundingClientRect().x }"
    )
    assert letters == page.get_by_role("heading", level=1).bounding_box()["x"]


def test_what_is_offered_hides_no_form_of_large_letters(new_page, sign_in, becomes):
    guide = make_guide(exercises=1)
    page = sign_in(with_large_letters(new_page(viewport=PHONE)), make_staff())
    page.goto(reverse("admin:guide_guide_change", args=[guide.pk]))
    page.get_by_label("Title").fill("Typed")
    becomes(page, "Object.keys(localStorage).some((key) => key.startsWith('keep:'))")
    page.reload()

    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    page.get_by_label("Summary").scroll_into_view_if_needed()
    expect(page.get_by_text("You typed something")).not_to_be_in_viewport()


def test_refused_forms(page, site, subtests):
    guide = make_guide()
    for url, button, field in [
        (
            f"{reverse('comments:new')}?guide={guide.pk}",
            "Send the question",
            "Your question",
        ),
        (reverse("newsletter:subscribe"), "Send me the letter", "Your e-mail"),
    ]:
        page.goto(url)
        page.get_by_role("button", name=button).click()
        page.evaluate(AXE)
        with subtests.test(url):
            assert page.evaluate(RUN, [RULES, []]) == []
            field = page.get_by_label(field)
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(field).to_have_accessible_description(re.compile("."))
            page.emulate_media(color_scheme="dark")
            assert page.evaluate(RUN, ["color-contrast", []]) == []


def test_a_slip_in_an_address_is_asked_about(page, site):
    page.goto(reverse("newsletter:subscribe"))
    page.get_by_label("Your e-mail").fill(f"{'anna' * 9}@gmial.com")
    page.get_by_role("button", name="Send me the letter").click()

    expect(page.get_by_role("button", name="No, mine is right")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(RUN, [RULES, []]) == []
    assert page.evaluate(OVERFLOW) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(RUN, ["color-contrast", []]) == []


def test_every_kind_of_page_of_the_desk(page, demo, sign_in, faults_of):
    """Those that no other test looks at: lists, empty forms and letters have theirs."""
    ana = get_user_model().objects.get(username="ana")
    sign_in(page, ana)
    guide = Guide.objects.published().annotate(n=Count("verdicts")).latest("n")
    draft = Issue.objects.drafts()[0]
    answered = Comment.objects.newest_answers()[0].parent
    answered.pin()
    returned = collecting.take(b"Subject: Undelivered\n\nSorry.\n")
    under_way = Issue.objects.sent()[1]
    Issue.objects.filter(pk=under_way.pk).update(finished_at=None)
    for name, row in [
        ("newsletter_issue_change", under_way),
        ("newsletter_issue_cancel", under_way),
        ("index", None),
        ("password_change", None),
        ("guide_guide_paste", None),
        ("guide_guide_change", guide),
        ("guide_guide_delete", guide),
        ("guide_guide_retire", guide),
        ("guide_guide_retire", Guide.objects.retired().get()),
        ("guide_guide_history", guide),
        ("guide_exercise_change", guide.exercises.first()),
        ("guide_exercise_delete", guide.exercises.first()),
        ("guide_video_change", Video.objects.first()),
        ("guide_picture_change", Picture.objects.first()),
        ("comments_comment_change", Comment.objects.pending()[0]),
        ("comments_comment_change", Comment.objects.answers()[0]),
        ("comments_comment_redact", Comment.objects.pending()[0]),
        ("comments_comment_change", answered),
        ("comments_comment_entry", answered),
        ("comments_comment_of_reader", None),
        ("newsletter_issue_change", draft),
        ("newsletter_issue_change", Issue.objects.sent()[0]),
        ("newsletter_bounce_changelist", None),
        ("newsletter_bounce_change", returned),
        ("newsletter_settings_deliverability", None),
        ("newsletter_subscriber_change", Subscriber.objects.reachable()[0]),
        ("newsletter_subscriber_change", Subscriber.objects.suppressed()[0]),
        ("newsletter_subscriber_stop", Subscriber.objects.reachable()[0]),
        ("auth_user_change", ana),
    ]:
        url = reverse(f"admin:{name}", args=[row.pk] if row else [])
        # In the editor stands the author's text; its headings fit the public page.
        faults_of(page, url, exclude=[".ProseMirror"])
    for name in ("read_in", "readers_in", "readers_out"):
        faults_of(page, reverse(f"moving:{name}"))
    for tab in tabs.NAMES:
        faults_of(page, f"{reverse('admin:comments_comment_changelist')}?tab={tab}")


def test_the_links_in_mails_to_the_desk(page, demo, faults_of):
    ana = get_user_model().objects.get(username="ana")
    comment = Comment.objects.pending()[0]
    for act in links.ACTS:
        token = links.token(comment, act, ana)
        faults_of(page, reverse("comments:mailed", args=[token]))
    faults_of(page, f"{reverse('comments:mailed_done')}?at={comment.pk}")
    faults_of(page, reverse("comments:mailed", args=["cut-off"]))


def test_a_letter_on_its_way_out(page, demo, sign_in, faults_of):
    sign_in(page, get_user_model().objects.get(username="ana"))
    draft = Issue.objects.drafts().get()
    make_block(draft, prose="<p>Dear {{ name }}</p>")
    for kind in Block.Kind.values:
        url = reverse("admin:newsletter_issue_change", args=[draft.pk])
        faults_of(page, f"{url}?add={kind}", exclude=[".ProseMirror"])
    for way in WAYS:
        url = reverse("admin:newsletter_issue_preview", args=[draft.pk])
        faults_of(page, f"{url}?as={way}")
    faults_of(page, reverse("admin:newsletter_issue_send", args=[draft.pk]))
    draft.frozen_at = timezone.now()
    draft.save()
    faults_of(page, draft.get_absolute_url())


def test_every_list_and_empty_form_of_the_desk(page, demo, sign_in, faults_of):
    sign_in(page, get_user_model().objects.get(username="ana"))
    for model, ours in admin.site._registry.items():
        if model._meta.app_label not in {"guide", "comments", "newsletter"}:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        # Of settings the list is the form, with the author's text in its editor.
        faults_of(page, reverse(f"{name}_changelist"), exclude=[".ProseMirror"])
        page.set_viewport_size(PHONE)
        assert page.evaluate(SCROLLS) == [], name
        request = RequestFactory().get("/")
        request.user = get_user_model().objects.get(username="ana")
        if ours.has_add_permission(request):
            faults_of(page, reverse(f"{name}_add"), exclude=[".ProseMirror"])


def test_changes_that_wait_on_their_way_out(page, demo, sign_in, faults_of):
    sign_in(page, get_user_model().objects.get(username="ana"))
    guide = Guide.objects.published().annotate(n=Count("verdicts")).latest("n")
    data = changes.content(guide) | {"title": "New", "suitability": ""}
    copy = changes.let_wait(guide, data, by=None)
    after, before = guide.versions.newest_first()

    faults_of(
        page,
        reverse("admin:guide_guide_change", args=[copy.pk]),
        exclude=[".ProseMirror"],
    )
    for way in publishing.WAYS:
        query = {"as": way}
        faults_of(
            page, reverse("admin:guide_guide_preview", args=[guide.pk], query=query)
        )
    query = {"before": before.pk, "after": after.pk}
    faults_of(page, reverse("admin:guide_guide_history", args=[guide.pk], query=query))
    faults_of(page, views.preview_address(guide))
    faults_of(page, "/preview/nothing/")

    # The form of an exercise that was deleted while it stood open.
    exercise = copy.exercises.first()
    page.set_viewport_size(PHONE)
    page.goto(reverse("admin:guide_exercise_change", args=[exercise.pk]))
    exercise.delete()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deleted meanwhile")
    page.evaluate(AXE)
    assert page.evaluate(RUN, [RULES, []]) == []
    assert page.evaluate(SCROLLS) == []


def test_forced_colours_show_what_one_may_press_and_where_one_is(new_page, site):
    guide = make_guide(exercises=1)
    guide.exercises.update(breathing="Out as you pull")
    page = new_page(forced_colors="active")
    page.goto(guide.get_absolute_url())
    lines = """(all) => all.map((one) =>
      parseFloat(getComputedStyle(one).borderBottomWidth))"""
    nav = page.locator(".masthead__nav")

    assert nav.locator("a[aria-current]").evaluate_all(lines) == [3]
    assert set(nav.locator("a:not([aria-current])").evaluate_all(lines)) == {0}
    inked = """(all) => all.every((one) =>
      getComputedStyle(one).color === getComputedStyle(one.parentNode).color)"""
    assert page.locator(".icon").evaluate_all(inked)


def test_signing_in_and_out(page, site, faults_of):
    make_staff(username="ana")
    faults_of(page, reverse("admin:login"))
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter the correct")).to_be_visible()
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are logged out")
    page.goto(reverse("admin:index"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_the_desks_colours_follow_the_device_until_one_chooses(page, site):
    page.emulate_media(color_scheme="dark")
    page.goto(reverse("admin:login"))
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(paper)

    page.get_by_role("button", name="Colours: as this device has them").click()

    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert page.evaluate(paper) != dark
    page.reload()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
