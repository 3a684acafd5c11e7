"""The desk's admin site: the alliance's own staff only."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.operations import users
from members.permissions import Permission, can


class DeskLoginForm(AdminAuthenticationForm):
    """User name and password; a member's account reads the same here as no account."""

    error_messages = {
        "invalid_login": _("User name or password is not right."),
        "inactive": _("User name or password is not right."),
    }


class DeskPasswordForm(AdminPasswordChangeForm):
    """The own password; the role of the desk may write that column and the trail, not the whole row."""

    def save(self, commit: bool = True) -> Any:
        """Store the new password with its event."""
        users.set_password(
            user=self.user, password=self.cleaned_data["new_password1"], by=self.user, now=timezone.now()
        )
        return self.user


class DeskSite(AdminSite):
    """Stock pages; whoever may see the desk sees everything, and changes by operations."""

    site_header = _("AIF-Share desk")
    site_title = _("AIF-Share desk")
    index_title = _("Alliance")
    site_url = None
    login_form = DeskLoginForm
    index_template = "members/desk/index.html"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person may see the desk at all."""
        return can(request.user, Permission.DESK_VIEW)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in, and note it in the audit trail: no trail, no login."""
        with transaction.atomic():
            response = super().login(request, extra_context)
            if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
                users.record_login(user=request.user, now=timezone.now())
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Change the own password."""
        request.current_app = self.name
        return PasswordChangeView.as_view(
            form_class=DeskPasswordForm,
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)


site = DeskSite(name="admin")
