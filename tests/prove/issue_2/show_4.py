"""The VOPRF is RFC 9497's, byte for byte; bad encodings are refused; a forged proof or key stops the client with exit 6."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"suite": "ristretto255-SHA512", "mode": 1},
        **run_tests("tests/aif_share/oprf", "tests/aif_share/client", "tests/aif_share/cli"),
    }
