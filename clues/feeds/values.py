"""A value that may go on a feed: of a type that concerns no person, in its canonical form, and nobody's whole house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_noop

from aif_share.errors import InvalidIdentifier, Refusal
from aif_share.identifiers import find_raw, normalize, types
from aif_share.vocabulary import platforms
from clues.content.links import read_link

LINKS: Final = frozenset({"domain", "url", "content-url"})
MOST_CHARACTERS: Final = 2000


@dataclass(frozen=True, slots=True)
class Value:
    """A value in its canonical form; `platform` is empty for what is no link."""

    type: str
    value: str
    platform: str = ""


def read_value(kind: Any, text: Any) -> Value:
    """Return the value. Raise Refusal, which never repeats it: `type-unknown`, `field-invalid`, `link-refused`, `raw-identifier`."""
    known = types().get(kind) if isinstance(kind, str) else None
    if known is None or known.personal:
        raise Refusal(
            "type-unknown",
            gettext_noop("Only types that concern no person are given in clear; all others are shared as tokens."),
            field="type",
        )
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_CHARACTERS:
        raise Refusal("field-invalid", gettext_noop("A value of at most 2,000 characters is needed."), field="value")
    if known.code in LINKS:
        return _link(known.code, text)
    try:
        canonical = normalize(known.code, text)
    except InvalidIdentifier:
        raise Refusal("field-invalid", gettext_noop("This is no value of this type."), field="value") from None
    if known.code in ("sms-signature", "wechat-official-account", "wechat-channels") and find_raw(canonical):
        raise Refusal(
            "raw-identifier", gettext_noop("The value seems to hold a number or address of somebody."), field="value"
        )
    return Value(known.code, canonical)


def _link(kind: str, text: str) -> Value:
    link = read_link(text)
    if link.type != kind and {link.type, kind} != {"url", "content-url"}:
        raise Refusal("field-invalid", gettext_noop("This is no value of this type."), field="value")
    if link.type == "domain" and (link.platform != platforms.OTHER or "." not in link.canonical):
        raise Refusal(
            "link-refused",
            gettext_noop("A whole platform is not put on a feed; give the link of the content."),
            field="value",
        )
    return Value(link.type, link.canonical, link.platform)
