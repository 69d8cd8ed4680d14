from unittest import mock

from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from config import limits
from tests.config.test_pagecache import NOBODY_THERE


class HitTests(SimpleTestCase):
    def hit(self, key="ana", **bounds):
        return limits.hit("posts", key, **{"limit": 3, "seconds": 60} | bounds)

    def test_within_the_limit_nobody_waits(self):
        self.assertEqual([self.hit() for _ in range(3)], [0, 0, 0])

    def test_one_more_waits_until_the_window_closes(self):
        with mock.patch("time.time", return_value=1000.0) as clock:
            for _ in range(3):
                self.hit()
            clock.return_value = 1020.5

            self.assertEqual(self.hit(), 40)

    def test_after_the_wait_it_begins_anew(self):
        with mock.patch("time.time", return_value=1000.0) as clock:
            for _ in range(3):
                self.hit()
            clock.return_value += self.hit()

            self.assertEqual(self.hit(), 0)

    def test_waiting_visitors_do_not_push_the_end_away(self):
        with mock.patch("time.time", return_value=1000.0) as clock:
            for _ in range(10):
                self.hit()
            clock.return_value = 1059.9

            self.assertEqual(self.hit(), 1)

    def test_names_and_keys_are_counted_apart(self):
        for _ in range(4):
            self.hit()

        self.assertEqual(self.hit(key="bo"), 0)
        self.assertEqual(limits.hit("letters", "ana", limit=3, seconds=60), 0)

    def test_a_hit_can_be_taken_back(self):
        for _ in range(3):
            self.hit()
        limits.take_back("posts", "ana")
        self.assertEqual(self.hit(), 0)
        self.assertTrue(self.hit())

    def test_taking_back_what_was_never_counted_gives_no_credit(self):
        limits.take_back("posts", "ana")
        self.hit()
        for _ in range(5):
            limits.take_back("posts", "ana")

        self.assertEqual([bool(self.hit()) for _ in range(4)], [0, 0, 0, 1])

    @override_settings(CACHES={"default": NOBODY_THERE, "limits": NOBODY_THERE})
    def test_where_the_cache_is_gone_nobody_waits_and_the_log_says_so(self):
        with self.assertLogs("config.limits", "ERROR") as log:
            self.assertEqual(self.hit(limit=0), 0)
            limits.take_back("posts", "ana")

        self.assertIn("posts not counted: ConnectionError", log.output[0])
        self.assertEqual(len(log.output), 2)
        self.assertNotIn("ana", " ".join(log.output))

    def test_no_address_can_be_guessed_from_what_is_kept_after_a_day(self):
        keep = caches["limits"].add
        with mock.patch.object(caches["limits"], "add", side_effect=keep) as kept:
            slots = {limits._slot("posts", "192.0.2.1") for _ in range(2)}
        # The cache drops it by its own clock, which no test can put ahead.
        kept.assert_called_once()
        self.assertEqual(kept.call_args.kwargs["timeout"], limits.A_DAY)
        secret = limits.cache.get("limit:key")
        limits.cache.delete("limit:key")
        later = limits._slot("posts", "192.0.2.1")

        self.assertNotEqual(limits.cache.get("limit:key"), secret)
        (slot,) = slots
        self.assertNotIn("192.0.2.1", slot)
        self.assertNotEqual(later, slot)

    def test_a_count_pushed_out_of_the_cache_begins_at_one(self):
        add = caches["limits"].add

        def add_in_vain(key, value, timeout=None, **more):
            return add(key, value, timeout if value else 0, **more)

        with mock.patch.object(caches["limits"], "add", add_in_vain):
            self.assertEqual(self.hit(limit=1), 0)

        self.assertTrue(self.hit(limit=1))

    def test_pages_do_not_push_counts_out(self):
        for _ in range(4):
            self.hit()
        for n in range(1100):
            caches["default"].set(f"page:{n}", n)

        self.assertTrue(self.hit())

    @override_settings(RATE_LIMITS=False)
    def test_load_tests_can_switch_them_off(self):
        self.assertFalse(any(self.hit() for _ in range(10)))


class AddressTests(SimpleTestCase):
    def address(self, remote, forwarded=None, proxies=0):
        headers = {"x-forwarded-for": forwarded} if forwarded else {}
        request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=remote)
        with override_settings(TRUSTED_PROXIES=proxies):
            return limits.address(request)

    def test_without_proxies_nobody_can_claim_an_address(self):
        self.assertEqual(self.address("203.0.113.7", "198.51.100.1"), "203.0.113.7")

    def test_behind_one_proxy_the_last_address_counts(self):
        self.assertEqual(
            self.address("10.0.0.1", "198.51.100.1, 203.0.113.7", proxies=1),
            "203.0.113.7",
        )

    def test_behind_two_proxies_the_last_but_one_counts(self):
        forged = "1.1.1.1, 198.51.100.1, 203.0.113.7, 192.0.2.4"

        self.assertEqual(self.address("10.0.0.1", forged, proxies=2), "203.0.113.7")

    def test_with_fewer_addresses_than_proxies_the_first_counts(self):
        self.assertEqual(
            self.address("10.0.0.1", "203.0.113.7", proxies=2), "203.0.113.7"
        )

    def test_a_missing_header_leaves_the_other_end(self):
        self.assertEqual(self.address("203.0.113.7", None, proxies=1), "203.0.113.7")

    def test_an_ipv6_household_counts_as_one(self):
        home = {
            self.address("2001:db8:1:2::1"),
            self.address("2001:db8:1:2:ffff::9"),
        }

        self.assertEqual(home, {"2001:db8:1:2::/64"})
        self.assertEqual(self.address("2001:db8:1:3::1"), "2001:db8:1:3::/64")

    def test_an_ipv4_address_in_ipv6_clothes_is_itself(self):
        self.assertEqual(self.address("::ffff:203.0.113.7"), "203.0.113.7")

    def test_nonsense_is_one_unknown_place(self):
        self.assertEqual(self.address("", None), "unknown")
        self.assertEqual(self.address("10.0.0.1", "<script>", proxies=1), "unknown")


class TooManyTests(TestCase):
    def test_it_says_when_to_come_back(self):
        request = RequestFactory().get("/")

        response = limits.too_many(request, 130)

        self.assertIsInstance(response, HttpResponse)
        self.assertContains(response, "about 3 minutes", status_code=429)
        self.assertEqual(response["Retry-After"], "130")
        self.assertIn("no-store", response["Cache-Control"])
