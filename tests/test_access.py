"""Every address, with every method, as a reader, as the assistant and as the author.

``PUBLIC`` and ``DESK`` say what is expected. An address that stands in neither fails:
whoever adds one says here who may do what.
"""

import re

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import signing
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from comments import mail
from comments.desk import links
from comments.models import EmailAddress
from guide import changes, views
from guide.models import Page, SiteSettings, Topic
from moving.models import ReaderList
from newsletter.models import Bounce, Delivery
from tests.factories import (
    make_comment,
    make_guide,
    make_issue,
    make_staff,
    make_subscriber,
)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
READ = {"GET", "HEAD"}
FORM = {"GET", "HEAD", "POST"}
WORD = {"HEAD", "POST"}  # of a machine to ours
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|ALTER|DROP|CREATE)\b", re.I)


def url_patterns(patterns=None, namespace="", route=""):
    """Yield the name, route and view of each address of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or path}", path, pattern.callback
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from url_patterns(pattern.url_patterns, namespace + inner, path)


class Address:
    """A name, what to put into it, the methods it takes, and what GET answers."""

    def __init__(self, name, methods=READ, status=200, *, args=(), query=""):
        self.name, self.methods, self.status = name, methods, status
        self.args, self.query = args, query

    @property
    def url(self):
        return reverse(self.name, args=[arg() for arg in self.args]) + (
            self.query() if callable(self.query) else self.query
        )


class AccessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_staff(
            name="Ana Reyes", first_name="Ana", last_name="Reyes", username="ana"
        )
        cls.assistant = make_staff(is_superuser=False, username="sam")
        cls.assistant.user_permissions.set(
            Permission.objects.filter(
                codename__in=["view_comment", "change_comment"],
                content_type__app_label="comments",
            )
        )
        cls.guide = make_guide(
            exercises=1, topic=Topic.objects.create(title="Back", slug="back")
        )
        changes.saved(cls.guide, by=cls.author)
        cls.token = signing.dumps(cls.guide.pk, salt=views.PREVIEW_SALT)
        cls.comment = make_comment(cls.guide, status="pending")
        cls.asked = make_comment(cls.guide)
        cls.asked.answer(author=cls.author, body="Yes.")
        cls.asker = EmailAddress.objects.create(email="tom@example.org")
        cls.link = signing.dumps(cls.asker.token, salt=mail.SALT)
        cls.asking = make_subscriber(is_confirmed=False)
        cls.list = ReaderList.objects.create(
            name="list.csv", size=1, step=ReaderList.Step.TAKEN
        )
        cls.reader, cls.leaving = make_subscriber(), make_subscriber()
        moving = make_subscriber()
        cls.move = moving.errands.create(kind="move", email="new@example.org")
        cls.draft = make_issue(guides=[cls.guide])
        cls.sent = make_issue(frozen_at="2026-11-01T09:00Z", subject="November")
        Delivery.objects.create(
            issue=cls.sent, subscriber=cls.reader, state=Delivery.State.SENT
        )
        Bounce.objects.create(door="mailbox", kind="unknown", excerpt="Subject: x")
        Page.objects.get_or_create(slug="privacy", defaults={"title": "Privacy"})
        SiteSettings.load()

    def public(self):
        secret, token = (lambda: self.comment.secret), (lambda: self.reader.token)
        fresh = self.reader.fresh_token
        return [
            Address("livez"),
            Address("readyz"),
            Address("media", status=404, args=[lambda: "nothing.jpg"]),
            Address("guide:home"),
            Address("guide:index"),
            Address("guide:detail", args=[lambda: self.guide.slug]),
            Address("guide:handout", args=[lambda: self.guide.slug]),
            Address("guide:preview", args=[lambda: self.token]),
            Address("guide:preview_on_paper", args=[lambda: self.token]),
            Address("guide:short", status=302, args=[lambda: self.guide.pk]),
            Address("guide:topic", args=[lambda: "back"]),
            Address("guide:search", query="?q=row"),
            Address("guide:about"),
            Address("guide:feed"),
            Address("guide:robots"),
            Address("guide:sitemap"),
            Address("guide:page", args=[lambda: "privacy"]),
            Address("comments:questions"),
            Address("comments:questions_feed"),
            Address("comments:feed", args=[lambda: self.guide.slug]),
            Address("comments:new", FORM, query=f"?guide={self.guide.pk}"),
            Address("comments:place", status=404, args=[lambda: self.comment.pk]),
            Address("comments:mailed", FORM, args=[self.mailed]),
            Address("comments:mailed_done"),
            Address("comments:receipt", args=[secret]),
            Address("comments:change", FORM, args=[secret]),
            Address("comments:show_less", {"POST"}, 405, args=[secret]),
            Address("comments:copy", args=[secret]),
            Address("comments:take_back", FORM, args=[secret]),
            Address("comments:confirm", FORM, args=[lambda: self.link]),
            Address("comments:mails", FORM, args=[lambda: self.asker.token]),
            Address("comments:taken_back"),
            Address("newsletter:subscribe", FORM),
            Address("newsletter:check_mail"),
            Address("newsletter:confirm", FORM, args=[self.asking.confirmation_token]),
            Address("newsletter:confirmed"),
            Address("newsletter:unsubscribe", FORM, args=[token]),
            Address("newsletter:come_back", {"POST"}, 405, args=[token]),
            Address("newsletter:status", args=[token]),
            Address("newsletter:pause", {"POST"}, 405, args=[token]),
            Address("newsletter:fresh_link", FORM),
            Address("newsletter:link_by_letter", {"POST"}, 405, args=[token]),
            Address("newsletter:link_sent"),
            Address("newsletter:confirm_again", {"POST"}, 405, args=[fresh]),
            Address("newsletter:change_address", FORM, args=[fresh]),
            Address("newsletter:address_asked"),
            Address("newsletter:move", FORM, args=[self.move.token]),
            Address("newsletter:copy", args=[fresh]),
            Address("newsletter:erase", FORM, args=[self.leaving.fresh_token]),
            Address("newsletter:erased"),
            Address("newsletter:webhook", WORD, 405, args=[lambda: "postmark"]),
            Address("newsletter:feed"),
            Address("newsletter:issues"),
            Address("newsletter:issue", args=[lambda: self.sent.slug]),
        ]

    def mailed(self):
        return links.token(self.comment, "approve", self.author)

    def desk(self):
        """Return the pages for staff besides Django's own of each model."""
        guide, issue = [lambda: self.guide.pk], [lambda: self.draft.pk]
        comment = [lambda: self.comment.pk]
        asked = [lambda: self.asked.pk]
        reader = [lambda: self.reader.pk]
        return [
            Address("mailbox:index", status=404),
            Address("mailbox:detail", status=404, args=[lambda: "none"]),
            Address("mailbox:html", status=404, args=[lambda: "none"]),
            Address("moving:download", args=[lambda: self.guide.pk]),
            Address("moving:read_in", FORM),
            Address("moving:readers_in", FORM),
            Address("moving:readers_list", FORM, args=[lambda: self.list.pk]),
            Address("moving:readers_out", FORM),
            Address("admin:guide_guide_paste", FORM),
            Address("admin:guide_guide_preview", args=guide),
            Address("admin:guide_guide_publish", {"POST"}, 405, args=guide),
            Address("admin:guide_guide_discard", {"POST"}, 405, args=guide),
            Address("admin:guide_guide_restore", {"POST"}, 405, args=guide),
            Address("admin:guide_guide_retire", FORM, args=guide),
            Address("admin:comments_comment_redact", FORM, args=comment),
            Address("admin:comments_comment_pin", {"POST"}, 405, args=asked),
            Address("admin:comments_comment_entry", FORM, args=asked),
            Address("admin:comments_comment_record", args=asked),
            Address("admin:comments_comment_of_reader", FORM),
            Address("admin:newsletter_issue_preview", args=issue),
            Address("admin:newsletter_issue_preview_html", args=issue),
            Address("admin:newsletter_issue_preview_typed", {"POST"}, 405, args=issue),
            Address("admin:newsletter_issue_test", {"POST"}, 405, args=issue),
            Address("admin:newsletter_issue_send", FORM, args=issue),
            Address("admin:newsletter_settings_deliverability", FORM),
            Address("admin:newsletter_subscriber_lift", {"POST"}, 405, args=reader),
            Address("admin:newsletter_subscriber_stop", FORM, args=reader),
            Address("admin:newsletter_issue_not_yet", {"POST"}, 405, args=issue),
            Address("admin:newsletter_issue_pause", {"POST"}, 405, args=issue),
            Address("admin:newsletter_issue_resume", {"POST"}, 405, args=issue),
            Address("admin:newsletter_issue_cancel", FORM, 302, args=issue),
            Address("admin:newsletter_issue_retry", {"POST"}, 405, args=issue),
        ]

    # Django's own, which declares no methods: it must only never write on reading.
    django = {
        "admin:index",
        "admin:login",
        "admin/login/",  # ours, around Django's: see tests/config/test_signin.py
        "admin:logout",
        "admin:password_change",
        "admin:password_change_done",
        "admin:autocomplete",
        "admin:jsi18n",
        "admin:view_on_site",
        "admin:app_list",
        "admin:auth_user_password_change",
    }

    def models(self):
        """Return each model's pages in the admin, with a row where there is one."""
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield model, f"{name}_changelist", ()
            yield model, f"{name}_add", ()
            if row := model._default_manager.first():
                for page in ("change", "delete", "history"):
                    yield model, f"{name}_{page}", (row.pk,)

    def client_of(self, user):
        client = Client()
        if user:
            client.force_login(user)
        return client

    def answer(self, client, method, url):
        """Return the answer; whatever reads must not write."""
        with CaptureQueriesContext(connection) as queries:
            response = client.generic(method, url)
        if method != "POST":
            written = [q["sql"] for q in queries if WRITES.match(q["sql"])]
            self.assertEqual(written, [], f"{method} {url} writes")
        self.assertLess(response.status_code, 500, f"{method} {url}")
        return response

    def is_sign_in(self, response):
        if response.status_code == 403:  # in one with the form that was sent
            return b'name="signin-username"' in response.content
        return response.status_code == 302 and response.url.startswith("/admin/login/")

    def test_each_address_is_expected_here(self):
        known = {address.name for address in self.public() + self.desk()}
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            known |= {
                f"{name}_{page}"
                for page in ("changelist", "add", "change", "delete", "history")
            }
        # The old form of a change address, and the admin's last resort, have no name.
        nameless = re.compile(
            r"(admin:)?admin/(\w+/\w+/<path:object_id>/|\(\?P<url>.*)$"
        )

        unknown = {
            name
            for name, _, _ in url_patterns()
            if name not in known | self.django and not nameless.match(name)
        }

        self.assertEqual(unknown, set())

    def test_readers_and_staff_read_every_public_page(self):
        for user in (None, self.assistant, self.author):
            client = self.client_of(user)
            for address in self.public():
                with self.subTest(address.name, user=str(user)):
                    response = self.answer(client, "GET", address.url)

                    self.assertEqual(response.status_code, address.status)

    def test_an_undeclared_method_is_refused(self):
        clients = [self.client_of(user) for user in (None, self.author)]
        for address in self.public():
            for method in METHODS:
                if method in address.methods:
                    continue
                for client in clients:
                    with self.subTest(address.name, method=method):
                        response = self.answer(client, method, address.url)

                        self.assertEqual(response.status_code, 405)
                        self.assertEqual(
                            set(response["Allow"].split(", ")), address.methods
                        )

    def test_an_empty_post_is_understood_or_refused_in_words(self):
        for address in self.public():
            if "POST" in address.methods and address.methods != WORD:
                with self.subTest(address.name):
                    response = self.answer(self.client_of(None), "POST", address.url)

                    self.assertIn(response.status_code, {200, 302, 303, 422})

    def test_only_signing_up_leaving_and_webhooks_take_a_post_without_a_token(self):
        exempt = {
            name for name, _, view in url_patterns() if getattr(view, "csrf_exempt", 0)
        }

        self.assertEqual(
            exempt,
            {f"newsletter:{name}" for name in ("subscribe", "unsubscribe", "webhook")},
        )
        client = Client(enforce_csrf_checks=True)
        for address in self.public():
            if "POST" in address.methods and address.name not in exempt:
                with self.subTest(address.name):
                    self.assertEqual(client.post(address.url).status_code, 403)

    def test_strangers_are_asked_to_sign_in(self):
        client = self.client_of(None)
        places = [address.url for address in self.desk()]
        places += [reverse(name, args=args) for _, name, args in self.models()]
        places += [reverse("admin:index"), reverse("admin:app_list", args=["guide"])]
        for url in places:
            for method in METHODS:
                with self.subTest(url, method=method):
                    self.assertTrue(self.is_sign_in(self.answer(client, method, url)))

    def test_someone_without_staff_rights_is_a_stranger(self):
        user = get_user_model().objects.create_user("nobody")
        client = self.client_of(user)

        self.assertTrue(self.is_sign_in(client.get(reverse("admin:index"))))

    def test_the_assistant_sees_comments_and_nothing_else(self):
        client = self.client_of(self.assistant)
        for address in self.desk():
            is_open = address.name == "admin:comments_comment_redact"
            for method in sorted(address.methods):
                with self.subTest(address.name, method=method):
                    response = self.answer(client, method, address.url)

                    self.assertEqual(response.status_code, 200 if is_open else 403)
        for model, name, args in self.models():
            is_open = model._meta.label == "comments.Comment" and not name.endswith(
                ("_add", "_delete")
            )
            for method in ("GET", "POST"):
                with self.subTest(name, method=method):
                    response = self.answer(client, method, reverse(name, args=args))
                    if response.status_code == 302:  # the one row of some settings
                        response = client.get(response.url)

                    self.assertEqual(response.status_code == 403, not is_open)

    def test_what_is_not_open_says_so_and_leads_back(self):
        url = reverse("admin:guide_guide_change", args=[self.guide.pk])

        page = self.client_of(self.assistant).get(url)

        self.assertContains(page, "This is not open to you", status_code=403)
        self.assertContains(page, f'href="{reverse("admin:index")}"', status_code=403)

    def test_the_assistants_first_page_offers_only_what_is_open(self):
        page = self.client_of(self.assistant).get(reverse("admin:index"))

        self.assertContains(page, reverse("admin:comments_comment_changelist"))
        for name in ("guide_guide", "newsletter_issue", "newsletter_subscriber"):
            self.assertNotContains(page, reverse(f"admin:{name}_changelist"))
            self.assertNotContains(page, reverse(f"admin:{name}_changelist") + "add/")
        self.assertNotContains(page, "The machine room")

    def test_the_author_opens_every_page_of_hers(self):
        client = self.client_of(self.author)
        for address in self.desk():
            with self.subTest(address.name):
                response = self.answer(client, "GET", address.url)

                self.assertEqual(response.status_code, address.status)
        for model, name, args in self.models():
            with self.subTest(name):
                response = self.answer(client, "GET", reverse(name, args=args))

                may_add = admin.site._registry[model].has_add_permission
                may_delete = admin.site._registry[model].has_delete_permission
                request = response.wsgi_request
                if (name.endswith("_add") and not may_add(request)) or (
                    name.endswith("_delete")
                    and not may_delete(request, model._default_manager.first())
                ):
                    self.assertEqual(response.status_code, 403)
                else:
                    self.assertIn(response.status_code, {200, 302})
                    self.assertFalse(self.is_sign_in(response))

    def test_no_method_but_post_writes_in_the_admin(self):
        client = self.client_of(self.author)
        places = [address.url for address in self.desk()]
        places += [reverse(name, args=args) for _, name, args in self.models()]
        for url in places:
            for method in METHODS:
                with self.subTest(url, method=method):
                    self.answer(client, method, url)

    def test_our_pages_for_staff_refuse_undeclared_methods(self):
        client = self.client_of(self.author)
        for address in self.desk():
            for method in set(METHODS) - address.methods:
                with self.subTest(address.name, method=method):
                    response = self.answer(client, method, address.url)

                    self.assertEqual(response.status_code, 405)

    def test_what_cannot_be_an_id_is_no_page(self):
        client = self.client_of(None)
        for query in (
            "",
            "?guide=",
            "?guide=x",
            "?guide=9999",
            "?guide=%00",
            "?guide=²",
        ):
            with self.subTest(query):
                url = reverse("comments:new") + query

                self.assertEqual(self.answer(client, "GET", url).status_code, 404)

    def test_odd_addresses_are_no_errors(self):
        client = self.client_of(None)
        for url in (
            "/guides/%00/",
            "/guides/?page=%00",
            "/guides/?area=%ff",
            f"{self.guide.get_absolute_url()}?page=-1",
            f"{self.guide.get_absolute_url()}?page=99999999999999999999",
            "/questions/?page=0",
            "/topics/nothing/",
            "/newsletter/confirm/x/",
            "/newsletter/status/" + "x" * 3000 + "/",
            "/newsletter/unsubscribe/%F0%9F%92%A5/",
            "/comments/" + "x" * 3000 + "/",
            "/media/../../etc/passwd",
            "/media/%2e%2e/%2e%2e/etc/passwd",
            "/.env",
            "/%ff%fe",
        ):
            with self.subTest(url):
                response = self.answer(client, "GET", url)

                self.assertIn(response.status_code, {400, 404, 410})
