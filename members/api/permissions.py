"""What a key, or a person of the portal, may do: a view names its scope in `required_scope`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aif_share.errors import Refusal
from members.queries import Caller, Person

if TYPE_CHECKING:  # rest_framework.views imports this module through its settings
    from rest_framework.views import APIView


class ScopeMissing(Refusal):
    """The key does not have the scope this call needs."""

    def __init__(self, scope: str) -> None:
        super().__init__("scope-missing", gettext_noop("Use a key that has this scope."), scope=scope)


class HasScope(BasePermission):
    """Let a caller in whose key has `view.required_scope`; None means that any key will do.

    A view that names none at all is shut: forgetting the line must not open it.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raise ScopeMissing, so that the answer can name the scope."""
        caller = request.user
        if not isinstance(caller, Caller | Person):
            return False
        scope = getattr(view, "required_scope", "(none)")
        if scope is not None and scope not in caller.scopes:
            raise ScopeMissing(scope)
        return True
