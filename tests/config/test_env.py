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


def load_settings(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIF_", "DATABASE", "REDIS"))}
    program = "import config.settings as s; print(s.DATABASES['default']['PASSWORD'], s.SECRET_KEY[:8])"
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
        ("DATABASE_URL", "mysql://root:5ec4e7@db/aif"),
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
