"""Evidence at the desk: what each party holds in which case, its chain of custody, opened for a reason, and legal hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import evidence_media
from clues.admin.columns import code_filter, link, local, ref, shown, table, word
from clues.admin.of_a_case import OfACase
from clues.evidence import holding, opening, queries
from clues.models import Case, EvidenceItem
from members.admin.base import Operation, reason_field
from members.admin.site import site
from members.api.attachments import attachment
from members.audit.reads import Look
from members.models import User
from members.permissions import Permission

STATES = {EvidenceItem.STORED: _("in the vault"), EvidenceItem.DESTROYED: _("destroyed")}


@admin.display(description=_("case"))
def case(row: EvidenceItem) -> str:
    """Its case, as a link."""
    return link(row.case)


@admin.display(description=_("size"), ordering="size")
def size(row: EvidenceItem) -> str:
    """Its size, in the reader's units."""
    return filesizeformat(row.size)


@admin.display(description=_("file"))
def file(row: EvidenceItem) -> str:
    """What it is called and of which type; a file that a browser could run says so."""
    details = _chain(row).evidence.details
    text = f"{details.file_name} · {row.media_type}" if details else row.media_type
    return f"{text} · {_now('can run programs')}" if evidence_media.BY_TYPE[row.media_type].active else text


@admin.display(description=_("title"), empty_value="—")
def title(row: EvidenceItem) -> str | None:
    """What it is; nothing once it is destroyed, and a warning where it cannot be read."""
    view = _chain(row).evidence
    if view.is_unreadable:
        return _now("Cannot be read: its key is missing, or what is stored was altered.")
    return view.details.title if view.details else None


@admin.display(description=_("collected"))
def collected(row: EvidenceItem) -> str:
    """When, by which clock, by whom, before whom and with what."""
    parts = [local(row.collected_at), word(row.time_source, "evidence-time-sources")]
    if details := _chain(row).evidence.details:
        parts += [each for each in (details.collected_by, details.witness, details.device, details.note) if each]
    return " · ".join(parts)


@admin.display(description="SHA-256 / SM3")
def digests(row: EvidenceItem) -> str:
    """Both digests."""
    return format_html("<code>{}</code><br><code>{}</code>", row.sha256, row.sm3)


@admin.display(description=_("chain of custody"))
def chain_of_custody(row: EvidenceItem) -> str:
    """Who had it in hand, oldest first, and whether the chain is whole."""
    chain = _chain(row)
    head = (_("no."), _("what"), _("at"), _("by"), _("note"), _("digest"))
    rows = (
        (entry.seq, word(entry.action, "custody-actions"), local(entry.at),
         f"{entry.name or _now('the alliance')} · {entry.by}",
         word(entry.note, "evidence-time-sources") if entry.action == "collected" else entry.note or "—",
         entry.digest[:12])
        for entry in chain.entries
    )  # fmt: skip
    holds = _now("Whole and unchanged.") if chain.holds else _now("Altered: it does not hold.")
    return format_html("{}<p>{}</p>", table(head, rows), holds)


@admin.display(description=_("evidence"))
def evidence_of(row: Case) -> str:
    """The evidence of a case: who holds what, and how it stands."""
    found = row.evidence.select_related("institution").order_by("id")[:200]
    head = (_("evidence"), _("institution"), _("kind"), _("size"), _("state"), _("legal hold"), _("added at"))
    return table(
        head,
        (
            (link(each), each.institution, word(each.kind, "evidence-kinds"), size(each), STATES[each.state],
             _("yes") if each.legal_hold else _("no"), local(each.added_at))
            for each in found
        ),
    )  # fmt: skip


def _chain(row: Any) -> queries.Chain:
    """The item as this person of the desk sees it, read once for the page."""
    if not hasattr(row, "_at_desk"):
        row._at_desk = queries.get_at_desk(evidence=row.ref, by=row.seen_by)
    found: queries.Chain = row._at_desk
    return found


def _open(row: EvidenceItem, *, by: User, now: datetime, reason: str) -> HttpResponseBase:
    opened = opening.open_evidence(evidence=row.ref, reason=reason, by=by, now=now)
    return attachment(opened.content, size=opened.size, file_name=opened.details.file_name)


def _hold(row: EvidenceItem, *, by: User, now: datetime, reason: str) -> object:
    return holding.place_hold(evidence=row.ref, reason=reason, by=by, now=now)


def _lift(row: EvidenceItem, *, by: User, now: datetime, reason: str) -> object:
    return holding.lift_hold(evidence=row.ref, reason=reason, by=by, now=now)


class CustodyReasonForm(forms.Form):
    """A reason that the holder reads in the chain of custody."""

    reason = reason_field(
        _("Stays in the audit trail and the chain of custody, which the holder reads. No names, no identifiers.")
    )


def _is_stored(row: EvidenceItem) -> bool:
    return str(row.state) == EvidenceItem.STORED


@admin.register(EvidenceItem, site=site)
class EvidenceItemAdmin(OfACase):
    """The latest first; what it is called stands on the page alone."""

    kind = "EV"
    list_display = (
        ref("EV"),
        case,
        shown("institution", _("held by")),
        shown("kind", _("kind"), vocabulary="evidence-kinds"),
        size,
        shown("state", _("state"), labels=STATES),
        shown("legal_hold", _("legal hold")),
        shown("added_at", _("added at")),
    )
    list_filter = (
        code_filter("kind", _("kind"), vocabulary="evidence-kinds"),
        code_filter("state", _("state"), labels=STATES),
    )
    list_select_related = ("case", "institution")
    ordering = ("-id",)
    columns = (
        ref("EV"),
        title,
        *list_display[1:],
        file,
        collected,
        digests,
        shown("shared_with_parties", _("shared with the parties")),
        shown("keep_until", _("keep until")),
        shown("destroyed_at", _("destroyed at")),
        chain_of_custody,
    )
    operations = (
        Operation("open", _("Open it"), _open, Permission.EVIDENCE_OPEN, "", form=CustodyReasonForm, open_for=_is_stored),
        Operation(
            "hold", _("Place under legal hold"), _hold, Permission.CASE_DECIDE, _("It is under legal hold now."),
            form=CustodyReasonForm, open_for=lambda row: _is_stored(row) and not row.legal_hold,
        ),
        Operation(
            "lift", _("Lift the legal hold"), _lift, Permission.CASE_DECIDE, _("The legal hold is lifted."),
            form=CustodyReasonForm, open_for=lambda row: _is_stored(row) and row.legal_hold, hurts=True,
        ),
    )  # fmt: skip
    attempts = {"open": "evidence-open", "hold": "evidence-hold", "lift": "evidence-hold"}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the item with the person who looks: what may be read of it depends on that."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.seen_by = request.user
        return row

    def concerned(self, row: EvidenceItem) -> Iterable[Look]:
        """Return who holds it."""
        return [(row.institution_id, self.reference_of(row))]
