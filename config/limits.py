"""Counts over time: per address, per thread, per whatever the caller names.

They live in the default cache. With local memory each web process counts for itself, so
the bound is that of one process times their number until ``CACHE_URL`` is shared.
"""

import ipaddress
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac


def hit(name, key, *, limit, seconds):
    """Count one; return 0 while within the limit, else the seconds to wait.

    The window opens with the first hit and closes for all of them at once.
    """
    if not settings.RATE_LIMITS:
        return 0
    closes = cache.get_or_set(_slot(name, key), _now() + seconds, seconds)
    counter = _counter(name, key, closes)
    cache.add(counter, 0, seconds + 60)
    if cache.incr(counter) <= limit:
        return 0
    return max(1, math.ceil(closes - _now()))


def take_back(name, key):
    """Uncount one hit of an open window: it turned out not to matter."""
    closes = cache.get(_slot(name, key))
    if closes is not None:
        counter = _counter(name, key, closes)
        if cache.get(counter, 0) > 0:
            cache.decr(counter)


def forget(name, key):
    """Close the window."""
    cache.delete(_slot(name, key))


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
    # A hash under our key: no address lies about in a shared cache.
    hidden = salted_hmac("config.limits", str(key), algorithm="sha256")
    return f"limit:{name}:{hidden.hexdigest()}"


def _counter(name, key, closes):
    return f"{_slot(name, key)}:{closes:.6f}"
