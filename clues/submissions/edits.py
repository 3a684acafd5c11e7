"""What an institution does with its own clues after reporting them: correct, withdraw, extend.

Each edit is one transaction: the clue's row under its lock, a row of its history, and an audit event. Screenings see it
at once. What follows for sightings, hub, matches and events is done by the matcher (matching/changes.py), for which the
history row is the work order: web never reads or writes what others reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import extension_reasons, grades, withdrawal_reasons
from clues import quotas
from clues.blinding import epochs
from clues.models import Clue, ClueChange, Sighting
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

from . import renewal, reviews, rows
from .clues import ClueNotFound, ClueView, show
from .rows import FIELDS, LINK_WEIGHT, NULL, ROLE_SCORES, RowContext, RowRefused

CORRECTABLE = FIELDS.keys() | {"identifiers", "roles"}
ROLE_EDIT = {"identifier", "role"}


def correct(*, clue: str, changes: Mapping[str, Any], version: int, by: Member, now: datetime) -> ClueView:
    """Change fields, all identifiers (`identifiers`) or roles alone (`roles`) of an active clue of the caller's.

    `changes` is the request's object; null takes a field away. What is right already changes nothing and makes no
    version. Other identifiers cost one unit of the submit quota: they ask what a new clue would ask. Raise ClueNotFound;
    Refusal `version-changed`, `transition-refused`, `unknown-field`, `field-invalid`, `quota-exhausted`, or the code with
    which a row of a batch would be refused. What a review was about does not outlive it: another category or identifier
    or a higher grade lets the clue wait for its review again.
    """
    if not changes:
        raise Refusal("field-missing", gettext_noop("Name at least one field to correct."))
    if unknown := changes.keys() - CORRECTABLE:
        raise Refusal("unknown-field", gettext_noop("These cannot be corrected."), fields=rows.names_of(unknown))
    if "identifiers" in changes and "roles" in changes:
        raise Refusal("field-invalid", gettext_noop("Send either identifiers or roles."), field="roles")
    with transaction.atomic():
        found = _lock(clue, version, by)
        context = RowContext(peppers=epochs.get_epochs())
        before, lines = _document(found), _lines(found)
        try:
            wanted = rows.check_fields(
                {**before, **{name: changes[name] for name in FIELDS.keys() & changes.keys()}}, context
            )
            new_lines = _new_lines(changes, lines, context)
        except RowRefused as refused:
            raise Refusal(refused.code) from None
        fields = dict(zip(FIELDS, wanted.text.split("\t"), strict=True))
        if fields["basis"] == NULL:
            fields["basis"] = by.default_basis
        after = _columns(fields)
        changed = {name: before[name] for name in FIELDS if getattr(found, name) != after[name]}
        if not changed and new_lines == lines:
            return show([found])[0]
        if {"category", "grade"} & changed.keys():
            found.expires_at = _months_after(_counted_from(found), int(wanted.months))
        if _outdates_review(found, after, other_identifiers=new_lines != lines):
            reviews.void(found, by=by, now=now)
        text = _fingerprint_text(found, before, changes, fields, lines)
        for name, value in after.items():
            setattr(found, name, value)
        found.fingerprint = rows.fingerprint_of(text, new_lines)
        if "identifiers" in changes and new_lines != lines:
            quotas.charge(institution_id=by.institution_id, kind=quotas.SUBMIT, amount=1, limit=by.submit_quota)
        return _record(
            found,
            ClueChange.CORRECTED,
            verb="clue.correct",
            by=by,
            now=now,
            before=changed,
            identifiers=None if new_lines == lines else "\n".join(new_lines),
            columns=["fingerprint", "expires_at", "review", *after],
        )


def withdraw(*, clue: str, reason: Any, version: int, by: Member, now: datetime) -> ClueView:
    """Take an active clue of the caller's back, for good; it stops answering at once and its matches are undone.

    Raise ClueNotFound; Refusal `version-changed`, `transition-refused` or `field-invalid` (reason).
    """
    _check_reason(reason, withdrawal_reasons.BY_CODE)
    with transaction.atomic():
        found = _lock(clue, version, by)
        found.state, found.ended_at = Clue.WITHDRAWN, now
        return _record(
            found,
            ClueChange.WITHDRAWN,
            verb="clue.withdraw",
            by=by,
            now=now,
            reason=reason,
            columns=["state", "ended_at"],
        )


def extend(*, clue: str, reason: Any, version: int, by: Member, now: datetime) -> ClueView:
    """Let an active clue of the caller's live a full period of its category and grade from now on.

    A second time above grade C takes fresh evidence: another digest than at the last extension. Raise ClueNotFound; Refusal
    `version-changed`, `transition-refused`, `evidence-stale` or `field-invalid` (reason).
    """
    _check_reason(reason, extension_reasons.BY_CODE)
    with transaction.atomic():
        found = _lock(clue, version, by)
        renewal.check(found)
        found.expires_at = _months_after(now, int(rows.MONTHS[found.category, found.grade]))
        return _record(
            found, ClueChange.EXTENDED, verb="clue.extend", by=by, now=now, reason=reason, columns=["expires_at"]
        )


def _outdates_review(clue: Clue, after: Mapping[str, Any], *, other_identifiers: bool) -> bool:
    """Whether a correction takes the ground from the review that stands; what was returned waits again in any case."""
    regraded = after["grade"] != clue.grade
    rise = grades.BY_CODE[after["grade"]].rank < grades.BY_CODE[clue.grade].rank
    return (
        rise
        or other_identifiers
        or after["category"] != clue.category
        or clue.review == Clue.RETURNED
        or (clue.review == Clue.AT_DESK and regraded)
    )


def _check_reason(reason: Any, known: Mapping[str, Any]) -> None:
    if not isinstance(reason, str) or reason not in known:
        raise Refusal("field-invalid", gettext_noop("reason is a code of the vocabulary."), field="reason")


def _lock(clue: str, version: int, by: Member) -> Clue:
    """Return the caller's clue with its row locked, if it is active and of this version."""
    check(by, Permission.CLUE_SUBMIT)
    own = Clue.objects.select_for_update().filter(institution_id=by.institution_id)
    found = own.filter(pk=reference.decode("C", clue) or 0).first()
    if found is None:
        raise ClueNotFound
    if found.version != version:
        raise Refusal("version-changed", gettext_noop("Read it again, and change what is there now."))
    if found.state != Clue.ACTIVE:
        raise Refusal("transition-refused", gettext_noop("Only an active clue can be edited."))
    if found.evidence_sha256 is not None:
        found.evidence_sha256 = bytes(found.evidence_sha256)  # a view compares by its own rules
    return found


