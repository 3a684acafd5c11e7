"""Every duty of the worker beside members who submit, edit, dispute and answer: nobody fails, and the truth stays one."""

from __future__ import annotations

import random
import threading
import time
import traceback
from typing import Any

from django.db import OperationalError, connection, connections
from django.utils import timezone

from aif_share.errors import Refusal
from clues.disputes import answers, apply, decisions, opening
from clues.feedback import giving, quality
from clues.matching import changes, oracle, release, rescore
from clues.matching.queries import list_matches
from clues.matching.run import match_pending
from clues.models import DisputedClue, NoiseEntry
from clues.noise import decide as noise_decide
from clues.noise import propose as noise_propose
from clues.retention import delete
from clues.rings import build
from clues.submissions import clues as own_clues
from clues.submissions import edits
from clues.submissions.tokens import read_tokens
from clues.watches import change as watch_change
from clues.watches import create as watch_create
from members.models import reference
from tests.clues.alliance import allow, clue, join, open_epoch, submit, token
from tests.clues.matching.test_recount_beside_matching import WRONG_HUB, WRONG_WORD
from tests.factories import make_user

WRONG = {
    "hub": WRONG_HUB,
    "word": WRONG_WORD,
    "lonely": """SELECT count(*) FROM (
        SELECT match_id FROM match_party GROUP BY 1 HAVING count(DISTINCT group_id) < 2) q""",
    "counted": """SELECT count(*) FROM sighting s JOIN clue c ON c.id = s.clue_id WHERE s.counted <> (
        s.role NOT IN ('victim', 'represented-consumer', 'recognized-representative') AND c.state = 'active'
        AND NOT EXISTS (SELECT 1 FROM noise_entry e WHERE e.type = s.type AND e.epoch = s.epoch
            AND e.token = s.token AND e.state = 'in-force' AND e.mode = 'block'))""",
    "orphans": "SELECT count(*) FROM sighting s WHERE NOT EXISTS (SELECT 1 FROM clue c WHERE c.id = s.clue_id)",
    "edges": """SELECT count(*) FROM ring_edge e WHERE NOT EXISTS (SELECT 1 FROM sighting s
        WHERE s.clue_id = e.clue_id AND s.type = e.type AND s.token = e.token AND s.counted)""",
    "order": """SELECT count(*) FROM (SELECT released_at < lag(released_at) OVER (ORDER BY seq) AS back
        FROM event WHERE seq IS NOT NULL) q WHERE back""",
    "stuck": """SELECT count(*) FROM clue c WHERE state = 'disputed' AND NOT EXISTS (SELECT 1 FROM disputed_clue d
        WHERE d.clue_id = c.id AND (d.state IN ('open', 'maintained') OR d.applied_at IS NULL))""",
    "unreleased": "SELECT count(*) FROM event WHERE seq IS NULL",
    # Told of a match and of its end by turns, beginning with the match.
    "missing": """SELECT count(*) FROM (SELECT institution_id, subject_id,
        sum((kind = 'match.released')::int) - sum((kind = 'match.undone')::int) AS n
        FROM event WHERE subject_kind = 'M' GROUP BY 1, 2) q WHERE n NOT IN (0, 1)""",
}


