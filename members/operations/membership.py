"""The life of a membership as one table: which step leads from where to where, who may take it, and who may not.

Operations take steps by `begin`; the desk's buttons and the diagram in docs/institutions.md come from the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.models import Institution, InstitutionState
from members.permissions import Actor, Permission, check

APPLIED, VETTED, AGREED = InstitutionState.APPLIED, InstitutionState.VETTED, InstitutionState.AGREED
LIVE, SUSPENDED, LEFT = InstitutionState.LIVE, InstitutionState.SUSPENDED, InstitutionState.LEFT
DECLINED = InstitutionState.DECLINED
ASKING = (APPLIED, VETTED, AGREED)
MEMBERS = (LIVE, SUSPENDED)


@dataclass(frozen=True)
class Step:
    """One row: `not_by` are the fields that name people who must not take it; without a target the state stays."""

    action: str
    sources: tuple[InstitutionState, ...]
    target: InstitutionState | None
    by: Permission
    not_by: tuple[str, ...] = ()


STEPS = {
    step.action: step
    for step in (
        Step("vet", (APPLIED,), VETTED, Permission.INSTITUTION_VET),
        Step("agree", (VETTED,), AGREED, Permission.INSTITUTION_VET),
        Step("admit", (AGREED,), LIVE, Permission.INSTITUTION_ADMIT, ("applied_by", "vetted_by", "agreed_by")),
        Step("send-back", (VETTED, AGREED), APPLIED, Permission.INSTITUTION_ADMIT),
        Step("decline", ASKING, DECLINED, Permission.INSTITUTION_ADMIT),
        Step("suspend", (LIVE,), SUSPENDED, Permission.INSTITUTION_SUSPEND),
        Step("reinstate", (SUSPENDED,), LIVE, Permission.INSTITUTION_ADMIT),
        Step("announce-leaving", MEMBERS, None, Permission.INSTITUTION_SUSPEND),
        Step("stay", MEMBERS, None, Permission.INSTITUTION_SUSPEND),
    )
}


def begin(*, institution_id: int, action: str, by: Actor) -> Institution:
    """Return the institution with its row locked, if this person may take this step now; set its state to the target.

    The caller saves. Raise Refusal: `permission-missing`, `not-found`, `transition-refused`, `four-eyes`.
    """
    step = STEPS[action]
    check(by, step.by)
    institution = lock(institution_id)
    if institution.state not in step.sources:
        raise Refusal(
            "transition-refused",
            gettext_noop("The institution is in another state; reload the page."),
            state=institution.state,
        )
    person = getattr(by, "pk", None)
    if person is not None and person in [getattr(institution, f"{name}_id") for name in step.not_by]:
        raise Refusal(
            "four-eyes",
            gettext_noop(
                "You applied for, vetted or uploaded the agreement of this one; a second person has to admit it."
            ),
        )
    if step.target is not None:
        institution.state = step.target.value
    return institution


def is_open(institution: Institution, action: str) -> bool:
    """Whether the step is open in the present state."""
    return institution.state in STEPS[action].sources


def lock(institution_id: int) -> Institution:
    """Return an institution with its row locked; raise Refusal `not-found`."""
    try:
        return Institution.objects.select_for_update(of=("self",)).get(pk=institution_id)
    except Institution.DoesNotExist:
        raise Refusal("not-found") from None


def record(verb: str, institution: Institution, *, by: Actor, **detail: object) -> None:
    """Add the audit event of something that happened to an institution."""
    audit.record(verb, actor=by, subject_ref=institution.ref, institution_id=institution.pk, detail=detail)


def draw() -> Iterator[str]:
    """Yield the lines of a Mermaid state diagram of the table."""
    yield "stateDiagram-v2"
    yield f"    [*] --> {APPLIED}: apply ({Permission.INSTITUTION_APPLY})"
    for step in STEPS.values():
        second = ", a second person" if step.not_by else ""
        for source in step.sources:
            yield f"    {source} --> {step.target or source}: {step.action} ({step.by}{second})"
    for source in MEMBERS:
        yield f"    {source} --> {LEFT}: leave (on the day announced, once no clue is left)"
    yield f"    {DECLINED} --> [*]"
    yield f"    {LEFT} --> [*]"
