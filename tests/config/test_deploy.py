"""The container files agree with the settings. There is no Docker engine where these tests run: this is what can be held."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import yaml

from clues.doctor import guards
from config import env, roles
from config.stack import postgres
from tests.embedded import TestServer

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "aif-share"]
READ_SOMEWHERE = set(
    re.findall(
        r"\"((?:AIF|DATABASE|REDIS|WEB)_[A-Z_]+)\"",
        "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config").glob("*.py")),
    )
)


def variables(service: str) -> dict[str, str]:
    return SERVICES[service].get("environment", {})


def test_all_processes_are_there():
    assert set(SERVICES) == {
        "postgres",
        "redis",
        "prepare",
        "web",
        "desk",
        "worker",
        "beat",
        "sequencer",
        "custodian",
        "backup",
    }


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_every_service_has_a_health_check_and_comes_back(name: str):
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_is_read(name: str):
    assert {key.removesuffix("_FILE") for key in variables(name)} - READ_SOMEWHERE == set()


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_is_a_file_given_to_this_service_alone(name: str):
    files = {value for key, value in variables(name).items() if key.endswith("_FILE") and "secrets" in value}
    command = str(SERVICES[name].get("command", ""))
    used = {Path(value).name for value in files} | set(re.findall(r"/run/secrets/(\w+)", command))
    assert used == set(SERVICES[name].get("secrets", []))
    assert used <= set(COMPOSE["secrets"])
    inline = [key for key in variables(name) if re.search(r"SECRET|KEY|PEPPER|TOKEN|PASSWORD|DATABASE", key)]
    assert [key for key in inline if not key.endswith("_FILE")] == []


def test_each_process_gets_its_own_login():
    logins = {name: variables(name).get("DATABASE_URL_FILE", "").rpartition("_")[2] for name in OURS}
    assert logins == {
        "prepare": "desk",
        "web": "web",
        "desk": "desk",
        "worker": "match",
        "beat": "match",
        "sequencer": "audit",
        "backup": "desk",
        "custodian": "",
    }
    assert [name for name in SERVICES if "DATABASE_ADMIN_URL_FILE" in variables(name)] == ["prepare", "backup"]
    assert [name for name in OURS if "AIF_CUSTODIAN_OPERATOR_TOKEN_FILE" in variables(name)] == ["worker"]


def test_all_know_the_same_name_of_the_log():
    """By default it is of the public address, and desk has one of its own."""
    names = {variables(name)["AIF_LOG_ORIGIN"] for name in OURS if name != "custodian"}
    assert len(names) == 1 and ":?" in names.pop()


def test_the_database_is_of_the_version_by_which_the_doctor_compares():
    major = re.fullmatch(r"postgres:(\d+)-.*", SERVICES["postgres"]["image"])
    assert major and int(major[1]) == guards.read()[0]
    # The image's own folder has the version in its name since 18.
    assert f"postgres-data:{SERVICES['postgres']['environment']['PGDATA']}" in SERVICES["postgres"]["volumes"]


def test_gunicorn_serves_what_asks_who_it_is_and_nothing_else(monkeypatch: pytest.MonkeyPatch):
    path = str(ROOT / "config" / "gunicorn.py")
    for service in ("web", "desk"):
        monkeypatch.setenv("AIF_WSGI", variables(service)["AIF_WSGI"])
        assert runpy.run_path(path)["wsgi_app"] == variables(service)["AIF_WSGI"]
    for other in ("django.core.wsgi:get_wsgi_application()", "config.wsgi:WSGIHandler()"):
        monkeypatch.setenv("AIF_WSGI", other)
        with pytest.raises(env.Misconfigured) as refused:
            runpy.run_path(path)
        assert "AIF_WSGI" in str(refused.value) and other not in str(refused.value)


def test_who_must_reach_the_outside_can_and_nobody_else_but_the_front():
    """In internal networks alone, no webhook and no mail would ever leave."""
    internal = {name for name, options in COMPOSE["networks"].items() if (options or {}).get("internal")}
    outward = {name for name, service in COMPOSE["services"].items() if set(service["networks"]) - internal}
    assert outward == {"web", "desk", "custodian", "worker"}
    assert "front" not in COMPOSE["services"]["worker"]["networks"], "nothing comes in there"


def test_named_volumes_and_networks_are_declared():
    for service in SERVICES.values():
        sources = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {source for source in sources if not source.startswith("./")} <= set(COMPOSE["volumes"])
        assert all(os.access(ROOT / source, os.X_OK) for source in sources if source.startswith("./"))
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_log_is_archived_where_the_backup_looks_for_it():
    assert "'archive_command=archive-wal %p %f /backups/wal'" in SERVICES["postgres"]["command"]
    assert "archive_mode=on" in SERVICES["postgres"]["command"]
    assert SERVICES["backup"]["command"][3:5] == ["keep", "/backups"]
    for name in ("postgres", "backup"):
        assert "backups:/backups" in SERVICES[name]["volumes"]
    assert not {"keks", "log_key", "context_keys", "package_signer"} & set(SERVICES["backup"]["secrets"])
    assert "evidence:/var/lib/aif-share/evidence:ro" in SERVICES["backup"]["volumes"]


def test_the_custodian_answers_the_portals_own_pages():
    served = SERVICES["custodian"]["command"][-1].partition("serve")[2]
    assert f"--portal-origin {variables('web')['AIF_PUBLIC_URL']}" in served


def test_make_secrets_makes_every_secret_once(tmp_path: Path):
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text(encoding="utf-8"), encoding="utf-8")
    texts = []
    for _ in range(2):
        subprocess.run([sys.executable, str(script)], check=True, capture_output=True)
        folder = tmp_path / "secrets"
        texts.append({path.name: path.read_text(encoding="ascii") for path in folder.iterdir()})
    assert texts[0] == texts[1]
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == set(texts[0])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(set(texts[0].values())) == len(texts[0])


def test_the_services_settings_load_with_the_secrets_made(tmp_path: Path):
    test_make_secrets_makes_every_secret_once(tmp_path)
    for name in ("web", "desk", "worker", "beat", "sequencer", "prepare", "backup"):
        given = {
            key: str(tmp_path / "secrets" / Path(value).name) if "/run/secrets/" in value else value
            for key, value in variables(name).items()
        }
        env = {key: re.sub(r"\$\{\w+:\?[^}]*\}", "https://aif.example", value) for key, value in given.items()}
        env = {key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for key, value in env.items()}
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("AIF_", "DJANGO"))}
        done = subprocess.run(
            [sys.executable, "-c", "import config.settings as s; print(s.DATABASES['default']['USER'])"],
            env=clean | env | {"AIF_DATA": "/var/lib/aif-share"},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (name, done.stderr)


def test_the_image_holds_what_it_copies():
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


@pytest.mark.django_db
def test_roles_get_the_passwords_of_their_addresses(
    database_server: TestServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    host = database_server.plan.sockets
    for name, role in roles.ADDRESSES.items():
        monkeypatch.setenv(name, f"postgresql://{role}:canary-{role}@/{postgres.DATABASE}?host={host}")
    monkeypatch.setenv("DATABASE_ADMIN_URL", database_server.superuser_url("postgres"))
    assert roles.main() == 0
    assert "canary" not in capsys.readouterr().out
    for name in roles.ADDRESSES:
        psycopg2.connect(os.environ[name]).close()
    monkeypatch.setenv("DATABASE_URL_WEB", os.environ["DATABASE_URL_MATCH"])
    assert roles.main() == 2
    said = capsys.readouterr().err
    assert "DATABASE_URL_WEB must log in as aif_web" in said
    assert "canary" not in said


def test_the_next_value_of_a_secret_stands_beside_the_one_there_is(tmp_path: Path):
    test_make_secrets_makes_every_secret_once(tmp_path)
    folder, script = tmp_path / "secrets", tmp_path / "deploy" / "make-secrets"

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, str(script), *words], capture_output=True, text=True)
        assert not any(
            line in done.stdout + done.stderr for text in read().values() for line in text.split() if len(line) > 20
        )
        return done.stdout if done.returncode == 0 else f"refused: {done.stderr}"

    def read() -> dict[str, str]:
        return {path.name: path.read_text(encoding="ascii").strip() for path in folder.iterdir()}

    for name, mark in {
        "secret_key": "\n",
        "seals": ",",
        "peppers": ",",
        "context_keys": ",",
        "keks": ",",
        "log_key": ",",
    }.items():
        before = read()
        assert name in run("--next", name)
        after = read()
        assert {key for key in after if after[key] != before[key]} == {name}
        assert after[name].startswith(before[name] + mark)
        fresh = after[name].removeprefix(before[name] + mark)
        assert fresh.partition(":")[0][-1:] == "2" or ":" not in fresh
        assert "is out" in run("--drop-oldest", name) and read()[name] == fresh
        assert "keeps it" in run("--drop-oldest", name) and read()[name] == fresh
    for name in ("custodian_operator_token", "database_url_web", "package_signer"):
        before = read()
        run("--next", name)
        assert read()[name] != before[name] and len(read()[name]) > 30
        assert "keeps it" in run("--drop-oldest", name)
    assert read()["database_url_web"].startswith("postgresql://aif_web:")
    for name in ("reference_key", "postgres_password", "nothing", "../deploy/make-secrets"):
        before = read()
        assert run("--next", name).startswith("refused:") and read() == before
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
