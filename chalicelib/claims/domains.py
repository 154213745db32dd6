"""Whether an e-mail address proves that its owner works at the school with a website. Pure.

It does where the school's own domain is that of the address, or one above it. It does not where many have addresses
or sites under one domain: with mail providers, site builders, states and the federal government. Nor do addresses
that are a student's by their name. What is not proved is no refusal: an administrator decides it.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from chalicelib.texts import HOST

_DOMAIN: Final = re.compile(HOST, re.ASCII)
_WWW: Final = re.compile(r"www\d{0,2}\.", re.ASCII)

_MAIL_FOR_ALL: Final = """
aim.com aol.com att.net bellsouth.net charter.net comcast.net cox.net duck.com earthlink.net email.com fastmail.com
frontier.com frontiernet.net gmail.com gmx.com gmx.net googlemail.com hey.com hotmail.com hushmail.com icloud.com
inbox.com juno.com live.com mac.com mail.com mail.ru me.com msn.com netzero.net optonline.net outlook.com pm.me
proton.me protonmail.ch protonmail.com qq.com roadrunner.com rocketmail.com rr.com sbcglobal.net tuta.com
tutanota.com verizon.net windstream.net yahoo.com yandex.com ymail.com zoho.com
"""
_SITES_FOR_ALL: Final = """
azurewebsites.net blogspot.com carrd.co cloudfront.net edl.io edliocloud.com edlioschool.com edublogs.org
educatorpages.com facebook.com finalsite.com firebaseapp.com github.io glitch.me godaddysites.com google.com
herokuapp.com instagram.com jimdo.com jimdofree.com linkedin.com linktr.ee medium.com myshopify.com netlify.app
notion.site onmicrosoft.com pages.dev schoolblocks.com schoolinsites.com schoolloop.com schoolwires.net
sharpschool.com site123.me squarespace.com strikingly.com tumblr.com twitter.com vercel.app webflow.io webnode.com
webs.com weebly.com wix.com wixsite.com wordpress.com x.com youtube.com
"""
SHARED: Final = frozenset(f"{_MAIL_FOR_ALL} {_SITES_FOR_ALL}".split())
"""Domains under which nobody proves anything, whatever stands before them."""

_SYSTEMS: Final = """
cccs.edu dodea.edu guampublic.org hawaiidoe.org k12.com kctcs.edu ketsds.net kyschools.us maricopa.edu
nccommunitycolleges.edu tbr.edu usnh.edu utahonline.org vccs.edu wvnet.edu
"""
WIDE: Final = frozenset(_SYSTEMS.split())
"""Domains of whole states' schools and of systems of colleges; those below them are one school's or one district's."""

_STATE_WIDE: Final = re.compile(
    r"(?:(?:(?:pvt|chtr|paroch|doe)\.)?(?:k12|k-12|cc|tec|lib|state|gen|cog|mus|dst)\.)?[a-z]{2}\.us",
    re.ASCII,
)
_STUDENTS: Final = frozenset(
    {
        "alum",
        "alumni",
        "learner",
        "learners",
        "my",
        "pupil",
        "pupils",
        "stu",
        "student",
        "studentmail",
        "students",
    }
)
_GOVERNMENT: Final = (".gov", ".mil")


def proves(email: str, website: str | None) -> bool:
    """Whether whoever reads mail at ``email`` works for the school with this website.

    That they read mail there is for the caller to know.
    """
    school = domain_of_website(website)
    address = email.rpartition("@")[2].lower()
    if school is None or email.count("@") != 1 or _DOMAIN.fullmatch(address) is None:
        return False
    if _STUDENTS.intersection(address.split(".")):
        return False
    return not shared(school) and (address == school or address.endswith(f".{school}"))


def domain_of_website(website: str | None) -> str | None:
    """The domain of a web address without its ``www``, in lower case; None where there is none."""
    host = urlsplit(website or "").hostname or ""
    host = _WWW.sub("", host.lower(), count=1) if _WWW.match(host.lower()) else host.lower()
    return host if _DOMAIN.fullmatch(host) else None


def shared(domain: str) -> bool:
    """Whether a domain is many people's or many schools', so that an address under it proves nothing."""
    labels = domain.split(".")
    above = {".".join(labels[start:]) for start in range(len(labels))}
    return (
        bool(above & SHARED)
        or domain in WIDE
        or domain.endswith(_GOVERNMENT)
        or _STATE_WIDE.fullmatch(domain) is not None
    )
