"""Exports in the portal: a form, a file, the trail; what a role may not see it is not offered and not given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clues.scene import Scene
from tests.factories import make_user

PAGE, TAKE = "/portal/exports", "/portal/exports/take"


@pytest.mark.parametrize("form", ["csv", "stix"])
def test_a_file_is_given_and_on_the_trail(scene: Scene, portal: Any, audited: Any, form: str) -> None:
    browser = portal(scene.cast.alice)
    page = browser.get(PAGE).content.decode()
    assert all(f'value="{what}"' in page for what in ("clues", "matches", "content", "csv", "stix"))
    for what in ("clues", "matches", "content"):
        answer = browser.post(TAKE, {"what": what, "form": form, "since": "", "until": ""})
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        assert "no-cache" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]
        assert (b"aster-1" in answer.getvalue()) == (what != "content")
    assert audited("export.make") == [scene.cast.alice.ref] * 3


def test_what_is_refused(scene: Scene, portal: Any, audited: Any) -> None:
    browser = portal(scene.cast.alice)
    assert browser.get(TAKE).status_code == 405
    assert browser.post(TAKE, {"what": "tokens", "form": "csv"}).status_code == 404
    wrong = browser.post(TAKE, {"what": "clues", "form": "stix", "since": "2026-11-02", "until": "2026-11-01"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "The last day comes before the first." in text and 'value="2026-11-02"' in text
    submitter = portal(make_user("submitter", institution=scene.cast.aster))
    assert 'value="matches"' not in submitter.get(PAGE).content.decode()
    assert submitter.post(TAKE, {"what": "matches", "form": "csv"}).status_code == 403
    assert portal(scene.cast.olga).get(PAGE).status_code == 404
    assert audited("export.make") == [] and len(audited("portal.refuse")) == 2
