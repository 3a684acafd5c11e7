"""Mailboxes: a dot-atom (RFC 5322 §3.2.3) before the @, a WHATWG host behind it."""

from __future__ import annotations

import re

from aif_share.errors import InvalidIdentifier

from .hosts import canonical_host
from .text import fold_case

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")


def canonical_email(text: str) -> str:
    """Both sides in lower case. Providers' own rules (dots, +tags) are left alone: they differ and change."""
    if text[:7].lower() == "mailto:":
        text = text[7:]
    text = text.replace("[@]", "@")
    local, at, domain = text.rpartition("@")
    local = fold_case(local)
    if not at or not _LOCAL.fullmatch(local) or " " in local or len(local.encode()) > 64:
        raise InvalidIdentifier("an e-mail address is a name, @ and a domain; give the address alone")
    return f"{local}@{_domain(domain)}"


def _domain(text: str) -> str:
    host: str | None = None
    try:
        host = canonical_host(text)
    except InvalidIdentifier:
        pass
    if host is None:
        raise InvalidIdentifier("what follows the @ is no public domain")
    return host
