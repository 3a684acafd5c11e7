"""One row of a batch: checked field by field, tokens replaced by stored keys, put in COPY form.

A row that fails leaves its number and a code, never its content. What passes holds vocabulary
codes, numbers and hex digits only, so COPY text needs no escaping; `test_rows.py` proves it.
"""

import hashlib
import hmac
import re
from binascii import a2b_base64
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aif_share.identifiers import instead_of_token, looks_raw, types
from aif_share.oprf.encoding import TOKEN_PATTERN
from aif_share.vocabulary import (
    categories,
    channels,
    consumer_contacted,
    grades,
    indicators,
    levels,
    regions,
    roles,
    tlp,
)
from aif_share.wire.limits import EARLIEST_OBSERVED, MAX_IDENTIFIERS, MAX_OBSERVED_AHEAD

NULL = "\\N"
DEFAULT_TLP = "amber+strict"
FIELD_NAME = re.compile(r"[a-z_]{1,40}")
BASIS = re.compile(r"[a-z0-9-]{1,64}")
CLIENT_REF = re.compile(r"[A-Za-z0-9._:/+=@-]{1,64}")
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
# Cheap, and true of every phone, ID, card, address and host: most references are spared the closer look.
TELLING = re.compile(r"[0-9][0-9-]{6,}[0-9Xx]|[@.]|://")
SHA256_HEX = re.compile(r"[0-9a-fA-F]{64}")
TOKEN = re.compile(TOKEN_PATTERN)
DIGEST_PREFIX = "\\\\x"  # COPY text of a bytea in hex


