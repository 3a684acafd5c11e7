"""The page of a case, and the API, say that its package went, to whom, and its digest; to its parties alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clues.joint import Joint, make_joint
from tests.clues.packaged import UNIT, ask, make, make_approved, make_released
from tests.clues.scene import Scene


@pytest.fixture
def joint(scene: Scene, signer: Any, settings: Any, tmp_path: Path) -> Joint:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return make_joint(scene)


def test_parties_see_that_it_went(joint: Joint, portal: Any) -> None:
    package = make_released(joint)
    for person in (joint.alice, joint.bea):
        text = portal(person).get(f"/portal/cases/{joint.case}").content.decode()
        assert package.sha256 in text and UNIT in text and "olga" not in text
    assert portal(joint.cy).get(f"/portal/cases/{joint.case}").status_code == 404


def test_nothing_before_the_release(joint: Joint, portal: Any) -> None:
    make_approved(joint)
    package = make(ask(joint))
    text = portal(joint.bea).get(f"/portal/cases/{joint.case}").content.decode()
    assert package.sha256 not in text and UNIT not in text and "Report packages" not in text
