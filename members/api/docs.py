"""`GET /api/v1/docs`: Swagger UI over the served document, from files of this server alone, open to anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from members.api.problems import plain_problem

# Its style sheets and scripts are files; it draws icons as data: and asks this server only.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@csrf_exempt
def docs(request: HttpRequest) -> HttpResponse:
    """Show the page; the middleware keeps the policy that is set here."""
    if request.method not in ("GET", "HEAD"):
        refused = plain_problem(request, "method-not-allowed")
        refused["Allow"] = "GET, HEAD"
        return refused
    page = render(request, "members/api_docs.html")
    page.headers["Content-Security-Policy"] = POLICY
    return page
