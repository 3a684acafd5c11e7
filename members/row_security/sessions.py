"""Sessions in the database, each to be found by whoever holds its key and by nobody else."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as StoredSession

from members.row_security.context import act_for, looking_up


class SessionStore(StoredSession):
    """Django's own, under row security."""

    def load(self) -> Any:
        """Return what the session holds; from here on the request is its person's, logged in or between two factors."""
        data = super().load()
        pending = (data.get(LOGIN_SESSION_KEY) or {}).get("user_pk")
        if SESSION_KEY in data or pending:
            act_for(person=int(data[SESSION_KEY]) if SESSION_KEY in data else url_str_to_user_pk(pending))
        return data

    def _get_session_from_db(self) -> Any:
        with looking_up("session", self.session_key or ""):
            return super()._get_session_from_db()  # type: ignore[misc]

    def exists(self, session_key: str) -> bool:
        """Return whether there is such a session."""
        with looking_up("session", session_key):
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        """Write it; a session that has no key yet gets one, under a lookup of its own."""
        if self.session_key is None:
            self.create()
            return
        with looking_up("session", self.session_key):
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Remove it."""
        with looking_up("session", session_key or self.session_key or ""):
            super().delete(session_key)
