"""People of a running stack for browser tests: `python -m tests.browser.people`, one JSON order on stdin.

    {"institution": {"name": …, "sector": …}}                      -> {"institution": "I-…", "key": …, "browser_key": …}
    {"person": {"institution": "I-…", "role": …}}                  -> {"username": …, "password": …, "session": …}

Runs with the environment of the stack (config.stack), in the role of its manage.py. The session is one that a login
with both factors would have made, so that a test that is not about logging in need not do it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from config.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


def order(stack: Stack, **order: Any) -> dict[str, Any]:
    """Carry out one order in a process of the stack; return its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.people"],
        input=json.dumps(order),
        env=os.environ | stack.env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def make_institution(*, name: str, sector: str = "bank", **quotas: int) -> dict[str, Any]:
    """Make a live institution with a key of all scopes and one for browsers, known to both custodians."""
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    options = {name: value for name, value in quotas.items()}
    call_command("create_institution", name=name, sector=sector, json=True, browser_key=True, stdout=out, **options)
    made = json.loads(out.getvalue())
    return {"institution": made["institution"], "key": made["api_key"], "browser_key": made["browser_key"]}


def make_person(*, institution: str, role: str, username: str, full_name: str = "") -> dict[str, Any]:
    """Make an account with a second factor, and a session of it."""
    from django.utils import timezone

    from members.models import reference
    from members.operations import users
    from members.operations.factors import enroll_totp
    from members.permissions import Console
    from tests.browsing import Browser
    from tests.factories import PASSWORD

    user = users.create_user(
        username=username,
        role=role,
        institution_id=reference.decode("I", institution),
        full_name=full_name,
        password=PASSWORD,
        by=Console("tests"),
        now=timezone.now(),
    )
    secret = enroll_totp(user=user, by=Console("tests"), now=timezone.now())
    browser = Browser()
    browser.force_login(user)
    session = browser.cookies["aif_session"].value
    return {"username": username, "password": PASSWORD, "secret": secret, "session": session, "person": user.ref}


ORDERS = {"institution": make_institution, "person": make_person}


def main() -> None:
    """Carry out the order and print its answer."""
    import django

    django.setup()
    ((name, values),) = json.load(sys.stdin).items()
    print(json.dumps(ORDERS[name](**values)))


if __name__ == "__main__":
    main()
