"""Web addresses by the WHATWG URL standard, through ada-url."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

import ada_url

from aif_share.errors import InvalidIdentifier

from .hosts import checked_name, is_address
from .text import refang

# Parameters that say where a click came from, never what is shown. Names are compared in lower case.
TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid igshid mc_cid mc_eid _ga _gl
    spm scm spm_id_from from_spmid share_source share_medium share_plat share_session_id share_tag share_times
    share_from share_token share_id share_sign share_app_id sharer_shareid sharer_sharetime sharer_shareinfo
    vd_source bd_vid hmsr hmpl hmcu hmkw hmci xsec_source xsec_token xhsshare app_platform apptime
    """.split()
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_")
_SCHEME = re.compile(r"https?:", re.IGNORECASE)


def parse_web(text: str) -> ada_url.URL:
    """The parsed http or https address of a prepared text, with a public host name or an IP address as host."""
    text = refang(text)
    if not _SCHEME.match(text):
        raise InvalidIdentifier("a web address begins with http:// or https://")
    if " " in text:
        raise InvalidIdentifier("a web address has no spaces; give the address alone")
    url = _parse(text)
    if url is None:
        raise InvalidIdentifier("not a web address by the WHATWG URL standard")
    if not is_address(url.hostname):
        url.hostname = checked_name(url.hostname)
    return url


def canonical_url(url: ada_url.URL) -> str:
    """The address without fragment, user name, password, tracking parameters and an empty query."""
    url.hash = ""
    url.username = ""
    url.password = ""
    # The query is set without question marks in front, of which setting it would drop one more each time.
    kept = "&".join(part for part in url.search[1:].split("&") if part and not _tracks(part))
    url.search = kept.lstrip("?")
    return str(url.href)


def _tracks(part: str) -> bool:
    name = unquote_plus(part.lstrip("?").partition("=")[0]).lower()
    return name in TRACKING or name.startswith(_TRACKING_PREFIXES)


def _parse(text: str) -> ada_url.URL | None:
    try:
        return ada_url.URL(text)
    except ValueError:
        return None
