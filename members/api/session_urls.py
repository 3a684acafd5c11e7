"""Addresses below /portal/api/ that belong to `members`: what the pages' scripts ask."""

from django.urls import path

from members.api.me import QuotaView

app_name = "members-session"

urlpatterns = [
    path("quota", QuotaView.as_view(), name="quota"),
]
