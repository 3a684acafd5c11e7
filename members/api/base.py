"""What all views of the API share: which methods and query parameters there are, and JSON without detours."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from aif_share.errors import Refusal
from members.api import rate_limit, session
from members.queries import Caller, Member, Person

PAGED = frozenset({"limit", "cursor"})
_JSON_ACCEPTED = frozenset({"*/*", "application/json"})


class JsonNegotiation(DefaultContentNegotiation):
    """There is one form of answer, so the two usual Accept headers need no weighing."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the JSON renderer; raise NotAcceptable for a client that takes no JSON."""
        if request.META.get("HTTP_ACCEPT", "*/*") in _JSON_ACCEPTED:
            return renderers[0], "application/json"
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


class ApiView(APIView):
    """A view for keys, and for the portal's pages. It names its `required_scope` (None: any) and `query_parameters`."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    content_negotiation_class: type[DefaultContentNegotiation] = JsonNegotiation
    query_parameters: frozenset[str] = frozenset()

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return who may call: below `/portal/api/` people by their session, elsewhere keys."""
        # The generator of the schema asks before there is a request.
        if self.request is not None and self.request.path_info.startswith(session.PREFIX):
            return [session.PersonAuthentication()]
        return super().get_authenticators()

    def perform_authentication(self, request: Request) -> None:
        """Authenticate, then count the request: also one that is about to be refused for its scope or content."""
        super().perform_authentication(request)
        if isinstance(request.user, Caller | Person):
            try:
                self.headers |= rate_limit.take(request.user.institution_id)
            except rate_limit.TooManyRequests as refused:
                self.headers |= refused.headers
                raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse query parameters that do not exist: one that is misspelled must not be ignored."""
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if not request.META.get("QUERY_STRING"):
            return
        if request.query_params.keys() - self.query_parameters:
            # Not named in the answer: what stands there may be anything, an identifier included.
            raise Refusal(
                "unknown-field",
                gettext_noop("The address has query parameters that do not exist here."),
                known=sorted(self.query_parameters),
            )
        if any("\0" in value for values in request.query_params.lists() for value in values[1]):
            raise Refusal("malformed", gettext_noop("The address has a NUL, which no value has."))


def caller_of(request: Request) -> Member:
    """Return the caller, whom authentication and HasScope let in."""
    caller = request.user
    assert isinstance(caller, Caller | Person)  # noqa: S101 - HasScope lets nobody else in
    return caller
