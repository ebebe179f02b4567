"""At which mail domains may anyone have an address? Two customers who share one have nothing to do with each other.

A list of our own: what the large providers give to everyone, by the providers' own pages. Lists of thousands hold the
domains of throw-away addresses, with which no customer of QuickBooks is billed.
"""

from __future__ import annotations

import re

#: Providers that have a domain in many countries: `yahoo.co.uk`, `hotmail.fr`, `gmx.de`.
_IN_MANY_COUNTRIES = frozenset(
    ("yahoo", "ymail", "rocketmail", "hotmail", "outlook", "live", "msn", "aol", "gmx", "mail", "yandex", "zoho")
)
_COUNTRY = re.compile(r"(?:com?\.)?[a-z]{2}|com|net|org|eu|us", re.ASCII)
_PUBLIC = frozenset(
    (
        # Mailbox providers
        *("gmail.com", "googlemail.com", "icloud.com", "me.com", "mac.com", "passport.com", "windowslive.com"),
        *(
            "proton.me",
            "protonmail.com",
            "protonmail.ch",
            "pm.me",
            "tutanota.com",
            "tutanota.de",
            "tuta.io",
            "tuta.com",
        ),
        *("fastmail.com", "fastmail.fm", "hushmail.com", "hey.com", "duck.com", "zohomail.com", "inbox.com", "aim.com"),
        *(
            "email.com",
            "usa.com",
            "myself.com",
            "post.com",
            "engineer.com",
            "consultant.com",
            "juno.com",
            "netzero.net",
        ),
        *(
            "excite.com",
            "lycos.com",
            "rediffmail.com",
            "mail.ru",
            "bk.ru",
            "inbox.ru",
            "list.ru",
            "rambler.ru",
            "ya.ru",
        ),
        *("qq.com", "163.com", "126.com", "sina.com", "naver.com", "hanmail.net", "daum.net", "seznam.cz", "wp.pl"),
        *("o2.pl", "onet.pl", "interia.pl", "web.de", "freenet.de", "posteo.de", "mailbox.org", "laposte.net"),
        *("libero.it", "virgilio.it", "tiscali.it", "alice.it", "uol.com.br", "bol.com.br", "terra.com.br"),
        *("home.ro", "k.ro", "email.ro", "post.ro", "personal.ro"),
        # Internet providers, who give every household one
        *("comcast.net", "xfinity.com", "att.net", "sbcglobal.net", "bellsouth.net", "pacbell.net", "ameritech.net"),
        *("swbell.net", "prodigy.net", "verizon.net", "gte.net", "cox.net", "charter.net", "spectrum.net", "rr.com"),
        *("roadrunner.com", "twc.com", "optonline.net", "optimum.net", "suddenlink.net", "earthlink.net"),
        *("mindspring.com", "windstream.net", "frontier.com", "frontiernet.net", "centurylink.net", "centurytel.net"),
        *("embarqmail.com", "q.com", "qwest.net", "tds.net", "hughes.net", "wowway.com", "cableone.net", "rcn.com"),
        *("mchsi.com", "bright.net", "peoplepc.com", "cs.com", "netscape.net", "compuserve.com", "aol.com"),
        *("rogers.com", "shaw.ca", "telus.net", "sympatico.ca", "bell.net", "videotron.ca", "cogeco.ca", "eastlink.ca"),
        *("btinternet.com", "btopenworld.com", "sky.com", "virginmedia.com", "ntlworld.com", "talktalk.net"),
        *("blueyonder.co.uk", "tiscali.co.uk", "plus.net", "bigpond.com", "bigpond.net.au", "optusnet.com.au"),
        *("iinet.net.au", "tpg.com.au", "xtra.co.nz", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr"),
        *("bbox.fr", "t-online.de", "arcor.de", "bluewin.ch", "hispeed.ch", "sunrise.ch", "prodigy.net.mx"),
    )
)
#: Kept for examples, RFC 2606: what is entered where there is no address.
_EXAMPLES = frozenset(("example.com", "example.net", "example.org", "example.edu"))


def is_public(domain: str) -> bool:
    """Whether a mail domain is of no company.

    Args:
        domain: What is behind the @, in small letters.
    """
    if domain in _PUBLIC or domain in _EXAMPLES:
        return True
    provider, _dot, rest = domain.partition(".")
    return provider in _IN_MANY_COUNTRIES and _COUNTRY.fullmatch(rest) is not None
