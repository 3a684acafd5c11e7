"""What must hold after every fault: I1 to I8 of the plan of faults, each a question to database, API or disk.

Each returns what it found wrong, in words that name no token. What is true is reckoned from the ledger of
acknowledgments and the plan of the load, not from the product's own statements.
"""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aif_share.audit.note import Verifier, open_checkpoint
from aif_share.audit.verify import verify_log
from aif_share.errors import ProofError
from tests.faults.load import KIND, Load
from tests.faults.world import World

SHOWN_MOST = 3_000
"""So many matches of a member are read over the API; the rest is compared in the database."""

SAID_MOST = 4

WAITING: Mapping[str, str] = {
    "chunks": "SELECT count(*) FROM batch_chunk WHERE state = 'received' OR (state = 'done' AND released_at IS NULL)",
    "rows set aside": "SELECT count(*) FROM quarantined_row WHERE state = 'waiting' OR state = 'quarantined' AND by_itself = 0",
    "parties": "SELECT count(*) FROM match_party WHERE released_at IS NULL OR released_at > clock_timestamp()",
    "events": "SELECT count(*) FROM event WHERE seq IS NULL OR released_at > clock_timestamp()",
    "leaves": "SELECT count(*) FROM audit_pending",
    "signed": """SELECT (SELECT count(*) FROM audit_leaf) - (SELECT coalesce(max(size), 0) FROM audit_checkpoint)""",
}
"""What is under way, as counts that all come to 0 once nobody submits."""


def wait_quiet(world: World, *, seconds: float = 60.0) -> list[str]:
    """Wait until nothing is under way; return what still is when time is up."""
    limit = time.monotonic() + seconds
    while True:
        with world.database() as cursor:
            left = {}
            for name, statement in WAITING.items():
                cursor.execute(statement)
                left[name] = cursor.fetchone()[0]
        found = [f"{count} {name} still wait" for name, count in left.items() if count]
        if not found or time.monotonic() > limit:
            return found
        time.sleep(0.1)


STORED = """
SELECT b.idempotency_key, b.digest, b.clues, b.state,
    (SELECT count(*) FROM batch_chunk k WHERE k.batch_id = b.id AND k.state <> 'done'),
    (SELECT count(*) FROM clue c WHERE c.batch_id = b.id AND c.institution_id = b.institution_id)
FROM batch b JOIN institution i ON i.id = b.institution_id WHERE i.name = ANY(%s)
"""


def count_lost(load: Load) -> tuple[int, list[str]]:
    """I1: everything acknowledged is stored and came to its end. Return how many acknowledged clues are not."""
    world = load.world
    stored = {row[0]: row[1:] for row in world.select(STORED, [load.names])}
    lost, found = 0, []
    for one in load.ledger.read():
        digest, clues, state, open_chunks, there = stored.get(one.key, ("", 0, "missing", 0, 0))
        if there < one.clues:
            lost += one.clues - there
            found.append(f"{one.batch} is {state} with {there} of {one.clues} acknowledged clues")
        elif (digest, clues) != (one.digest, one.clues) or state != "done" or open_chunks:
            found.append(f"{one.batch} is {state}, with {open_chunks} open chunks, or is another than was acknowledged")
    return lost, found


def _lost(load: Load) -> list[str]:
    return count_lost(load)[1]


PAIRS = """
SELECT m.token, i.name FROM match m JOIN match_party p ON p.match_id = m.id JOIN institution i ON i.id = p.institution_id
WHERE m.type = %s AND i.name = ANY(%s)
"""
TOLD_TWICE = """
SELECT count(*) FROM (SELECT 1 FROM event e JOIN institution i ON i.id = e.institution_id AND i.name = ANY(%s)
    WHERE e.kind = 'match.released' GROUP BY e.institution_id, e.subject_id HAVING count(*) > 1) q
"""


