"""Addresses of the process `desk`: the alliance's admin and nothing else."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config.health import healthz

site = admin.site
if find_spec("members.admin.site"):
    from members.admin.site import site  # type: ignore[no-redef]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
