"""What other mail servers find when they ask whether a mail is really from us."""

import ipaddress
import smtplib
import ssl
import uuid
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.utils import parseaddr
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import dns.reversename
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import compose
from newsletter.models import Issue, Settings

SECONDS = 4  # that one question may take
SPF_LOOKUPS = 10  # RFC 7208, 4.6.4: with more, receivers take it for an error
IN_THE_DNS = {"a", "mx", "ptr", "exists", "include", "redirect"}


class NoAnswer(Exception):  # noqa: N818
    """No name server told anything, neither yes nor no."""


class Point(NamedTuple):
    """One thing that was looked at. ``tone``: yes, stop, or "" for what may be so."""

    name: str
    tone: str
    what: str
    todo: str = ""


def look(lookup=None, greet=None):
    """Return the points of the whole site, each with what to do; takes seconds.

    ``lookup(name, kind)`` returns what the DNS holds, [] for nothing, and raises
    ``NoAnswer``; ``greet(server)`` returns the point of one mail server.
    """
    lookup, greet = lookup or ask_dns, greet or of_the_line
    words, servers = Settings.load(), _servers()
    hosts = _hosts(servers)
    parts = [partial(_greeted, greet, server) for server in servers]
    for domain, path in _domains(words).items():
        if "." not in domain:
            parts.append(partial(_of_no_domain, domain))
            continue
        parts += [
            partial(spf, path, hosts, lookup),
            partial(dkim, domain, words.dkim_selector, lookup),
            partial(dmarc, domain, path, lookup),
            partial(takes_mail, domain, lookup),
        ]
    parts += [partial(named_back, host, lookup) for host in hosts]
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = [point for points in pool.map(_told, parts) for point in points]
    return [*found, *_own_headers(words)]


def _domains(words):
    """Return the domains mails come from, each with that where they come back to."""
    domains = {}
    if words.sender_address:
        path = words.bounce_address or words.sender_address
        domains[domain_of(words.sender_address)] = domain_of(path)
    rest = domain_of(settings.DEFAULT_FROM_EMAIL)
    domains.setdefault(rest, rest)
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
    except NoAnswer as silent:
        return [
            Point(
                str(silent),
                "",
                _("No name server answered."),
                _("Look once more in a minute."),
            )
        ]


def domain_of(address):
    """Return the domain of an address as the DNS writes it."""
    return parseaddr(address)[1].rpartition("@")[2].lower()


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


# Who may send: SPF (RFC 7208)


def spf(domain, hosts, lookup):
    """Yield whether a domain says which servers may send for it, and names ours."""
    name = f"SPF {domain}"
    records = _spf_records(domain, lookup)
    if not records:
        yield Point(
            name,
            "stop",
            _("The domain does not say who may send for it."),
            _(
                "Add a TXT record to %(domain)s: your mail provider has one to copy. "
                "It begins with “v=spf1”."
            )
            % {"domain": domain},
        )
        return
    if len(records) > 1:
        yield Point(
            name,
            "stop",
            _("There are %s records that begin with “v=spf1”; only one counts.")
            % len(records),
            _("Write what they allow into one record and take the others away."),
        )
        return
    policy_ = Policy(lookup)
    policy_.read(domain)
    if policy_.lets_all:
        yield Point(
            name,
            "stop",
            _("It lets every server of the world send for you."),
            _("Write “-all” or “~all” at its end, not “+all”."),
        )
    elif policy_.lookups > SPF_LOOKUPS:
        yield Point(
            name,
            "stop",
            _("It needs %(number)s further questions, and %(most)s are allowed.")
            % {"number": policy_.lookups, "most": SPF_LOOKUPS},
            _("Take out the “include:” of services you no longer use."),
        )
    elif strangers := [host for host in hosts if not policy_.allows(host, lookup)]:
        yield Point(
            name,
            "",
            _("It is there. It does not name %s itself.") % ", ".join(strangers),
            _(
                "Providers often send from other machines than the one that takes the "
                "mail: compare with what yours says about SPF."
            ),
        )
    else:
        yield Point(name, "yes", _("The domain names your mail server as its own."))


