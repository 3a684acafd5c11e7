"""The audit log at speed: business rows with their events until a signed checkpoint covers them, and a million events verified.

Several processes commit on a stack of its own, whose sequencer is the product's; every commit is on disk (fsync). Latency is that
from the beginning of an event's transaction to the checkpoint that covers it, by the database's clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg2

from config.bench.database import check_durable
from config.bench.record import ROOT
from config.stack import Stack
from tests.trust import row_security_cost
from tests.trust.goals import Figure

WRITERS = 3
EVENTS, VERIFIED = 24_000, 1_000_000
VERB = "user.role.set"
WAIT_SECONDS = 60
ORIGIN = "aif.example/log"

# In the place of a process of the platform: a business row and its event in one transaction, over and over.
WRITE = """
import sys, django
django.setup()
from django.db import connection, transaction
from django.utils import timezone
from members import audit
from members.models import OutboxMessage
from members.permissions import Job
by, count = Job("trust"), int(sys.argv[1])
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    with transaction.atomic():
        now = timezone.now()
        row = OutboxMessage.objects.create(
            channel="email", destination="", payload={}, state="done", done_at=now, not_before=now, created_at=now
        )
        audit.record(sys.argv[2], actor=by, subject_ref=f"U-{row.pk}", institution_id=number % 200 + 1, detail={"n": number})
"""
COVERED = """
SELECT extract(epoch FROM h.at - e.at) AS waited, e.at, h.at AS signed_at
FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
CROSS JOIN LATERAL (SELECT at FROM audit_checkpoint c WHERE c.size > l.seq ORDER BY c.size LIMIT 1) h
WHERE e.actor_ref = 'trust'
"""
SUMMARY = f"""
SELECT count(*), percentile_cont(0.99) WITHIN GROUP (ORDER BY waited), max(waited),
    extract(epoch FROM max(signed_at) - min(at)) FROM ({COVERED}) AS each
"""


def run(scale: float) -> dict[str, Figure]:
    """The three figures of the log, and the cost of row security; raise RuntimeError if events are missing from it."""
    logged = measure_rate(max(WRITERS, round(EVENTS * scale))) | measure_verifying(max(1_000, round(VERIFIED * scale)))
    return logged | row_security_cost.measure(scale)


def measure_rate(count: int) -> dict[str, Figure]:
    """Commit `count` events and wait until checkpoints cover all; rate from the first event to the last checkpoint."""
    each = count // WRITERS
    with Stack() as stack:
        check_durable(stack.admin_url)
        command = [sys.executable, "-c", WRITE, str(each), VERB]
        writers = [
            subprocess.Popen(
                command, cwd=ROOT, env=os.environ | stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(WRITERS)
        ]
        for writer in writers:
            assert writer.stdin is not None and writer.stdout is not None
            writer.stdout.readline()
        for writer in writers:
            writer.stdin.write(b"\n")  # type: ignore[union-attr]
            writer.stdin.flush()  # type: ignore[union-attr]
        if any(writer.wait() for writer in writers):
            raise RuntimeError("a writer failed")
        found, p99, longest, seconds = _wait_until_covered(stack.admin_url, each * WRITERS)
    return {
        "audit_events": found,
        "audit_events_per_s": round(found / seconds, 1),
        "audit_checkpoint_p99_s": round(p99, 2),
        "audit_checkpoint_max_s": round(longest, 2),
    }


def _wait_until_covered(url: str, count: int) -> tuple[int, float, float, float]:
    limit = time.monotonic() + WAIT_SECONDS
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        while True:
            cursor.execute(SUMMARY)
            found, p99, longest, seconds = cursor.fetchone()
            if found == count:
                return int(found), float(p99), float(longest), float(seconds)
            if time.monotonic() > limit:
                raise RuntimeError(f"checkpoints cover {found} of {count} events")
            time.sleep(0.2)


def measure_verifying(count: int) -> dict[str, Figure]:
    """Time `aif-share audit verify-file` on a log of `count` events, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        log, verifier = Path(folder) / "log", write_log(Path(folder) / "log", count)
        command = [
            sys.executable, "-m", "aif_share.cli", "audit", "verify-file", str(log),
            "--checkpoint", f"{log}.checkpoint", "--verifier", verifier, "--json",
        ]  # fmt: skip
        clock = time.monotonic()
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        seconds = time.monotonic() - clock
    if json.loads(said.stdout)["size"] != count:
        raise RuntimeError("not all events were verified")
    return {"audit_verified": count, "audit_verify_1m_s": round(seconds * VERIFIED / count, 2)}


def write_log(path: Path, count: int) -> str:
    """Write a log as `manage.py export_log` does, of events that never were; return the line of its key."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("AIF_ENV", "test")
    import django

    django.setup()
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from aif_share.audit.merkle import leaf_hash, root_of
    from members.audit.leaves import content
    from members.audit.notes import Signer
    from members.models import AuditEvent

    begin, second = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1)

    def texts(out: object) -> object:
        for number in range(count):
            event = AuditEvent(
                pk=number + 1, at=begin + number * second, verb="batch.receive", actor_kind="key", actor_ref="k3y5abcd",
                institution_id=number % 200 + 1, subject_ref=f"B-{number}", salt=UUID(int=number),
                detail={"clues": number % 1_000, "digest": f"{number:064x}"},
            )  # fmt: skip
            text = content(event)
            out.write(text + b"\n")  # type: ignore[attr-defined]
            yield leaf_hash(text)

    with path.open("wb") as out:
        size, root = root_of(texts(out))  # type: ignore[arg-type]
    signer = Signer(ORIGIN, Ed25519PrivateKey.generate())
    Path(f"{path}.checkpoint").write_text(signer.sign(size, base64.b64encode(root).decode()), encoding="utf-8")
    return signer.verifier
