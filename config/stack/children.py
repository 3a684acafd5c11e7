"""The children of a stack, each with the check that says it answers."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from config.stack import cluster, postgres, valkey
from config.stack.child import Child
from config.stack.folders import DATABASE_USER, StackError, as_root
from config.stack.plan import ROOT, Plan, write_private
from members.row_security.logins import mark


def database(plan: Plan, *, temporary: bool = False) -> Child:
    """PostgreSQL; its data folder is made first. A temporary one need not survive its own end, and may begin as a copy."""
    binaries = postgres.install()
    folder = plan.folders.for_user("pg", DATABASE_USER)
    plan.sockets.mkdir(mode=0o755)
    if as_root():
        shutil.chown(plan.sockets, DATABASE_USER, DATABASE_USER)
    password = plan.secrets[postgres.SUPERUSER]
    prepared = os.environ.get(cluster.PREPARED) if temporary else None
    if prepared:
        cluster.copy(Path(prepared), binaries, folder, password)
    else:
        cluster.initialize(binaries, folder, password, sync=not temporary)
    superuser = postgres.url(plan.sockets, postgres.SUPERUSER, password, "postgres")
    return Child(
        name="postgres",
        command=postgres.command(binaries, folder, plan.sockets),
        env={name: value for name, value in plan.base_env().items() if name in ("PATH", "TZ")},
        log=plan.folders.log / "postgres.log",
        answers=lambda: postgres.answers(superuser),
        run_as=postgres.run_as(DATABASE_USER),
        # "fast" rolls back what runs and shuts down cleanly; "immediate" just ends.
        stop_signal=signal.SIGQUIT if temporary else signal.SIGINT,
        stop_seconds=20,
        before_start=lambda: postgres.kill_leftovers(folder),
    )


def broker(plan: Plan) -> Child:
    """Valkey."""
    folder = plan.folders.data / "valkey"
    folder.mkdir(exist_ok=True)
    return Child(
        name="valkey",
        command=valkey.command(folder, plan.valkey_socket),
        env=plan.base_env(),
        log=plan.folders.log / "valkey.log",
        answers=lambda: valkey.answers(plan.valkey_socket),
        before_start=lambda: plan.valkey_socket.unlink(missing_ok=True),
    )


def custodian(plan: Plan, name: str) -> Child:
    """One custodian under its own user; its home and seed are made first."""
    user = plan.custodian_user(name)
    home = plan.folders.for_user(f"custodian-{name}", user)
    command = [str(Path(sys.executable).parent / "aif-share"), "custodian"]
    if not any(home.glob("seed-epoch-*")):
        token = ["--operator-token-file", str(_token_file(plan))] if name == "platform" else []
        made = subprocess.run(
            [*command, "init", "--home", str(home), "--name", name, *token],
            env=plan.base_env(),
            cwd=str(ROOT),
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise StackError(f"custodian {name} could not be made: {(made.stderr or made.stdout).strip()[-600:]}")
        if as_root():
            subprocess.run(["chown", "-R", f"{user}:{user}", str(home)], check=True)
    serve = ["serve", "--home", str(home), "--bind", f"127.0.0.1:{plan.ports[name]}"]
    for origin in plan.portal_origins():
        serve += ["--portal-origin", origin]
    return Child(
        name=f"custodian-{name}",
        command=[*command, *serve, *(["--user", user] if as_root() else [])],
        env=plan.base_env() | {"TMPDIR": "/tmp"},  # noqa: S108 # nosec B108 - (its user cannot enter AIF_DATA)
        log=plan.folders.log / f"custodian-{name}.log",
        answers=_answers(plan.ports[name]),
        cwd="/",  # its user cannot enter a folder of root's, where this may lie
    )


def _token_file(plan: Plan) -> Path:
    path = plan.folders.run / "operator.token"
    write_private(path, plan.secrets["operator-token"])
    return path


def django_children(plan: Plan) -> list[Child]:
    """Web, desk, worker, beat and the sequencer of the transparency log."""
    celery = plan.python("-m", "celery", "--app", "config.celery")
    worker = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip"]
    worker += ["--without-mingle", "--without-heartbeat", "--hostname", "aif@%h"]
    beat = ["beat", "--loglevel", "WARNING", "--schedule", str(plan.folders.data / "beat-schedule"), "--pidfile", ""]

    sequence = plan.python("manage.py", "sequence_log", "--ready-file", str(plan.log_ready_file))

    def forget_ready() -> None:
        plan.ready_file.unlink(missing_ok=True)

    def forget_log_ready() -> None:
        plan.log_ready_file.unlink(missing_ok=True)

    return [
        _gunicorn(plan, "web", "config.wsgi"),
        _gunicorn(plan, "desk", "config.wsgi_desk"),
        _python(plan, "worker", [*celery, *worker], plan.ready_file.exists, before_start=forget_ready),
        _python(plan, "beat", [*celery, *beat], _at_once),
        _python(plan, "sequencer", sequence, plan.log_ready_file.exists, before_start=forget_log_ready),
    ]


def _at_once() -> bool:
    return True


def _gunicorn(plan: Plan, name: str, module: str) -> Child:
    number = plan.listeners[name].fileno()
    child = _python(
        plan,
        name,
        plan.python("-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", f"fd://{number}", module),
        _answers(plan.ports[name]),
    )
    child.pass_fds = (number,)
    if name == "desk":
        child.env = dict(child.env) | {"WEB_CONCURRENCY": "1"}
    return child


def _python(
    plan: Plan,
    name: str,
    command: list[str],
    answers: Callable[[], bool],
    before_start: Callable[[], None] = lambda: None,
) -> Child:
    return Child(
        name=name,
        command=command,
        env=plan.env(name),
        log=plan.folders.log / f"{name}.log",
        answers=answers,
        cwd=str(ROOT),
        before_start=before_start,
    )


def _answers(port: int) -> Callable[[], bool]:
    def healthy() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return healthy


def prepare_database(plan: Plan) -> None:
    """Mark the database as this kind of stack's, migrate, set the passwords, open the first epoch and publish the directory."""
    if not plan.external_database:
        superuser = postgres.url(plan.sockets, postgres.SUPERUSER, plan.secrets[postgres.SUPERUSER], "postgres")
        postgres.make_database(superuser, postgres.DATABASE)
    with postgres.connected(plan.admin_url) as cursor:
        if not mark(cursor, own=not plan.external_database):
            raise StackError(
                'this database holds members, and no embedded stack made it: see docs/deploy.md, "With an outer database"'
            )
    begun = time.monotonic()
    job = subprocess.run(
        plan.python(
            "-m", "config.stack.bootstrap", "migrate", "install_context_keys", "open_epoch", "publish_directory"
        ),
        env=plan.env("manage") | {"AIF_DB_OWNER": "1", "AIF_CONTEXT_KEYS": plan.secrets["AIF_CONTEXT_KEYS"]},
        cwd=str(ROOT),
        capture_output=True,
        text=True,
    )
    with (plan.folders.log / "bootstrap.log").open("a", encoding="utf-8") as log:
        log.write(f"exit {job.returncode}, {time.monotonic() - begun:.1f} s\n{job.stdout}{job.stderr}")
    if job.returncode:
        said = (job.stdout + job.stderr).strip().splitlines()
        raise StackError("the database could not be prepared:\n" + "\n".join(said[-25:]))
    postgres.set_passwords(plan.admin_url, {login: plan.secrets[login] for login in postgres.LOGINS})
