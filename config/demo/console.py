"""The alliance's console: ``python -m config.demo.console`` in the environment of a stack, one start for all of it.

Reads ``{"quotas": {…}}`` from standard input, runs ``create_institution`` for each institution, makes the accounts,
signs the demonstration's lawful-use matrix and prints ``{"members": {code: {"institution": …, "api_key": …,
"browser_key": …}}, "logins": [...]}``. Passwords are made anew for every demonstration.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import django

from config.demo.alliance import INSTITUTIONS
from config.demo.matrix import sign_demo_matrix

MEMBER_ROLES = {
    "submitter": "提交员", "analyst": "分析员", "approver": "审批员", "member-admin": "管理员", "auditor": "审计员"
}  # fmt: skip
ALLIANCE = (("operator", "alliance-operator", "联盟经办"), ("approver", "alliance-approver", "联盟复核"))
FULLY_STAFFED = "river-bank"
SECOND_PEOPLE = ("river-finance", "lamp-lending", "pine-insurance")  # who approve their parts of a case


def create_members(quotas: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Create every institution with its keys; return code -> what the command printed."""
    from django.core.management import call_command

    members = {}
    for institution in INSTITUTIONS:
        printed = io.StringIO()
        command = ["create_institution", "--name", institution.name, "--sector", institution.sector]
        command += ["--group", institution.group, "--browser-key", "--json"]
        for name, value in quotas.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        call_command(*command, stdout=printed)
        members[institution.code] = json.loads(printed.getvalue())
    return members


def list_accounts() -> Iterator[tuple[str, str, str, str]]:
    """(user name, role, full name, institution code or empty): an analyst everywhere, all roles at one member.

    Members that write a part of a case have an approver too.
    """
    for username, role, full_name in ALLIANCE:
        yield username, role, full_name, ""
    for institution in INSTITUTIONS:
        roles = ("analyst", "approver") if institution.code in SECOND_PEOPLE else ("analyst",)
        for role in MEMBER_ROLES if institution.code == FULLY_STAFFED else roles:
            yield f"{role}.{institution.code}", role, f"{institution.name}{MEMBER_ROLES[role]}", institution.code


def make_accounts(references: Mapping[str, str]) -> list[dict[str, str]]:
    """Make every account; return user name, password, role and institution of each, and the address that an
    authenticator app reads."""
    from django.utils import timezone

    from members.models.reference import decode
    from members.operations.factors import enroll_totp
    from members.operations.users import create_user
    from members.permissions import Console

    logins = []
    for username, role, full_name, code in list_accounts():
        password = secrets.token_urlsafe(12)
        user = create_user(
            username=username,
            role=role,
            full_name=full_name,
            institution_id=decode("I", references[code]) if code else None,
            password=password,
            by=Console("demo"),
            now=timezone.now(),
        )
        secret = enroll_totp(user=user, by=Console("demo"), now=timezone.now())
        address = f"otpauth://totp/AIF-Share:{username}?secret={secret}&issuer=AIF-Share"
        logins.append(
            {"username": username, "password": password, "role": role, "institution": code, "otpauth": address}
        )
    return logins


def run(question: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the question of the module's docstring."""
    members = create_members(question["quotas"])
    logins = make_accounts({code: made["institution"] for code, made in members.items()})
    sign_demo_matrix(proposer=ALLIANCE[0][0], signer=ALLIANCE[1][0])
    return {"members": members, "logins": logins}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import config.celery  # noqa: F401  (create_institution rings for the worker through this application)

    django.setup()
    sys.stdout.write(json.dumps(run(json.load(sys.stdin))) + "\n")
