"""Saved views: a person's own names for filters of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import SavedView
from members.queries import Person

MOST_VIEWS = 20
MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class View:
    """A name, and the filters behind it as the list's address has them."""

    name: str
    filters: dict[str, str]


def list_views(*, page: str, by: Person) -> list[View]:
    """Return the person's views of a page, by name."""
    rows = SavedView.objects.filter(user_id=by.user_id, page=page).order_by("name")
    return [View(row.name, dict(row.filters)) for row in rows[:MOST_VIEWS]]


def save_view(*, page: str, name: str, filters: Mapping[str, str], by: Person, now: datetime) -> None:
    """Keep filters under a name; the same name again takes their place. Raise Refusal `field-invalid` or `too-large`."""
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME:
        raise Refusal("field-invalid", gettext_noop("A view has a name of 1 to 60 characters."), field="name")
    if not filters:
        raise Refusal("field-invalid", gettext_noop("Choose filters first, then save them."), field="filters")
    with transaction.atomic():
        own = SavedView.objects.filter(user_id=by.user_id, page=page)
        if own.count() >= MOST_VIEWS and not own.filter(name=name).exists():
            raise Refusal("too-large", gettext_noop("You have 20 views already. Delete one first."))
        SavedView.objects.update_or_create(
            user_id=by.user_id, page=page, name=name, defaults={"filters": dict(filters), "created_at": now}
        )


def delete_view(*, page: str, name: str, by: Person) -> None:
    """Forget a view; one that is not there is fine."""
    SavedView.objects.filter(user_id=by.user_id, page=page, name=name).delete()
