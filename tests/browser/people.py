"""Institutions and people of a running stack for tests: `python -m tests.browser.people`, a JSON order a line on stdin.

    {"institution": {"name": …, "sector": …}}                      -> {"institution": "I-…", "key": …, "browser_key": …}
    {"person": {"institution": "I-…", "role": …}}                  -> {"username": …, "password": …, "session": …}
    {"bulletin": {}}                                               -> {}: the bulletin of this month, for members to read
    {"desk": {"person": "U-…"}}                                    -> {}: something that waits in the desk's queues
    {"decide": {"what": "release", "institution": …}}              -> {}: of its held batch; or "confirm", of its suspension
    {"command": {"arguments": ["open_case", …]}}                   -> {"printed": …}: what manage.py with these arguments prints

Without an institution the person is the alliance's. One process answers all orders of a stack, for most of an order's
time would be its start. Runs with the environment of the stack (config.stack), in the role of its manage.py. The session is one that a login
with both factors would have made, so that a test that is not about logging in need not do it.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from config.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


_serving: dict[str, subprocess.Popen[str]] = {}


def order(stack: Stack, **order: Any) -> dict[str, Any]:
    """Carry out one order in a process of the stack; return its answer."""
    process = _process_of(stack)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline() or '{"error": "the process of the orders ended"}')
    assert "error" not in answer, answer["error"]
    made: dict[str, Any] = answer["made"]
    return made


def _process_of(stack: Stack) -> subprocess.Popen[str]:
    process = _serving.get(str(stack.data))
    if process is None or process.poll() is not None:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.people"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | stack.env,
            cwd=ROOT,
            text=True,
        )
        _serving[str(stack.data)] = process
        atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    with process:
        process.terminate()


def make_institution(*, name: str, sector: str = "bank", browser_key: bool = True, **options: Any) -> dict[str, Any]:
    """Make a live institution with a key of all scopes and, unless told not to, one for browsers, known to both custodians."""
    from django.core.management import call_command

    out = io.StringIO()
    call_command(
        "create_institution", name=name, sector=sector, json=True, browser_key=browser_key, stdout=out, **options
    )
    made = json.loads(out.getvalue())
    return {"institution": made["institution"], "key": made["api_key"], "browser_key": made.get("browser_key", "")}


def make_person(*, role: str, username: str, institution: str = "", full_name: str = "") -> dict[str, Any]:
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
        institution_id=reference.decode("I", institution) if institution else None,
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


def make_desk(*, person: str) -> dict[str, Any]:
    """Let an operator leave something in the desk's queues: applications, a raise of quotas, an institution that leaves."""
    from datetime import timedelta

    from django.utils import timezone

    from members.models import Institution, User, reference
    from members.operations import admission, departure, institutions, quotas
    from tests.factories import PDF, VETTED

    now, by = timezone.now(), User.objects.get(pk=reference.decode("U", person))
    for steps, (name, sector) in enumerate(
        (("海川银行", "bank"), ("远山消费金融", "consumer-finance"), ("长风保险", "insurer"))
    ):
        row = institutions.apply(name=name, sector=sector, by=by, now=now)
        if steps > 0:
            admission.vet(institution_id=row.pk, by=by, now=now, **VETTED)
        if steps > 1:
            admission.upload_agreement(institution_id=row.pk, file_name="agreement.pdf", content=PDF, by=by, now=now)
    first, second = Institution.objects.filter(state="live").order_by("id")[:2]
    quotas.set_quotas(
        institution_id=first.pk, screen_quota=first.screen_quota + 3_000, reason="试点扩大", by=by, now=now
    )
    departure.announce_leaving(
        institution_id=second.pk, day=timezone.localdate() + timedelta(days=30), clues="keep", reason="合并", by=by,
        now=now,
    )  # fmt: skip
    return {}


def make_bulletin() -> dict[str, Any]:
    """Make the bulletin of this month, up to now."""
    from django.utils import timezone

    from clues.statements import making
    from members.permissions import Console

    making.make_bulletin(month=timezone.localdate(), by=Console("tests"), now=timezone.now())
    return {}


def make_decision(*, what: str, institution: str, reason: str) -> dict[str, Any]:
    """Let the alliance decide on an institution, by its name: its held batch (release, reject), its suspension (confirm)."""
    from django.utils import timezone

    from clues.fishing import review
    from clues.models import Batch, ScreeningSuspension
    from clues.submissions import holds
    from members.models import User
    from members.operations import approvals

    now = timezone.now()
    operator, approver = (
        User.objects.filter(role=role).order_by("id")[0] for role in ("alliance-operator", "alliance-approver")
    )
    if what == "confirm":
        row = ScreeningSuspension.objects.get(institution__name=institution, state=ScreeningSuspension.PENDING)
        proposed = review.propose_confirmation(suspension_id=row.pk, days=30, reason=reason, by=operator, now=now)
        approvals.approve(approval_id=proposed.pk, version=proposed.version, by=approver, now=now)
    else:
        decide = {"release": holds.release, "reject": holds.reject}[what]
        batch = Batch.objects.get(institution__name=institution, state=Batch.HELD)
        decide(batch=batch.pk, reason=reason, by=approver, now=now)
    return {}


def run_command(*, arguments: list[str]) -> dict[str, Any]:
    """Run a command of manage.py."""
    from django.core.management import call_command

    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return {"printed": out.getvalue()}


ORDERS = {
    "institution": make_institution, "person": make_person, "bulletin": make_bulletin, "desk": make_desk,
    "decide": make_decision, "command": run_command,
}  # fmt: skip


def main() -> None:
    """Carry out the orders and print an answer a line."""
    import django

    django.setup()
    from django.db import connection

    import config.celery  # noqa: F401  (an order that rings for the worker does so through this application)

    for line in sys.stdin:
        try:
            ((name, values),) = json.loads(line).items()
            answer = {"made": ORDERS[name](**values)}
        except Exception:  # the test that ordered it says what was wrong
            answer = {"error": traceback.format_exc()}
        connection.close()  # the stack may end before the next order
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
