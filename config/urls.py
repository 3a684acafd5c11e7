"""Addresses of the process `web`."""

from django.urls import include, path, re_path

from clues.api.not_found import not_found
from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("members.api.urls")),
    path("api/v1/", include("clues.api.urls")),
    re_path(r"^api/", not_found),
    path("portal/api/", include("members.api.session_urls")),
    path("portal/api/", include("clues.api.session_urls")),
    re_path(r"^portal/api/", not_found),
    path("", include("members.portal.urls")),
    path("", include("members.portal.login_urls")),
    path("", include("clues.portal.urls")),
]