class RowRefused(Exception):
    """A row that cannot be taken; `code` is all that is kept of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CheckedFields(NamedTuple):
    """The fields of a clue as COPY text in the order of FIELDS, and how many months such a clue is kept."""

    months: str
    text: str


@dataclass(frozen=True)
class RowContext:
    """What the checks need to know: the pepper of each live (type, epoch), and what passed before."""

    peppers: Mapping[tuple[str, int], bytes]
    seen_fields: dict[tuple[str | None, ...], CheckedFields] = field(default_factory=dict)


@dataclass(slots=True)
class CheckedRow:
    """A row as it will be stored: COPY text lines without the row number."""

    client_ref: str
    clue: str
    identifiers: list[str]


def _one_of(known: Mapping[str, Any], code: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise RowRefused(code)
        return value

    return check


def _amount(value: Any) -> str:
    """One form for one amount: what is read back from the database must give the fingerprint of what was sent."""
    if not isinstance(value, str) or AMOUNT.fullmatch(value) is None:
        raise RowRefused("amount-invalid")
    yuan, _, cents = value.partition(".")
    return f"{int(yuan)}.{cents:0<2}"


def _evidence(value: Any) -> str:
    if not isinstance(value, str) or SHA256_HEX.fullmatch(value) is None:
        raise RowRefused("evidence-digest-invalid")
    return DIGEST_PREFIX + value.lower()


def check_client_ref(value: Any) -> str:
    """Return the reference; raise RowRefused: `client-ref-invalid`, `raw-identifier`."""
    if not isinstance(value, str) or CLIENT_REF.fullmatch(value) is None:
        raise RowRefused("client-ref-invalid")
    return _not_raw(value)


def _not_raw(value: str) -> str:
    """Members sometimes put the phone or card itself into a free field; it must not get in by this door."""
    if TELLING.search(value) and looks_raw(value) == "raw-identifier":
        raise RowRefused("raw-identifier")
    return value


def _basis(value: Any) -> str:
    if not isinstance(value, str) or BASIS.fullmatch(value) is None:
        raise RowRefused("basis-invalid")
    return _not_raw(value)


def _observed_at(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
        at = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise RowRefused("observed-at-invalid") from None
    if moment.tzinfo is None or not EARLIEST_OBSERVED <= at <= datetime.now(UTC) + MAX_OBSERVED_AHEAD:
        raise RowRefused("observed-at-invalid")
    return at.isoformat()


def _boolean(value: Any) -> str:
    if not isinstance(value, bool):
        raise RowRefused("crime-indicator-invalid")
    return "t" if value else "f"


def _indicators(value: Any) -> str:
    if not isinstance(value, list) or len(value) > len(indicators.ROWS):
        raise RowRefused("indicator-unknown")
    for code in value:
        if not isinstance(code, str) or code not in indicators.BY_CODE:
            raise RowRefused("indicator-unknown")
    return "{" + ",".join(sorted(set(value))) + "}"


# Column order of the clue line; the second entry checks the value, the third stands for absence.
FIELDS: dict[str, tuple[Callable[[Any], str], str]] = {
    "category": (_one_of(categories.BY_CODE, "category-unknown"), ""),
    "grade": (_one_of(grades.BY_CODE, "grade-unknown"), ""),
    "level": (_one_of(levels.BY_CODE, "level-unknown"), NULL),
    "channel": (_one_of(channels.BY_CODE, "channel-unknown"), NULL),
    "observed_at": (_observed_at, NULL),
    "region": (_one_of(regions.BY_CODE, "region-unknown"), NULL),
    "amount_cny": (_amount, NULL),
    "crime_indicator": (_boolean, "f"),
    "indicators": (_indicators, NULL),
    "consumer_contacted": (_one_of(consumer_contacted.BY_CODE, "consumer-contacted-invalid"), NULL),
    "tlp": (_one_of(tlp.BY_CODE, "tlp-unknown"), DEFAULT_TLP),
    "evidence_sha256": (_evidence, NULL),
    "basis": (_basis, NULL),
}
REQUIRED = ("client_ref", "category", "grade", "identifiers")
ALL_FIELDS = FIELDS.keys() | {"client_ref", "identifiers"}
CATEGORY, GRADE = (list(FIELDS).index(name) for name in ("category", "grade"))
SEEN_AT_MOST = 1_000
PLAIN = {str, type(None)}
IDENTIFIER_FIELDS = frozenset({"type", "epoch", "token", "role"})
IDENTIFIER_REQUIRED = frozenset({"type", "epoch", "token"})
DEFAULT_ROLE = "actor"
ROLE_SCORES = {row.code: "t" if row.scoring else "f" for row in roles.ROWS}
LINK_WEIGHT = {code: str(kind.link) for code, kind in types().items()}
SUSPECTED = "C"
SUSPECTED_MONTHS = 12  # a mere suspicion is not kept longer, whatever the category
MONTHS = {
    (row.code, grade.code): str(min(row.retention_months, SUSPECTED_MONTHS if grade.code == SUSPECTED else 999))
    for row in categories.ROWS
    for grade in grades.ROWS
}


def pepper_of(kind: str, epoch: Any, peppers: Mapping[tuple[str, int], bytes]) -> bytes:
    """Return the pepper of tokens of a known type. Raise RowRefused: `epoch-unknown` for no number, `epoch-retired`."""
    if isinstance(epoch, bool) or not isinstance(epoch, int):
        raise RowRefused("epoch-unknown")
    pepper = peppers.get((kind, epoch))
    if pepper is None:
        raise RowRefused("epoch-retired")
    return pepper


def names_of(unknown: Collection[str]) -> list[str]:
    """Return the first ten unknown fields that look like names: somebody may have put an identifier there."""
    return [name for name in sorted(unknown) if FIELD_NAME.fullmatch(name)][:10]


def stored_key(token: str, pepper: bytes) -> str:
    """Return the stored form of a token: HMAC-SHA256(pepper, token)[:16], as 32 hex digits.

    Raise RowRefused when the text is not a token: `raw-identifier`, `unkeyed-hash` or
    `token-malformed`.
    """
    if not isinstance(token, str) or TOKEN.fullmatch(token) is None:
        raise RowRefused(_token_problem(token))
    # RFC 4648 section 5 to section 4; the pattern allows nothing else.
    standard = token.replace("-", "+").replace("_", "/")
    return hmac.digest(pepper, a2b_base64(standard + "="), "sha256")[:16].hex()


def _token_problem(token: Any) -> str:
    return instead_of_token(token) if isinstance(token, str) else "token-malformed"


def check(clue: Any, context: RowContext) -> CheckedRow:
    """Check one clue of a request body and put it in stored form. Raise RowRefused with a code."""
    if not isinstance(clue, dict):
        raise RowRefused("row-malformed")
    for name in REQUIRED:
        if name not in clue:
            raise RowRefused("field-missing")
    if not clue.keys() <= ALL_FIELDS:
        raise RowRefused("unknown-field")
    fields = check_fields(clue, context)
    client_ref = check_client_ref(clue["client_ref"])
    identifiers = check_identifiers(clue["identifiers"], context)
    fingerprint = fingerprint_of(fields.text, identifiers)
    return CheckedRow(client_ref, f"{client_ref}\t{fingerprint}\t{fields.months}\t{fields.text}", identifiers)


def check_fields(clue: Mapping[str, Any], context: RowContext) -> CheckedFields:
    """Check every field of FIELDS alone and with the others; a missing one is absent. Raise RowRefused.

    Clues of one batch are much alike, so the text of a combination that passed is kept for the batch. Strings only:
    `True == 1` would let a number pass for a boolean that was seen before.
    """
    values = tuple(map(clue.get, FIELDS))
    plain = set(map(type, values)) <= PLAIN
    known = context.seen_fields.get(values) if plain else None
    if known is not None:
        return known
    texts = [rule[1] if value is None else rule[0](value) for value, rule in zip(values, FIELDS.values(), strict=True)]
    category, grade = texts[CATEGORY], texts[GRADE]
    if not category or not grade:
        raise RowRefused("field-missing")
    _check_rights_claim(category, grade, clue.get("indicators"), clue.get("consumer_contacted"))
    made = CheckedFields(MONTHS[category, grade], "\t".join(texts))
    if plain and len(context.seen_fields) < SEEN_AT_MOST:
        context.seen_fields[values] = made
    return made


def _check_rights_claim(category: str, grade: str, signs: Any, contacted: Any) -> None:
    """A complaint alone is never a clue: above grade C it needs a sign of gray industry and the consumer's own word."""
    if any(indicators.BY_CODE[sign].blocks for sign in signs or ()):
        raise RowRefused("indicator-blocks")
    if not categories.BY_CODE[category].rights_claim or grade == SUSPECTED:
        return
    if not signs:
        raise RowRefused("indicator-missing")
    if contacted is None:
        raise RowRefused("consumer-contacted-missing")


