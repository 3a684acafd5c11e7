"""The cast: Alice and Amir at Aster Bank, Bea at Birch Finance, Cy at Cedar the stranger, Olga and Pavel at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from members.models import Institution, User
from tests.factories import make_institution, make_user


@dataclass(frozen=True)
class Cast:
    """Three independent institutions and the people in them."""

    aster: Institution
    birch: Institution
    cedar: Institution
    alice: User  # analyst at Aster
    amir: User  # approver at Aster
    bea: User  # analyst at Birch
    cy: User  # analyst at Cedar
    olga: User  # alliance operator
    pavel: User  # alliance approver


def make_cast() -> Cast:
    """Bring everybody in."""
    aster = make_institution("Aster Bank", sector="bank")
    birch = make_institution("Birch Finance", sector="consumer-finance")
    cedar = make_institution("Cedar Pay", sector="payment")
    return Cast(
        aster=aster,
        birch=birch,
        cedar=cedar,
        alice=make_user("analyst", institution=aster, name="alice"),
        amir=make_user("approver", institution=aster, name="amir"),
        bea=make_user("analyst", institution=birch, name="bea"),
        cy=make_user("analyst", institution=cedar, name="cy-stranger"),
        olga=make_user("alliance-operator", name="olga"),
        pavel=make_user("alliance-approver", name="pavel"),
    )
