"""Reads of rings by the desk, and `manage.py list_rings`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from clues.rings import queries
from members.permissions import Console, PermissionMissing
from tests.clues.scene import make_scene
from tests.factories import acting_as


@pytest.fixture
def scene(db: None, settings: Any) -> Any:
    """One ring of two clues."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


def test_list_rings_prints_clues_with_their_institutions(scene: Any, capsys: Any) -> None:
    with acting_as("aif_desk"):
        call_command("list_rings", "--json")
    aster, birch = scene.cast.aster.ref, scene.cast.birch.ref
    (ring,) = json.loads(capsys.readouterr().out)
    assert set(ring.pop("institutions")) == {aster, birch}
    assert ring == {
        "ring": scene.ring,
        "clues": [
            {"institution": aster, "client_ref": "aster-1"},
            {"institution": birch, "client_ref": "birch-1"},
        ],
        "identifiers": 3,
        "groups": 2,
    }


def test_why_it_came_together(scene: Any) -> None:
    with acting_as("aif_desk"):
        (merge,) = queries.list_merges(ring=scene.ring, by=Console("tests"))
    assert merge.shared == (("resident-id", 2),)
    assert merge.clues == 1


def test_members_cannot_read_rings(scene: Any) -> None:
    with acting_as("aif_desk"):
        for read in (queries.get_ring, queries.list_merges):
            with pytest.raises(PermissionMissing):
                read(ring=scene.ring, by=scene.cast.alice)
            with pytest.raises(queries.RingNotFound):
                read(ring="R-1", by=scene.cast.olga)
        with pytest.raises(PermissionMissing):
            queries.list_rings(by=scene.cast.alice)