def expected_pairs(load: Load) -> set[tuple[str, str]]:
    """(stored token, name of an institution) for every identifier that two or more have reported and were told so."""
    pepper = bytes.fromhex(load.world.stack.env["AIF_PEPPERS"].split(",")[-1].partition(":")[2])
    reporters: dict[str, set[int]] = {}
    for token, member in load.expected():
        reporters.setdefault(token, set()).add(member)
    found = set()
    for token, members in reporters.items():
        if len(members) > 1:
            stored = hmac.digest(pepper, urlsafe_b64decode(token + "="), "sha256")[:16].hex()
            found |= {(stored, load.names[member]) for member in members}
    return found


def count_pairs(load: Load) -> dict[str, int]:
    """I2: the rows (match, institution) that there are, those that are missing or too many, and who was told twice."""
    rows = [(str(token).replace("-", ""), name) for token, name in load.world.select(PAIRS, [KIND, load.names])]
    there, expected = set(rows), expected_pairs(load)
    (twice,) = load.world.select(TOLD_TWICE, [load.names])[0]
    return {
        "pairs": len(rows),
        "missing": len(expected - there),
        "extra": len(there - expected),
        "doubled": len(rows) - len(there) + twice,
    }


def _pairs(load: Load) -> list[str]:
    counts = count_pairs(load)
    return [f"{counts[name]} pairs are {name}" for name in ("missing", "extra", "doubled") if counts[name]]


def _seen(load: Load) -> list[str]:
    """I3: over the API each institution sees exactly its matches."""
    expected = Counter(name for _token, name in expected_pairs(load))
    found = []
    for sender, name in zip(load.senders, load.names, strict=True):
        seen: list[str] = []
        there = "/matches?limit=500"
        while there and len(seen) < SHOWN_MOST:
            status, page = sender.ask("GET", there)
            if status != 200:
                return [f"matches are answered with {status} {page.get('code')}"]
            seen += [row["match"] for row in page["results"]]
            there = (page["next"] or "").partition("/api/v1")[2]
        right = expected[name] if expected[name] <= SHOWN_MOST else min(len(seen), expected[name])
        if len(seen) != right or len(set(seen)) != len(seen):
            found.append(f"{name} sees {len(seen)} matches, {len(set(seen))} of them different, instead of {right}")
    return found


LOG: Mapping[str, str] = {
    "batches without their one event": """SELECT count(*) FROM batch b WHERE (SELECT count(*) FROM audit_event e
        WHERE e.institution_id = b.institution_id AND e.verb = 'batch.receive' AND e.detail->>'digest' = b.digest) <> 1""",
    "events without a leaf": """SELECT count(*) FROM audit_event e WHERE NOT EXISTS (
        SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)""",
    "leaves without an event": """SELECT count(*) FROM audit_leaf l WHERE NOT EXISTS (
        SELECT 1 FROM audit_event e WHERE e.id = l.event_id)""",
    "gaps between leaves": "SELECT coalesce(max(seq) + 1, 0) - count(*) FROM audit_leaf",
    "checkpoints signed in another order than their size": """SELECT count(*) FROM (
        SELECT at < lag(at) OVER (ORDER BY size) AS back FROM audit_checkpoint) q WHERE back""",
}


def _log(load: Load) -> list[str]:
    """I4: each state change has one event, each event one leaf, and no witness was told anything that was taken back."""
    counts = [(what, load.world.select(statement)[0][0]) for what, statement in LOG.items()]
    told = [] if load.witness is None else load.witness.take_findings()
    return told + [f"{count} {what}" for what, count in counts if count]


def verify_whole_log(world: World) -> list[str]:
    """I4 in full: export the log and check it with the verifier that members have."""
    file = world.folder / "log.ndjson"
    world.stack.manage("export_log", str(file))
    key = Verifier.parse(Path(f"{file}.key").read_text(encoding="utf-8").strip())
    head = open_checkpoint(Path(f"{file}.checkpoint").read_text(encoding="utf-8"), verifier=key)
    try:
        with file.open("rb") as lines:
            verify_log(lines, head)
    except ProofError as why:
        return [f"the log does not verify: {why}"]
    return []


KEYS = """
SELECT count(*) FROM (SELECT 1 FROM batch GROUP BY institution_id, idempotency_key HAVING count(*) > 1) q
"""


