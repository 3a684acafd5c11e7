"""Guidance at the desk: authorities, charges and playbooks in force, what is proposed and would change, two people to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from clues.admin.columns import ColumnsAdmin, code_filter, shown, table
from clues.guidance import queries, signing
from clues.guidance.rows import MAX_TEXT, TextInvalid
from clues.models import GuidanceVersion
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.models import User
from members.permissions import Permission

LISTS = {
    GuidanceVersion.AUTHORITIES: _("Authorities"),
    GuidanceVersion.CHARGES: _("Charges"),
    GuidanceVersion.PLAYBOOKS: _("Playbooks"),
}
STATES = {
    GuidanceVersion.PROPOSED: _("Proposed, not signed yet"),
    GuidanceVersion.IN_FORCE: _("In force"),
    GuidanceVersion.SUPERSEDED: _("Superseded"),
    GuidanceVersion.REJECTED: _("Rejected"),
}


def _form(list_code: str) -> type[forms.Form]:
    """The form that proposes a version of one list: it begins with the text in force."""

    def text_in_force() -> str:
        present = queries.get_version(list_code)
        return "" if present is None else present.text

    return type(
        "ProposeForm",
        (forms.Form,),
        {
            "title": forms.CharField(label=_("Title"), max_length=signing.MAX_TITLE),
            "text": forms.CharField(
                label=_("Text"),
                max_length=MAX_TEXT,
                strip=False,
                initial=text_in_force,
                widget=forms.Textarea(attrs={"rows": 32, "cols": 120, "spellcheck": "false"}),
                help_text=_("TOML, a table for each row. Codes stay as they are: what was recorded names them."),
            ),
        },
    )


def _propose(list_code: str) -> Operation:
    def run(_row: None, *, by: User, now: datetime, title: str, text: str) -> GuidanceVersion:
        try:
            return signing.propose(list_code=list_code, title=title, text=text, by=by, now=now)
        except TextInvalid as wrong:
            where = {"detail": _now(wrong.detail), "row": wrong.extra["row"], "name": wrong.extra["name"]}
            raise Refusal(wrong.code, _now("%(detail)s Row %(row)s, field %(name)s.") % where, field="text") from None

    labels = {
        GuidanceVersion.AUTHORITIES: _("Propose authorities"),
        GuidanceVersion.CHARGES: _("Propose charges"),
        GuidanceVersion.PLAYBOOKS: _("Propose playbooks"),
    }
    return Operation(
        f"propose-{list_code}", labels[list_code], run, Permission.GUIDANCE_PROPOSE,
        _("Proposed. A second person has to sign it."), form=_form(list_code), on_list=True,
    )  # fmt: skip


def _sign(row: GuidanceVersion, *, by: User, now: datetime) -> None:
    signing.sign(version_id=row.pk, by=by, now=now)


def _reject(row: GuidanceVersion, *, by: User, now: datetime, reason: str) -> None:
    signing.reject(version_id=row.pk, reason=reason, by=by, now=now)


def _is_proposed(row: GuidanceVersion) -> bool:
    return str(row.state) == GuidanceVersion.PROPOSED


@admin.display(description=_("what signing it would change"), empty_value="—")
def difference(row: GuidanceVersion) -> str | None:
    """The rows that would come, change and go; none once it is decided."""
    if not _is_proposed(row):
        return None
    signs = zip(("+", "±", "-"), signing.compare(row), strict=True)
    return table(("±", _("row")), ((sign, code) for sign, codes in signs for code in codes))


@admin.display(description=_("text"))
def text(row: GuidanceVersion) -> str:
    """As it was proposed."""
    return format_html("<pre>{}</pre>", row.text)


@admin.register(GuidanceVersion, site=site)
class GuidanceVersionAdmin(ColumnsAdmin):
    """Newest first; one at most of each list is in force."""

    list_display = (
        "__str__",
        shown("list", _("list"), labels=LISTS),
        shown("state", _("state"), labels=STATES),
        shown("shipped", _("came with the product")),
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("signed_by", _("decided by")),
        shown("signed_at", _("decided at")),
    )
    list_filter = (
        code_filter("list", _("list"), labels=LISTS),
        code_filter("state", _("state"), labels=STATES),
    )
    list_select_related = ("proposed_by", "signed_by")
    ordering = ("-id",)
    columns = (*list_display[1:], difference, text)
    operations = (
        *(_propose(code) for code in LISTS),
        Operation(
            "sign", _("Sign and put in force"), _sign, Permission.GUIDANCE_SIGN,
            _("The guidance is in force."), open_for=_is_proposed,
        ),
        Operation(
            "reject", _("Reject"), _reject, Permission.GUIDANCE_SIGN,
            _("The proposal is rejected."), form=ReasonForm, open_for=_is_proposed, hurts=True,
        ),
    )  # fmt: skip

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Offer the proposer nothing to decide."""
        own = row is not None and row.proposed_by_id == request.user.pk
        return [] if own else super()._buttons(request, row)
