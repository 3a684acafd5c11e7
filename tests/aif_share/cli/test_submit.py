"""`aif-share submit` and what follows it, as processes against real custodians."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share import oprf
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey
from tests.aif_share.client import alliance

from .conftest import Run

OPTIONS = ("--type", "domain", "--category", "telecom-fraud", "--grade", "B2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "hosts.txt"
    made.write_text("Bad.example\nworse.example\n")
    return made


def test_json_without_and_with_wait(run: Run, path: Path, key: MemberKey) -> None:
    first = run("submit", str(path), *OPTIONS, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == {
        "batches": ["B-0"],
        "clues": 2,
        **dict.fromkeys(("accepted", "duplicates", "refused", "matched")),
    }
    assert "pinned the alliance's signing key" in first.stderr
    again = run("submit", str(path), *OPTIONS, "--json", "--wait")
    assert json.loads(again.stdout) == {
        "batches": ["B-1"],
        "clues": 2,
        "accepted": 0,
        "duplicates": 2,
        "refused": 0,
        "matched": 0,
    }
    assert again.stderr == "" and key.text not in first.stdout + first.stderr


def test_refused_records_exit_1_and_go_to_a_file_without_values(run: Run, path: Path, tmp_path: Path) -> None:
    path.write_text("Bad.example\n\nzzyzx\n" + "q" * 70_000 + "\n")
    done = run("submit", str(path), *OPTIONS, "--json", "--wait", "--refused", str(tmp_path / "refused.csv"))
    assert done.returncode == 1
    assert (tmp_path / "refused.csv").read_text() == "line,code\n3,identifier-invalid\n4,too-large\n"
    assert json.loads(done.stdout) | {"batches": 0} == {
        "batches": 0,
        "clues": 1,
        "accepted": 1,
        "duplicates": 0,
        "refused": 2,
        "matched": 0,
    }
    assert "line 3: identifier-invalid" in done.stderr and "zzyzx" not in done.stderr and "qqq" not in done.stderr


def test_csv_in_gb18030_with_its_own_columns(run: Run, platform: alliance.Platform, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = "value,type,category,grade,observed_at,value_2,type_2\n１３８ ００１３ ８０００,cn-mobile,telecom-fraud,B2,2026-11-01 08:00,坏.example,domain\n"
    path.write_bytes(rows.encode("gb18030"))
    done = run("submit", str(path), "--timezone", "Asia/Shanghai", "--json", "--wait")
    assert done.returncode == 0, done.stderr
    assert "GB18030" in done.stderr
    (batch,) = platform.batches.values()
    (clue,) = json.loads(batch["body"])["clues"]
    assert clue["observed_at"] == "2026-11-01T00:00:00Z"
    assert clue["identifiers"][0]["token"] == alliance.token_by_hand("cn-mobile", "+8613800138000", platform.chain)


def test_a_time_to_come_is_refused_before_anything_is_sent(
    run: Run, platform: alliance.Platform, chain: list[alliance.CustodianProcess], key: MemberKey, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_text("value,observed_at\nBad.example,2999-01-01T00:00:00Z\n")
    done = run("submit", str(path), *OPTIONS, "--json")
    assert done.returncode == 1 and "line 2: observed-at-invalid" in done.stderr
    assert (platform.posts, chain[0].used(key)) == (0, 0)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"value,colour\na,b\n", "colour"), (b"value\n\xff\xfe\n", "neither UTF-8 nor GB18030")],
)
def test_a_file_that_is_wrong_as_a_whole_sends_nothing(
    run: Run, platform: alliance.Platform, tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    done = run("submit", str(path), *OPTIONS, "--json")
    assert done.returncode == 2 and done.stdout == "" and said in done.stderr
    assert platform.posts == 0


def test_matches_show_the_value_as_first_submitted(run: Run, path: Path, platform: alliance.Platform) -> None:
    run("submit", str(path), *OPTIONS)
    (batch,) = platform.batches.values()
    first = json.loads(batch["body"])["clues"][0]["client_ref"]
    shape: dict[str, Any] = {"type": "domain", "band": "1", "sectors": [], "best_grade": "B2", "categories": []}
    platform.matches = [
        {"match": "M-1", "mine": [{"client_ref": first, "identifier": 0}], **shape},
        {"match": "M-2", "mine": [{"client_ref": "another", "identifier": 0}], **shape},
    ]
    found = json.loads(run("matches", "--json").stdout)
    assert [(match["match"], match["raw"]) for match in found] == [("M-1", "Bad.example"), ("M-2", None)]
    assert {name: found[0][name] for name in platform.matches[0]} == platform.matches[0]
    listed = run("matches")
    assert "knows none" not in listed.stderr
    table = listed.stdout.splitlines()
    assert table[0].split("\t")[-1] == "raw" and table[1].split("\t")[-1] == "Bad.example"
    assert run("matches", "--map", "/nonexistent/map", "--json").returncode == 2


def test_a_map_that_knows_no_value_says_so(run: Run, path: Path, platform: alliance.Platform) -> None:
    run("submit", str(path), *OPTIONS)
    assert "knows none" not in run("matches").stderr
    shape: dict[str, Any] = {"type": "domain", "band": "1", "sectors": [], "best_grade": "B2", "categories": []}
    platform.matches = [{"match": "M-1", "mine": [{"client_ref": "another", "identifier": 0}], **shape}]
    for done in (run("matches"), run("matches", "--json")):
        assert done.returncode == 0 and "The map knows none of these values" in done.stderr
        assert "--map" in done.stderr and "M-1" in done.stdout


def test_a_tampered_proof_exits_6_and_sends_nothing(
    run: Run, path: Path, platform: alliance.Platform, chain: list[alliance.CustodianProcess]
) -> None:
    def flipped(answer: dict[str, Any]) -> dict[str, Any]:
        proof = bytearray(encoding.decode_proof(answer["proof"]))
        proof[3] ^= 4
        return answer | {"proof": encoding.encode(bytes(proof))}

    with alliance.proxy(chain[1].url, flipped) as url:
        platform.urls = {"partner": url}
        done = run("submit", str(path), *OPTIONS, "--json")
    assert (done.returncode, done.stdout) == (6, "") and "custodian partner" in done.stderr
    assert platform.posts == 0


def test_a_foreign_public_key_exits_6(run: Run, path: Path, platform: alliance.Platform) -> None:
    platform.public_keys = {"platform": encoding.encode(oprf.derive_key(bytes(32), b"another").public)}
    done = run("submit", str(path), *OPTIONS)
    assert done.returncode == 6 and "proof-invalid" in done.stderr and platform.posts == 0


def test_another_signing_key_exits_6(run: Run, path: Path, platform: alliance.Platform) -> None:
    assert run("directory", "--json").returncode == 0
    platform.signing = Ed25519PrivateKey.generate()
    done = run("submit", str(path), *OPTIONS)
    assert done.returncode == 6 and "pin-mismatch" in done.stderr and platform.posts == 0
    own = encoding.encode(platform.signing.public_key().public_bytes_raw())
    assert run("directory", "--json", AIF_SHARE_PIN=own).returncode == 0


def test_a_key_nobody_knows_exits_3(run: Run, path: Path) -> None:
    done = run("submit", str(path), *OPTIONS, AIF_SHARE_KEY=MemberKey.new().text)
    assert done.returncode == 3 and "custodian:platform" in done.stderr


def test_a_used_up_quota_exits_4_and_can_be_gone_on_with(
    run: Run, path: Path, chain: list[alliance.CustodianProcess], key: MemberKey
) -> None:
    chain[0].admit(key, 1)
    done = run("submit", str(path), *OPTIONS)
    assert done.returncode == 4 and "quota-exhausted" in done.stderr and "Run the same command again" in done.stderr
    chain[0].admit(key, 100)
    done = run("submit", str(path), *OPTIONS, "--wait", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["accepted"] == 2


def test_nobody_there_exits_5(run: Run, path: Path) -> None:
    done = run("submit", str(path), *OPTIONS, AIF_SHARE_URL=f"http://127.0.0.1:{alliance.free_port()}")
    assert done.returncode == 5 and "no answer from http://127.0.0.1" in done.stderr


def test_tokens_of_stdin(run: Run, platform: alliance.Platform) -> None:
    done = run("tokenize", "domain", "-", "--json", stdin=b"Bad.example\n\nno domain\nbad.example.\n")
    assert done.returncode == 1 and "line 3: identifier-invalid" in done.stderr.splitlines()
    assert "no domain" not in done.stderr
    token = alliance.token_by_hand("domain", "bad.example", platform.chain)
    rows = [{"line": line, "type": "domain", "epoch": 1, "token": token} for line in (1, 4)]
    assert json.loads(done.stdout) == rows


@pytest.mark.parametrize("missing", ["--type", "--category", "--grade"])
def test_bare_values_need_the_options_that_say_the_rest(
    run: Run, path: Path, platform: alliance.Platform, missing: str
) -> None:
    at = OPTIONS.index(missing)
    done = run("submit", str(path), *OPTIONS[:at], *OPTIONS[at + 2 :])
    assert done.returncode == 2 and missing in done.stderr and platform.posts == 0
