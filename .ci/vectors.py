"""Write docs/api/vectors.json, the test vectors for clients in other languages, or with --check compare it.

Everything in it is made by the code of this repository from published test seeds and fixed blinds, so that the file is
the same on every run; the cases of RFC 9497 are copied from the RFC. No key in it protects anything.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from aif_share import oprf  # noqa: E402
from aif_share.errors import InvalidIdentifier  # noqa: E402
from aif_share.identifiers import normalize, types  # noqa: E402
from aif_share.identifiers.base import IdentifierType  # noqa: E402
from aif_share.oprf import encoding  # noqa: E402
from tests.aif_share.oprf import test_rfc9497_vectors as rfc  # noqa: E402
from tests.frontend.spellings import SPELLERS, spellings  # noqa: E402

DOCUMENT = ROOT / "docs" / "api" / "vectors.json"
EPOCH = 1
SPELT = 3  # further spellings of each type that get a token
SPELLINGS = 570  # pairs of type and raw value without one, refused ones too
SEEDS = {name: hashlib.sha256(f"aif-share test seed of {name}".encode()).digest() for name in ("platform", "partner")}
ORDER = 2**252 + 27742317777372353535851937790883648493


def scalar(purpose: str) -> bytes:
    """A fixed scalar of the group, 32 bytes, little-endian: SHA-512 of its purpose, reduced."""
    number = int.from_bytes(hashlib.sha512(f"aif-share test scalar {purpose}".encode()).digest(), "little") % ORDER
    return number.to_bytes(32, "little")


def spelt(kind: IdentifierType) -> Iterator[tuple[str, str]]:
    """Some more spellings of a type's examples, with the canonical form."""
    rng = random.Random(kind.code)  # noqa: S311 - the same each time, and no secret
    seen = set(kind.examples)
    while len(seen) < len(kind.examples) + SPELT:
        raw = rng.choice(SPELLERS)(rng, rng.choice(list(kind.examples)))
        canonical = canonical_or_refusal(kind.code, raw)["canonical"]
        if canonical is not None and raw not in seen:
            seen.add(raw)
            yield raw, canonical


def canonical_or_refusal(code: str, raw: str) -> dict[str, Any]:
    """What becomes of a raw value."""
    try:
        return {"type": code, "raw": raw, "canonical": normalize(code, raw)}
    except InvalidIdentifier as error:
        return {"type": code, "raw": raw, "canonical": None, "code": error.code, "suggested_type": error.suggested_type}


def tokens() -> Iterator[dict[str, Any]]:
    """Every example of every type and some more spellings, through both custodians, with what each step gives."""
    for kind in types().values():
        keys = [oprf.derive_key(seed, oprf.key_info(kind.code, EPOCH)) for seed in SEEDS.values()]
        for raw, canonical in itertools.chain(kind.examples.items(), spelt(kind)):
            place = f"{kind.code}|{canonical}|{raw}"
            blind = scalar(f"blind|{place}")
            source = oprf.token_input(kind.code, canonical)
            (blinded,) = oprf.blind([source], _scalars=[blind])
            elements, hops = [blinded.element], []
            for name, key in zip(SEEDS, keys, strict=True):
                evaluation = oprf.evaluate(key, elements, _nonce=scalar(f"nonce|{name}|{place}"))
                oprf.verify(key.public, elements, evaluation.elements, evaluation.proof)
                elements = evaluation.elements
                hops.append({"element": encoding.encode(elements[0]), "proof": encoding.encode(evaluation.proof)})
            (output,) = oprf.finalize([source], [blind], elements)
            yield {
                "type": kind.code,
                "raw": raw,
                "canonical": canonical,
                "input": source.hex(),
                "blind": encoding.encode(blind),
                "blinded": encoding.encode(blinded.element),
                "evaluated": hops,
                "output": output.hex(),
                "token": encoding.encode(output[: oprf.TOKEN_BYTES]),
            }


def rejects() -> Iterator[dict[str, Any]]:
    """Raw values that are not of their type, with the code of the refusal."""
    for kind in types().values():
        for raw in kind.rejects:
            try:
                normalize(kind.code, raw)
            except InvalidIdentifier as error:
                yield {"type": kind.code, "raw": raw, "code": error.code, "suggested_type": error.suggested_type}


def published() -> dict[str, Any]:
    """RFC 9497 appendix A.1.2, all in hex."""
    names = ("inputs", "blinds", "blinded", "evaluated", "nonce", "proof", "outputs")
    return {
        "source": "RFC 9497, appendix A.1.2 (ristretto255-SHA512, VOPRF mode)",
        "seed": rfc.SEED,
        "key_info": rfc.KEY_INFO,
        "secret": rfc.SECRET,
        "public": rfc.PUBLIC,
        "cases": [{"section": section, **dict(zip(names, case, strict=True))} for section, case in rfc.VECTORS.items()],
    }


def make() -> str:
    """The document, one vector a line."""
    custodians = [
        {
            "name": name,
            "seed": seed.hex(),
            "keys": [
                {
                    "type": code,
                    "epoch": EPOCH,
                    "info": oprf.key_info(code, EPOCH).decode(),
                    "public": encoding.encode(oprf.derive_key(seed, oprf.key_info(code, EPOCH)).public),
                }
                for code in types()
            ],
        }
        for name, seed in SEEDS.items()
    ]
    head = {
        "about": "Test vectors of AIF-Share; docs/api/vectors.md explains them. The seeds are published: no secrets.",
        "suite": oprf.SUITE,
        "mode": 1,
        "epoch": EPOCH,
        "rfc9497": published(),
    }
    parts = [f"{json.dumps(name)}: {json.dumps(value, indent=1)}" for name, value in head.items()]
    others = (canonical_or_refusal(code, raw) for code, raw in spellings(seed=1, count=SPELLINGS))
    sections = {"custodians": custodians, "tokens": tokens(), "rejects": rejects(), "spellings": others}
    for name, rows in sections.items():
        parts.append(f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    """Write, or check."""
    made = make()
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(made, encoding="ascii")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="ascii") == made:
        return 0
    print("docs/api/vectors.json is not what the code says; run .ci/vectors.py if the change is meant.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
