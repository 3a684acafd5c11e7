"""Host names by the WHATWG URL standard (§3, hosts), through ada-url; registrable domains by the public suffix list."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import ada_url

from aif_share.errors import InvalidIdentifier

from .text import refang

if TYPE_CHECKING:
    from tldextract import TLDExtract

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


def canonical_host(text: str) -> str:
    """The exact WHATWG host of a prepared text: ASCII, lower case, no trailing dot, `www.` kept.

    Refused: addresses (url, email, ip are suggested), names of one label, labels that DNS cannot hold.
    """
    text = refang(text)
    if "://" in text or "/" in text or "?" in text or "#" in text or "\\" in text:
        raise InvalidIdentifier("a host name only; for a full address use the type url", suggested_type="url")
    if "@" in text:
        raise InvalidIdentifier("a host name only; for a mailbox use the type email", suggested_type="email")
    if text.count(":") > 1 or "[" in text:
        raise InvalidIdentifier("an IP address is no domain; use the type ip", suggested_type="ip")
    if ":" in text:
        raise InvalidIdentifier("a host name only; leave the port away")
    host = whatwg_host(text)
    if host is None:
        raise InvalidIdentifier("not a host name by the WHATWG URL standard")
    return checked_name(host)


def checked_name(host: str) -> str:
    """A WHATWG host that is a name DNS can hold, of two labels or more, without its trailing dot."""
    if is_address(host):
        raise InvalidIdentifier("an IP address is no domain; use the type ip", suggested_type="ip")
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(labels) < 2:
        raise InvalidIdentifier("a name of one label is no public host; give the full name")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidIdentifier("DNS cannot hold this name: labels of 1 to 63 letters, digits, - or _, 253 in all")
    return host


def is_address(host: str) -> bool:
    """Whether a WHATWG host is an IP address."""
    return host.startswith("[") or _IPV4.fullmatch(host) is not None


def whatwg_host(text: str) -> str | None:
    """The host that a browser makes of this text, None if it makes none."""
    try:
        return str(ada_url.URL(f"http://{text}/").hostname) or None
    except ValueError:
        return None


@cache
def _public_suffixes() -> TLDExtract:
    # Imported late: it loads an HTTP library it never uses here, as the list in its wheel is the only source.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable(host: str) -> str | None:
    """The registrable domain (public suffix plus one label) of a canonical host; None for a bare or unknown suffix.

    Hosting customers' names count as registrable of their own: `a.github.io`, not `github.io`.
    """
    return _public_suffixes()(host, include_psl_private_domains=True).top_domain_under_public_suffix or None
