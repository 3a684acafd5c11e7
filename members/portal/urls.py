"""Addresses of the portal that belong to `members`."""

from django.urls import path
from django.views.i18n import set_language

from members.portal import account, help

app_name = "members"

urlpatterns = [
    path("help/problems", help.problems, name="problems"),
    path("portal/login", account.Login.as_view(), name="login"),
    path("portal/logout", account.logout, name="logout"),
    path("portal/account", account.account, name="account"),
    path("portal/password", account.password, name="password"),
    path("portal/language", set_language, name="language"),
]
