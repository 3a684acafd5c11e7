"""Making and reading a home, and the commands that do it."""

import json
import os
import stat
from pathlib import Path

import pytest

from aif_share.custodian.home import Home, make_home
from aif_share.custodian.keyring import Keyring
from aif_share.errors import Refusal

from .conftest import TOKEN, run_command, start

DIGEST = "cd" * 32


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_fresh_home(tmp_path):
    home = make_home(tmp_path / "home", name="partner", operator_token=TOKEN)
    assert (home.name, home.operator_tokens(), set(home.seeds())) == ("partner", (TOKEN,), {1})
    assert mode(home.path) == 0o700
    assert {mode(path) for path in home.path.iterdir()} == {0o600}
    other = make_home(tmp_path / "other", name="partner")
    assert other.seeds()[1] != home.seeds()[1]
    assert len(other.seeds()[1]) == 32
    assert other.operator_tokens() == ()


def test_a_seed_is_never_overwritten(tmp_path):
    home = make_home(tmp_path / "home", name="partner")
    before = home.seeds()
    with pytest.raises(Refusal) as refused:
        make_home(home.path, name="partner")
    assert refused.value.code == "epoch-taken"
    make_home(home.path, name="partner", epoch=2)
    assert home.seeds()[1] == before[1]
    assert set(home.seeds()) == {1, 2}
    with pytest.raises(Refusal) as refused:
        make_home(home.path, name="platform", epoch=3)
    assert refused.value.code == "name-taken"
    assert set(home.seeds()) == {1, 2}


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "x" * 65, "a/b", "..", "名"])
def test_names(tmp_path, name):
    with pytest.raises(Refusal):
        make_home(tmp_path / "home", name=name)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("file", ["seed-epoch-1", "operator.token"])
def test_a_secret_open_to_others_is_refused(tmp_path, file):
    home = make_home(tmp_path / "home", name="partner", operator_token=TOKEN)
    (home.path / file).chmod(0o640)
    with pytest.raises(Refusal) as refused:
        home.seeds(), home.operator_tokens()
    assert file in refused.value.detail
    done = run_command("serve", "--home", home.path, "--bind", "127.0.0.1:1")
    assert done.returncode == 1
    assert "chmod" in done.stderr


@pytest.mark.parametrize("text", ["", "00" * 31, "zz" * 32, "00" * 33])
def test_a_broken_seed_is_refused_without_showing_it(tmp_path, text):
    home = make_home(tmp_path / "home", name="partner")
    (home.path / "seed-epoch-1").write_text(text)
    with pytest.raises(Refusal) as refused:
        home.seeds()
    assert not text or text not in str(refused.value)


def test_no_home():
    with pytest.raises(Refusal):
        _ = Home(Path("/nonexistent")).name
    done = run_command("serve", "--home", "/nonexistent")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def test_commands(tmp_path):
    home = tmp_path / "home"
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN + "\n")
    made = run_command("init", "--home", home, "--name", "partner", "--operator-token-file", token_file, "--json")
    assert json.loads(made.stdout) == {"custodian": "partner", "home": str(home), "epoch": 1}
    assert Home(home).operator_tokens() == (TOKEN,)
    assert run_command("init", "--home", home, "--name", "partner").returncode == 1

    members = ("members", "--home", home)
    assert run_command(*members, "add", "I-1", "--verifier", DIGEST, "--evaluate-quota", 7).returncode == 0
    second = run_command(*members, "add", "I-1", "--verifier", "ef" * 32, "--expires-at", "2027-01-01T08:00:00+08:00")
    assert second.returncode == 0
    run_command(*members, "suspend", "I-1")
    [listed] = json.loads(run_command(*members, "list", "--json").stdout)
    assert listed == {
        "institution": "I-1",
        "state": "suspended",
        "evaluate_quota": 7,
        "verifiers": [
            {"verifier": DIGEST, "expires_at": None},
            {"verifier": "ef" * 32, "expires_at": "2027-01-01T00:00:00Z"},
        ],
    }
    assert run_command(*members, "revoke", "I-1", "--verifier", DIGEST).returncode == 0
    assert run_command(*members, "revoke", "I-1", "--verifier", DIGEST).returncode == 1
    run_command(*members, "add", "I-1", "--verifier", "ef" * 32)
    assert "I-1  live  7 a day  1 key(s)" in run_command(*members, "list").stdout

    for wrong, code in (
        (("suspend", "I-2"), 1),
        (("add", "../I", "--verifier", DIGEST), 1),
        (("add", "I-2", "--verifier", "ef" * 32), 1),
        (("add", "I-2", "--verifier", "x"), 2),
        (("add", "I-2", "--verifier", DIGEST, "--evaluate-quota", "-1"), 2),
        (("add", "I-2", "--verifier", DIGEST, "--expires-at", "soon"), 1),
    ):
        done = run_command(*members, *wrong)
        assert (done.returncode, done.stdout) == (code, "")
        assert "Traceback" not in done.stderr
    assert len(json.loads(run_command(*members, "list", "--json").stdout)) == 1


