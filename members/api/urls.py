"""Addresses below /api/v1/ that belong to `members`."""

from django.urls import path

from members.api.me import MeView
from members.api.problem_catalog import ProblemCatalogView

app_name = "members-api"

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("problems", ProblemCatalogView.as_view(), name="problems"),
]