def test_nobody_fails(fresh_database: Any, as_role: Any, settings: Any, scale: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with as_role("aif_desk"):
        open_epoch()
        members = [join(f"Institution {n}") for n in range(4)]
    allow()
    olga, pavel = make_user("alliance-operator"), make_user("alliance-approver")
    errors: list[str] = []
    refused: dict[str, int] = {}
    done: dict[str, int] = {}
    over = threading.Event()
    rng = random.Random(5)
    pool = [token(n) for n in range(25)] + [token(n, kind="resident-id") for n in range(6)]

    def session(name: str, role: str, work: Any) -> None:
        try:
            with as_role(role):
                while not over.is_set():
                    try:
                        work()
                        done[name] = done.get(name, 0) + 1
                    except Refusal as why:
                        refused[f"{name}:{why.code}"] = refused.get(f"{name}:{why.code}", 0) + 1
                    except OperationalError as why:
                        # Who loses a deadlock has done nothing; web answers 503, and the same key asks again.
                        if getattr(why.__cause__, "pgcode", None) == "40P01":
                            refused[f"{name}:40P01"] = refused.get(f"{name}:40P01", 0) + 1
                            continue
                        errors.append(name + "\n" + traceback.format_exc()[-2500:])
                    time.sleep(rng.random() * 0.01)
        except BaseException:
            errors.append(name + "\n" + traceback.format_exc()[-2500:])
        finally:
            connections.close_all()

    def now() -> Any:
        return timezone.now()

    def send() -> None:
        time.sleep(0.3)
        by = rng.choice(members)
        submit(
            by,
            [
                clue(
                    *rng.sample(pool, rng.randint(1, 4)),
                    grade=rng.choice(["A", "B2", "C"]),
                    category=rng.choice(["telecom-fraud", "account-theft"]),
                )
                for _ in range(30)
            ],
        )

    def edit() -> None:
        time.sleep(0.05)
        by = rng.choice(members)
        rows = own_clues.list_clues(viewer=by, state="active", limit=60)
        if not rows:
            return
        row = rng.choice(rows)
        what = rng.randint(0, 4)
        names = {"clue": row.clue, "version": row.version, "by": by, "now": now()}
        if what == 0:
            edits.withdraw(reason="mistake", **names)
        elif what == 1:
            edits.correct(changes={"identifiers": rng.sample(pool, 2)}, **names)
        elif what == 2:
            edits.correct(changes={"roles": [{"identifier": 0, "role": rng.choice(["victim", "actor"])}]}, **names)
        elif what == 3:
            edits.correct(changes={"grade": rng.choice(["A", "C"])}, **names)
        else:
            edits.extend(reason="ongoing-investigation", **names)

    def dispute() -> None:
        time.sleep(0.15)
        by = rng.choice(members)
        about: dict[str, Any] = {"identifier": rng.choice(pool), "purpose": "complaint-handling"}
        found = list_matches(viewer=by, limit=20)
        if found and rng.random() < 0.5:
            about = {"match": rng.choice(found).match}
        opening.open_dispute(request={"reason": "wrong-person", **about}, by=by, now=now())

    def answer() -> None:
        time.sleep(0.05)
        by = rng.choice(members)
        rows = list(DisputedClue.objects.filter(institution_id=by.institution_id, state="open")[:20])
        if rows:
            row = rng.choice(rows)
            choice, reason = rng.choice([("maintain", "evidence-held"), ("withdraw", "mistake")])
            answers.answer(
                dispute=reference.encode("D", row.dispute_id),
                by=by,
                now=now(),
                request={"clue": reference.encode("C", row.clue_id), "answer": choice, "reason": reason},
            )

    def decide() -> None:
        time.sleep(0.05)
        rows = list(DisputedClue.objects.filter(state__in=("open", "maintained"))[:20])
        if rows:
            row = rng.choice(rows)
            decisions.decide(
                disputed_clue=row.pk,
                verdict=rng.choice(["upheld", "rejected", "rejected"]),
                reason="x",
                by=pavel,
                now=now(),
            )

    def noise() -> None:
        time.sleep(0.2)
        entries = list(NoiseEntry.objects.filter(state="in-force"))
        if entries and (len(entries) > 2 or rng.random() < 0.5):
            noise_decide.remove(entry_id=rng.choice(entries).pk, reason="x", by=pavel, now=now())
            return
        one = rng.choice(pool[:25])
        made = noise_propose.propose_public(
            list_code="dummy-value", tokens=read_tokens([one], most=1), by=olga, mode="block", now=now()
        )
        noise_decide.approve(entry_id=reference.decode("Q", made[0].entry), by=pavel, now=now())

    def watch() -> None:
        time.sleep(0.2)
        by = rng.choice(members)
        made = watch_create.create(
            request={"purpose": "complaint-handling", "tokens": rng.sample(pool, 3)}, by=by, now=now()
        )
        if rng.random() < 0.3:
            watch_change.cancel(watch=made.watches[0], by=by, now=now())

    def feedback() -> None:
        time.sleep(0.1)
        by = rng.choice(members)
        found = list_matches(viewer=by, limit=30)
        if found:
            giving.give(
                match=rng.choice(found).match,
                request={"verdict": rng.choice(["confirm", "false-positive"])},
                by=by,
                now=now(),
            )

    def age() -> None:
        time.sleep(0.2)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE clue SET expires_at = now() WHERE id IN (SELECT id FROM clue WHERE state = 'active' ORDER BY random() LIMIT 5)"
            )
            cursor.execute(
                "UPDATE disputed_clue SET due_at = now() WHERE id IN (SELECT id FROM disputed_clue WHERE state = 'open' ORDER BY random() LIMIT 2)"
            )
            cursor.execute(
                "UPDATE clue SET ended_at = now() - interval '200 days' WHERE id IN (SELECT id FROM clue WHERE state IN ('withdrawn', 'expired') ORDER BY random() LIMIT 5)"
            )

    def rate() -> None:
        time.sleep(0.05)
        moved = quality.reckon()
        rescore.forget_scores_of([m.institution_id for m in members] if rng.random() < 0.5 else moved)
        rescore.rescore_pending()
        if rng.random() < 0.2:
            rescore.rescore_all()

    def disputes_duty() -> None:
        apply.suspend_pending(limit=5)
        apply.settle_pending(limit=100)
        apply.close_pending(limit=100)

    def matching_duty() -> None:
        match_pending(limit=3)
        release.release_pending()
        rescore.rescore_pending()

    duties = {
        "match1": ("aif_match", matching_duty), "match2": ("aif_match", matching_duty),
        "changes": ("aif_match", lambda: (changes.apply_changes(limit=20, now=now()), changes.apply_noise(limit=5, now=now()),
                                          changes.activate_watches(limit=20), changes.expire(limit=20, now=now()))),
        "changes2": ("aif_match", lambda: (changes.expire(limit=5, now=now()), changes.activate_watches(limit=20),
                                           changes.apply_changes(limit=20, now=now()))),
        "disputes": ("aif_match", disputes_duty), "disputes2": ("aif_match", disputes_duty),
        "release": ("aif_match", release.release_pending),
        "rings": ("aif_match", lambda: build.build_pending(limit=200, now=now())),
        "rate": ("aif_match", rate), "rate2": ("aif_match", rate),
        "oracle": ("aif_match", lambda: oracle.check_and_repair()),
        "retention": ("aif_match", lambda: delete.delete_ended(now=now())),
        "age": ("aif_owner", age),
        "send": ("aif_web", send), "send2": ("aif_web", send), "edit": ("aif_web", edit), "edit2": ("aif_web", edit),
        "dispute": ("aif_web", dispute), "answer": ("aif_web", answer), "watch": ("aif_web", watch),
        "feedback": ("aif_web", feedback), "decide": ("aif_desk", decide), "noise": ("aif_desk", noise),
    }  # fmt: skip
    threads = [threading.Thread(target=session, args=(name, *duty)) for name, duty in duties.items()]
    for thread in threads:
        thread.start()
    time.sleep(scale(8, full=40))
    over.set()
    for thread in threads:
        thread.join(timeout=60)
    with as_role("aif_match"):
        for _ in range(50):
            work = match_pending(limit=1000) + apply.suspend_pending(limit=1000) + apply.settle_pending(limit=1000)
            work += changes.apply_changes(limit=1000, now=now()) + changes.apply_noise(limit=1000, now=now())
            work += changes.expire(limit=1000, now=now()) + apply.close_pending(limit=1000) + release.release_pending()
            while build.build_pending(limit=1000, now=now()):
                pass
            if not work:
                break
        found = oracle.compare()
        wrong = {}
        with connection.cursor() as cursor:
            for name, statement in WRONG.items():
                cursor.execute(statement)
                wrong[name] = cursor.fetchone()[0]
    assert not errors, errors[:3]
    assert found.clean and not any(wrong.values()), (found, wrong)
    assert done.keys() == duties.keys(), refused
