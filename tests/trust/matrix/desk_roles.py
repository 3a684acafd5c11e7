"""The fourth part of the matrix: the alliance's own roles at the desk, each against each page and each operation.

It comes from the two tables of the product: the operations that each page of the desk declares, and what each role may do. Who may
reaches the form, and sends it; who may not is refused before anything of the row is shown, nothing moves, and the trail tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from members.admin.base import Operation, ReadOnlyAdmin
from members.admin.site import site
from members.models import AuditEvent
from members.permissions import ROLE_PERMISSIONS, Permission
from tests.browsing import Browser
from tests.factories import PDF, make_user
from tests.trust.matrix.cells import Score, undone

ROLES = tuple(role for role, allowed in ROLE_PERMISSIONS.items() if Permission.DESK_VIEW in allowed)
MOST_ROWS = 30
TAKEN = {200, 302}
"""A file to take away, or back to the page; 422 is a form that the domain did not take as it is filled in here."""


def ask_roles(score: Score) -> dict[str, int]:
    """Ask every page and operation as each role; return how many forms were reached, and how many were taken."""
    people = {role: Browser(raise_request_exception=False) for role in ROLES}
    for role, browser in people.items():
        browser.force_login(make_user(role, name=f"desk-{role}"))
    count = {"reached": 0, "taken": 0, "refused": 0}
    request = HttpRequest()
    request.user = make_user(ROLES[0])
    for _model, page in sorted(site._registry.items(), key=lambda each: each[0]._meta.label):
        if not isinstance(page, ReadOnlyAdmin):
            continue
        rows = list(page.get_queryset(request)[:MOST_ROWS])  # the columns that the desk may read
        _look(page, rows, people, score)
        for operation in page.operations:
            for row in _rows_for(operation, rows):
                _ask(page, operation, row, people, score, count)
    return count


def _look(page: ReadOnlyAdmin, rows: list[Any], people: dict[str, Browser], score: Score) -> None:
    """Lists and pages are open to whoever may see the desk."""
    for row in (None, *rows[:1]):
        for role, browser in people.items():
            answer = browser.get(page._address_of(row))
            score.cells += 1
            if answer.status_code != 200:
                score.unreached.append(f"{answer.request['PATH_INFO']} by {role}: {answer.status_code}")


def _rows_for(operation: Operation, rows: list[Any]) -> Iterator[Any]:
    """A row that the operation is open for; any row if it is open for none, so that refusals are asked all the same."""
    if operation.on_list:
        yield None
    elif rows:
        yield next((row for row in rows if operation.open_for(row)), rows[0])


def _ask(
    page: ReadOnlyAdmin, operation: Operation, row: Any, people: dict[str, Browser], score: Score, count: dict[str, int]
) -> None:
    prefix = f"admin:{page.opts.app_label}_{page.opts.model_name}_do"
    path = (
        reverse(f"{prefix}_list", args=[operation.name])
        if row is None
        else reverse(prefix, args=[row.pk, operation.name])
    )
    is_open = row is None or operation.open_for(row)
    form = (operation.form if operation.form_of is None or row is None else operation.form_of(row))()
    for role, browser in people.items():
        name = f"{path} by {role}"
        with undone():
            told, seen = _refusals(), browser.get(path)
            if operation.permission in ROLE_PERMISSIONS[role]:
                score.cells += 1
                if seen.status_code != (200 if is_open else 302):
                    score.unreached.append(f"{name}: {seen.status_code}")
                count["reached"] += is_open
                if is_open:
                    sent = browser.post(path, _filled(form))
                    score.cells += 1
                    count["taken"] += sent.status_code in TAKEN
                    if sent.status_code not in TAKEN | {422}:
                        score.unreached.append(f"{name}, sent: {sent.status_code}")
                continue
            sent = browser.post(path, _filled(form))
            score.cells += 2
            count["refused"] += 1
            if (seen.status_code, sent.status_code) != (403, 403):
                score.leaks.append(f"{name}: answered {seen.status_code} and {sent.status_code}")
            if _refusals() != told + 2:
                score.leaks.append(f"{name}: the trail does not tell of both")
            score.unchanged(name, score.world_as_made())


def _refusals() -> int:
    return AuditEvent.objects.filter(verb__endswith=".refuse", detail__code="permission-missing").count()


def _filled(form: forms.Form) -> dict[str, Any]:
    """Something in every field, as a person might write it: good enough for its form, mostly for the domain too."""
    return {form.add_prefix(name): _value(field) for name, field in form.fields.items()}


def _value(field: forms.Field) -> Any:
    match field:
        case forms.ModelMultipleChoiceField():
            return [each.pk for each in field.queryset[:1]]
        case forms.ModelChoiceField():
            first = field.queryset.first()
            return "" if first is None else first.pk
        case forms.MultipleChoiceField():
            return [value for value, _label in field.choices if value][:1]
        case forms.ChoiceField():
            return next((value for value, _label in field.choices if value), "")
        case forms.BooleanField():
            return "on"
        case forms.DateTimeField():
            return (timezone.now() + timedelta(days=20)).strftime("%Y-%m-%d %H:%M")
        case forms.DateField():
            return (timezone.localdate() + timedelta(days=20)).isoformat()
        case forms.IntegerField() | forms.DecimalField() | forms.FloatField():
            return field.min_value or 1
        case forms.FileField():
            return SimpleUploadedFile("paper.pdf", PDF)
    return "Because."


__all__ = ["ROLES", "ask_roles"]
