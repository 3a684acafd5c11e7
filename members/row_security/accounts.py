"""Who logs in, under row security: an account is found by its name or as the session's own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest  # noqa: TID251 - Django hands it to a backend

from members.row_security.context import act_for, looking_up


class AccountBackend(ModelBackend):
    """Django's own; the context learns who it is."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the person whose name and password these are."""
        with looking_up("username", username or ""):
            person = super().authenticate(request, username=username, password=password, **kwargs)
        if person is not None:
            act_for(person=person.pk)
        return person

    def get_user(self, user_id: int) -> Any:
        """Return the person of a session; from here on the request is theirs."""
        act_for(person=user_id)
        return super().get_user(user_id)
