"""Which of the operator's variables reach the processes of `make serve` and `make demo`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.stack.folders import Folders
from config.stack.plan import ROOT, Plan

QUICKSTART = ROOT / "docs" / "api" / "quickstart.md"
CHOICES = {
    "AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
    "AIF_RATE_LIMIT": "500/minute",
    "AIF_QUEUE_MAX_AGE": "60",
    "SSL_CERT_FILE": "/etc/roots.pem",
}


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    for name, value in CHOICES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AIF_SECRET_KEY", "not the caller's to choose")
    made = Plan(Folders(tmp_path))
    yield made
    for listener in made.listeners.values():
        listener.close()
    made.folders.run.rmdir()


@pytest.mark.parametrize("process", ["web", "worker"])
def test_what_the_operator_sets_reaches_the_processes_and_secrets_stay_the_stacks_own(plan: Plan, process: str) -> None:
    env = plan.env(process)
    assert {name: env.get(name) for name in CHOICES} == CHOICES
    assert env["AIF_SECRET_KEY"] == plan.secrets["AIF_SECRET_KEY"]


def test_the_quickstart_starts_its_stack_with_variables_that_reach_it(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = dict(re.findall(r"\b([A-Z_]+)=(\S+) (?=[^`]*make serve)", QUICKSTART.read_text(encoding="utf-8")))
    assert named
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert named.items() <= plan.env("web").items()
