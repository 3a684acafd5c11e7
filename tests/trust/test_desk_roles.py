"""The alliance's roles against each other: what each may do at the desk it reaches, what it may not is refused and told.

Part of Show 3 of issue 7, made from the operations that the desk's pages declare and the table of permissions: a new operation is asked
by being there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World

ALONE = {
    "alliance-operator": {"institution.apply", "institution.vet", "case.propose", "lawful-use.propose"},
    "alliance-approver": {"institution.admit", "quota.set", "rotation.decide", "case.decide", "ring.decide", "lawful-use.sign",
                          "noise.decide", "grade.certify", "guidance.sign", "feed.decide", "official.decide", "export.decide"},
}  # fmt: skip
"""What the other role must never get, written down apart from the table: both halves of a decision would be one person's."""


def test_each_role_does_what_it_may_and_nothing_else(world: World, settings: Any) -> None:
    from tests.factories import acting_as
    from tests.trust.matrix.cells import Score
    from tests.trust.matrix.desk_roles import ask_roles

    settings.ROOT_URLCONF = "config.urls_desk"
    score = Score()
    with acting_as("aif_desk"):
        count = ask_roles(score)
    print(*score.leaks[:20], sep="\n")
    print(f"desk_cells={score.cells} desk_leaks={len(score.leaks)}")
    assert score.unreached == [], "whoever may has to get as far as the form, or the row proves nothing"
    assert score.leaks == []
    assert count["refused"] >= 70 and count["reached"] >= 100 and count["taken"] >= 40


def test_no_role_has_both_halves_of_a_decision() -> None:
    from members.permissions import ROLE_PERMISSIONS

    operator, approver = (set(ROLE_PERMISSIONS[role]) for role in ("alliance-operator", "alliance-approver"))
    assert ALONE["alliance-approver"] <= {str(each) for each in approver - operator}
    assert ALONE["alliance-operator"] <= {str(each) for each in operator - approver}
