"""Publishing the signed key directory. Web serves the stored bytes and never holds the signing key."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.db import transaction

from aif_share import oprf
from aif_share.client.session import Session
from aif_share.errors import Refusal
from aif_share.identifiers import get_type
from aif_share.oprf import encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, open_signed
from aif_share.wire.keys import custodian_server
from clues.blinding import epochs
from clues.models import KeyDirectory, KeyEpoch
from members import audit
from members.permissions import Actor

_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Custodian:
    """A custodian as the alliance knows it, with its public keys per (type, epoch)."""

    name: str
    url: str
    public_keys: dict[tuple[str, int], str]


def epochs_to_publish() -> list[int]:
    """Return the numbers of the epochs a directory names: those in force, and what is announced.

    Raise Refusal (`pepper-missing`) as `epochs.read_epochs` does.
    """
    epochs.read_epochs()
    return sorted(set(KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED).values_list("epoch", flat=True)))


def read_custodian(*, name: str, url: str, session: Session, epochs: Sequence[int]) -> Custodian:
    """Fetch the public keys of a custodian. Raise Refusal when it is not the one expected."""
    keys: dict[tuple[str, int], str] = {}
    for epoch in epochs:
        answer = session.request("GET", f"{url}/keys?epoch={epoch}", server=custodian_server(name))
        if answer["custodian"] != name:
            raise Refusal("custodian-unexpected", f"Another custodian than {name} answers there.")
        keys |= {(row["type"], row["epoch"]): row["public_key"] for row in answer["keys"]}
    return Custodian(name=name, url=url, public_keys=keys)


def is_published(custodians: Sequence[Custodian]) -> bool:
    """Whether the newest directory names just these custodians and keys for all live epochs."""
    newest = KeyDirectory.objects.order_by("-id").first()
    if newest is None:
        return False
    directory = open_signed(_document(newest), newest.public_key)
    published = {(entry.type, entry.epoch): entry.custodians for entry in directory.entries}
    rows = KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED)
    wanted = {(row.type, row.epoch): _hops(row, custodians) for row in rows}
    return published == wanted


def _hops(row: KeyEpoch, custodians: Sequence[Custodian]) -> tuple[CustodianKey, ...]:
    return tuple(CustodianKey(each.name, each.url, each.public_keys[row.type, row.epoch]) for each in custodians)


def build(*, custodians: Sequence[Custodian], session: Session, now: datetime) -> Directory:
    """Make the directory of all live epochs; each canary walks the whole chain, proofs checked."""
    rows = KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED).order_by("type", "epoch")
    return Directory(issued_at=now, entries=tuple(_entry(row, custodians, session) for row in rows))


def _entry(row: KeyEpoch, custodians: Sequence[Custodian], session: Session) -> DirectoryEntry:
    hops = _hops(row, custodians)
    raw = next(iter(get_type(row.type).examples))
    return DirectoryEntry(
        type=row.type,
        epoch=row.epoch,
        suite=row.suite,
        custodians=hops,
        not_before=row.not_before.astimezone(UTC),
        not_after=row.not_after.astimezone(UTC),
        canary_input=raw,
        canary_token=_canary(row, hops, raw, session),
    )


def _canary(row: KeyEpoch, hops: Sequence[CustodianKey], raw: str, session: Session) -> str:
    text = oprf.token_input(row.type, get_type(row.type).normalize(raw))
    (blinded,) = oprf.blind([text])
    element = blinded.element
    for hop in hops:
        body = {"type": row.type, "epoch": row.epoch, "elements": [encoding.encode(element)]}
        answer = session.request(
            "POST",
            f"{hop.url}/evaluate",
            server=custodian_server(hop.name),
            body=orjson.dumps(body),
        )
        (evaluated,) = (encoding.decode_element(text) for text in answer["elements"])
        oprf.verify(hop.public, [element], [evaluated], encoding.decode(answer["proof"]))
        element = evaluated
    (output,) = oprf.finalize([text], [blinded.blind], [element])
    return encoding.encode(output[:32])


@transaction.atomic
def publish(*, document: dict[str, str], by: Actor, now: datetime) -> int:
    """Store a signed directory for web to serve; return how many entries it has.

    Raise ProofError when the signature does not hold.
    """
    directory = open_signed(document, document["public_key"])
    KeyDirectory.objects.create(published_at=now, **document)
    audit.record("directory.publish", actor=by, detail={"entries": len(directory.entries)})
    return len(directory.entries)


def get_directory() -> dict[str, Any]:
    """Return the newest signed directory. Raise Refusal when none was published yet."""
    newest = KeyDirectory.objects.order_by("-id").first()
    if newest is None:
        raise Refusal("directory-missing", "The alliance has not published its key directory yet.")
    return _document(newest)


def _document(row: KeyDirectory) -> dict[str, Any]:
    return {"signed": row.signed, "public_key": row.public_key, "signature": row.signature}


def custodian_origins() -> list[str]:
    """Return the origins of all custodians of the newest directory, none if there is no directory.

    What is no plain origin is left out: this ends in a header.
    """
    newest = KeyDirectory.objects.order_by("-id").first()
    if newest is None:
        return []
    entries = open_signed(_document(newest), newest.public_key).entries
    found = (_ORIGIN.match(hop.url) for entry in entries for hop in entry.custodians)
    return sorted({match[0].lower() for match in found if match})
