"""Official requests at the desk: the register with what is due first, the scope check, two people, the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clues.admin import official_columns as columns_of
from clues.admin.columns import code_filter, ref, shown
from clues.admin.looked import LookedAt, LookedAtAdmin
from clues.admin.official_forms import (
    AnswerForm,
    RefuseForm,
    RegisterForm,
    propose_form,
    register_fields,
    verify_form,
)
from clues.models import OfficialDisclosure, OfficialRequest
from clues.official_requests import answering, deciding, documents, registering, workflow
from clues.procedures.deadlines import today
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.api.attachments import attachment
from members.audit.reads import Look
from members.models import User, reference
from members.permissions import Permission

_OPEN = sorted(workflow.OPEN)
_RANK = Case(When(state__in=_OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())


def _register(_row: None, *, by: User, now: datetime, **answers: Any) -> OfficialRequest:
    request, document, name = register_fields(answers)
    return registering.register(request=request, document=document, file_name=name, by=by, now=now)


def _verify(row: OfficialRequest, *, by: User, now: datetime, position: int, way: str) -> None:
    registering.verify_officer(request=row.ref, position=position, way=way, by=by, now=now)


def _propose(row: OfficialRequest, *, by: User, now: datetime, institutions: list[str]) -> None:
    deciding.propose(request=row.ref, institutions=institutions, by=by, now=now)


def _approve(row: OfficialRequest, *, by: User, now: datetime) -> None:
    deciding.approve(request=row.ref, by=by, now=now)


def _return(row: OfficialRequest, *, by: User, now: datetime, reason: str) -> None:
    deciding.give_back(request=row.ref, reason=reason, by=by, now=now)


def _refuse(row: OfficialRequest, *, by: User, now: datetime, code: str, note: str) -> None:
    deciding.refuse(request=row.ref, code=code, note=note, by=by, now=now)


def _withdraw(row: OfficialRequest, *, by: User, now: datetime, reason: str) -> None:
    deciding.withdraw(request=row.ref, reason=reason, by=by, now=now)


def _answer(row: OfficialRequest, *, by: User, now: datetime, answer: str, package: str) -> None:
    answering.answer(request=row.ref, answer=answer, package=package.strip(), by=by, now=now)


def _open(row: OfficialRequest, *, by: User, now: datetime, reason: str) -> StreamingHttpResponse:
    opened = documents.open_at_desk(request=row.ref, reason=reason, by=by, now=now)
    return attachment(opened.reader, size=opened.size, file_name=opened.name, is_own_name=True)


def _stands_at(*states: str) -> Any:
    return lambda row: row.state in states


def _row_is(action: str, permission: Permission) -> Any:
    """Open where the table has a row of this action for the permission; its guards speak when it is done."""
    rows = [row for row in workflow.TRANSITIONS if row.action == action and row.by == permission]
    return lambda row: any(row.state in each.sources for each in rows)


_R, _W, _D = OfficialRequest, Permission.OFFICIAL_WORK, Permission.OFFICIAL_DECIDE


class LateFilter(admin.SimpleListFilter):
    """What is due."""

    title = _("deadline")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return what is late, and what is open at all."""
        return [("late", _("Overdue")), ("open", _("open"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen part."""
        if self.value() not in ("late", "open"):
            return queryset
        rows = queryset.filter(state__in=_OPEN)
        return rows.filter(due_on__lt=today(timezone.now())) if self.value() == "late" else rows


@admin.register(OfficialRequest, site=site)
class OfficialRequestAdmin(LookedAtAdmin):
    """What is open and due first, then the newest."""

    kind = "OR"
    list_display = (
        ref("OR"),
        shown("kind", _("kind"), vocabulary="official-kinds"),
        columns_of.authority,
        shown("document_no", _("document number")),
        shown("state", _("state"), labels=workflow.STATES),
        columns_of.due,
        shown("received_on", _("received on")),
    )
    list_filter = (
        code_filter("state", _("state"), labels=workflow.STATES),
        LateFilter,
        code_filter("kind", _("kind"), vocabulary="official-kinds"),
    )
    list_select_related = ("case", "document")
    columns = (
        *list_display,
        shown("document_date", _("date of the document")),
        columns_of.basis,
        columns_of.check,
        shown("question", _("question")),
        shown("subjects", _("subjects")),
        shown("from_date", _("from")),
        shown("until_date", _("until")),
        columns_of.case,
        columns_of.digest,
        columns_of.officers,
        columns_of.parties,
        columns_of.disclosures,
        shown("refusal", _("turned down because"), vocabulary="official-refusals"),
        shown("answer", _("answered"), vocabulary="official-answers"),
        shown("registered_by", _("registered by")),
        shown("proposed_by", _("proposed by")),
        shown("decided_by", _("approved by")),
        shown("answered_by", _("answered by")),
        columns_of.steps,
    )
    operations = (
        Operation("register", _("Register an official request"), _register, _W,
                  _("Registered. Verify its officers next."), form=RegisterForm, on_list=True),
        Operation("verify", _("Verify an officer"), _verify, _W, _("Verified."), form_of=verify_form,
                  open_for=_stands_at(_R.REGISTERED)),
        Operation("propose", _("Propose"), _propose, _W, _("Proposed. A second person decides."), form_of=propose_form,
                  open_for=_row_is(workflow.PROPOSE, _W)),
        Operation("approve", _("Approve"), _approve, _D, _("Approved. The members concerned are told."),
                  open_for=_row_is(workflow.APPROVE, _D)),
        Operation("return", _("Return"), _return, _D, _("Returned."), form=ReasonForm,
                  open_for=_row_is(workflow.RETURN, _D), hurts=True),
        Operation("refuse", _("Turn down"), _refuse, _W, _("Turned down. No member saw it."), form=RefuseForm,
                  open_for=_row_is(workflow.REFUSE, _W), hurts=True),
        Operation("refuse-proposed", _("Turn down"), _refuse, _D, _("Turned down. No member saw it."), form=RefuseForm,
                  open_for=_row_is(workflow.REFUSE, _D), hurts=True),
        Operation("answer", _("Answer the authority"), _answer, _W, _("Answered. The members are told what of theirs went."),
                  form=AnswerForm, open_for=_row_is(workflow.ANSWER, _W)),
        Operation("open-document", _("Open the document"), _open, _W, "", form=ReasonForm),
        Operation("read-document", _("Open the document"), _open, _D, "", form=ReasonForm),
        Operation("withdraw", _("Withdrawn by the authority"), _withdraw, _W, _("Withdrawn. Members that saw it are told."),
                  form=ReasonForm, open_for=_row_is(workflow.WITHDRAW, _W), hurts=True),
    )  # fmt: skip

    def concerned(self, row: OfficialRequest) -> Iterable[Look]:
        """Return who answered it: before it is approved no member knows of a request."""
        said = row.steps.filter(institution__isnull=False).values_list("institution_id", flat=True)
        return [(number, self.reference_of(row)) for number in said]

    def get_ordering(self, request: HttpRequest) -> Any:
        """Put what is open before everything else, by when it is due."""
        return (_RANK.asc(), F("due_on").asc() if request.GET.get("due") else "-id")

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Offer nobody to approve what they registered or proposed."""
        own = row is not None and request.user.pk in (row.proposed_by_id, row.registered_by_id)
        return [
            each
            for each in super()._buttons(request, row)
            if not (own and each["url"].rstrip("/").endswith("/approve"))
        ]


@admin.register(OfficialDisclosure, site=site)
class OfficialDisclosureAdmin(LookedAt):
    """The register of lawful disclosures, the newest first."""

    list_display = (
        ref("OR", "request_id", _("official request")),
        shown("institution", _("institution")),
        shown("item", _("disclosed"), vocabulary="official-items"),
        shown("number", _("how many")),
        shown("package_ref", _("package")),
        shown("disclosed_at", _("disclosed at")),
    )
    list_filter = (code_filter("item", _("disclosed"), vocabulary="official-items"),)
    list_select_related = ("institution",)
    ordering = ("-id",)
    search_fields = ("pk",)
    search_help_text = _("The reference of an official request (OR-…), exactly.")
    columns = (*list_display, shown("package_sha256", _("SHA-256 of the package")))

    def concerned(self, row: OfficialDisclosure) -> Iterable[Look]:
        """Return whose it was."""
        return [(row.institution_id, reference.encode("OR", row.request_id))]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find what a request disclosed."""
        term = search_term.strip()
        return (queryset.filter(request_id=reference.decode("OR", term) or 0) if term else queryset), False
