"""Addresses of the process `desk`: the alliance's admin and nothing else."""

from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from config.health import healthz
from members.admin.site import site

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", set_language, name="language"),
    path("admin/", site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
