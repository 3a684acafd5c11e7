"""Putting guidance in force: one person of the desk proposes a version of a list, another signs or rejects it.

Not here: the first versions, which come with the product in a migration.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from clues.models import GuidanceRow, GuidanceVersion
from clues.notes import checked_note
from members import audit
from members.models import User
from members.permissions import Permission, check

from .queries import LISTS, get_version
from .rows import parse

MAX_TITLE = 100


@transaction.atomic
def propose(*, list_code: str, title: str, text: str, by: User, now: datetime) -> GuidanceVersion:
    """Store a version of a list for a second person to decide; its rows are fixed here. Raise Refusal, TextInvalid."""
    check(by, Permission.GUIDANCE_PROPOSE)
    if list_code not in LISTS:
        raise Refusal("field-invalid", gettext_noop("There is no such list of guidance."), field="list_code")
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE or not title.isprintable():
        raise Refusal("field-invalid", gettext_noop("Give it a title of 100 characters at most."), field="title")
    if looks_raw(title):
        raise Refusal("raw-identifier", gettext_noop("The title looks like an identifier."), field="title")
    rows = parse(list_code, text)
    version = GuidanceVersion.objects.create(list=list_code, title=title, text=text, proposed_by=by, proposed_at=now)
    GuidanceRow.objects.bulk_create(
        GuidanceRow(version=version, position=position, code=row.code, data=_data(row.as_row()))
        for position, row in enumerate(rows, start=1)
    )
    _record("guidance.propose", version, by, rows=len(rows))
    return version


@transaction.atomic
def sign(*, version_id: int, by: User, now: datetime) -> GuidanceVersion:
    """Put a proposed version in force and the present one out of force. Raise Refusal.

    A proposal made before the present version came into force is refused with `conflict`: its signer would undo changes
    that its proposer never saw.
    """
    check(by, Permission.GUIDANCE_SIGN)
    version = _lock_proposed(version_id, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('aif.guidance'))")
    present = get_version(version.list)
    if present is not None:
        if present.signed_at is not None and present.signed_at > version.proposed_at:
            raise Refusal(
                "conflict",
                gettext_noop("Another version came into force after this one was proposed. Propose it again."),
            )
        present.state = GuidanceVersion.SUPERSEDED
        present.save(update_fields=["state"])
    _decide(version, GuidanceVersion.IN_FORCE, by, now)
    _record("guidance.sign", version, by, supersedes=None if present is None else present.pk)
    return version


@transaction.atomic
def reject(*, version_id: int, reason: str, by: User, now: datetime) -> GuidanceVersion:
    """Turn a proposed version down; the reason goes into the audit trail. Raise Refusal, NoteRefused."""
    check(by, Permission.GUIDANCE_SIGN)
    reason = checked_note(reason, required=True)
    version = _lock_proposed(version_id, by)
    _decide(version, GuidanceVersion.REJECTED, by, now)
    _record("guidance.reject", version, by, reason=reason)
    return version


def compare(version: GuidanceVersion) -> tuple[list[str], list[str], list[str]]:
    """Return the codes that signing it would add, change and take away, beside the version in force."""
    present = get_version(version.list)
    before = {} if present is None else dict(present.rows.values_list("code", "data"))
    after = dict(version.rows.values_list("code", "data"))
    return (
        sorted(after.keys() - before.keys()),
        sorted(code for code in after.keys() & before.keys() if after[code] != before[code]),
        sorted(before.keys() - after.keys()),
    )


def _data(row: dict[str, object]) -> dict[str, object]:
    """What the text may say of a row; labels elsewhere are no part of it."""
    found = {name: value for name, value in row.items() if name != "mappings" and value not in ("", [])}
    for name, value in found.items():
        if isinstance(value, list):
            found[name] = [_data(each) if isinstance(each, dict) else each for each in value]
    return found


def _lock_proposed(version_id: int, by: User) -> GuidanceVersion:
    version = GuidanceVersion.objects.select_for_update().filter(pk=version_id).first()
    if version is None:
        raise Refusal("not-found", gettext_noop("There is no such version."))
    if version.state != GuidanceVersion.PROPOSED:
        raise Refusal("transition-refused", gettext_noop("The version is decided already."))
    if version.proposed_by_id == by.pk:
        raise Refusal("four-eyes", gettext_noop("Somebody else than the proposer has to decide."))
    return version


def _decide(version: GuidanceVersion, state: str, by: User, now: datetime) -> None:
    version.state, version.signed_by, version.signed_at = state, by, now
    version.save(update_fields=["state", "signed_by", "signed_at"])


def _record(verb: str, version: GuidanceVersion, by: User, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=f"G-{version.pk}", detail={"list": version.list} | detail)