class Policy:
    """What an SPF record allows, with all that it includes."""

    def __init__(self, lookup):
        self.lookup = lookup
        self.networks, self.lookups, self.lets_all = [], 0, False

    def read(self, domain):
        records = _spf_records(domain, self.lookup)
        for term in records[0].split()[1:] if records else ():
            self.take(term, domain)

    def take(self, term, domain):
        sign = term[0] if term[0] in "+-~?" else "+"
        mechanism, _colon, value = (
            term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        )
        mechanism, _slash, length = mechanism.lower().partition("/")
        if mechanism in IN_THE_DNS:
            self.lookups += 1
        if sign != "+" or self.lookups > SPF_LOOKUPS or "%" in value:
            return
        value, _slash, length = value.partition("/") if value else ("", "", length)
        if mechanism == "all":
            self.lets_all = True
        elif mechanism in ("ip4", "ip6"):
            self.add(value, length)
        elif mechanism in ("include", "redirect"):
            self.read(value)
        elif mechanism == "a":
            self.add_host(value or domain, length)
        elif mechanism == "mx":
            for host in self.lookup(value or domain, "MX"):
                self.add_host(host, length)

    def add(self, address, length=""):
        try:
            network = f"{address}/{length}" if length.isdigit() else address
            self.networks.append(ipaddress.ip_network(network, strict=False))
        except ValueError:
            pass  # a slip in somebody's record allows nothing

    def add_host(self, host, length):
        for address in _addresses(host, self.lookup):
            self.add(address, length)

    def allows(self, host, lookup):
        addresses = [ipaddress.ip_address(one) for one in _addresses(host, lookup)]
        return any(
            address in network for address in addresses for network in self.networks
        )


def _spf_records(domain, lookup):
    return [
        text
        for text in lookup(domain, "TXT")
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    ]


def _addresses(host, lookup):
    return [*lookup(host, "A"), *lookup(host, "AAAA")]


# Signed by us: DKIM (RFC 6376), and what to do with what is not: DMARC (RFC 7489)


def dkim(domain, selector, lookup):
    """Yield whether the key stands in the DNS with which receivers check signatures."""
    name = f"DKIM {domain}"
    if not selector:
        yield Point(
            name,
            "",
            _("Nobody can look for the key without its name, the selector."),
            _(
                "Send a letter to yourself and look at its source: behind “s=” in the "
                "line DKIM-Signature stands the selector. Write it into the settings "
                "of the letter. No such line: switch DKIM on at your mail provider."
            ),
        )
        return
    place = f"{selector}._domainkey.{domain}"
    keys = [_tags(text) for text in lookup(place, "TXT")]
    if any(tags.get("p") for tags in keys):
        yield Point(name, "yes", _("The key of your signature is there."))
        return
    yield Point(
        name,
        "stop",
        _("The key was taken back.") if keys else _("There is no key at %s.") % place,
        _(
            "Your mail provider has a record to copy: add it there. Is the selector in "
            "the settings of the letter still the right one?"
        ),
    )


def dmarc(domain, path, lookup):
    """Yield whether the domain says what becomes of mails that only pretend."""
    name = f"DMARC {domain}"
    records = _dmarc_records(domain, lookup)
    if not records:
        yield Point(
            name,
            "stop",
            _("The domain has no rule. Large providers refuse letters without one."),
            _("Add a TXT record to %(place)s: “v=DMARC1; p=none” is a beginning.")
            % {"place": f"_dmarc.{domain}"},
        )
        return
    rule = _tags(records[0]).get("p", "").lower()
    if len(records) > 1 or rule not in ("none", "quarantine", "reject"):
        yield Point(
            name,
            "stop",
            _("The rule cannot be read."),
            _("There must be one record, with p=none, p=quarantine or p=reject."),
        )
    elif not _is_aligned(domain, path):
        yield Point(
            name,
            "",
            _("Letters come from %(domain)s and go back to %(path)s.")
            % {"domain": domain, "path": path},
            _(
                "Have them go back to the sender's domain: else a DKIM signature alone "
                "speaks for them."
            ),
        )
    elif rule == "none":
        yield Point(
            name,
            "yes",
            _("There is a rule. It only watches (p=none)."),
            _("Once SPF and DKIM hold, “p=quarantine” keeps others from your name."),
        )
    else:
        yield Point(name, "yes", _("There is a rule, and it holds (p=%s).") % rule)


