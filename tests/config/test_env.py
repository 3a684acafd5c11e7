"""Settings come from the environment, and say loudly what is missing or unreadable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = dict(
    line.split("=", 1)
    for line in (ROOT / ".ci" / "production.env").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
REQUIRED = sorted(set(PRODUCTION) - {"AIF_PROCESS"})


SHOWN = "import config.settings as s; print(s.DATABASES['default']['PASSWORD'], s.SECRET_KEY[:8])"


def load_settings(variables: dict[str, str], program: str = SHOWN) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIF_", "DATABASE", "REDIS"))}
    return subprocess.run(
        [sys.executable, "-c", program], env=clean | variables, cwd=ROOT, capture_output=True, text=True
    )


def test_the_settings_of_production_load():
    done = load_settings(PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["none", "checked-"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_stops_the_boot_and_names_itself(name: str):
    done = load_settings({key: value for key, value in PRODUCTION.items() if key != name})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr.splitlines()[-1]


def test_placeholders_stand_in_only_when_the_environment_says_test():
    assert load_settings({"AIF_ENV": "test"}).returncode == 0
    assert "is not set" in load_settings({"AIF_ENV": "embedded"}).stderr


def test_a_secret_may_be_a_file(tmp_path: Path):
    files = {}
    for name in ("AIF_SECRET_KEY", "DATABASE_URL", "AIF_PEPPERS"):
        path = tmp_path / name
        path.write_text(PRODUCTION[name] + "\n", encoding="utf-8")
        files[name + "_FILE"] = str(path)
    kept = {key: value for key, value in PRODUCTION.items() if key + "_FILE" not in files}
    assert load_settings(kept | files).stdout == load_settings(PRODUCTION).stdout


def test_a_secret_may_be_said_by_a_command(tmp_path: Path):
    """The way to a vault or a key management service: everything that is read may come so."""
    given = {}
    for name in ("AIF_SECRET_KEY", "DATABASE_URL", "AIF_PEPPERS", "AIF_REFERENCE_KEY"):
        (tmp_path / name).write_text(PRODUCTION[name] + "\n", encoding="utf-8")
        given[name + "_COMMAND"] = f"cat '{tmp_path / name}'"
    kept = {key: value for key, value in PRODUCTION.items() if key + "_COMMAND" not in given}
    assert load_settings(kept | given).stdout == load_settings(PRODUCTION).stdout
    for line, why in (("false 5ec4e7", "ended with status 1"), ("/nonexistent/5ec4e7", "there is no such program")):
        done = load_settings(kept | given | {"AIF_PEPPERS_COMMAND": line})
        assert done.returncode != 0 and f"AIF_PEPPERS_COMMAND: {'the command ' * (why[0] == 'e')}{why}" in done.stderr
        assert "5ec4e7" not in done.stderr


def test_a_key_held_elsewhere_needs_who_is_asked():
    given = PRODUCTION | {"AIF_KEKS": PRODUCTION["AIF_KEKS"] + ",k2:command"}
    assert "AIF_KEK_HOLDER is not set" in load_settings(given).stderr.splitlines()[-1]
    assert load_settings(given | {"AIF_KEK_HOLDER": "/usr/local/bin/kms"}).returncode == 0


def test_a_secret_given_twice_stops_the_boot():
    done = load_settings(PRODUCTION | {"AIF_PEPPERS_FILE": "/nonexistent/secret"})
    assert done.returncode != 0 and "AIF_PEPPERS and AIF_PEPPERS_FILE are set" in done.stderr.splitlines()[-1]


def test_a_secret_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AIF_ENV", "production")
    monkeypatch.setenv("AIF_SECRET_KEY_FILE", "/nonexistent/secret")
    with pytest.raises(env.Misconfigured, match="AIF_SECRET_KEY_FILE cannot be read"):
        env.text("AIF_SECRET_KEY")


@pytest.mark.parametrize("value", ["maybe", "2", "yess", "none"])
def test_a_bad_boolean_is_loud(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("AIF_TRUST_PROXY", value)
    with pytest.raises(env.Misconfigured, match="AIF_TRUST_PROXY must be one of"):
        env.boolean("AIF_TRUST_PROXY", False)


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("On", True), ("TRUE", True), ("0", False), ("no", False)])
def test_booleans(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool):
    monkeypatch.setenv("AIF_TRUST_PROXY", value)
    assert env.boolean("AIF_TRUST_PROXY") is meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIF_REFERENCE_KEY", "secret-that-is-not-hex"),
        ("AIF_REFERENCE_KEY", "5ec4e7" * 3),
        ("AIF_PEPPERS", "p1:5ec4e7"),
        ("AIF_PEPPERS", "5ec4e7" * 8),
        ("AIF_PEPPERS", f"p1:{'5ec4e700' * 8},p1:{'5ec4e701' * 8}"),
        ("AIF_PEPPERS", "p1:command"),
        ("AIF_KEKS", "k1:5ec4e7"),
        ("AIF_KEKS", f"-k:{'5ec4e700' * 8}"),
        ("DATABASE_URL", "mysql://root:5ec4e7@db/aif"),
        ("DATABASE_URL", "postgresql://aif_web:5ec4e7@db/aif?sslmod=verify-full"),
        ("DATABASE_URL", "postgresql://aif_web:5ec4e7@db/aif?sslmode=verified"),
        ("DATABASE_URL", "postgresql://aif_web:5ec4e7@db/aif?sslmode="),
        ("AIF_SECRET_KEY", " "),
        ("AIF_DISCLOSURE_TICK", "5ec4e7s"),
        ("AIF_DISCLOSURE_TICK", "-1"),
        ("AIF_RATE_LIMIT", "5ec4e7/minute"),
        ("AIF_RATE_LIMIT", "0/minute"),
        ("AIF_RATE_LIMIT", "10/5ec4e7"),
        ("AIF_ENV", "5ec4e7"),
    ],
)
def test_an_unreadable_value_is_named_and_never_quoted(name: str, value: str):
    done = load_settings(PRODUCTION | {name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
    assert "5ec4e7" not in done.stderr
    assert "secret-that" not in done.stderr


def test_database_addresses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://aif_web:p%40ss@/aif?host=/tmp/x")
    assert env.database("DATABASE_URL") == {
        "NAME": "aif",
        "USER": "aif_web",
        "PASSWORD": "p@ss",
        "HOST": "/tmp/x",
        "PORT": "",
    }


def test_how_the_database_proves_itself_reaches_the_driver():
    address = PRODUCTION["DATABASE_URL"] + "?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    program = "import config.settings as s; o = s.DATABASES['default']['OPTIONS']; print(o['sslmode'], o['sslrootcert'], 'options' in o)"
    assert load_settings(PRODUCTION | {"DATABASE_URL": address}, program).stdout.split() == [
        "verify-full", "/etc/ca.pem", "True",
    ]  # fmt: skip


def test_an_older_secret_key_still_counts():
    program = "import config.settings as s; print(s.SECRET_KEY, *s.SECRET_KEY_FALLBACKS)"
    for given, means in (("old\nnew\n", "new old"), ("only", "only")):
        assert load_settings(PRODUCTION | {"AIF_SECRET_KEY": given}, program).stdout.strip() == means


def test_keys_of_the_log_stand_side_by_side():
    program = "import config.settings as s; print([len(key) for key in s.AIF_LOG_KEYS])"
    given = PRODUCTION | {"AIF_PROCESS": "sequencer"}
    assert load_settings(given | {"AIF_LOG_KEY": f"{'ab' * 32},{'cd' * 32}"}, program).stdout.strip() == "[32, 32]"
    for bad in (f"{'ab' * 32},{'ab' * 32}", f"{'ab' * 32},cd", ","):
        done = load_settings(given | {"AIF_LOG_KEY": bad}, program)
        assert done.returncode != 0 and "AIF_LOG_KEY" in done.stderr.splitlines()[-1] and "abab" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIF_DISCLOSURE_TICK", "0.000001"),
        ("AIF_DISCLOSURE_TICK", "0.9"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "0.0.0.0/0"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "0.0.0.0/1,128.0.0.0/1"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "10.0.0.0/15"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "10.1.0.0/16,127.0.0.1/32"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "169.254.169.254/32"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "168.63.129.0/24"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "::1/128"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "::ffff:127.0.0.1/128"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "64:ff9b::/96"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "fd00:ec2::254/128"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "fe80::/64"),
        ("AIF_WEBHOOK_ALLOW_CIDRS", "fd00::/8"),
    ],
)
def test_production_takes_no_value_with_which_a_control_holds_nothing(name: str, value: str):
    done = load_settings(PRODUCTION | {name: value})
    assert done.returncode != 0 and name in done.stderr.splitlines()[-1]


def test_production_takes_an_inner_network_and_a_longer_tick():
    given = {"AIF_WEBHOOK_ALLOW_CIDRS": "10.1.0.0/16,fd12:3456:789a::/48,192.0.2.7/32", "AIF_DISCLOSURE_TICK": "1"}
    assert load_settings(PRODUCTION | given).returncode == 0
