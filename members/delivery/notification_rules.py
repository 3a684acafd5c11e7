"""The kinds of notices, as whoever delivers them needs to know them; the table itself is kept above this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from members.permissions import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of notice: who may read it, how it is mailed unless the person says otherwise, and what it is called."""

    kind: str
    permission: Permission
    mail: str
    urgent: bool
    may_be_hidden: bool
    zh: str
    en: str


class Reader(Protocol):
    """A person whose notices these are."""

    @property
    def user_id(self) -> int:
        """The number of the account."""

    @property
    def institution_id(self) -> int:
        """The institution that is told."""

    @property
    def role(self) -> str:
        """The role, which says what the person may read."""


def all_rules() -> Mapping[str, Rule]:
    """Return every kind of notice by its code, from the table that AIF_NOTIFICATION_RULES names."""
    found: Mapping[str, Rule] = import_string(settings.AIF_NOTIFICATION_RULES)
    return found


def rules_of(role: str) -> Mapping[str, Rule]:
    """Return the kinds that people of this role may read."""
    allowed = ROLE_PERMISSIONS.get(role, frozenset())
    return {kind: rule for kind, rule in all_rules().items() if rule.permission in allowed}