def _keys(load: Load) -> list[str]:
    """I5: one batch for each institution and key, and a key that was acknowledged twice names one batch."""
    named: dict[str, set[str]] = {}
    for one in load.ledger.read():
        named.setdefault(one.key, set()).add(one.batch)
    (twice,) = load.world.select(KEYS)[0]
    found = [f"{twice} keys have two batches"] if twice else []
    return found + [f"{key} was acknowledged as several batches" for key, batches in named.items() if len(batches) > 1]


FOUR_EYES: Mapping[str, str] = {
    "cases approved by who proposed them": "SELECT count(*) FROM case_file WHERE approved_by_id = proposed_by_id",
    "packages released by who asked": "SELECT count(*) FROM package WHERE released_by_id = release_asked_by_id",
    "package versions twice": """SELECT count(*) FROM (SELECT 1 FROM package GROUP BY case_id, version
        HAVING count(*) > 1) q""",
}


def _four_eyes(load: Load) -> list[str]:
    """I6: nobody decides what is their own, and a version of a package is there once."""
    counts = [(what, load.world.select(statement)[0][0]) for what, statement in FOUR_EYES.items()]
    return [f"{count} {what}" for what, count in counts if count]


CHARGED = """
SELECT i.name,
    (SELECT coalesce(sum(used), 0) FROM quota_use q WHERE q.institution_id = i.id AND q.kind = 'submit')
        - (SELECT coalesce(sum(clues + rows_refused), 0) FROM batch b WHERE b.institution_id = i.id),
    (SELECT coalesce(sum(used), 0) FROM quota_use q WHERE q.institution_id = i.id AND q.kind = 'screen')
        - (SELECT coalesce(sum(tokens), 0) FROM screening s WHERE s.institution_id = i.id)
FROM institution i WHERE i.name = ANY(%s)
"""


def _charged(load: Load) -> list[str]:
    """I7: what is charged is what was done, to the unit."""
    return [
        f"{name} was charged {submitted} rows and {screened} screenings too many"
        for name, submitted, screened in load.world.select(CHARGED, [load.names])
        if submitted or screened
    ]


def _files(load: Load) -> list[str]:
    """I8: no file is left behind; `verify_vault` opens what there is of evidence."""
    left = [path.name for path in (load.world.stack.data / "tmp").rglob("*") if path.is_file()]
    return [f"{len(left)} temporary files are left"] if left else []


def verify_vault(world: World) -> list[str]:
    """I8 in full: every object of the vault opens and is what its digest says."""
    return [] if ", 0 do not" in world.stack.manage("verify_vault") else ["an object of the vault does not hold"]


INVARIANTS: Mapping[str, Callable[[Load], list[str]]] = {
    "I1": _lost,
    "I2": _pairs,
    "I3": _seen,
    "I4": _log,
    "I5": _keys,
    "I6": _four_eyes,
    "I7": _charged,
    "I8": _files,
}


def check(load: Load, *, seconds: float = 60.0) -> dict[str, list[str]]:
    """Heal, wait until nothing is under way, and check all; return what does not hold, by invariant."""
    load.world.heal()
    if load.witness is not None:  # before all is quiet: that it looked is an event too
        load.witness.insist()
    found: dict[str, Any] = {"quiet": wait_quiet(load.world, seconds=seconds), "answers": load.findings[:]}
    found |= {name: invariant(load) for name, invariant in INVARIANTS.items()}
    return {name: _shorten(wrong) for name, wrong in found.items() if wrong}


def _shorten(wrong: list[str]) -> list[str]:
    return wrong[:SAID_MOST] + ([f"and {len(wrong) - SAID_MOST} more"] if len(wrong) > SAID_MOST else [])


def check_in_full(world: World) -> dict[str, list[str]]:
    """What takes longer, once a run: the whole log by its verifier, every object of the vault."""
    found = {"I4 in full": verify_whole_log(world), "I8 in full": verify_vault(world)}
    return {name: wrong for name, wrong in found.items() if wrong}
