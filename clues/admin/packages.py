"""Report packages at the desk: asked for on the page of a case, looked into, released by a second person, receipted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import authority_kinds
from aif_share.wire.problems import PROBLEMS
from clues.admin.columns import code_filter, link, local, ref, shown, table
from clues.admin.of_a_case import OfACase
from clues.models import Case, Package
from clues.packages import asking, opening, receipts, release
from clues.packages.standing import READY
from members.admin.base import Operation, ReasonForm, reason_field
from members.admin.site import site
from members.api.attachments import attachment
from members.models import User
from members.permissions import Permission
from members.templatetags.members import label

STATES = {
    Package.ASKED: _("asked for"),
    Package.BUILDING: _("being made"),
    Package.BUILT: _("made, not released"),
    Package.RELEASED: _("released"),
    Package.FAILED: _("not made"),
    Package.DESTROYED: _("destroyed"),
}


@admin.display(description=_("state"), ordering="state")
def state(row: Package) -> str:
    """Where it stands; of one that was not made, why."""
    if row.state != Package.FAILED:
        return str(STATES[row.state])
    problem = PROBLEMS.get(row.failure)
    chinese = (get_language() or "").startswith("zh")
    why = row.failure if problem is None else problem.title_zh if chinese else problem.title_en
    return gettext("not made: %(why)s") % {"why": f"{why} {row.failure_about}".strip()}


@admin.display(description=_("case"))
def case(row: Package) -> str:
    """Its case, as a link."""
    return link(row.case)


@admin.display(description=_("receiver"))
def receiver(row: Package) -> str:
    """The kind of authority, and the unit."""
    return f"{label(row.receiver, 'authority-kinds')} · {row.unit}"


@admin.display(description=_("size"))
def size(row: Package) -> str:
    """Its size, in the reader's units."""
    return "—" if row.size is None else filesizeformat(row.size)


@admin.display(description=_("receipt"))
def receipt(row: Package) -> str:
    """Its number and day."""
    return f"{row.receipt_no} · {row.received_date}" if row.receipt_no else "—"


@admin.display(description=_("report packages"))
def packages_of(row: Case) -> str:
    """The packages of a case, the latest first."""
    found = Package.objects.filter(case=row).select_related("case").order_by("-version")[:50]
    return table(
        (_("package"), _("version"), _("state"), _("receiver"), _("release approved at"), _("receipt"), _("SHA-256")),
        (
            (link(each), each.version, state(each), receiver(each),
             local(each.released_at) if each.released_at else "—", receipt(each), each.sha256 or "—")
            for each in found
        ),
    )  # fmt: skip


class AskForm(forms.Form):
    """Who shall receive it."""

    receiver = forms.ChoiceField(label=_("Receiver"), choices=[])
    unit = forms.CharField(
        label=_("Unit"),
        max_length=asking.MAX_UNIT,
        help_text=_("As it stands on the cover: the office that receives it."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        chinese = (get_language() or "").startswith("zh")
        rows = [(row.code, row.zh if chinese else row.en) for row in authority_kinds.ROWS]
        self.fields["receiver"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """Why somebody takes it out."""

    reason = reason_field(
        _("Stays in the audit trail, which is written before the file is. It holds raw identifiers: keep it safe.")
    )


class ReceiptForm(forms.Form):
    """What the receiver gave back."""

    receipt_no = forms.CharField(label=_("Number of the receipt"), max_length=64)
    received_date = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}))


def _ask(row: Case, *, by: User, now: datetime, receiver: str, unit: str) -> None:
    asking.ask(case=row.ref, receiver=receiver, unit=unit, by=by, now=now)


def _propose(row: Package, *, by: User, now: datetime, reason: str) -> None:
    release.propose(package=row.ref, reason=reason, by=by, now=now)


def _take(row: Package, *, by: User, now: datetime, reason: str) -> StreamingHttpResponse:
    opened = opening.open_package(package=row.ref, reason=reason, by=by, now=now)
    return attachment(
        opened.content, size=opened.size, file_name=opened.file_name, is_own_name=True, content_type="application/zip"
    )


def _receive(row: Package, *, by: User, now: datetime, receipt_no: str, received_date: date) -> None:
    receipts.record_receipt(package=row.ref, receipt_no=receipt_no, received_date=received_date, by=by, now=now)


ASK = Operation(
    "make-package", _("Make a report package"), _ask, Permission.CASE_PROPOSE,
    _("A worker makes it within seconds; it stands among the case's packages."), form=AskForm,
    open_for=lambda row: row.state in READY,
)  # fmt: skip
OPERATIONS = (ASK,)
"""What is done on the page of a case."""
ATTEMPTS = {ASK.name: "package-ask"}
COLUMNS = (packages_of,)
"""What the page of a case has of packages."""


@admin.register(Package, site=site)
class PackageAdmin(OfACase):
    """The latest first."""

    kind = "PK"
    list_display = (ref("PK"), case, shown("version", _("version")), state, receiver, shown("built_at", _("made at")),
                    shown("released_at", _("release approved at")), receipt)  # fmt: skip
    list_filter = (code_filter("state", _("state"), labels=STATES),)
    list_select_related = ("case",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("asked_by", _("asked by")),
        shown("asked_at", _("asked for at")),
        size,
        shown("sha256", _("SHA-256")),
        shown("manifest_sha256", _("SHA-256 of the manifest")),
        shown("signer_sha256", _("fingerprint of the signer")),
        shown("release_asked_by", _("release proposed by")),
        shown("released_by", _("released by")),
        shown("receipt_by", _("receipt recorded by")),
        shown("receipt_at", _("receipt recorded at")),
    )
    operations = (
        Operation(
            "take-to-check", _("Look into it"), _take, Permission.CASE_DECIDE, "", form=TakeForm,
            open_for=lambda row: row.state in (Package.BUILT, Package.RELEASED),
        ),
        Operation(
            "take", _("Take it out to hand it over"), _take, Permission.CASE_PROPOSE, "", form=TakeForm,
            open_for=lambda row: row.state in (Package.BUILT, Package.RELEASED),
        ),
        Operation(
            "propose-release", _("Propose the release"), _propose, Permission.CASE_PROPOSE,
            _("Proposed: it is released once a second person approves."), form=ReasonForm,
            open_for=lambda row: row.state == Package.BUILT,
        ),
        Operation(
            "receipt", _("Record the receipt"), _receive, Permission.PROCEDURE_RECORD,
            _("Recorded. The parties of the case see it."), form=ReceiptForm,
            open_for=lambda row: row.state == Package.RELEASED and not row.receipt_no,
        ),
    )  # fmt: skip
    attempts = {
        "take-to-check": "package-open", "take": "package-open", "propose-release": "package-release",
        "receipt": "package-receive",
    }  # fmt: skip
