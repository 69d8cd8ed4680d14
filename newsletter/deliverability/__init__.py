"""What other mail servers find when they ask whether a mail is really from us."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from newsletter.deliverability import asking, letter, line, names, signatures, spf
from newsletter.deliverability.asking import domain_of
from newsletter.deliverability.points import Point
from newsletter.models import Settings


def look(lookup=None, greet=None):
    """Return the points of the whole site, each with what to do; takes seconds.

    ``lookup(name, kind)`` returns what the DNS holds, [] for nothing, and raises
    ``NoAnswer``; ``greet(server)`` returns the point of one mail server.
    """
    lookup, greet = lookup or asking.ask_dns, greet or line.of_the_line
    words, servers = Settings.load(), line.servers()
    hosts = line.hosts(servers)
    parts = [partial(_greeted, greet, server) for server in servers]
    paths = set()
    for domain, path in _domains(words).items():
        if "." not in domain:
            parts.append(partial(_of_no_domain, domain))
            continue
        if path not in paths:
            parts.append(partial(spf.may_send, path, hosts, lookup))
        paths.add(path)
        parts += [
            partial(signatures.dkim, domain, words.dkim_selector, lookup),
            partial(signatures.dmarc, domain, path, lookup),
            partial(names.takes_mail, domain, lookup),
        ]
    parts += [partial(names.named_back, host, lookup) for host in hosts]
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = [point for points in pool.map(_told, parts) for point in points]
    return [*found, *letter.own_headers(words)]


def _domains(words):
    """Return the domains mails come from, each with that where they come back to."""
    domains, back = {}, words.bounce_address
    if words.sender_address:
        path = back or words.sender_address
        domains[domain_of(words.sender_address)] = domain_of(path)
    rest = settings.DEFAULT_FROM_EMAIL
    path = back if back and settings.BOUNCE_MAILBOX else rest
    domains.setdefault(domain_of(rest), domain_of(path))
    return domains


def _of_no_domain(name):
    yield Point(
        name,
        "stop",
        _("Mails come from “%s”, which is no domain of the internet.") % name,
        _("Write an address of your own domain into MAIL_FROM."),
    )


def _greeted(greet, server):
    return [greet(server)]


def _told(part):
    """Return the points of one part, or that nobody could tell."""
    try:
        return list(part())
    except asking.NoAnswer as silent:
        return [
            Point(
                str(silent),
                "",
                _("No name server answered."),
                _("Look once more in a minute."),
            )
        ]
