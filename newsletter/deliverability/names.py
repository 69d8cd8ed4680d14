"""Where answers and returned letters go (MX), and the machine's own name (PTR)."""

import dns.reversename
from django.utils.translation import gettext as _

from newsletter.deliverability import asking
from newsletter.deliverability.points import Point


def takes_mail(domain, lookup):
    """Yield whether mails to the sender's domain arrive anywhere."""
    name = f"MX {domain}"
    hosts = [host for host in lookup(domain, "MX") if host not in ("", ".")]
    if hosts or asking.addresses(domain, lookup):
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
    addresses = asking.addresses(host, lookup)
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
        if not any(address in asking.addresses(one, lookup) for one in names):
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
