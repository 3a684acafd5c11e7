"""Where the person is logged in, and ending that."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.operations import sessions
from members.portal.access import own_account


@require_POST
@own_account
def end(request: HttpRequest, session: str) -> HttpResponse:
    """End one session; ending is never dangerous, so nothing is asked again."""
    sessions.end_session(user=cast(Any, request.user), session=session, now=timezone.now())
    messages.success(request, _("The session has ended."))
    return redirect("members:account")


@require_POST
@own_account
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    sessions.end_others(user=cast(Any, request.user), current=request.session.session_key or "", now=timezone.now())
    messages.success(request, _("All other sessions have ended."))
    return redirect("members:account")