def test_members_needs_a_home(tmp_path):
    done = run_command("members", "--home", tmp_path, "list")
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's home")
def test_root_leaves_nothing_that_the_owner_cannot_write(tmp_path):
    import pwd

    nobody = pwd.getpwnam("nobody")
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    home = make_home(tmp_path / "home", name="partner")
    home.give_to(nobody.pw_uid, nobody.pw_gid)
    done = run_command("members", "--home", home.path, "add", "I-1", "--verifier", DIGEST)
    assert done.returncode == 0, done.stderr
    assert home.store.exists()
    assert {path.stat().st_uid for path in home.path.iterdir()} == {nobody.pw_uid}
    run_command("init", "--home", home.path, "--name", "partner", "--epoch", "2")
    assert set(home.seeds()) == {1, 2}
    assert {path.stat().st_uid for path in home.path.iterdir()} == {nobody.pw_uid}


def test_a_seed_may_lie_elsewhere(tmp_path, monkeypatch):
    """Its keys are those of the seed, wherever it lies; whoever starts the custodian says where, not the home."""
    kept = make_home(tmp_path / "kept", name="partner")
    expected = Keyring(kept.seeds(), ["domain"]).public(1)["keys"][0]["public_key"]
    made = run_command("init", "--home", tmp_path / "home", "--name", "partner", "--seed-elsewhere")
    assert made.returncode == 0 and not list((tmp_path / "home").glob("seed*"))
    home = Home(tmp_path / "home")
    with pytest.raises(Refusal, match="there is no seed here"):
        home.seeds()
    (home.path / "seed-epoch-2.command").write_text(f"touch {tmp_path / 'never'}")
    monkeypatch.setenv("AIF_CUSTODIAN_SEED_EPOCH_1_COMMAND", f"cat '{kept.path / 'seed-epoch-1'}'")
    monkeypatch.setenv("AIF_CUSTODIAN_SEED_EPOCH_4_FILE", str(kept.path / "seed-epoch-1"))
    with start(home, tmp_path) as running:
        keys = running.ask("GET", "/keys").json["keys"]
    assert {(row["epoch"], row["public_key"] == expected) for row in keys if row["type"] == "domain"} == {
        (1, True),
        (4, False),  # the same seed gives each epoch keys of its own
    }
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("AIF_CUSTODIAN_SEED_EPOCH_1", "ab" * 32, "the seed of epoch 1 is here and in a variable"),
        ("AIF_CUSTODIAN_SEED_EPOCH_2", "canary", "AIF_CUSTODIAN_SEED_EPOCH_2 does not hold 64 hex digits"),
        ("AIF_CUSTODIAN_SEED_EPOCH_2_COMMAND", "false canary", "AIF_CUSTODIAN_SEED_EPOCH_2_COMMAND: the command ended"),
        ("AIF_CUSTODIAN_SEED_EPOCH_2_FILE", "/nonexistent/canary", "AIF_CUSTODIAN_SEED_EPOCH_2_FILE cannot be read"),
    ],
)
def test_a_seed_elsewhere_that_cannot_be_had_stops_the_start(tmp_path, monkeypatch, variable, value, says):
    home = make_home(tmp_path / "home", name="partner")
    monkeypatch.setenv(variable, value)
    done = run_command("serve", "--home", home.path, "--bind", "127.0.0.1:1")
    assert done.returncode == 1 and says in done.stderr
    assert "canary" not in done.stderr and "Traceback" not in done.stderr


def test_an_operator_token_is_changed_while_both_count(tmp_path):
    """First the custodian takes both, then the platform changes to the new one, then the old one ends."""
    home = make_home(tmp_path / "home", name="partner", operator_token=TOKEN)
    fresh, short = tmp_path / "fresh", tmp_path / "short"
    fresh.write_text("fresh-" + TOKEN + "\n")
    short.write_text("canary\n")
    state = {"version": 1, "state": "live", "evaluate_quota": 1, "verifiers": []}

    def taken():
        with start(home, tmp_path) as running:
            put = ("PUT", "/operator/members/I-1", state)
            return [running.ask(*put, bearer=bearer).status for bearer in (TOKEN, "fresh-" + TOKEN, "x" * 40)]

    change = ("operator-token", "--home", home.path, "--token-file")
    assert run_command(*change, short).returncode == 1 and home.operator_tokens() == (TOKEN,)
    assert run_command(*change, fresh).returncode == 0 and mode(home.path / "operator.token") == 0o600
    assert taken() == [200, 200, 401]
    assert run_command(*change, fresh, "--only").returncode == 0
    assert taken() == [401, 200, 401]
