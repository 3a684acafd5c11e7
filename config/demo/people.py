"""Accounts of the demonstration: ``python -m config.demo.people`` in the environment of a stack.

Reads ``{"institutions": {code: reference}}`` from standard input, prints the logins as a JSON list. Passwords are made
anew for every demonstration.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping

import django

MEMBER_ROLES = ("submitter", "analyst", "approver", "member-admin", "auditor")
ALLIANCE = (("operator", "alliance-operator", "联盟经办"), ("approver", "alliance-approver", "联盟复核"))
FULLY_STAFFED = "river-bank"


def list_accounts(institutions: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """(user name, role, full name, institution code or empty): an analyst everywhere, all roles at one member."""
    for username, role, full_name in ALLIANCE:
        yield username, role, full_name, ""
    for code in institutions:
        for role in MEMBER_ROLES if code == FULLY_STAFFED else ("analyst",):
            yield f"{role}.{code}", role, f"{code} {role}", code


def make_accounts(institutions: Mapping[str, str]) -> list[dict[str, str]]:
    """Make every account; return user name, password, role and institution of each."""
    from django.utils import timezone

    from members.models.reference import decode
    from members.operations.users import create_user
    from members.permissions import Console

    logins = []
    for username, role, full_name, code in list_accounts(institutions):
        password = secrets.token_urlsafe(12)
        create_user(
            username=username,
            role=role,
            full_name=full_name,
            institution_id=decode("I", institutions[code]) if code else None,
            password=password,
            by=Console("demo"),
            now=timezone.now(),
        )
        logins.append({"username": username, "password": password, "role": role, "institution": code})
    return logins


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(make_accounts(json.load(sys.stdin)["institutions"])) + "\n")
