"""The state of a member at a real custodian process: admitted, suspended, rotated, and late messages."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from aif_share.wire.keys import MemberKey
from members.delivery import outbox
from members.delivery.channels import custodian
from members.delivery.failure import DeliveryFailed
from members.models import Credential, OutboxMessage
from members.operations import credentials, institutions
from tests.factories import CONSOLE, acting_as, make_institution, make_key, make_user

ROOT = Path(__file__).resolve().parents[3]
TOKEN = secrets.token_urlsafe(32)


def cli(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "aif_share.cli", "custodian", *arguments]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    home = tmp_path_factory.mktemp("custodian") / "home"
    token = home.parent / "token"
    token.write_text(TOKEN)
    made = subprocess.run(
        cli("init", "--home", str(home), "--name", "platform", "--operator-token-file", str(token)),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = cli("serve", "--home", str(home), "--bind", f"127.0.0.1:{port}", "--workers", "1")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{address}/healthz", trust_env=False, timeout=2).is_success:
                    break
            except httpx.HTTPError:
                pass
            assert process.poll() is None and time.monotonic() < deadline, "the custodian did not start"
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def told(db, settings, url):
    """`told()` delivers what waits, as the worker does."""
    settings.AIF_CUSTODIAN_URL = url
    settings.AIF_CUSTODIAN_OPERATOR_TOKEN = TOKEN

    def deliver() -> None:
        with acting_as("aif_match"):
            outbox.deliver_pending()
            assert not OutboxMessage.objects.exclude(state="done").exists()

    return deliver


def ask(url: str, key: MemberKey) -> httpx.Response:
    bearer = key.bearer_for("custodian:platform")
    return httpx.get(f"{url}/me", headers={"Authorization": f"Bearer {bearer}"}, trust_env=False, timeout=5)


def test_a_member_lives_and_is_suspended_there(told, url):
    institution = make_institution(evaluate_quota=123)
    key = make_key(institution)
    assert ask(url, key).status_code == 401
    told()
    answer = ask(url, key)
    assert answer.status_code == 200
    assert answer.json()["institution"] == institution.ref
    assert answer.json()["quota"]["evaluate"]["limit"] == 123

    operator = make_user("alliance-operator")
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=institution.pk, reason="x", by=operator, now=timezone.now())
    told()
    answer = ask(url, key)
    assert (answer.status_code, answer.json()["code"]) == (403, "institution-suspended")


def test_a_revoked_key_ends_there_too(told, url):
    institution = make_institution()
    first, second = make_key(institution), make_key(institution)
    told()
    assert [ask(url, key).status_code for key in (first, second)] == [200, 200]
    row = Credential.objects.get(key_id=first.id)
    with acting_as("aif_desk"):
        credentials.revoke(credential_id=row.pk, reason="x", by=CONSOLE, now=timezone.now())
    told()
    assert [ask(url, key).status_code for key in (first, second)] == [401, 200]


def test_a_late_message_changes_nothing(told, url):
    institution = make_institution()
    key = make_key(institution)
    with acting_as("aif_match"):
        early = OutboxMessage.objects.filter(institution_id=institution.pk).earliest("id").payload
    assert early["verifiers"] == []
    told()
    custodian.deliver("platform", early)
    assert ask(url, key).status_code == 200


def test_failures_say_why_and_nothing_else(told, settings, url):
    settings.AIF_CUSTODIAN_OPERATOR_TOKEN = "w" * 43
    with pytest.raises(DeliveryFailed, match=r"^status 401$"):
        custodian.deliver("platform", {"ref": "I-X", "version": 1})
    settings.AIF_CUSTODIAN_URL = "http://127.0.0.1:1"
    with pytest.raises(DeliveryFailed, match=r"^ConnectError$"):
        custodian.deliver("platform", {"ref": "I-X", "version": 1})
    settings.AIF_CUSTODIAN_URL = ""
    with pytest.raises(DeliveryFailed, match="AIF_CUSTODIAN_URL"):
        custodian.deliver("platform", {"ref": "I-X", "version": 1})
