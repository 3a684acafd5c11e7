"""Which keys there are, by id: what stands under each, and which may go. Never a value, nor anything that narrows one down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from clues.models import KeyEpoch
from clues.packages.signing import SignerMissing, load_signer
from clues.vault import keys
from members.audit import log_queries
from members.models import sealing
from members.operations import seals

NEWEST: Final = "newest"
MAY_GO: Final = "may go"
MISSING: Final = "MISSING"
NOT_GIVEN: Final = "not given to this process"


@dataclass(frozen=True, slots=True)
class KeyId:
    """One key: the variable, its id, how much stands under it (None: that cannot be counted), and what is to be said of it."""

    secret: str
    id: str
    under: int | None
    says: str


def list_keys() -> Iterator[KeyId]:
    """Yield the keys that this process was given, and those that something stands under and it was not given."""
    epochs = KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED).values_list("pepper_id", "epoch").distinct()
    numbers = [pepper for pepper, _epoch in epochs]
    yield from _ring("AIF_PEPPERS", settings.AIF_PEPPERS, {each: numbers.count(each) for each in numbers})
    yield from _ring("AIF_KEKS", settings.AIF_KEKS, keys.count_by_kek())
    sealed = seals.count_by_key()
    before = sealed.pop(sealing.REFERENCE_KEY, 0)
    yield from _ring("AIF_SEALS", settings.AIF_SEALS, sealed)
    yield KeyId(
        "AIF_REFERENCE_KEY", "", before, "run rotate_seals" if before and settings.AIF_SEALS else "is never changed"
    )
    for each, _key in _last_marked(settings.AIF_CONTEXT_KEYS):
        yield KeyId("AIF_CONTEXT_KEYS", each, None, _key or "may go once web runs on the newest")
    for line, says in _last_marked(log_queries.list_key_ids()):
        yield KeyId("AIF_LOG_KEY", line, None, says or "may go once members looked")
    if settings.AIF_PACKAGE_SIGNER:
        try:
            signer = load_signer(now=timezone.now())
        except SignerMissing:
            yield KeyId("AIF_PACKAGE_SIGNER", "", None, "cannot be used")
        else:
            ends = signer.certificate.not_valid_after_utc
            yield KeyId("AIF_PACKAGE_SIGNER", signer.fingerprint, None, f"ends on {ends:%Y-%m-%d}")


def _ring(secret: str, given: Mapping[str, Any], under: Mapping[str, int]) -> Iterator[KeyId]:
    for ident, says in _last_marked(given):
        count = under.get(ident, 0)
        yield KeyId(secret, ident, count, says or ("stays" if count else MAY_GO))
    for ident in sorted(under.keys() - given.keys()):
        yield KeyId(secret, ident, under[ident], MISSING if given else NOT_GIVEN)


def _last_marked(idents: Iterable[str]) -> list[tuple[str, str]]:
    listed = list(idents)
    return [(ident, NEWEST if at == len(listed) else "") for at, ident in enumerate(listed, 1)]
