"""`manage.py create_institution` and `create_user`: what they print, refuse and store; on a whole stack, what works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from aif_share import oprf
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey
from config.stack import Stack
from members.models import Credential, Institution, InstitutionGroup, User
from members.queries import authenticate
from tests.factories import acting_as, make_institution

ROOT = Path(__file__).resolve().parents[3]


def run(name: str, *arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.usefixtures("as_desk")
class TestHere:
    """In this process, without custodians."""

    @pytest.fixture(autouse=True)
    def alone(self, settings):
        settings.AIF_EMBEDDED_CUSTODIANS = []

    def test_it_is_live_with_a_key_that_works(self, trail):
        from django.utils import timezone

        made = run("create_institution", "--name", "Aster", "--sector", "bank", "--screen-quota", "3")
        assert set(made) == {"institution", "api_key"}
        key = MemberKey.parse(made["api_key"])
        with acting_as("aif_web"):
            caller = authenticate(key.bearer_for("platform"), ip="", now=timezone.now())
        assert (caller.institution_ref, caller.state, caller.screen_quota) == (made["institution"], "live", 3)
        assert trail() == ["institution.create", "credential.register"]

    def test_with_a_key_for_the_portals_pages(self, trail):
        made = run("create_institution", "--name", "Aster", "--sector", "bank", "--browser-key")
        keys = [MemberKey.parse(made[name]) for name in ("api_key", "browser_key")]
        scopes = [Credential.objects.get(key_id=key.id).scopes for key in keys]
        assert (len(scopes[0]), scopes[1]) == (6, ["evaluate"])
        assert trail() == ["institution.create", "credential.register", "credential.register"]

    def test_where_no_embedded_stack_is_it_only_applies(self, not_embedded, settings, trail):
        settings.AIF_ENV = "embedded"  # whatever the environment of one command says
        made = run("create_institution", "--name", "Aster", "--sector", "bank")
        assert made["api_key"] is None
        assert Institution.objects.get(name="Aster").state == "applied"
        assert Credential.objects.count() == 0
        assert trail() == ["institution.apply"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--name", "Taken", "--sector", "bank"], "already registered"),
            (["--name", "New", "--sector", "circus"], "sector"),
            (["--name", " ", "--sector", "bank"], "name"),
            (["--name", "New", "--sector", "bank", "--evaluate-quota", "-1"], "quota"),
            (["--name", "New", "--sector", "bank", "--submit-quota", "x"], "submit-quota"),
            (["--name", "New"], "--sector"),
        ],
    )
    def test_a_refusal_stores_nothing(self, trail, arguments, message):
        make_institution("Taken")
        before = (Institution.objects.count(), InstitutionGroup.objects.count())
        trail()
        with pytest.raises(CommandError, match=message) as caught:
            run("create_institution", *arguments)
        assert caught.value.returncode == 2 or "Error:" in str(caught.value)
        assert (Institution.objects.count(), InstitutionGroup.objects.count()) == before
        assert trail() == []

    def test_a_custodian_that_is_away_is_named(self, settings, monkeypatch):
        monkeypatch.setattr("members.management.embedded.WAIT_SECONDS", 0.3)
        monkeypatch.setattr("members.management.embedded.wait_until_known.__kwdefaults__", {"seconds": 0.3})
        settings.AIF_EMBEDDED_CUSTODIANS = [{"name": "platform", "url": "http://127.0.0.1:1", "home": "/x", "user": ""}]
        with pytest.raises(CommandError, match=r"I-\w+ is stored, but custodian platform does not know") as caught:
            run("create_institution", "--name", "Aster", "--sector", "bank")
        assert caught.value.returncode == 1

    def test_people_get_a_password_once(self, trail):
        institution = make_institution()
        trail()
        asked = ["--name", "dora", "--role", "analyst", "--institution", institution.ref]
        made = run("create_user", *asked)
        user = User.objects.get(username="dora")
        assert (user.ref, user.institution) == (made["user"], institution)
        assert user.check_password(made["password"])
        assert trail() == ["user.create"]
        for wrong in (
            asked,
            ["--name", "eve", "--role", "analyst"],
            [*asked[:-1], "I-7"],
            [*asked[:-1], "B-" + "A" * 26],
        ):
            with pytest.raises(CommandError) as caught:
                run("create_user", *wrong)
            assert caught.value.returncode == 2
        assert trail() == []


def ask(url: str, key: MemberKey, server: str) -> httpx.Response:
    header = {"Authorization": f"Bearer {key.bearer_for(server)}"}
    return httpx.get(url, headers=header, trust_env=False, timeout=10)


def in_time(check, seconds: float = 5.0) -> float:
    start = time.monotonic()
    while not check():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start


def test_on_a_whole_stack_it_works_everywhere_at_once_and_ends_everywhere(stack: Stack):
    made = json.loads(
        Stack.manage(
            stack, "create_institution", "--name", "Stack Bank", "--sector", "bank", "--evaluate-quota", "77", "--json"
        )
    )
    key = MemberKey.parse(made["api_key"])
    assert ask(f"{stack.url}/api/v1/me", key, "platform").json()["institution"] == made["institution"]
    for name, url in stack.custodian_urls.items():
        answer = ask(f"{url}/me", key, f"custodian:{name}").json()
        assert (answer["institution"], answer["quota"]["evaluate"]["limit"]) == (made["institution"], 77)

    person = json.loads(
        Stack.manage(stack, "create_user", "--name", "olga.stack", "--role", "alliance-operator", "--json")
    )
    with httpx.Client(base_url=stack.desk_url, trust_env=False, timeout=10, follow_redirects=True) as desk:
        desk.get("/admin/login/")
        login = {"username": person["username"], "password": person["password"]}
        post(desk, "/admin/login/?next=/admin/", login)
        code = Stack.manage(stack, "totp", "olga.stack", "--enroll").strip()
        post(desk, "/admin/login/factor/", {"code": code})
        page = desk.get("/admin/members/institution/", params={"q": "Stack Bank"}).text
        (number,) = re.findall(r'href="/admin/members/institution/(\d+)/change/', page)
        post(desk, f"/admin/members/institution/{number}/do/suspend/", {"reason": "drill"})

    answer = ask(f"{stack.url}/api/v1/me", key, "platform")
    assert (answer.status_code, answer.json()["code"]) == (403, "institution-suspended")
    url = stack.custodian_urls["platform"]
    in_time(lambda: ask(f"{url}/me", key, "custodian:platform").status_code == 403)


def test_a_key_for_the_portals_pages_works_at_custodians_alone(stack: Stack):
    made = stack.create_institution("Stack Browser Bank", "bank", browser_key=True)
    key = MemberKey.parse(made["browser_key"])
    for name, url in stack.custodian_urls.items():
        assert ask(f"{url}/me", key, f"custodian:{name}").json()["institution"] == made["institution"]
        header = {"Authorization": f"Bearer {key.bearer_for(f'custodian:{name}')}", "Origin": stack.url}
        [blinded] = oprf.blind([oprf.token_input("domain", "page.example")])
        body = {"type": "domain", "epoch": 1, "elements": [encoding.encode(blinded.element)]}
        answer = httpx.post(f"{url}/evaluate", json=body, headers=header, trust_env=False, timeout=10)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, stack.url)
    for path in ("matches", "credentials", "batches"):
        answer = ask(f"{stack.url}/api/v1/{path}", key, "platform")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def post(desk: httpx.Client, address: str, form: dict[str, str]) -> None:
    token = next(value for name, value in desk.cookies.items() if "csrf" in name)
    answer = desk.post(address, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": str(desk.base_url)})
    assert answer.status_code == 200, answer.text[:500]


def test_it_says_so_when_no_stack_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "create_institution", "--name", "x", "--sector", "bank"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "AIF_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "no stack runs" in done.stderr
