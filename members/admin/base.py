"""What every page of the desk is made of: read-only lists, and operations with a form and a reason.

An `Operation` is a row: who may do it, when it is open, what it asks, which domain call it makes. Buttons, pages,
checks and messages derive from the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aif_share.errors import Refusal
from members import audit
from members.permissions import Permission, can

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from members.models import User


def reason_field(help_text: StrOrPromise) -> forms.CharField:
    """A field for a reason; `help_text` says who reads it, and what does not belong there."""
    return forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=help_text,
    )


class ReasonForm(forms.Form):
    """The reason for something that hurts; it goes into the audit trail."""

    reason = reason_field(gettext_lazy("Stays in the audit trail. No names of customers, no identifiers."))


def always(_row: Any) -> bool:
    """Open in every state."""
    return True


@dataclass(frozen=True)
class Operation:
    """One thing to do. `run(row, by=…, now=…, **answers of the form)` makes the domain call.

    `row` is None for an operation of the whole list (`on_list`). `done` is what the page says afterwards, or makes that
    of what `run` returned; `says` is what the form says beforehand. A response that it returns is a file to take away. `form_of` makes a form that depends on the
    row.
    """

    name: str
    label: StrOrPromise
    run: Callable[..., object]
    permission: Permission
    done: StrOrPromise | Callable[[Any], StrOrPromise]
    form: type[forms.Form] = forms.Form
    form_of: Callable[[Any], type[forms.Form]] | None = None
    open_for: Callable[[Any], bool] = always
    hurts: bool = False
    on_list: bool = False
    initial: Callable[[Any], dict[str, Any]] | None = None
    says: StrOrPromise = ""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody pages: a full count of a large table takes longer than its page."""

    CAP = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or CAP if there are more."""
        rows: Any = self.object_list
        return len(rows.values_list("pk", flat=True).order_by()[: self.CAP])


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list and a page for each row, both to look at; what can be done stands in `operations`."""

    operations: ClassVar[Sequence[Operation]] = ()
    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count through the whole table
    paginator = CappedPaginator
    list_per_page = 50
    change_form_template = "members/desk/change_form.html"
    change_list_template = "members/desk/change_list.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        """The stock addresses and one for each kind of operation."""
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view(self.operate)
        return [
            path("do/<slug:name>/", view, name=f"{prefix}_do_list"),
            path("<int:object_id>/do/<slug:name>/", view, name=f"{prefix}_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        buttons = self._buttons(request, None)
        return super().changelist_view(request, {"operations": buttons, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        buttons = self._buttons(request, row) if row is not None else []
        return super().change_view(request, object_id, form_url, {"operations": buttons, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        self._turn_away(request, "change" if object_id else "add", object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._turn_away(request, "delete", object_id)
        return super().delete_view(request, object_id, extra_context)

    def operate(self, request: HttpRequest, name: str, object_id: int | None = None) -> HttpResponseBase:
        """Show an operation's form, and perform it."""
        row = None if object_id is None else self.get_object(request, str(object_id))
        if object_id is not None and row is None:
            raise Http404
        operation = next(
            (each for each in self.operations if each.name == name and each.on_list == (row is None)), None
        )
        if operation is None:
            raise Http404
        if not can(request.user, operation.permission):
            self.refuse(request, name, row, "permission-missing")
            raise PermissionDenied
        back = self._address_of(row)
        if row is not None and not operation.open_for(row):
            if request.method == "POST":
                self.refuse(request, name, row, "transition-refused")
            messages.error(request, _("This is not open in the present state."))
            return redirect(back)
        is_sent = request.method == "POST"
        form_class = operation.form if operation.form_of is None else operation.form_of(row)
        form = form_class(
            request.POST if is_sent else None,
            request.FILES if is_sent else None,
            # A link on the page may say what is meant: `?merger=12` fills that field in.
            initial={**request.GET.dict(), **(operation.initial(row) if operation.initial is not None else {})},
        )
        if request.method == "POST" and form.is_valid():
            try:
                made = operation.run(row, by=request.user, now=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                if audit.is_told(refusal):
                    self.refuse(request, name, row, refusal.code)
                field = refusal.extra.get("field")
                form.add_error(field if field in form.fields else None, _(refusal.detail or refusal.code))
            else:
                if isinstance(made, HttpResponseBase):
                    return made  # a file to take away
                messages.success(request, str(operation.done(made) if callable(operation.done) else operation.done))
                return redirect(self._address_of(made) if operation.on_list else back)
        context = {
            **self.admin_site.each_context(request),
            "title": operation.label,
            "opts": self.opts,
            "row": row,
            "operation": operation,
            "form": form,
            "back": back,
            "explanation": self.explain(row) if row is not None else "",
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "members/desk/operation.html", context, status=422 if form.is_bound else 200)

    def refuse(self, request: HttpRequest, name: str, row: Any, code: str) -> None:
        """Add to the trail what this person tried and may not: the operation's `name`, on which row, and the code."""
        audit.record_refused(
            "desk.refuse",
            actor=cast("User", request.user),
            subject_ref=self.reference_of(row),
            detail={"about": self.opts.model_name, "operation": name, "code": code},
        )

    def reference_of(self, row: Any) -> str:
        """Return what the trail calls a row; nothing if it has no public reference."""
        return str(getattr(row, "ref", ""))

    def explain(self, row: Any) -> Any:
        """Return what the page of an operation shows of the row beside its name."""
        return ""

    def _turn_away(self, request: HttpRequest, name: str, object_id: str | None) -> None:
        """Refuse a form that no page of the desk has, inline rows included: rows are changed by operations alone."""
        if request.method == "POST":
            self.refuse(
                request, name, None if object_id is None else self.get_object(request, object_id), "permission-missing"
            )
            raise PermissionDenied

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return [
            {
                "label": each.label,
                "hurts": each.hurts,
                "url": reverse(f"{prefix}_do_list", args=[each.name])
                if row is None
                else reverse(f"{prefix}_do", args=[row.pk, each.name]),
            }
            for each in self.operations
            if each.on_list == (row is None) and can(request.user, each.permission) and each.open_for(row)
        ]

    def _address_of(self, row: Any) -> str:
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row is None or not isinstance(row, self.model):
            return reverse(f"{prefix}_changelist")
        return reverse(f"{prefix}_change", args=[row.pk])
