"""The custodian's keys: one for each identifier type and epoch, derived once at start from the epoch's seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from aif_share.errors import Refusal
from aif_share.oprf import encoding
from aif_share.oprf.server import Key, derive_key
from aif_share.oprf.suite import SUITE, key_info


class Keyring:
    """All keys of one custodian. Keeps the keys, not the seeds; shows neither."""

    __slots__ = ("_keys", "epochs", "types")

    def __init__(self, seeds: Mapping[int, bytes], types: Iterable[str]) -> None:
        self.types = frozenset(types)
        self.epochs = tuple(sorted(seeds))
        self._keys = {
            (type, epoch): derive_key(seed, key_info(type, epoch))
            for epoch, seed in sorted(seeds.items())
            for type in sorted(self.types)
        }

    def key(self, type: str, epoch: int) -> Key:
        """The key; raise Refusal `type-unknown` or, without a seed for it, `epoch-retired`."""
        if type not in self.types:
            raise Refusal("type-unknown", "there is no such identifier type")
        self._check_epoch(epoch)
        return self._keys[type, epoch]

    def public(self, epoch: int | None = None) -> dict[str, Any]:
        """Suite and public keys, of one epoch or of all, as `GET /keys` shows them."""
        if epoch is not None:
            self._check_epoch(epoch)
        return {
            "suite": SUITE,
            "keys": [
                {"type": type, "epoch": number, "public_key": encoding.encode(key.public)}
                for (type, number), key in self._keys.items()
                if epoch is None or number == epoch
            ],
        }

    def _check_epoch(self, epoch: int) -> None:
        if epoch not in self.epochs:
            raise Refusal("epoch-retired", "this epoch is not in force; take the current one from the directory")

    def __repr__(self) -> str:
        return f"Keyring(epochs={self.epochs}, types={len(self.types)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys cannot be pickled")
