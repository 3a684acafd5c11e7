"""Review before promotion: who may move what, four eyes in code and database, and what a ring grew by since."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.opening import open_case
from clues.models import Case, Ring, RingReview
from clues.rings import review
from clues.rings.queries import RingNotFound
from members.models import AuditEvent
from members.permissions import PermissionMissing
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_scene, promote, work
from tests.factories import acting_as, make_institution, make_user

# From where, who, what: where it stands then, or the code of the refusal. Olga proposed; written by hand.
EXPECTED = {
    ("new", "olga", "propose"): "proposed",
    ("new", "pavel", "propose"): "proposed",
    ("new", "pavel", "confirm"): "transition-refused",
    ("new", "pavel", "return"): "transition-refused",
    ("new", "olga", "set-aside"): "set-aside",
    ("proposed", "olga", "propose"): "transition-refused",
    ("proposed", "olga", "confirm"): "permission-missing",
    ("proposed", "pavel", "confirm"): "confirmed",
    ("proposed", "pavel", "return"): "returned",
    ("proposed", "olga", "set-aside"): "transition-refused",
    ("confirmed", "olga", "propose"): "transition-refused",
    ("confirmed", "pavel", "return"): "transition-refused",
    ("confirmed", "pavel", "set-aside"): "transition-refused",
    ("returned", "olga", "propose"): "proposed",
    ("returned", "pavel", "confirm"): "transition-refused",
    ("returned", "olga", "set-aside"): "set-aside",
    ("set-aside", "olga", "propose"): "proposed",
    ("set-aside", "pavel", "confirm"): "transition-refused",
    ("proposed", "alice", "confirm"): "permission-missing",
    ("new", "amir", "propose"): "permission-missing",
}
WAYS = {
    "new": (),
    "proposed": (("propose", "olga"),),
    "confirmed": (("propose", "olga"), ("confirm", "pavel")),
    "returned": (("propose", "olga"), ("return", "pavel")),
    "set-aside": (("set-aside", "olga"),),
}


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    """One ring of two clues."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


def move(scene: Scene, action: str, who: str, note: str = "because") -> RingReview:
    return review.move(ring=scene.ring, action=action, by=getattr(scene.cast, who), now=timezone.now(), note=note)


def test_every_step(scene: Scene) -> None:
    found = {}
    with acting_as("aif_desk"):
        for state, who, action in EXPECTED:
            point = transaction.savepoint()
            for step, person in WAYS[state]:
                move(scene, step, person)
            before = RingReview.objects.count(), AuditEvent.objects.count()
            try:
                found[state, who, action] = move(scene, action, who).state
            except Refusal as refusal:
                found[state, who, action] = refusal.code
                assert (RingReview.objects.count(), AuditEvent.objects.count()) == before
            transaction.savepoint_rollback(point)
    assert found == EXPECTED


def test_nobody_confirms_their_own_proposal(scene: Scene) -> None:
    """Nor does the database let them, nor rewrite who proposed."""
    with acting_as("aif_desk"):
        made = move(scene, "propose", "pavel")
        for action in ("confirm", "return"):
            with pytest.raises(review.SecondPersonNeeded):
                move(scene, action, "pavel")
        mine = RingReview.objects.filter(pk=made.pk)
        for state in ("confirmed", "returned"):
            with pytest.raises(IntegrityError, match="ring_review_needs_second_person"), transaction.atomic():
                mine.update(state=state, decided_by=scene.cast.pavel, decided_at=timezone.now(), reason="x")
        with pytest.raises(IntegrityError, match="ring_review_decided"), transaction.atomic():
            mine.update(state="confirmed")
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            mine.update(proposed_by=scene.cast.olga)


def test_a_case_needs_a_confirmed_promotion(scene: Scene) -> None:
    def open_it() -> Case:
        return open_case(ring=scene.ring, by=scene.cast.olga, now=timezone.now())

    with acting_as("aif_desk"):
        for step, person in ((None, ""), ("propose", "olga"), ("return", "pavel"), ("set-aside", "olga")):
            if step:
                move(scene, step, person)
            with pytest.raises(review.NotConfirmed):
                open_it()
        promote(scene)
        assert open_it().ring is not None
        verbs = AuditEvent.objects.filter(subject_ref=scene.ring).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["ring.propose", "ring.return", "ring.set-aside", "ring.propose", "ring.confirm"]


def test_reasons_and_strangers(scene: Scene) -> None:
    with acting_as("aif_desk"):
        for note in ("", "call 13800138000", "x" * 501):
            with pytest.raises(Refusal):
                move(scene, "set-aside", "olga", note)
        for ring in ("R-1", "", scene.match):
            with pytest.raises(RingNotFound):
                review.move(ring=ring, action="propose", by=scene.cast.olga, now=timezone.now())
        with pytest.raises(PermissionMissing):
            review.move(ring="R-1", action="propose", by=scene.cast.cy, now=timezone.now())
        assert not RingReview.objects.exists()


def test_a_ring_that_grew_says_so_and_may_be_proposed_again(scene: Scene) -> None:
    promote(scene)
    with acting_as("aif_desk"):
        ring = Ring.objects.get()
        assert review.changed_since(ring, review.latest(ring)) is None
    elder = make_institution("Elder Bank")
    submit(caller(elder), [clue(token("one person", kind="resident-id"), token("d", kind="qq"))])
    work()
    with acting_as("aif_desk"):
        ring = Ring.objects.get()
        assert (ring.clues, review.changed_since(ring, review.latest(ring))) == (3, "grew")
        offered = [step.action for step in review.actions_for(ring, review.latest(ring), scene.cast.olga)]
        assert offered == ["propose"]
        move(scene, "propose", "olga")
        with pytest.raises(review.NotConfirmed):
            open_case(ring=scene.ring, by=scene.cast.olga, now=timezone.now())
        move(scene, "confirm", "pavel")
        ring.refresh_from_db()
        assert review.changed_since(ring, review.latest(ring)) is None


@pytest.mark.parametrize(
    ("clues", "groups", "expected"),
    [(8, 3, None), (9, 3, None), (10, 3, "grew"), (8, 4, "grew"), (7, 3, None), (6, 3, "shrank"), (12, 2, "shrank")],
)
def test_what_counts_as_another_ring(clues: int, groups: int, expected: str | None) -> None:
    found = RingReview(state="confirmed", clues=8, groups=3)
    assert review.changed_since(Ring(clues=clues, groups=groups), found) == expected
    found.state = "proposed"
    assert review.changed_since(Ring(clues=clues, groups=groups), found) is None


def test_two_who_begin_at_once_begin_once(scene: Scene) -> None:
    """The number of the attempt is taken: the second one is refused, not stored beside the first."""
    with acting_as("aif_desk"):
        ring = Ring.objects.get()
        move(scene, "propose", "olga")
        late = review._begin(ring, None, make_user("alliance-operator"), timezone.now())
        with pytest.raises(review.ReviewNotOpen):
            review._write(late, review.BY_ACTION["propose"], ring, by=scene.cast.olga, now=timezone.now(), note="")
        assert RingReview.objects.count() == 1
