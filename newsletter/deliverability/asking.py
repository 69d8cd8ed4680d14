"""What the DNS is asked, and what it knows of a name."""

from email.utils import parseaddr

import dns.exception
import dns.resolver

SECONDS = 4  # that one question may take


class NoAnswer(Exception):  # noqa: N818
    """No name server told anything, neither yes nor no."""


def ask_dns(name, kind):
    """Return the records of a name as texts; [] where there are none.

    Raises ``NoAnswer`` where nobody answers in time.
    """
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, ValueError, OSError):
        raise NoAnswer(f"{kind} {name}") from None
    if kind == "TXT":
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
    if kind == "MX":
        return [row.exchange.to_text().rstrip(".") for row in answer]
    return [row.to_text().rstrip(".") for row in answer]


def addresses(host, lookup):
    return [*lookup(host, "A"), *lookup(host, "AAAA")]


def domain_of(address):
    """Return the domain of an address as the DNS writes it."""
    return parseaddr(address)[1].rpartition("@")[2].lower()
