"""Normalization in the browser's code says what Python says: on random spellings, of every type, of every number plan."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import phonenumbers
import pytest

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize, types
from tests.frontend.node import NODE
from tests.frontend.spellings import spellings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEED = 20261101
Outcome = tuple[str | None, str | None, str | None]


def in_python(code: str, raw: str) -> Outcome:
    try:
        return normalize(code, raw), None, None
    except InvalidIdentifier as error:
        return None, error.code, error.suggested_type


def in_node(rows: list[tuple[str, str]]) -> list[Outcome]:
    done = subprocess.run(
        [NODE, str(HERE / "normalize.js")], input=json.dumps(rows), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(row) for row in json.loads(done.stdout)]


def run(source: str) -> str:
    """The output of a small module, with the repository as its place."""
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", source], capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_two_thousand_random_spellings_end_the_same() -> None:
    rows = list(spellings(seed=SEED, count=2000))
    wanted = [in_python(code, raw) for code, raw in rows]
    assert {code for code, _ in rows} == set(types())
    assert 400 < sum(canonical is not None for canonical, _, _ in wanted) < 1600
    assert len({suggested for _, _, suggested in wanted}) > 4
    found = in_node(rows)
    assert [(*row, *end) for row, end in zip(rows, found, strict=True)] == [
        (*row, *end) for row, end in zip(rows, wanted, strict=True)
    ]


def test_numbers_of_every_calling_code_end_the_same() -> None:
    rng = random.Random(SEED)
    rows = [
        ("phone", rng.choice(("+", "00")) + f"{code}" + rng.choice(("", "0", "00", "1", "8")) + digits)
        for code in [*phonenumbers.COUNTRY_CODE_TO_REGION_CODE, 86, 86, 999]
        for digits in ("".join(rng.choice("0123456789") for _ in range(length % 14 + 2)) for length in range(42))
    ]
    wanted = [in_python(*row) for row in rows]
    assert sum(end[0] is not None for end in wanted) > len(rows) // 20
    assert in_node(rows) == wanted


def test_every_code_point_folds_the_same() -> None:
    # Of the ranges of ideographs, Hangul and private use, whose members all behave alike, only some.
    alike = ((0x3400, 0x9F00), (0xAC00, 0xD780), (0xD800, 0xF8FF), (0x17000, 0x18C00), (0x20000, 0x110000))
    kept = [
        chr(code)
        for code in range(0x21, 0x110000)
        if not 0xD800 <= code < 0xE000 and (code % 53 == 0 or not any(first <= code < last for first, last in alike))
    ]
    # With an accent behind it: composition; between letters: case by context; two letters: an allowed length.
    rows = [("wechat-channels", f"a{letter}\u0301b\u03a3") for letter in kept[::3]]
    rows += [("certificate-no", f"{letter}1234") for letter in kept[1::3]]
    rows += [("weibo", f"a{letter}") for letter in kept[2::3]]
    for row, found in zip(rows, in_node(rows), strict=True):
        assert found == in_python(*row), [hex(ord(letter)) for letter in row[1]]


def test_the_types_are_the_same() -> None:
    found = json.loads(
        run(
            "import { types } from './config/frontend/identifiers/index.js'; process.stdout.write(JSON.stringify(types))"
        )
    )
    assert found == [{"code": each.code, "personal": each.personal} for each in types().values()]


def test_the_number_plans_are_the_same() -> None:
    """An update of one library alone could give other tokens: update both, and look at what changed."""
    script = """
      import { Metadata } from "libphonenumber-js/core";
      import metadata from "libphonenumber-js/max/metadata";
      const plans = {};
      for (const code of process.argv[1].split(",")) {
        const all = new Metadata(metadata);
        all.selectNumberingPlan(code);
        const plan = all.numberingPlan;
        plans[code] = [plan.nationalNumberPattern(), plan.possibleLengths(), plan.nationalPrefixForParsing() || null,
          plan.nationalPrefixTransformRule() || null];
      }
      process.stdout.write(JSON.stringify([plans, Object.keys(metadata.country_calling_codes).length +
        Object.keys(metadata.nonGeographic).length]));
    """
    codes = list(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script, ",".join(map(str, codes))],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    plans, count = json.loads(done.stdout)
    assert count == len(codes)
    for code in codes:
        region = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code][0]
        plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        assert plan is not None and plan.general_desc is not None
        transform = (plan.national_prefix_transform_rule or "").replace("\\", "$") or None
        assert plans[str(code)] == [
            plan.general_desc.national_number_pattern,
            list(plan.general_desc.possible_length),
            plan.national_prefix_for_parsing,
            transform,
        ], f"+{code}"


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="made by a Python that knows Unicode 14")
def test_the_unassigned_code_points_are_those_of_unicode_14() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "unassigned.py"), "--check"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout
