"""Raw values in the own part: put there by a party on purpose, sealed, covered by the part's approval, for the package alone.

Clues hold tokens and nothing else. An authority that shall act needs the value, so a party may add it to its part, with a
confirmation of its own; adding and removing change the part like writing on it. Other parties never read a value, nor that
there is one. Whoever of the own institution looks at the values leaves an event behind first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import InvalidIdentifier, Refusal, UnknownType
from aif_share.identifiers import normalize
from aif_share.vocabulary import roles
from clues.cases import parts
from clues.cases.queries import get_case
from clues.models import CasePart, PartIdentifier
from clues.vault import keys, records
from members import audit
from members.models import reference
from members.permissions import Permission, PermissionMissing, Viewer, can
from members.queries import Member, Person

MOST: Final = 200
MAX_VALUE: Final = 2048
PURPOSE: Final = "part-identifier"


@dataclass(frozen=True, slots=True)
class OwnIdentifier:
    """A value of the own part. `value` is None unless somebody opened it."""

    identifier: str
    type: str
    role: str
    added_at: datetime
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the part: its new version, and the value it is about, without the value."""

    version: int
    identifier: OwnIdentifier


def list_own(*, case: str, viewer: Viewer) -> list[OwnIdentifier]:
    """Return what the own part holds, oldest first, without a value. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    return [_view(row) for row in _rows(found.id, viewer)]


def open_own(*, case: str, by: Person) -> list[OwnIdentifier]:
    """Return the own part's values to one of its people, after the trail says so.

    Raise CaseNotFound, PermissionMissing, KekMissing or IntegrityFailed.
    """
    found = get_case(case=case, viewer=by)
    if not (can(by, Permission.CASE_WORK) or can(by, Permission.CASE_DECIDE)):
        raise PermissionMissing
    rows = _rows(found.id, by)
    with transaction.atomic():
        audit.record(
            "case.part.identifiers.open", actor=by, subject_ref=case, institution_id=by.institution_id,
            detail={"identifiers": len(rows)},
        )  # fmt: skip
    return [_view(row, read_value(row)) for row in rows]


def add(
    *, case: str, type: str, role: str, value: Any, confirmed: bool, version: int, by: Member, now: datetime
) -> Change:
    """Put one raw value into the own part: a draft it is then, and an approval is taken back.

    The canonical form is kept. Raise as `parts.edit` does, and Refusal `confirmation-missing`, `type-unknown`,
    `identifier-invalid`, `field-invalid` (role, or too many), `conflict` for a value that stands there in that role.
    """
    canonical = _checked(type, role, value, confirmed)
    with transaction.atomic():
        part = parts.change(case=case, version=version, by=by, now=now)
        rows = list(PartIdentifier.objects.filter(part=part).select_related("key"))
        if len(rows) >= MOST:
            raise Refusal("field-invalid", gettext_noop("A part holds up to 200 raw values."), field="value")
        _check_new(rows, type, role, canonical)
        key = keys.make(PURPOSE, now)
        row = PartIdentifier(
            part=part, type=type, role=role, key=key, actor_ref=by.audit_ref, added_at=now,
            added_by_id=by.user_id if isinstance(by, Person) else None,
        )  # fmt: skip
        row.sealed = records.seal(canonical.encode(), key=key, about=_about(part))
        row.save()
        _record("case.part.identifier.add", case, part, row, by)
    return Change(part.version, _view(row))


def remove(*, case: str, identifier: str, version: int, by: Member, now: datetime) -> Change:
    """Take one value `PI-…` out of the own part, for good: its key is destroyed. Raise as `add` does, and `not-found`."""
    with transaction.atomic():
        part = parts.change(case=case, version=version, by=by, now=now)
        number = reference.decode("PI", identifier) or 0
        row = PartIdentifier.objects.filter(part=part, pk=number).select_related("key").first()
        if row is None:
            raise Refusal("not-found", gettext_noop("Your part holds no such value."))
        gone, key = _view(row), row.key
        _record("case.part.identifier.remove", case, part, row, by)
        row.delete()
        keys.destroy(key, now)
    return Change(part.version, gone)


def read_value(row: PartIdentifier) -> str:
    """Return the value itself. Whoever calls has seen to the trail. Raise KekMissing, IntegrityFailed, Destroyed."""
    return records.unseal(bytes(row.sealed), key=row.key, about=_about(row.part)).decode()


def _rows(case: int, viewer: Viewer) -> list[PartIdentifier]:
    own = PartIdentifier.objects.filter(part__case_id=case, part__institution_id=viewer.institution_id)
    return list(own.select_related("key", "part").order_by("id"))


def _checked(type: str, role: str, value: Any, confirmed: bool) -> str:
    """Return the canonical form. No message repeats the value."""
    if confirmed is not True:
        raise Refusal(
            "confirmation-missing",
            gettext_noop("Confirm that this value may leave the alliance in the report package."),
            field="confirm",
        )  # fmt: skip
    if role not in roles.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("There is no such role."), field="role")
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_VALUE:
        raise Refusal("field-invalid", gettext_noop("Give the value, in 2,048 characters at most."), field="value")
    try:
        return normalize(type, value)
    except UnknownType:
        raise Refusal("type-unknown", gettext_noop("There is no such type of identifier."), field="type") from None
    except InvalidIdentifier:
        raise Refusal("identifier-invalid", gettext_noop("The value does not fit its type."), field="value") from None


def _check_new(rows: Iterable[PartIdentifier], type: str, role: str, canonical: str) -> None:
    for row in rows:
        if (row.type, row.role) == (type, role) and read_value(row) == canonical:
            raise Refusal("conflict", gettext_noop("Your part holds this value in this role already."), field="value")


def _about(part: CasePart) -> str:
    return f"part-identifier|{part.case_id}|{part.institution_id}"


def _view(row: PartIdentifier, value: str | None = None) -> OwnIdentifier:
    return OwnIdentifier(row.ref, row.type, row.role, row.added_at, value)


def _record(verb: str, case: str, part: CasePart, row: PartIdentifier, by: Member) -> None:
    audit.record(
        verb, actor=by, subject_ref=case, institution_id=by.institution_id,
        detail={"version": part.version, "type": row.type, "role": row.role},
    )  # fmt: skip