def _dmarc_records(domain, lookup):
    """Return the rules of a domain, else of the one it belongs to."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        place = "_dmarc." + ".".join(labels[start:])
        records = [
            text for text in lookup(place, "TXT") if text.lower().startswith("v=dmarc1")
        ]
        if records:
            return records
    return []


def _is_aligned(domain, path):
    """Whether one is the other or below it, which relaxed alignment asks for.

    Of two below a third only the list of public suffixes could tell.
    """
    return (
        domain == path
        or f".{domain}".endswith(f".{path}")
        or (f".{path}".endswith(f".{domain}"))
    )


def _tags(text):
    """Return the tags of a DKIM or DMARC record: "v=DMARC1; p=none"."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}


# Where answers and returned letters go, and the machine's own name


def takes_mail(domain, lookup):
    """Yield whether mails to the sender's domain arrive anywhere."""
    name = f"MX {domain}"
    hosts = [host for host in lookup(domain, "MX") if host not in ("", ".")]
    if hosts or _addresses(domain, lookup):
        yield Point(name, "yes", _("Answers and letters that come back arrive."))
        return
    yield Point(
        name,
        "stop",
        _("No server takes mail for the sender's domain."),
        _("Add the MX record of your mail provider, or use a sender that has one."),
    )


def named_back(host, lookup):
    """Yield whether the mail server's address has a name that leads back to it."""
    name = f"PTR {host}"
    addresses = _addresses(host, lookup)
    if not addresses:
        yield Point(
            name,
            "stop",
            _("This name has no address."),
            _("Look at MAIL_URL and NEWSLETTER_MAIL_URL: is a letter missing?"),
        )
        return
    for address in addresses:
        place = dns.reversename.from_address(address).to_text()
        names = lookup(place, "PTR")
        if not any(address in _addresses(one, lookup) for one in names):
            yield Point(
                name,
                "",
                _("%s has no name that leads back to it.") % address,
                _(
                    "Where this machine is yours, set its reverse name (PTR) where you "
                    "rent it. Where it is your provider's, it is theirs to do."
                ),
            )
            return
    yield Point(name, "yes", _("Its address has a name that leads back to it."))


# The line to the mail server


class Server(NamedTuple):
    """A mail server of ours, as the settings write it."""

    variable: str
    host: str = ""
    port: int = 0
    use_ssl: bool = False
    use_tls: bool = False

    @property
    def is_here(self):
        return self.host in ("localhost", "127.0.0.1", "::1")


def _servers():
    names = {"default": "MAIL_URL", "newsletter": "NEWSLETTER_MAIL_URL"}
    servers = {}
    for alias, mailer in settings.MAILERS.items():
        options = mailer.get("OPTIONS", {})
        fields = {name: options[name] for name in Server._fields if name in options}
        server = Server(names.get(alias, alias), **fields)
        servers.setdefault(server[1:], server)
    return list(servers.values())


def _hosts(servers):
    """Return the machines that speak to the world for us, as far as it is known."""
    here = urlsplit(settings.SITE_URL).hostname
    hosts = [here if one.is_here else one.host for one in servers if one.host]
    return list(dict.fromkeys(hosts))


def of_the_line(server):
    """Return whether mails reach a server unread; opens a line and sends nothing."""
    name = f"TLS {server.host}" if server.host else server.variable
    if not server.host:
        return Point(
            name,
            "stop",
            _("Mails are kept in a folder here; nobody gets any."),
            _("Write your mail provider's server into %s.") % server.variable,
        )
    try:
        return _greet(server, name)
    except ssl.SSLCertVerificationError:
        return Point(
            name,
            "stop",
            _("Its certificate is not for this name, or has run out."),
            _("Write the name your provider gives into %s.") % server.variable,
        )
    except (OSError, smtplib.SMTPException):
        return Point(
            name,
            "stop",
            _("It does not answer at port %s.") % server.port,
            _("Is name and port in %s right? Some hosts block port 25: try 587.")
            % server.variable,
        )


