"""Columns of official requests at the desk: the scope check, officers, members, what went, every step."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from aif_share.vocabulary import official_bases, official_items, scope_findings
from clues.admin.columns import link, listed, local, table, word
from clues.guidance.citing import cite
from clues.guidance.queries import find_authorities
from clues.models import OfficialDisclosure, OfficialRequest
from clues.official_requests import documents, scope, workflow
from clues.procedures.deadlines import today

ACTIONS = {
    workflow.REGISTER: _("registered"),
    workflow.VERIFY: _("officer verified"),
    workflow.PROPOSE: _("proposed for approval"),
    workflow.APPROVE: _("approved, members asked"),
    workflow.RETURN: _("returned"),
    workflow.REFUSE: _("turned down by the alliance"),
    workflow.WITHDRAW: _("withdrawn"),
    workflow.ANSWER: _("answered"),
    workflow.CONFIRM: _("confirmed"),
    workflow.SUPPLY: _("supplied"),
    workflow.DECLINE: _("declined to supply"),
}
CODES = {
    workflow.VERIFY: "officer-checks",
    workflow.REFUSE: "official-refusals",
    workflow.ANSWER: "official-answers",
    workflow.DECLINE: "request-declines",
}


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


@admin.display(description=_("authority"))
def authority(row: OfficialRequest) -> str:
    """Its name in the list of its time, and the unit."""
    found = find_authorities({row.authority}).get(row.authority)
    name = row.authority if found is None else found.zh if _chinese() else found.en
    return f"{name} · {row.unit}"


@admin.display(description=_("answer due on"), ordering="due_on")
def due(row: OfficialRequest) -> str:
    """Until when, and whether that is over."""
    if row.state in workflow.OPEN and row.due_on < today(timezone.now()):
        return _now("%(at)s, overdue") % {"at": row.due_on}
    return str(row.due_on)


@admin.display(description=_("legal basis"))
def basis(row: OfficialRequest) -> str:
    """The basis with its source, and that counsel has not confirmed it."""
    found = official_bases.BY_CODE.get(row.basis)
    if found is None:
        return str(row.basis)
    note = f"; {_now('to be confirmed by counsel')}" if found.to_confirm else ""
    return f"{found.zh if _chinese() else found.en} ({cite(found.source)}{note})"


@admin.display(description=_("scope check"))
def check(row: OfficialRequest) -> str:
    """Every item asked for, with what speaks against it."""
    findings = scope.check(scope.asked_of(row))
    whole = [each.code for each in findings if not each.item]
    rows = [("—", listed(_finding(code) for code in whole), "")] if whole else []
    for code in row.items:
        item = official_items.BY_CODE[code]
        said = [_finding(each.code) for each in findings if each.item == code]
        instead = item.instead_zh if _chinese() else item.instead_en
        rows.append((item.zh if _chinese() else item.en, listed(said) or _now("in scope"), instead))
    return table((_("asked for"), _("scope check"), _("instead")), rows)


def _finding(code: str) -> str:
    row = scope_findings.BY_CODE[code]
    return row.zh if _chinese() else row.en


@admin.display(description=_("officers"))
def officers(row: OfficialRequest) -> str:
    """Who is named in the document, and how each was verified."""
    found = list(row.officers.select_related("verified_by").order_by("position"))
    try:
        named = documents.read_officers(row, found)
    except Refusal as refusal:
        return _now(refusal.detail)
    return table(
        (_("number"), _("Officer"), _("card no."), _("verified how"), _("verified by"), _("verified at")),
        (
            (
                each.position,
                "—" if who is None else who.name,
                "—" if who is None else who.card_no,
                word(each.way, "officer-checks") if each.way else "—",
                each.verified_by or "—",
                local(each.verified_at) if each.verified_at else "—",
            )
            for each, who in zip(found, named, strict=True)
        ),
    )


@admin.display(description=_("members concerned"))
def parties(row: OfficialRequest) -> str:
    """Whom it goes or went to, and what each said."""
    said = {step.institution_id: step for step in row.steps.filter(institution__isnull=False).order_by("pk")}
    rows = row.parties.select_related("institution").order_by("institution__name")
    return table(
        (_("institution"), _("state"), _("due"), _("reason"), _("words")),
        (
            (
                each.institution,
                workflow.AT_MEMBERS[each.state],
                local(each.due_at) if each.due_at else "—",
                word(step.code, "request-declines") if (step := said.get(each.institution_id)) and step.code else "—",
                (step.text if step else "") or "—",
            )
            for each in rows
        ),
    )


@admin.display(description=_("lawful disclosures"))
def disclosures(row: OfficialRequest) -> str:
    """What went, institution by institution."""
    return disclosed_table(row.disclosures.select_related("institution").order_by("institution__name", "pk"))


def disclosed_table(rows: QuerySet[OfficialDisclosure]) -> str:
    """Disclosures as a table."""
    return table(
        (_("institution"), _("disclosed"), _("how many"), _("package"), "SHA-256", _("disclosed at")),
        (
            (
                each.institution, word(each.item, "official-items"), each.number, each.package_ref or "—",
                each.package_sha256 or "—", local(each.disclosed_at),
            )
            for each in rows
        ),
    )  # fmt: skip


@admin.display(description=_("steps"))
def steps(row: OfficialRequest) -> str:
    """Everything that happened, oldest first."""
    return table(
        (_("at"), _("step"), _("state"), _("by"), _("reason"), _("words")),
        (
            (
                local(each.at),
                ACTIONS[each.action],
                workflow.STATES.get(each.to_state) or workflow.AT_MEMBERS[each.to_state],
                each.institution or each.actor_ref,
                word(each.code, CODES[each.action]) if each.code else "—",
                each.text or "—",
            )
            for each in row.steps.select_related("institution").order_by("pk")
        ),
    )


@admin.display(description=_("SHA-256 of the document"))
def digest(row: OfficialRequest) -> str:
    """The document's digest."""
    return str(row.document.sha256)


@admin.display(description=_("case"), empty_value="—")
def case(row: OfficialRequest) -> Any:
    """The case that it is about, as a link."""
    return None if row.case is None else link(row.case)