def _record(
    found: Clue,
    kind: str,
    *,
    verb: str,
    by: Member,
    now: datetime,
    columns: list[str],
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    identifiers: str | None = None,
) -> ClueView:
    found.version += 1
    found.save(update_fields=[*columns, "version"])
    ClueChange.objects.create(
        clue=found,
        institution_id=found.institution_id,
        kind=kind,
        reason=reason,
        version=found.version,
        before=dict(before or {}),
        identifiers=identifiers,
        actor_ref=by.audit_ref,
        created_at=now,
        applied_at=now if kind == ClueChange.EXTENDED else None,  # a longer life changes nothing that counts
    )
    audit.record(
        verb,
        actor=by,
        institution_id=found.institution_id,
        subject_ref=reference.encode("C", found.pk),
        detail={"version": found.version, "reason": reason, "fields": sorted(before or {})},
    )
    return show([found])[0]


def _document(clue: Clue) -> dict[str, Any]:
    """Return the stored fields as a request would bring them."""
    return {
        **{name: getattr(clue, name) for name in FIELDS},
        "observed_at": None if clue.observed_at is None else clue.observed_at.isoformat(),
        "amount_cny": None if clue.amount_cny is None else f"{clue.amount_cny:.2f}",
        "evidence_sha256": None if clue.evidence_sha256 is None else bytes(clue.evidence_sha256).hex(),
    }


