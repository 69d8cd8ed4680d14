"""Who may send for a domain: SPF (RFC 7208)."""

import ipaddress

from django.utils.translation import gettext as _

from newsletter.deliverability import asking
from newsletter.deliverability.points import Point

SPF_LOOKUPS = 10  # RFC 7208, 4.6.4: with more, receivers take it for an error
IN_THE_DNS = {"a", "mx", "ptr", "exists", "include", "redirect"}


def may_send(domain, hosts, lookup):
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
    elif strangers := [host for host in hosts if not policy_.allows(host)]:
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
        for address in asking.addresses(host, self.lookup):
            self.add(address, length)

    def allows(self, host):
        addresses = [
            ipaddress.ip_address(one) for one in asking.addresses(host, self.lookup)
        ]
        return any(
            address in network for address in addresses for network in self.networks
        )


def _spf_records(domain, lookup):
    return [
        text
        for text in lookup(domain, "TXT")
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    ]
