"""Reads of the guidance in force, for everybody who works on a case."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import GuidanceRow, GuidanceVersion

from .rows import Authority, Charge, Playbook, build

LISTS = (GuidanceVersion.AUTHORITIES, GuidanceVersion.CHARGES, GuidanceVersion.PLAYBOOKS)


class AuthorityUnknown(Refusal):
    """The authority does not stand in the list in force."""

    def __init__(self) -> None:
        super().__init__(
            "field-invalid", gettext_noop("There is no such authority in the list in force."), field="authority"
        )


def list_authorities() -> list[Authority]:
    """Return the authorities in force, in their order."""
    return _rows(GuidanceVersion.AUTHORITIES)


def list_charges() -> list[Charge]:
    """Return the charges in force with their elements."""
    return _rows(GuidanceVersion.CHARGES)


def list_playbooks() -> list[Playbook]:
    """Return the playbooks in force."""
    return _rows(GuidanceVersion.PLAYBOOKS)


def get_authority(code: str) -> Authority:
    """Return one authority of the list in force. Raise AuthorityUnknown."""
    row = GuidanceRow.objects.filter(
        version__list=GuidanceVersion.AUTHORITIES, version__state=GuidanceVersion.IN_FORCE, code=code
    ).first()
    if row is None:
        raise AuthorityUnknown
    found: Any = build(GuidanceVersion.AUTHORITIES, row.data)
    return found  # type: ignore[no-any-return]


def find_authorities(codes: set[str]) -> dict[str, Authority]:
    """Return authorities by code, as they were last in force: what was recorded keeps its name when a list changes."""
    return _last_in_force(GuidanceVersion.AUTHORITIES, codes)


def find_charges(codes: set[str]) -> dict[str, Charge]:
    """Return charges by code, as they were last in force: a case keeps its charges when the list changes."""
    return _last_in_force(GuidanceVersion.CHARGES, codes)


def get_version(list_code: str) -> GuidanceVersion | None:
    """Return the version of a list that is in force."""
    return GuidanceVersion.objects.filter(list=list_code, state=GuidanceVersion.IN_FORCE).first()


def _rows(list_code: str) -> list[Any]:
    rows = GuidanceRow.objects.filter(version__list=list_code, version__state=GuidanceVersion.IN_FORCE)
    return [build(list_code, row.data) for row in rows.order_by("position")]


def _last_in_force(list_code: str, codes: set[str]) -> dict[str, Any]:
    rows = GuidanceRow.objects.filter(
        version__list=list_code,
        version__state__in=(GuidanceVersion.IN_FORCE, GuidanceVersion.SUPERSEDED),
        code__in=codes,
    ).order_by("version_id")
    return {row.code: build(list_code, row.data) for row in rows}