def fingerprint_of(fields: str, identifiers: Sequence[str]) -> str:
    """Return what tells one content from another: 32 hex digits over the fields' text and the identifiers' lines."""
    content = fields + "\n" + "\n".join(identifiers)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def check_identifiers(values: Any, context: RowContext) -> list[str]:
    """Check the list of identifiers and return one line of COPY text for each, without row number. Raise RowRefused."""
    if not isinstance(values, list) or not values:
        raise RowRefused("identifiers-missing")
    if len(values) > MAX_IDENTIFIERS:
        raise RowRefused("identifiers-too-many")
    lines: list[str] = []
    seen: set[tuple[str, str]] = set()
    for position, value in enumerate(values):
        if not isinstance(value, dict):
            raise RowRefused("row-malformed")
        names = value.keys()
        if names != IDENTIFIER_REQUIRED and names != IDENTIFIER_FIELDS:
            raise RowRefused("unknown-field" if names >= IDENTIFIER_REQUIRED else "field-missing")
        kind, epoch, role = value["type"], value["epoch"], value.get("role", DEFAULT_ROLE)
        if not isinstance(kind, str) or kind not in LINK_WEIGHT:
            raise RowRefused("type-unknown")
        if not isinstance(role, str) or role not in ROLE_SCORES:
            raise RowRefused("role-unknown")
        stored = stored_key(value["token"], pepper_of(kind, epoch, context.peppers))
        if (kind, stored) in seen:
            raise RowRefused("identifier-repeated")
        seen.add((kind, stored))
        lines.append(f"{position}\t{kind}\t{epoch}\t{stored}\t{role}\t{ROLE_SCORES[role]}\t{LINK_WEIGHT[kind]}")
    return lines