def _columns(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return checked COPY text as the values of the columns."""
    made: dict[str, Any] = {name: None if text == NULL else text for name, text in fields.items()}
    made["crime_indicator"] = made["crime_indicator"] == "t"
    if made["observed_at"] is not None:
        made["observed_at"] = datetime.fromisoformat(made["observed_at"])
    if made["amount_cny"] is not None:
        made["amount_cny"] = Decimal(made["amount_cny"])
    if made["indicators"] is not None:
        made["indicators"] = [code for code in made["indicators"][1:-1].split(",") if code]
    if made["evidence_sha256"] is not None:
        made["evidence_sha256"] = bytes.fromhex(made["evidence_sha256"].removeprefix(rows.DIGEST_PREFIX))
    return made


def _lines(clue: Clue) -> list[str]:
    """Return the clue's identifiers as `check_identifiers` made them: those that wait to be applied, or those that stand."""
    waiting = (
        ClueChange.objects.filter(clue=clue, applied_at__isnull=True, identifiers__isnull=False)
        .order_by("-id")
        .values_list("identifiers", flat=True)
        .first()
    )
    if waiting is not None:
        return waiting.splitlines()
    return [
        f"{own.position}\t{own.type}\t{own.epoch}\t{own.token.hex}\t{own.role}\t{ROLE_SCORES[own.role]}"
        f"\t{LINK_WEIGHT[own.type]}"
        for own in Sighting.objects.filter(clue=clue).order_by("position", "epoch")
    ]


def _new_lines(changes: Mapping[str, Any], lines: list[str], context: RowContext) -> list[str]:
    if "identifiers" in changes:
        return rows.check_identifiers(changes["identifiers"], context)
    if "roles" not in changes:
        return lines
    edits = changes["roles"]
    made = [line.split("\t") for line in lines]
    places = {int(parts[0]) for parts in made}
    if not isinstance(edits, list) or not edits or len(edits) > len(places):
        raise Refusal("field-invalid", gettext_noop("roles is a list of {identifier, role}."), field="roles")
    for edit in edits:
        if not isinstance(edit, dict) or edit.keys() != ROLE_EDIT:
            raise Refusal("field-invalid", gettext_noop("roles is a list of {identifier, role}."), field="roles")
        place, role = edit["identifier"], edit["role"]
        if isinstance(place, bool) or not isinstance(place, int) or place not in places:
            raise Refusal("field-invalid", gettext_noop("The clue has no identifier in this place."), field="roles")
        if not isinstance(role, str) or role not in ROLE_SCORES:
            raise RowRefused("role-unknown")
        # In every key epoch it stands in: it is one identifier.
        for parts in made:
            if int(parts[0]) == place:
                parts[4:6] = [role, ROLE_SCORES[role]]
    return ["\t".join(parts) for parts in made]


def _fingerprint_text(
    clue: Clue, before: Mapping[str, Any], changes: Mapping[str, Any], fields: Mapping[str, str], lines: list[str]
) -> str:
    """Return the fields' text as a fresh submission of the corrected content would have it.

    A clue that named no basis was given the key's default; whether it named one, its present fingerprint tells.
    """
    basis = fields["basis"]
    if "basis" in changes:
        basis = NULL if changes["basis"] is None else basis
    else:
        unnamed = rows.check_fields({**before, "basis": None}, RowContext(peppers={})).text
        if rows.fingerprint_of(unnamed, lines) == clue.fingerprint.hex:
            basis = NULL
    return "\t".join({**fields, "basis": basis}.values())


def _counted_from(clue: Clue) -> datetime:
    """Return since when the clue's life is counted: its last extension, or its arrival."""
    extended = ClueChange.objects.filter(clue=clue, kind=ClueChange.EXTENDED).order_by("-id").first()
    return clue.received_at if extended is None else extended.created_at


def _months_after(start: datetime, months: int) -> datetime:
    """As matching counts months: in PostgreSQL, so that both end at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz + make_interval(months => %s)", [start, months])
        (moment,) = cursor.fetchone()
    ended: datetime = moment
    return ended
