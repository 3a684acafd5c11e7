"""Honey tokens: one question is enough, and the answer is that of any token."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.fishing import honey
from clues.fishing.standing import get_standing
from clues.models import HoneyToken
from clues.screening.screen import screen
from clues.submissions.tokens import read_tokens
from members.permissions import PermissionMissing
from members.queries import person_of
from tests.clues.alliance import caller, token
from tests.clues.scene import Scene
from tests.factories import acting_as


@pytest.fixture
def planted(scene: Scene) -> None:
    with acting_as("aif_desk"):
        made = honey.plant(tokens=read_tokens([token("honey")], most=1), by=scene.cast.olga, now=timezone.now())
    assert made == 1


def ask(scene: Scene, *names: str) -> Any:
    request = {"purpose": "investigation", "case_ref": "T-1", "tokens": [token(name) for name in names]}
    return screen(request=request, by=caller(scene.cast.aster)).results


@pytest.mark.usefixtures("planted")
def test_one_question_suspends_and_the_answer_does_not_tell(scene: Scene) -> None:
    plain, sweet = ask(scene, "unknown")[0], ask(scene, "honey")[0]
    assert plain == sweet
    with pytest.raises(Refusal) as refused, transaction.atomic():
        ask(scene, "unknown")
    assert refused.value.code == "screening-suspended"
    found = get_standing(viewer=person_of(scene.cast.alice), now=timezone.now())
    assert found is not None and found.is_by_honey and not found.terms
    with acting_as("aif_desk"):
        assert HoneyToken.objects.values_list("met", flat=True).get() == 1


@pytest.mark.usefixtures("planted")
def test_once_taken_out_it_is_a_token_like_any(scene: Scene) -> None:
    with acting_as("aif_desk"):
        number = HoneyToken.objects.values_list("pk", flat=True).get()
        honey.withdraw(honey_id=number, reason="Somebody got this number.", by=scene.cast.olga, now=timezone.now())
    ask(scene, "honey")
    ask(scene, "unknown")


def test_members_plant_nothing(scene: Scene) -> None:
    with pytest.raises(PermissionMissing):
        honey.plant(tokens=read_tokens([token("honey")], most=1), by=scene.cast.alice, now=timezone.now())
