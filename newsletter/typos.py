"""Slips in well-known domains: what somebody may have meant. It only ever asks."""

from config import slips

# The most common first. Those that look alike are all here, so that none of them is
# taken for a slip in another.
DOMAINS = """
    gmail.com hotmail.com yahoo.com outlook.com icloud.com aol.com live.com msn.com
    hotmail.co.uk yahoo.co.uk btinternet.com live.co.uk outlook.co.uk sky.com
    virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk tiscali.co.uk
    googlemail.com me.com mac.com ymail.com rocketmail.com mail.com email.com
    protonmail.com proton.me pm.me tutanota.com fastmail.com fastmail.fm zoho.com
    gmx.de web.de t-online.de freenet.de gmx.net gmx.at gmx.ch gmx.com bluewin.ch
    hotmail.de outlook.de yahoo.de live.de posteo.de mailbox.org arcor.de
    hotmail.fr yahoo.fr outlook.fr live.fr orange.fr wanadoo.fr laposte.net free.fr
    sfr.fr hotmail.it libero.it yahoo.it virgilio.it tiscali.it alice.it hotmail.es
    yahoo.es outlook.es telefonica.net ziggo.nl kpnmail.nl hetnet.nl live.nl skynet.be
    telenet.be hotmail.be bigpond.com bigpond.net.au optusnet.com.au iinet.net.au
    hotmail.com.au yahoo.com.au outlook.com.au xtra.co.nz comcast.net verizon.net
    att.net sbcglobal.net bellsouth.net charter.net cox.net earthlink.net sympatico.ca
    rogers.com shaw.ca telus.net yahoo.ca hotmail.ca eircom.net
    wp.pl seznam.cz qq.com mail.ru yandex.ru
""".split()  # noqa: SIM905
KNOWN = frozenset(DOMAINS)
# No domain ends like that.
ENDINGS = {
    **dict.fromkeys(["con", "cmo", "ocm", "vom", "xom", "comm", "coom", "cim"], "com"),
    **dict.fromkeys(["nte", "nett", "ner"], "net"),
    **dict.fromkeys(["ogr", "orgg"], "org"),
    **dict.fromkeys(["co.ik", "co.ukk", "couk", "co.um"], "co.uk"),
}
# Some do, but nobody has a mailbox there whose name is one of ours.
CUT_SHORT = {"co": "com", "cm": "com", "om": "com", "c": "com", "ne": "net"}
SHORT, LONG = 5, 7  # letters of a name in which one slip is taken for one, and two


def meant(email):
    """Return the address that somebody may have meant, or "" for none."""
    local, _at, domain = email.rpartition("@")
    domain = domain.lower()
    if domain in KNOWN:
        return ""
    name, _dot, ending = domain.partition(".")
    better = _likeliest(name, ENDINGS.get(ending, ending))
    if not better and ending in CUT_SHORT:
        better = _likeliest(name, CUT_SHORT[ending])
    if not better and ending in ENDINGS:
        better = f"{name}.{ENDINGS[ending]}"
    return f"{local}@{better}" if better else ""


def _likeliest(name, ending):
    likely = {}
    for known in DOMAINS:
        its_name, _dot, its_ending = known.partition(".")
        if its_ending == ending and (slip := _slip(name, its_name)) is not None:
            likely.setdefault(slip, known)
    return likely[min(likely)] if likely else ""


def _slip(name, meant):
    """Return how many slips a name is away from the one meant, None for too many."""
    length = len(meant)
    if abs(length - len(name)) > 2:
        return None
    is_muddled = length >= SHORT and sorted(name) == sorted(meant)
    most = 2 if is_muddled or length >= LONG else 1 if length >= SHORT else 0
    number = slips.between(name, meant)
    return number if number <= most else None
