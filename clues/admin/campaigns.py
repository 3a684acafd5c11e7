"""Campaigns at the desk: planned, given targets and cases, started and ended; what came of them, exactly."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import outcome_counters
from clues.admin.columns import ReferenceAdmin, code_filter, link, local, ref, shown, table, word
from clues.admin.entry_forms import authority_choices
from clues.campaigns import binding, planning, queries, workflow
from clues.cases.workflow import STATES as CASE_STATES
from clues.models import Campaign
from members.admin.base import Operation
from members.admin.columns import words
from members.admin.site import site
from members.models import User
from members.permissions import Permission


def _choices(vocabulary: str) -> Any:
    return lambda: words(vocabulary)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PlanForm(forms.Form):
    """All that a campaign is said to be."""

    title = forms.CharField(
        label=_("Title"), max_length=100, help_text=_("Every member reads it. No names of customers, no identifiers.")
    )
    about = forms.CharField(
        label=_("In words"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Every member reads it. No names of customers, no identifiers."),
    )  # fmt: skip
    categories = forms.MultipleChoiceField(label=_("Categories"), choices=_choices("categories"))
    regions = forms.MultipleChoiceField(
        label=_("Regions"), choices=_choices("regions"), required=False, help_text=_("None: the whole country.")
    )
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    lead_unit = forms.ChoiceField(
        label=_("Leading unit"), choices=lambda: [("", "—"), *authority_choices()], required=False
    )
    units = forms.MultipleChoiceField(label=_("Units that take part"), choices=authority_choices, required=False)


class TargetForm(forms.Form):
    """A target of one counter."""

    counter = forms.ChoiceField(label=_("Counter"), choices=_choices("outcome-counters"))
    value = forms.DecimalField(
        label=_("Target"), required=False, max_digits=15, decimal_places=2, help_text=_("Empty: no target any more.")
    )


class BindForm(forms.Form):
    """A case by reference."""

    case = forms.CharField(label=_("Case"), max_length=40, help_text=_("The reference of a case, CASE-…"))


def _unbind_form(row: Campaign) -> type[forms.Form]:
    bound = [(each.case.ref, each.case.ref) for each in queries.list_bound(campaign=row)]
    return type("UnbindForm", (forms.Form,), {"case": forms.ChoiceField(label=_("Case"), choices=[("", "—"), *bound])})


def _plan(_row: None, *, by: User, now: datetime, **answers: Any) -> Campaign:
    return planning.plan(request=answers, by=by, now=now)


def _change(row: Campaign, *, by: User, now: datetime, **answers: Any) -> None:
    planning.change(campaign=row.ref, request=answers, by=by, now=now)


def _set_target(row: Campaign, *, by: User, now: datetime, counter: str, value: Any) -> None:
    planning.set_target(campaign=row.ref, counter=counter, value=value, by=by, now=now)


def _bind(row: Campaign, *, by: User, now: datetime, case: str) -> None:
    binding.bind(campaign=row.ref, case=case, by=by, now=now)


def _unbind(row: Campaign, *, by: User, now: datetime, case: str) -> None:
    binding.unbind(campaign=row.ref, case=case, by=by, now=now)


def _move(action: str) -> Any:
    def run(row: Campaign, *, by: User, now: datetime) -> None:
        planning.move(campaign=row.ref, action=action, by=by, now=now)

    return run


def _open_to(action: str) -> Any:
    return lambda row: workflow.find(action, state=row.state) is not None


def _is_open(row: Campaign) -> bool:
    return row.state in workflow.OPEN


def _as_it_is(row: Campaign) -> dict[str, Any]:
    names = ("title", "about", "categories", "regions", "starts_on", "ends_on")
    units = queries.list_units(campaign=row)
    lead = next((unit.authority for unit in units if unit.leads), "")
    return {name: getattr(row, name) for name in names} | {
        "lead_unit": lead,
        "units": [unit.authority for unit in units],
    }


def _value(value: Decimal | None, counter: str) -> str:
    if value is None:
        return "—"
    return f"¥{value:,.2f}" if outcome_counters.BY_CODE[counter].unit == outcome_counters.CNY else f"{int(value):,}"


@admin.display(description=_("units"))
def units(row: Campaign) -> str:
    """Who takes part, the leading one first."""
    chinese = (get_language() or "").startswith("zh")
    rows = queries.list_units(campaign=row)
    names = ((each, each.name) for each in rows)
    return table(
        (_("unit"), _("part")),
        (
            (
                each.authority if name is None else name.zh if chinese else name.en,
                _("leads") if each.leads else _("takes part"),
            )
            for each, name in names
        ),
    )


@admin.display(description=_("cases"))
def cases(row: Campaign) -> str:
    """What belongs to it, and where that stands."""
    rows = queries.list_bound(campaign=row)
    return table(
        (_("case"), _("state"), _("bound at")),
        ((link(each.case), CASE_STATES[each.case.state], local(each.bound_at)) for each in rows),
    )


@admin.display(description=_("what came of it"))
def figures(row: Campaign) -> str:
    """What came of its cases, beside its targets."""
    return table(
        (_("counter"), _("target"), _("reached"), _("institutions behind it")),
        (
            (
                word(code, "outcome-counters"),
                _value(target, code),
                _value(found.value, code),
                found.institutions,
            )
            for code, target, found in queries.list_exact(campaign=row)
        ),
    )


@admin.display(description=_("regions"))
def regions(row: Campaign) -> str:
    """Where it takes place."""
    if not row.regions:
        return str(_("the whole country"))
    return format_html_join("、" if (get_language() or "").startswith("zh") else ", ", "{}",
                            ((word(code, "regions"),) for code in row.regions))  # fmt: skip


@admin.register(Campaign, site=site)
class CampaignAdmin(ReferenceAdmin):
    """Newest first."""

    kind = "CP"
    list_display = (
        ref("CP"),
        shown("title", _("title")),
        shown("state", _("state"), labels=workflow.STATES),
        shown("starts_on", _("from")),
        shown("ends_on", _("until")),
        shown("planned_by", _("planned by")),
    )
    list_filter = (code_filter("state", _("state"), labels=workflow.STATES),)
    list_select_related = ("planned_by",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("about", _("what it is about")),
        shown("categories", _("categories"), vocabulary="categories"),
        regions,
        units,
        cases,
        figures,
        shown("planned_at", _("planned at")),
        shown("started_at", _("started at")),
        shown("over_at", _("over since")),
    )
    operations = (
        Operation("plan", _("Plan a campaign"), _plan, Permission.CAMPAIGN_WORK,
                  _("Planned. Members see it once it is started."), form=PlanForm, on_list=True),
        Operation("start", _("Start"), _move(workflow.START), Permission.CAMPAIGN_WORK,
                  _("Started. Every member is told."), open_for=_open_to(workflow.START)),
        Operation("change", _("Change"), _change, Permission.CAMPAIGN_WORK, _("Changed."), form=PlanForm,
                  open_for=_is_open, initial=_as_it_is),
        Operation("bind", _("Bind a case"), _bind, Permission.CAMPAIGN_WORK,
                  _("The case belongs to the campaign; its parties see that."), form=BindForm, open_for=_is_open),
        Operation("unbind", _("Take a case out"), _unbind, Permission.CAMPAIGN_WORK,
                  _("The case belongs to the campaign no more."), form_of=_unbind_form, open_for=_is_open, hurts=True),
        Operation("target", _("Set a target"), _set_target, Permission.CAMPAIGN_WORK, _("The target is set."),
                  form=TargetForm, open_for=_is_open),
        Operation("end", _("End"), _move(workflow.END), Permission.CAMPAIGN_WORK,
                  _("Ended. Every member is told."), open_for=_open_to(workflow.END), hurts=True),
        Operation("call-off", _("Call off"), _move(workflow.CALL_OFF), Permission.CAMPAIGN_WORK,
                  _("Called off. No member had seen it."), open_for=_open_to(workflow.CALL_OFF), hurts=True),
    )  # fmt: skip
