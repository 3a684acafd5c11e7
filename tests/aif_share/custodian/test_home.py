"""Making and reading a home, and the commands that do it."""

import json
import os
import stat
from pathlib import Path

import pytest

from aif_share.custodian.home import Home, make_home
from aif_share.errors import Refusal

from .conftest import TOKEN, run_command

DIGEST = "cd" * 32


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_fresh_home(tmp_path):
    home = make_home(tmp_path / "home", name="partner", operator_token=TOKEN)
    assert (home.name, home.operator_token(), set(home.seeds())) == ("partner", TOKEN, {1})
    assert mode(home.path) == 0o700
    assert {mode(path) for path in home.path.iterdir()} == {0o600}
    other = make_home(tmp_path / "other", name="partner")
    assert other.seeds()[1] != home.seeds()[1]
    assert len(other.seeds()[1]) == 32
    assert other.operator_token() is None


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
        home.seeds(), home.operator_token()
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
    assert Home(home).operator_token() == TOKEN
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
