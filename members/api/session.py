"""Who calls from the portal's pages: the person of the session. Below `/portal/api/`, and only there.

The pages' scripts post tokens with it. What it may do follows from the role (`ROLE_SCOPES`); nothing is open to it that
is not open to the institution's keys. Writes carry the CSRF token of the page in X-CSRFToken.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from members.queries import NotAuthenticated, Person, person_of
from members.row_security import act_for

PREFIX = "/portal/api/"


class PersonAuthentication(SessionAuthentication):
    """Set `request.user` to the `Person`. Alliance staff, who work at the desk, are nobody here."""

    def authenticate(self, request: Request) -> tuple[Person, None]:
        """Return the person; raise NotAuthenticated, NotLive, or PermissionDenied without the CSRF token."""
        user: Any = request._request.user
        if isinstance(user, Person):  # asked again, after an upload: what the database says of the person now
            user = get_user(request._request)
        if not user.is_authenticated or not user.is_active or user.institution_id is None:
            raise NotAuthenticated
        # Of the plain request: REST framework's own would read the body here.
        self.enforce_csrf(request._request)  # type: ignore[arg-type]
        person = person_of(user)
        act_for(institution=person.institution_id, person=person.user_id)
        return person, None
