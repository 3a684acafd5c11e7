"""The table of dispositions against one written by hand, and what each step leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clues.dispositions import queries, workflow
from clues.models import Disposition
from tests.clues.alliance import caller
from tests.clues.dispositions.doing import act, record, refused
from tests.clues.scene import Scene
from tests.factories import acting_as

# Written by hand: state -> what may be done.
OPEN = {
    "requested": "do lift",
    "done": "effects lift reappear review",
    "under-review": "confirm effects lift reappear",
    "confirmed": "effects lift reappear review",
    "re-appeared": "do effects lift",
    "lifted": "",
}
TARGETS = {"do": "done", "review": "under-review", "confirm": "confirmed", "reappear": "re-appeared", "lift": "lifted"}
ACTIONS = ("do", "review", "confirm", "reappear", "effects", "lift", "record", "keep", "", None, 5)


def test_every_cell_of_the_table(scene: Scene) -> None:
    """Whatever is not open is refused and changes nothing."""
    row = record(scene, by=_platform(scene), client_ref="deep-1", kind="content-takedown", state="requested")
    for state, expected in OPEN.items():
        assert {each.action for each in workflow.actions_for(state, row.kind)} == set(expected.split())
        for action in ACTIONS:
            with acting_as("aif_owner"):
                Disposition.objects.filter(pk=row.pk).update(
                    state=state,
                    done_at=None if state == "requested" else row.started_at,
                    version=1,
                    seconds_to_disposal=None,
                )
            if action in expected.split():
                after = act(row, action, note="because", calls_flagged=1, version=1)
                assert after.state == TARGETS.get(str(action), state) and after.version == 2
            else:
                assert refused(act, row, action, note="because", calls_flagged=1, version=1) == "transition-refused"
                row.refresh_from_db()
                assert (row.state, row.version) == (state, 1)
    assert set(OPEN) == set(workflow.STATES) == set(Disposition.STATES)


def _platform(scene: Scene) -> Any:
    from tests.clues.alliance import clue, submit, token
    from tests.clues.scene import work
    from tests.factories import make_institution

    platform = make_institution(sector="internet-platform")
    submit(caller(platform), [clue(token("deep"), client_ref="deep-1")])
    work()
    return platform


def test_a_life_with_its_history(scene: Scene, audited: Any) -> None:
    row = record(scene, by=_platform(scene), client_ref="deep-1", kind="content-takedown", state="requested")
    done_at = timezone.now()
    row = act(row, "do", done_at=done_at.isoformat(), calls_flagged="7")
    assert row.done_at == done_at and row.seconds_to_disposal is not None and row.calls_flagged == 7
    timed = row.seconds_to_disposal
    act(row, "reappear", note="under another name")
    row = act(row, "do")
    assert (row.done_at, row.seconds_to_disposal, row.reappearances) == (done_at, timed, 1), (
        "the first time is the fact"
    )
    act(row, "review")
    row = act(row, "confirm", review_date=(timezone.localdate() + timedelta(days=3)).isoformat())
    assert row.review_date == timezone.localdate() + timedelta(days=3)
    assert refused(act, row, "lift") == "field-invalid", "a reason is needed"
    row = act(row, "lift", note="appeal upheld")
    assert row.state == "lifted" and refused(act, row, "review") == "transition-refused"
    steps = queries.list_steps(disposition=row.pk, viewer=caller(row.institution))
    assert [step.action for step in steps] == ["record", "do", "reappear", "do", "review", "confirm", "lift"]
    assert [step.note for step in steps if step.note] == ["under another name", "appeal upheld"]
    assert len(audited("disposition.do")) == 2 and audited("disposition.reappear") == ["testtest"]


def test_what_cannot_come_back_does_not_re_appear(scene: Scene) -> None:
    row = record(scene, kind="account-restriction")
    assert "reappear" not in {each.action for each in workflow.actions_for(row.state, row.kind)}
    assert refused(act, row, "reappear") == "transition-refused"


def test_an_older_version_changes_nothing(scene: Scene) -> None:
    row = record(scene)
    act(row, "review", version=1)
    assert refused(act, row, "confirm", version=1) == "version-changed"
    row.refresh_from_db()
    assert (row.state, row.version) == ("under-review", 2)


def test_effects_that_are_not_right(scene: Scene) -> None:
    row = record(scene)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "field-missing"), ({"calls_flagged": "many"}, "field-invalid"), ({"note": "13800138000"}, "raw-identifier"),
        ({"persons_warned": 1, "kind": "x"}, "unknown-field"), ({"amount_prevented_cny": "1.234"}, "amount-invalid"),
    ]  # fmt: skip
    for fields, code in wrong:
        assert refused(act, row, "effects", **fields) == code
    row.refresh_from_db()
    assert row.version == 1 and not queries.view(row).has_effects


def test_what_a_step_does_not_take_is_read_all_the_same(scene: Scene) -> None:
    row = record(scene)
    future = (timezone.now() + timedelta(days=1)).isoformat()
    for given in ({"review_date": ""}, {"review_date": "20261101"}, {"done_at": ""}, {"done_at": future}):
        assert refused(act, row, "review", **given) == "field-invalid"
    row.refresh_from_db()
    assert row.version == 1
