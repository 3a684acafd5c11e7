"""Leaving: people and keys end on the day, clues follow by choice, a slice at a time, and the others are told.

And a suspension: keys, sessions and counting stop with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import Clue, ClueChange, MatchParty, Watch
from clues.retention import departures
from members.models import Credential, Institution, OutboxMessage, User
from members.operations import departure, institutions
from members.permissions import Job
from tests.browsing import Browser
from tests.clues.alliance import allow, caller, token
from tests.clues.scene import Scene, make_scene, wait_for_tick
from tests.factories import acting_as, bearer, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


@pytest.fixture
def trail(db: None) -> Any:
    """`trail()` returns the verbs written so far and not yet returned."""
    from members.models import AuditEvent

    last = 0

    def read() -> list[str]:
        nonlocal last
        with acting_as("aif_audit"):
            rows = list(AuditEvent.objects.filter(id__gt=last).order_by("id").values_list("id", "verb"))
        last = rows[-1][0] if rows else last
        return [verb for _number, verb in rows]

    return read


def announce(scene: Scene, *, clues: str, begun: bool = True) -> Institution:
    """Announce that Aster leaves; `begun`: its day has come."""
    aster = scene.cast.aster
    with acting_as("aif_desk"):
        departure.announce_leaving(
            institution_id=aster.pk, day=timezone.localdate() + timedelta(days=3), clues=clues, reason="merged",
            by=scene.cast.olga, now=timezone.now(),
        )  # fmt: skip
    if begun:
        with acting_as("aif_owner"):
            Institution.objects.filter(pk=aster.pk).update(leaving_at=timezone.now() - timedelta(seconds=1))
    return aster


def proceed(times: int = 20, limit: int = 1) -> int:
    """Do what the worker does until nothing is left to do; return how many turns it took."""
    from clues import tasks

    with acting_as("aif_match"):
        for turn in range(times):
            if not departures.proceed(limit=limit, now=timezone.now()):
                while tasks.CHANGES.do():
                    pass
                return turn
    raise AssertionError("it never ends")


def state(institution: Institution) -> str:
    institution.refresh_from_db()
    return institution.state


def clue_states(institution: Institution) -> set[str]:
    return set(Clue.objects.filter(institution=institution).values_list("state", flat=True))


def watch(scene: Scene) -> None:
    with acting_as("aif_owner"):
        value = token("watched")
        Watch.objects.create(
            institution=scene.cast.aster, type=value["type"], epoch=1, token="0" * 32, purpose="investigation",
            basis="unspecified", key_id="k", created_at=timezone.now(), active_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=9),
        )  # fmt: skip


def test_nothing_happens_before_the_day(scene: Scene) -> None:
    aster = announce(scene, clues="withdraw", begun=False)
    assert proceed() == 0
    assert state(aster) == "live" and clue_states(aster) == {"active"}
    with acting_as("aif_match"):
        assert not departure.end_access(institution_id=aster.pk, by=Job("x"), now=timezone.now() + timedelta(days=9))
    assert User.objects.filter(institution=aster, is_active=True).exists(), "the database asks its own clock"


def test_people_and_keys_end_on_the_day(scene: Scene) -> None:
    watch(scene)
    key = make_key(scene.cast.aster)
    browser = Browser()
    with acting_as("aif_web"):
        browser.force_login(scene.cast.alice)
        assert browser.get("/").status_code == 200
    aster = announce(scene, clues="keep")
    proceed()
    with acting_as("aif_web"):
        assert browser.get("/")["Location"].startswith("/portal/login")
        answer = browser.get("/api/v1/me", **bearer(key))
    assert (answer.status_code, answer.json()["code"]) == (401, "key-revoked")
    assert not Credential.objects.filter(institution=aster, revoked_at=None).exists()
    assert not Watch.objects.filter(canceled_at=None).exists()
    with acting_as("aif_match"):
        told = OutboxMessage.objects.filter(channel="custodian").latest("id").payload
    assert (told["state"], told["verifiers"]) == ("suspended", [])
    aster.refresh_from_db()
    with pytest.raises(Refusal, match="live institution"), transaction.atomic():
        make_key(aster)


def test_kept_clues_count_until_they_expire(scene: Scene) -> None:
    aster = announce(scene, clues="keep")
    proceed()
    assert state(aster) == "live" and aster.departed_at is not None
    assert MatchParty.objects.filter(institution=aster).exists(), "the match stands"
    with acting_as("aif_owner"):
        Clue.objects.filter(institution=aster).update(state="expired", ended_at=timezone.now())
    proceed()
    assert state(aster) == "left" and aster.left_at is not None
    assert proceed() == 0


def test_withdrawn_clues_go_in_slices_and_the_parties_are_told(scene: Scene, trail: Any) -> None:
    from clues.matching.release import release_pending
    from clues.models import Event

    aster = announce(scene, clues="withdraw")
    trail()
    proceed(limit=1)
    assert clue_states(aster) == {"withdrawn"} and state(aster) == "left"
    told = trail()
    assert told[0] == "institution.depart" and told[-1] == "institution.leave"
    assert set(told) == {"institution.depart", "institution.clues.withdraw", "institution.leave"}
    assert not ClueChange.objects.filter(applied_at=None).exists()
    assert not MatchParty.objects.filter(institution=aster).exists()
    with acting_as("aif_match"):
        release_pending()
    wait_for_tick()
    assert Event.objects.filter(institution=scene.cast.birch, kind="match.undone").exists()


def test_a_disputed_clue_is_left_to_its_dispute(scene: Scene) -> None:
    aster = announce(scene, clues="withdraw")
    with acting_as("aif_owner"):
        Clue.objects.filter(institution=aster).update(state="disputed")
    proceed()
    assert clue_states(aster) == {"disputed"} and state(aster) == "live"


def test_a_suspended_one_may_leave(scene: Scene) -> None:
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=scene.cast.aster.pk, reason="x", by=scene.cast.olga, now=timezone.now())
    aster = announce(scene, clues="withdraw")
    proceed()
    assert (state(aster), aster.suspended_reason) == ("left", "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"clues": "burn"}, "field-invalid"), ({"reason": " "}, "field-invalid"),
        ({"day": timezone.localdate() - timedelta(days=1)}, "field-invalid"),
    ],
)  # fmt: skip
def test_what_is_announced_wrongly(scene: Scene, change: dict[str, Any], code: str) -> None:
    asked = {"day": timezone.localdate(), "clues": "keep", "reason": "x"} | change
    with acting_as("aif_desk"), pytest.raises(Refusal) as caught:
        departure.announce_leaving(institution_id=scene.cast.aster.pk, by=scene.cast.olga, now=timezone.now(), **asked)
    assert caught.value.code == code


def test_it_is_taken_back_before_the_day_alone(scene: Scene) -> None:
    aster = announce(scene, clues="keep", begun=False)
    asked = {"institution_id": aster.pk, "reason": "stays", "by": scene.cast.olga, "now": timezone.now()}
    with acting_as("aif_desk"):
        departure.stay(**asked)
        with pytest.raises(Refusal, match="Nothing is announced"), transaction.atomic():
            departure.stay(**asked)
    announce(scene, clues="keep")
    proceed()
    with acting_as("aif_desk"), pytest.raises(Refusal, match="day has come"), transaction.atomic():
        departure.stay(**asked)


@pytest.mark.parametrize("role", ["aif_web", "aif_desk"])
def test_only_the_worker_departs(scene: Scene, role: str) -> None:
    for function in ("aif_depart", "aif_leave"):
        with acting_as(role), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {function}(%s)", [scene.cast.aster.pk])


class TestSuspension:
    """Everything at once: the next request of whoever is in it is refused."""

    @pytest.fixture
    def alice(self, scene: Scene) -> Browser:
        browser = Browser()
        with acting_as("aif_web"):
            browser.force_login(scene.cast.alice)
            from allauth.usersessions.models import UserSession

            UserSession.objects.create(
                user=scene.cast.alice, session_key=browser.session.session_key, ip="192.0.2.1", user_agent="x"
            )
        return browser

    def suspend(self, scene: Scene) -> None:
        with acting_as("aif_desk"):
            institutions.suspend(
                institution_id=scene.cast.aster.pk, reason="audit", by=scene.cast.olga, now=timezone.now()
            )

    def test_keys_and_sessions(self, scene: Scene, alice: Browser) -> None:
        key = make_key(scene.cast.aster)
        with acting_as("aif_web"):
            assert alice.get("/").status_code == 200
            assert alice.get("/portal/api/quota").status_code == 200
            assert alice.get("/api/v1/me", **bearer(key)).status_code == 200
        self.suspend(scene)
        with acting_as("aif_web"):
            answer = alice.get("/api/v1/me", **bearer(key))
            assert (answer.status_code, answer.json()["code"]) == (403, "institution-suspended")
            assert alice.get("/")["Location"].startswith("/portal/login"), "the session is over"
            again = Browser()
            again.force_login(scene.cast.alice)
            assert again.get("/").status_code == 403, "and a new one opens nothing"
            assert again.get("/portal/api/quota").status_code == 403

    def test_counting(self, scene: Scene) -> None:
        from clues.screening.screen import screen

        def ask() -> bool:
            identifier = token("one person", kind="resident-id")
            with acting_as("aif_web"):
                answer = screen(
                    request={"purpose": "complaint-handling", "case_ref": "T-1", "tokens": [
                        {name: identifier[name] for name in ("type", "epoch", "token")}]},
                    by=caller(scene.cast.cedar),
                )  # fmt: skip
            return bool(answer.results[0].hit)

        allow()
        assert ask(), "two institutions stand behind it"
        self.suspend(scene)
        assert not ask(), "alone, an unreviewed report answers nothing"
