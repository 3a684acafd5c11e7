"""The oblivious pseudorandom function behind tokens: RFC 9497, ristretto255-SHA512, mode 1 (VOPRF).

A member blinds its identifiers, each custodian multiplies by its own key and proves it, the member checks the
proof and unblinds. Not here: HTTP, quotas, which custodians there are. Names load on first use, so that
`aif_share.oprf.encoding` alone costs no libsodium.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aif_share.oprf.client import Blinded, blind, finalize
    from aif_share.oprf.proof import verify
    from aif_share.oprf.server import Evaluation, Key, derive_key, evaluate
    from aif_share.oprf.suite import SUITE, TOKEN_BYTES, key_info, token_input

_HOME = {
    "Blinded": "client",
    "Evaluation": "server",
    "Key": "server",
    "SUITE": "suite",
    "TOKEN_BYTES": "suite",
    "blind": "client",
    "derive_key": "server",
    "evaluate": "server",
    "finalize": "client",
    "key_info": "suite",
    "token_input": "suite",
    "verify": "proof",
}

__all__ = [
    "SUITE",
    "TOKEN_BYTES",
    "Blinded",
    "Evaluation",
    "Key",
    "blind",
    "derive_key",
    "evaluate",
    "finalize",
    "key_info",
    "token_input",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
