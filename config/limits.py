"""Counts over time: per address, per thread, per whatever the caller names.

They live in a cache of their own, where no page pushes them out. With local memory each
web process counts for itself, so the bound is that of one process times their number
until ``CACHE_URL`` is shared. Where the cache is gone, nobody is kept waiting.
"""

import hmac
import ipaddress
import logging
import math
import time
from secrets import token_bytes

from django.conf import settings
from django.core.cache import caches
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.connection import ConnectionProxy

logger = logging.getLogger(__name__)
cache = ConnectionProxy(caches, "limits")
A_DAY = 24 * 60 * 60


def hit(name, key, *, limit, seconds):
    """Count one; return 0 while within the limit, else the seconds to wait.

    The window opens with the first hit and closes for all of them at once.
    """
    if not settings.RATE_LIMITS:
        return 0
    try:
        count, closes = _count(name, key, seconds)
    except Exception as error:  # each cache has classes of its own
        logger.error("%s not counted: %s", name, type(error).__name__)
        return 0
    if count <= limit:
        return 0
    return max(1, math.ceil(closes - _now()))


def _count(name, key, seconds):
    slot = _slot(name, key)
    closes = cache.get_or_set(slot, lambda: _now() + seconds, seconds)
    if closes <= _now():  # the clock of a cache server may be a little behind
        cache.set(slot, closes := _now() + seconds, seconds)
    counter = _counter(slot, closes)
    cache.add(counter, 0, seconds + 60)
    try:
        return cache.incr(counter), closes
    except ValueError:  # pushed out since: the count begins anew
        cache.set(counter, 1, seconds + 60)
        return 1, closes


def take_back(name, key):
    """Uncount one hit of an open window: it turned out not to matter."""
    try:
        slot = _slot(name, key)
        closes = cache.get(slot)
        if closes is not None:
            counter = _counter(slot, closes)
            if cache.get(counter, 0) > 0:
                cache.decr(counter)
    except Exception as error:
        logger.error("%s not taken back: %s", name, type(error).__name__)


def address(request):
    """Return who is at the other end: an IPv4 address, or the /64 of an IPv6 one.

    Behind ``TRUSTED_PROXIES`` proxies each of them appended one address to
    X-Forwarded-For; what stands left of those, the visitor may have written herself.
    """
    client = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        client = told[-settings.TRUSTED_PROXIES :][0].strip() or client
    try:
        ip = ipaddress.ip_address(client)
    except ValueError:
        return "unknown"
    if ip.version == 6:
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip.packed, 64), strict=False))
    return str(ip)


def too_many(request, seconds, template="429.html", context=None):
    """Answer 429: say when to come back, in words and in ``Retry-After``."""
    minutes = math.ceil(seconds / 60)
    response = render(
        request,
        template,
        {"seconds": seconds, "minutes": minutes, **(context or {})},
        status=429,
    )
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def _now():
    return time.time()


def _slot(name, key):
    # No address lies about in a shared cache, and none can be guessed from its hash
    # once the key is gone: it is random, stands nowhere else and lives for a day.
    secret = cache.get_or_set("limit:key", lambda: token_bytes(32), A_DAY)
    hidden = hmac.digest(secret, str(key).encode(), "sha256")
    return f"limit:{name}:{hidden.hex()}"


def _counter(slot, closes):
    return f"{slot}:{closes:.6f}"
