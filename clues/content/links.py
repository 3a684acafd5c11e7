"""A pasted link as the content it names: type, canonical identifier and platform. What may not be shared in clear is refused.

A refusal says what is wrong and never repeats the link.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_noop

from aif_share.errors import InvalidIdentifier, Refusal
from aif_share.identifiers import normalize, raw_kind
from aif_share.identifiers.raw import IN_REFERENCE
from aif_share.vocabulary.platforms import platform_of

MOST_CHARACTERS: Final = 2000
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST_AND_PORT: Final = re.compile(r"[^/:]+\.[^/:]+:[0-9]")
_WEB: Final = re.compile(r"h(?:tt|xx)ps?:", re.IGNORECASE)
_PLATFORM_ID: Final = re.compile(r"(?:douyin|kuaishou|xiaohongshu|bilibili|weibo):", re.IGNORECASE)
_MAILBOX: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What browsers and files would not survive: control characters, and those that turn the reading direction.
_HOSTILE: Final = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A content that a link names; `link` opens it, and holds nothing of the one who shared it."""

    type: str
    canonical: str
    platform: str
    link: str


class LinkRefused(Refusal):
    """The text is no link of public content."""

    def __init__(self, detail: str, code: str = "link-refused") -> None:
        super().__init__(code, detail, field="link")


def read_link(value: Any) -> Link:
    """Return the content that a pasted link names. Raise LinkRefused."""
    if not isinstance(value, str) or not value.strip():
        raise LinkRefused(gettext_noop("A link is missing."))
    text = value.strip()
    if len(text) > MOST_CHARACTERS:
        raise LinkRefused(gettext_noop("A link has at most 2,000 characters."))
    if _HOSTILE.search(text):
        raise LinkRefused(gettext_noop("The link holds characters that cannot be seen; copy it from the address bar."))
    kind, canonical = _canonical(text)
    host = canonical if kind == "domain" else urlsplit(canonical).hostname if canonical.startswith("http") else None
    if host is not None:
        _check_host(host)
    if len(canonical) > MOST_CHARACTERS:
        raise LinkRefused(gettext_noop("A link has at most 2,000 characters."))
    plain = unquote(canonical)
    if raw_kind(plain) in IN_REFERENCE or _MAILBOX.search(plain):
        raise LinkRefused(
            gettext_noop(
                "The link holds a phone or ID number or a mailbox; links are shared in clear, so it is not taken."
            ),
            code="raw-identifier",
        )
    return Link(kind, canonical, platform_of(canonical, host), _opens(text, kind, canonical))


def _canonical(text: str) -> tuple[str, str]:
    if _WEB.match(text) or _PLATFORM_ID.match(text):
        try:
            canonical = normalize("content-url", text)
        except InvalidIdentifier:
            raise LinkRefused(
                gettext_noop("This is no address of public content; paste the whole link alone.")
            ) from None
        return ("url" if canonical.startswith("http") else "content-url"), canonical
    if _SCHEME.match(text) and not _HOST_AND_PORT.match(text):
        raise LinkRefused(gettext_noop("Only links that begin with http:// or https:// are taken."))
    try:
        return "domain", normalize("domain", text)
    except InvalidIdentifier:
        raise LinkRefused(gettext_noop("This is no address of public content; paste the whole link alone.")) from None


def _opens(text: str, kind: str, canonical: str) -> str:
    """Return the address without what an app adds to it: who shared it, a session, a user name before the host.

    All who reported the content are shown one address: it must not tell of the one who came first.
    """
    if kind != "content-url" or not _WEB.match(text):
        return canonical
    number = canonical.partition(":")[2]
    head, _mark, query = normalize("url", text).partition("?")
    if number in head:
        return head[: head.index(number) + len(number)]
    kept = [each for each in query.split("&") if each.partition("=")[2] == number]
    return "?".join([head, *kept[:1]])


def _check_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return
    if not address.is_global:
        raise LinkRefused(gettext_noop("The link leads into a private network; nobody outside can see it."))