def _greet(server, name):
    context = ssl.create_default_context()
    options = {"timeout": SECONDS}
    kind = smtplib.SMTP
    if server.use_ssl:
        kind, options["context"] = smtplib.SMTP_SSL, context
    with kind(server.host, server.port, **options) as line:
        line.ehlo()
        if not server.use_ssl and line.has_extn("starttls"):
            if not (server.use_tls or server.is_here):
                return Point(
                    name,
                    "stop",
                    _("It offers an encrypted line, and we do not take it."),
                    _("Write “?tls=on” at the end of %s.") % server.variable,
                )
            if server.use_tls:
                line.starttls(context=context)
        if isinstance(line.sock, ssl.SSLSocket):
            return Point(
                name, "yes", _("The line is encrypted (%s).") % (line.sock.version())
            )
    if server.is_here:
        return Point(name, "yes", _("It is this machine: the line leaves it nowhere."))
    return Point(
        name,
        "stop",
        _("It offers no encrypted line."),
        _("Use port 465 (smtps://) or 587, or ask your provider."),
    )


# Our own headers


def _own_headers(words):
    """Yield what a letter itself says, read from one as it would leave now."""
    issue = Issue.objects.order_by("-pk").first()
    name = _("A letter’s headers")
    if not issue:
        yield Point(name, "", _("There is no letter yet."), _("Write one, then look."))
        return
    if not words.sender_address:
        yield Point(
            name,
            "stop",
            _("There is no sender."),
            _("Write the sender's address into the settings of the letter."),
        )
        return
    somebody = compose.Recipient(
        uuid.UUID(int=0), "reader@example.org", "a-token", timezone.now()
    )
    content = compose.Letter(issue).fill(somebody)
    letter = message_from_bytes(content, policy=policy.default)
    faults = list(headers_lack(letter, words))
    if not faults:
        yield Point(name, "yes", _("All there: sender, list, a way to leave, an id."))
    for what, todo in faults:
        yield Point(name, "stop", what, todo)
    if not words.bounce_address:
        yield Point(
            name,
            "",
            _("Letters that come back go to the sender, and nobody reads them here."),
            _(
                "Write an address for them into the settings of the letter: then this "
                "page knows who cannot be reached, and so do your readers."
            ),
        )
    elif not (settings.BOUNCE_MAILBOX or settings.BOUNCE_WEBHOOK):
        yield Point(
            name,
            "",
            _("Letters come back to an address of their own, and nobody reads them."),
            _("Have who runs the site name that mailbox in BOUNCE_MAILBOX_URL."),
        )
    if words.sender_address == settings.DEFAULT_FROM_EMAIL:
        yield Point(
            name,
            "",
            _("Letters and confirmations have one sender."),
            _("Give letters another: where one is blocked, the other still arrives."),
        )


def headers_lack(letter, words):
    """Yield what is missing in a letter's headers, and what to do (RFC 2369, 8058)."""
    own = urlsplit(settings.SITE_URL).hostname
    if domain_of(str(letter["From"])) != domain_of(words.sender_address):
        yield _("The sender is not the one of the settings."), _("Save them once more.")
    if not str(letter["Message-ID"]).endswith(f"@{own}>"):
        yield (
            _("Its id is not of your domain."),
            _("Look at SITE_URL: it makes the id."),
        )
    if not letter["List-Id"] or not letter["List-Unsubscribe"]:
        yield (
            _("It does not say whose list it is and how to leave."),
            _("The site's own code was changed: put newsletter/headers.py back."),
        )
    elif letter["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        yield (
            _("Nobody can leave with one click: that needs https."),
            _("Serve the site by https and write that into SITE_URL."),
        )
