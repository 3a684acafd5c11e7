"""Addresses of the process `desk`: the alliance's admin and nothing else."""

from django.urls import path
from django.views.generic import RedirectView

from config.health import healthz
from members.admin.site import site

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
