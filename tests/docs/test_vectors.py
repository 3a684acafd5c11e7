"""docs/api/vectors.json: what the code says, and what an independent implementation says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto as voprf

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize, types
from aif_share.oprf import encoding

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "api" / "vectors.json"


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return dict(json.loads(DOCUMENT.read_text()))


def test_the_file_is_what_the_code_says() -> None:
    done = subprocess.run([sys.executable, str(ROOT / ".ci" / "vectors.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_there_are_enough_and_every_type_has_some(vectors: dict[str, Any]) -> None:
    assert len(vectors["tokens"]) >= 300
    assert {row["type"] for row in vectors["spellings"]} == set(types())
    assert {row["type"] for row in vectors["tokens"]} == set(types()) == {row["type"] for row in vectors["rejects"]}
    assert len({row["blind"] for row in vectors["tokens"]}) == len(vectors["tokens"])


def test_another_implementation_agrees_at_every_hop(vectors: dict[str, Any]) -> None:
    seeds = {each["name"]: bytes.fromhex(each["seed"]) for each in vectors["custodians"]}
    infos = {
        (each["name"], key["type"]): key["info"].encode() for each in vectors["custodians"] for key in each["keys"]
    }
    for row in vectors["tokens"][::7]:
        sent = row["blinded"]
        for name, hop in zip(seeds, row["evaluated"], strict=True):
            theirs = voprf.Evaluator.from_seed(seeds[name], infos[name, row["type"]])
            answer = theirs.evaluate(voprf.BlindedInput.deserialize(encoding.decode(sent))).serialize()
            assert answer[-32:] == encoding.decode(hop["element"])
            sent = hop["element"]


def test_spellings_are_normalized_or_refused_as_they_say(vectors: dict[str, Any]) -> None:
    taken = [row for row in vectors["spellings"] if row["canonical"] is not None]
    assert 100 < len(taken) < len(vectors["spellings"]) - 100
    for row in taken:
        assert normalize(row["type"], row["raw"]) == row["canonical"]
        assert normalize(row["type"], row["canonical"]) == row["canonical"]
    for row in vectors["spellings"]:
        if row["canonical"] is None:
            with pytest.raises(InvalidIdentifier) as caught:
                normalize(row["type"], row["raw"])
            assert (caught.value.code, caught.value.suggested_type) == (row["code"], row["suggested_type"])


def test_rejects_are_refused(vectors: dict[str, Any]) -> None:
    for row in vectors["rejects"]:
        with pytest.raises(InvalidIdentifier) as caught:
            normalize(row["type"], row["raw"])
        assert (caught.value.code, caught.value.suggested_type) == (row["code"], row["suggested_type"])
