"""A browser for tests, logged in past the second factor, which is compulsory."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as PROVED_BY
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from django.test import Client


class Browser(Client):
    """`force_login` leaves a session that has shown a second factor just now; `age` seconds ago if it says so."""

    def force_login(self, user: Any, backend: str | None = None, *, age: float = 0.0) -> None:
        """Log in without a password and past the second factor."""
        super().force_login(user, backend)
        session = self.session
        session[PROOFS] = [{"method": "mfa", "at": time.time() - age, "id": 0, "type": "totp"}]
        session[PROVED_BY] = str(user.pk)
        session["seen_at"] = int(time.time())
        session.save()

    def force_password(self, user: Any) -> None:
        """Log in with nothing but the password shown."""
        super().force_login(user)
