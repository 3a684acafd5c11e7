"""The vault on the health page: altered objects, keys that stand under an older KEK, KEKs that are not installed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aif_share.errors import Refusal
from clues.vault import files, objects
from members.admin import health
from tests.clues.vault.test_objects import store
from tests.factories import acting_as

pytestmark = pytest.mark.django_db


def signs() -> list[tuple[str, str, bool]]:
    with acting_as("aif_desk"):
        return [(str(sign.label), str(sign.value), sign.is_bad) for sign in health.PARTS["vault"].look()]


def test_what_was_altered_and_what_does_not_open_is_said(settings: Any, tmp_path: Path) -> None:
    settings.AIF_EVIDENCE, settings.LANGUAGE_CODE = tmp_path, "en"
    stored = store(b"evidence")
    failures, kek = signs()
    assert (failures[1:], kek[0], kek[2]) == (("0", False), "k1", False)
    path = files.path_of(stored)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(Refusal):
        objects.verify(stored)
    assert signs()[0][1:] == ("1", True)
    settings.AIF_KEKS = {**settings.AIF_KEKS, "k2": os.urandom(32)}
    assert signs()[1][2], "an older key"
    settings.AIF_KEKS = {"k2": os.urandom(32)}
    assert signs()[1][2], "a key that is not installed"
    settings.AIF_KEKS = {}
    assert signs()[-1] == ("AIF_KEKS", signs()[-1][1], True)
