"""Addresses of the process `web`."""

from importlib.util import find_spec

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    *(
        path(prefix, include(module))
        for prefix, module in (
            ("api/v1/", "members.api.urls"),
            ("api/v1/", "clues.api.urls"),
            ("", "members.portal.urls"),
            ("", "clues.portal.urls"),
        )
        if find_spec(module.rpartition(".")[0]) and find_spec(module)
    ),
]
