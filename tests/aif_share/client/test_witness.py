"""A member as witness: it sees growth, and every way in which a log may take back what it signed."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share.audit import merkle
from aif_share.audit.note import Checkpoint, Verifier
from aif_share.audit.verify import verify_log
from aif_share.client.resources.log import LogEntry, LogHead, LogProof
from aif_share.client.witness import Witnessed, WitnessStore, check_receipts, witness
from aif_share.errors import PinError, ProofError
from tests.aif_share.audit.test_merkle import mth, path, subproof

URL = "https://share.example.cn"
RECEIPT_KEY = Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32)
RECEIPTS = Verifier("log.example/receipts", RECEIPT_KEY.public_key().public_bytes_raw())
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))


def event(number: int, *, batch: str = "", digest: str = "") -> str:
    return json.dumps(
        {"detail": {"digest": digest}, "event": f"AE-{number}", "subject": batch, "verb": "batch.receive"}
    )


class Platform:
    """A log that answers as the platform does, and lies where a test tells it to."""

    def __init__(self, *leaves: str, key: Ed25519PrivateKey = KEY) -> None:
        self.leaves, self.key, self.signed = list(leaves), key, len(leaves)

    def hashes(self, size: int) -> list[bytes]:
        return [merkle.leaf_hash(each.encode()) for each in self.leaves[:size]]

    def head(self) -> LogHead:
        verifier = Verifier("log.example", self.key.public_key().public_bytes_raw())
        text = str(Checkpoint(verifier.name, self.signed, mth(self.hashes(self.signed))))
        signature = base64.b64encode(verifier.key_id + self.key.sign(text.encode())).decode()
        return LogHead(
            verifier=str(verifier), receipts=str(RECEIPTS), checkpoint=f"{text}\n— {verifier.name} {signature}\n"
        )

    def consistency(self, *, old: int, size: int) -> LogProof:
        return LogProof(size=size, path=_text(subproof(old, self.hashes(size))))

    def inclusion(self, event: str, *, size: int) -> LogProof:
        seq = next(at for at, leaf in enumerate(self.leaves) if json.loads(leaf)["event"] == event)
        return LogProof(size=size, seq=seq, path=_text(path(seq, self.hashes(size))))

    def entries(self) -> list[LogEntry]:
        return [LogEntry(seq=seq, leaf=leaf) for seq, leaf in enumerate(self.leaves)]

    def witness(self, size: int, root: str) -> None:
        self.seen = (size, root)

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint("log.example", self.signed, mth(self.hashes(self.signed)))


def _text(hashes: list[bytes]) -> tuple[str, ...]:
    return tuple(base64.b64encode(each).decode() for each in hashes)


@pytest.fixture
def store(tmp_path: Path) -> WitnessStore:
    return WitnessStore(tmp_path, "abcd1234")


def look(platform: Platform, store: WitnessStore):
    return witness(platform, url=URL, store=store)  # type: ignore[arg-type]


def test_growth_is_seen_and_kept(store: WitnessStore) -> None:
    platform = Platform(*map(event, range(3)))
    assert look(platform, store).first
    platform.leaves += map(event, range(3, 10))
    platform.signed = 10
    seen = look(platform, store)
    assert (seen.first, seen.before, seen.now.size) == (False, 3, 10)
    assert platform.seen == (10, base64.b64encode(seen.now.root).decode())
    assert look(platform, store).before == 10
    assert store.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "lie",
    [
        lambda log: setattr(log, "signed", 2),  # truncated, and signed again
        lambda log: log.leaves.__setitem__(1, event(99)),  # rewritten at the same size
        lambda log: (log.leaves.__setitem__(1, event(99)), log.leaves.append(event(3)), setattr(log, "signed", 4)),
        lambda log: (log.leaves.pop(0), log.leaves.extend([event(3), event(4)]), setattr(log, "signed", 4)),
    ],
)
def test_what_is_taken_back_is_found_and_the_old_checkpoint_stays(store: WitnessStore, lie) -> None:
    platform = Platform(*map(event, range(3)))
    look(platform, store)
    kept = store.path.read_text()
    lie(platform)
    with pytest.raises(ProofError):
        look(platform, store)
    assert store.path.read_text() == kept


def test_another_key_is_refused(store: WitnessStore) -> None:
    look(Platform(event(1)), store)
    with pytest.raises(PinError):
        look(Platform(event(1), key=OTHER), store)


@pytest.mark.parametrize("text", ["", "[]", '{"https://share.example.cn": {}}', '{"https://share.example.cn": 1}'])
def test_a_file_that_cannot_be_read_is_no_first_use(store: WitnessStore, text: str) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text)
    with pytest.raises(PinError):
        look(Platform(event(1)), store)


def receipt_of(leaf: str, /, *, key: Ed25519PrivateKey = RECEIPT_KEY, **changed: str) -> dict[str, str]:
    """The receipt of an event, signed as it is; then changed."""
    said = json.loads(leaf)
    receipt = {
        "digest": said["detail"]["digest"], "received_at": "2026-11-01T08:00:01Z",
        "event": said["event"], "leaf": merkle.leaf_hash(leaf.encode()).hex(),
    }  # fmt: skip
    text = "\n".join((RECEIPTS.name, receipt["event"], receipt["leaf"], receipt["digest"], receipt["received_at"], ""))
    signature = base64.b64encode(RECEIPTS.key_id + key.sign(text.encode())).decode()
    return receipt | {"signed": f"{text}\n— {RECEIPTS.name} {signature}\n"} | changed


def check(platform: Platform, *receipts: tuple[str, dict[str, str]], signed: Checkpoint | None = None):
    seen = Witnessed(signed or platform.checkpoint, RECEIPTS, 0, True)
    return check_receipts(platform, seen, receipts)  # type: ignore[arg-type]


ONE, TWO = event(1, batch="B-1", digest="aa"), event(2, batch="B-2", digest="bb")


def test_receipts_are_proven_waited_for_or_missed() -> None:
    platform = Platform(event(0), ONE, TWO)
    platform.signed = 2
    gone = event(3, batch="B-3", digest="cc")
    found = check(platform, ("B-1", receipt_of(ONE)), ("B-2", receipt_of(TWO)), ("B-3", receipt_of(gone)))
    assert (found.proven, found.waiting, found.missing) == (("B-1",), ("B-2",), ("B-3",))


def test_receipts_of_before_the_log_are_checked_by_their_digest() -> None:
    assert check(Platform(ONE), ("B-1", {"digest": "aa"})).proven == ("B-1",)
    with pytest.raises(ProofError):
        check(Platform(ONE), ("B-1", {"digest": "ab"}))


@pytest.mark.parametrize(
    "receipt",
    [
        receipt_of(ONE, key=OTHER),
        receipt_of(ONE, digest="ab"),
        receipt_of(ONE, leaf="00" * 32),
        receipt_of(ONE, event="AE-9"),
        receipt_of(event(1, batch="B-1", digest="aa").replace("}}", "} }") + " "),  # another leaf, well signed
    ],
)
def test_a_receipt_that_was_not_given_so_is_refused(receipt: dict[str, str]) -> None:
    with pytest.raises(ProofError):
        check(Platform(event(0), ONE), ("B-1", receipt))


@pytest.mark.parametrize(
    "lie",
    [
        lambda log: log.leaves.__setitem__(1, event(1, batch="B-1", digest="ff")),  # another digest
        lambda log: log.leaves.__setitem__(0, event(9)),  # the path leads elsewhere
        lambda log: log.leaves.__setitem__(1, "no event"),
    ],
)
def test_an_event_that_was_not_signed_proves_nothing(lie) -> None:
    platform = Platform(event(0), ONE)
    head = platform.checkpoint
    lie(platform)
    with pytest.raises(ProofError):
        check(platform, ("B-1", receipt_of(ONE)), signed=head)


def test_a_whole_log_is_what_was_signed() -> None:
    platform = Platform(*map(event, range(7)))
    lines = [leaf.encode() + b"\n" for leaf in platform.leaves]
    platform.signed = 5
    assert verify_log(lines, platform.checkpoint) == 2
    for wrong in (lines[:4], [lines[1], lines[0], *lines[2:]], [b"no event\n", *lines[1:]], [lines[0], *lines[2:]]):
        with pytest.raises(ProofError):
            verify_log(wrong, platform.checkpoint)
