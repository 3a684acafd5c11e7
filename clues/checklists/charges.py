"""The charges that a case is checked against: chosen by its lead or by the alliance, while the parties write their parts."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import joint
from clues.cases.actions import NotTheLead
from clues.cases.queries import get_case
from clues.cases.transition import CaseNotFound
from clues.guidance.queries import list_charges
from clues.guidance.rows import Charge
from clues.matching.release import next_tick
from clues.models import Case, CaseCharge
from members import audit
from members.models import User, reference
from members.permissions import Permission, check
from members.queries import Member, Person


class ChargeUnknown(Refusal):
    """The charge does not stand in the list in force."""

    def __init__(self) -> None:
        super().__init__("field-invalid", gettext_noop("There is no such charge in the list in force."), field="charge")


class ChargeNotFound(Refusal):
    """The case is not checked against this charge."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("The case is not checked against this charge."))


def list_possible() -> list[Charge]:
    """Return the charges that a case can be checked against: those in force."""
    return list_charges()


def add(*, case: str, charge: object, by: Member | User, now: datetime) -> CaseCharge:
    """Check a case against a charge of the list in force; the parties see it from the next tick on.

    `by` is whoever acts for the lead, or a person of the desk. Raise CaseNotFound, ChargeUnknown, NotTheLead, Refusal
    `transition-refused` where the parts stand as they are, `conflict` if it stands there already.
    """
    number = _find_case(case, by)
    if not isinstance(charge, str) or charge not in {each.code for each in list_possible()}:
        raise ChargeUnknown
    with transaction.atomic():
        _hold(number, by)
        institution = None if isinstance(by, User) else by.institution_id
        row = CaseCharge(
            case_id=number, charge=charge, institution_id=institution, added_by_id=_person_of(by), added_at=now,
            released_at=next_tick(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "case_charge_once" not in str(error):
                raise
            raise Refusal(
                "conflict", gettext_noop("The case is checked against this charge already."), field="charge"
            ) from None
        _record("case.charge.add", case, charge, by)
    return row


def drop(*, case: str, charge: str, by: Member | User, now: datetime) -> CaseCharge:
    """Check a case no longer against a charge; what the parts show of it stays with them. Raise as `add`, ChargeNotFound."""
    number = _find_case(case, by)
    with transaction.atomic():
        _hold(number, by)
        row = CaseCharge.objects.select_for_update().filter(
            case_id=number, charge=charge, dropped_at__isnull=True
        ).first()  # fmt: skip
        if row is None:
            raise ChargeNotFound
        row.dropped_at, row.dropped_by_id = now, _person_of(by)
        row.save(update_fields=["dropped_at", "dropped_by"])
        _record("case.charge.drop", case, row.charge, by)
    return row


def _find_case(case: str, by: Member | User) -> int:
    """Return the case by number, to whoever may choose its charges."""
    if not isinstance(by, User):
        joint.check_work(by)
        return get_case(case=case, viewer=by).id
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_PROPOSE)
    number = reference.decode("CASE", case) or 0
    if not Case.objects.filter(pk=number).exists():
        raise CaseNotFound
    return number


def _hold(number: int, by: Member | User) -> None:
    """Keep the case where its parts are written, and led by whoever acts for a member."""
    held = joint.hold(number, joint.WRITTEN)
    if not isinstance(by, User) and held.lead_id != by.institution_id:
        raise NotTheLead


def _person_of(by: Member | User) -> int | None:
    return by.pk if isinstance(by, User) else by.user_id if isinstance(by, Person) else None


def _record(verb: str, case: str, charge: str, by: Member | User) -> None:
    institution = None if isinstance(by, User) else by.institution_id
    audit.record(verb, actor=by, subject_ref=case, institution_id=institution, detail={"charge": charge})
