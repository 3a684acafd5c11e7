"""No room: for uploads on their way, for evidence, for audit events, for the log that PostgreSQL writes ahead."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2

from aif_share.errors import ServerError
from tests.faults import full_disk
from tests.faults.load import Load
from tests.faults.table import Fault
from tests.prove.evidence_case import open_case

ROWS = 30_000
"""More than is held in memory while a batch arrives."""
FULL_S = 6.0
PATIENCE_S = 60.0
NO_ROOM = (503, 507)
# What PostgreSQL says where it cannot write: the trail is where everything else is, so it alone has none by this.
NO_TRAIL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION no_room();
"""
TRAIL = "DROP TRIGGER no_room ON audit_event; DROP FUNCTION no_room();"
COUNTS = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM clue_change), (SELECT sum(used) FROM quota_use)"


def run(load: Load, times: int) -> dict[str, Any]:
    """Each of the four, `times` times: refused with 503 or 507 while there is no room, taken as soon as there is."""
    if why := full_disk.why_not():
        return {"skipped": why, "holds": False}
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        member, case = open_case(load.world.stack, _folder(Path(folder)))
        for number in range(times):
            figures["uploads"] = _no_room_for_uploads(load, Path(folder), number)
            figures["evidence"] = _no_room_for_evidence(load, member, case)
            figures["trail"] = _no_room_for_the_trail(load)
            figures["write_ahead"] = _no_room_for_postgres(load)
            if not all(each["holds"] for each in figures.values()):
                break
    return figures | {"holds": all(each["holds"] for each in figures.values())}


def _folder(base: Path) -> Path:
    for name in ("lead", "other"):
        (base / name).mkdir()
    return base


def _no_room_for_uploads(load: Load, folder: Path, number: int) -> dict[str, Any]:
    path, sender = folder / "large.ndjson", load.senders[0]
    with path.open("w", encoding="ascii") as file:
        for row in range(ROWS):
            clue = {"client_ref": f"large-{number}-{row}", "category": "telecom-fraud", "grade": "B2"}
            token = hashlib.sha256(f"{load.world.seed}/{number}/{row}".encode()).digest()
            clue["identifiers"] = [{"type": "domain", "epoch": 1, "token": _base64(token)}]  # type: ignore[assignment]
            file.write(json.dumps(clue) + "\n")
    room = load.world.stack.data / "tmp"
    key = f"large-{load.world.seed}-{number}"
    with full_disk.small_disk(room, mib=1):
        full_disk.fill(room)
        refused = sender.upload(path, key=key)
        full_disk.free(room)
    taken = sender.upload(path, key=key)
    said = {"full": refused and refused[0], "after": taken and taken[0]}
    return said | {"holds": said["full"] in NO_ROOM and said["after"] == 202}


def _base64(value: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _no_room_for_evidence(load: Load, member: Any, case: str) -> dict[str, Any]:
    vault = load.world.stack.data / "evidence"
    vault.mkdir(exist_ok=True)
    content = b"What was said on the telephone.\n" * 100_000
    about = {
        "kind": "electronic-data", "title": "full disk", "file_name": "full.txt", "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "collected_at": "2026-01-05T08:00:00Z", "time_source": "person",
        "collected_by": "tests",
    }  # fmt: skip
    evidence, full = member.client.evidence, 0
    upload = evidence.begin(case, about)
    with full_disk.small_disk(vault, mib=1, move=True):
        try:
            # One piece, not `send`, which would go on for minutes until there is room.
            evidence._send_piece(evidence.upload(upload), io.BytesIO(content))
        except ServerError as refused:
            full = refused.status
    evidence.send(upload, io.BytesIO(content))
    after = evidence.finish(upload).sha256 == about["sha256"]
    return {"full": full, "after": after, "holds": full in NO_ROOM and after}


def _no_room_for_the_trail(load: Load) -> dict[str, Any]:
    world, sender = load.world, load.senders[0]
    if not load.ledger.clues:
        load.submit(0)
    _wait(lambda: sender.ask("GET", "/clues?limit=1")[1]["results"])
    clue = sender.ask("GET", "/clues?limit=1")[1]["results"][0]
    before = world.select(COUNTS)
    with world.database() as cursor:
        cursor.execute(NO_TRAIL)
        try:
            no = load.next[0]
            body = load.body(0, no)
            full = [load.ask(0, f"trail-{world.seed}-{no}", body)[0] for _ in range(3)]
            headers = {"If_Match": f'"{clue["version"]}"', "Idempotency_Key": f"trail-{world.seed}"}
            full.append(sender.ask("PATCH", f"/clues/{clue['clue']}", {"amount_cny": "7"}, **headers)[0])
            same = world.select(COUNTS) == before
        finally:
            cursor.execute(TRAIL)
    after = load.submit(0)
    return {"full": full, "same": same, "holds": all(each in NO_ROOM for each in full) and same and after}


def _no_room_for_postgres(load: Load) -> dict[str, Any]:
    """Members go on asking: nobody is told 202 of what is not kept (I1), and nothing needs to be done but to give room."""
    world = load.world
    folder = (world.folder / "pg").resolve() / "pg_wal"
    answered = 0
    world.stop_postgres()
    with full_disk.small_disk(folder, mib=24, move=True):
        world.start_postgres()
        world.heal()
        with load.running(heal=False):
            full_disk.fill(folder)
            ended = _wait(lambda: not _is_there(load))
            if ended:
                answered = load.answers["202"]
                time.sleep(FULL_S)
                answered = load.answers["202"] - answered
            full_disk.free(folder)
            world.start_postgres()
            again = load.answers["202"]
            back = _wait(lambda: load.answers["202"] > again)
        world.stop_postgres()
    world.start_postgres()
    return {"ended": ended, "answered_while_full": answered, "back": back, "holds": ended and back and not answered}


def _is_there(load: Load) -> bool:
    try:
        load.world.select(
            "CREATE TABLE IF NOT EXISTS no_room_yet (n int); INSERT INTO no_room_yet VALUES (1) RETURNING n"
        )
    except psycopg2.Error:
        return False
    return True


def _wait(condition: Any) -> bool:
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.1)
    return False


FAULT = Fault(10, "no room on the disk", run, times=1)
