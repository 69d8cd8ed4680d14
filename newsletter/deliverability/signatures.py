"""Signed by us: DKIM (RFC 6376), and what to do with what is not: DMARC (RFC 7489)."""

from django.utils.translation import gettext as _

from newsletter.deliverability.points import Point


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
            _("The domain has no rule. Large providers send letters without one back."),
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
            _("Mails come from %(domain)s and go back to %(path)s.")
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
