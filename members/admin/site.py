"""The desk's admin site: the alliance's own staff only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from members.admin import health, login, queues, references
from members.operations import users
from members.permissions import Permission, can


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
    index_template = "members/desk/index.html"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person may see the desk at all: the alliance's own, with a second factor shown in this session."""
        return can(request.user, Permission.DESK_VIEW) and login.is_proved(request)

    def get_urls(self) -> list[Any]:
        """The stock addresses and those of the second factor."""
        return [
            path("login/factor/", self.second_factor, name="login-factor"),
            path("recovery-codes/", self.admin_view(self.recovery_codes), name="recovery-codes"),
            path("find/", self.admin_view(self.find), name="find"),
            path("health/", self.admin_view(self.health), name="health"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ask for the password; the session begins after the second factor."""
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "app_path": request.get_full_path(),
            REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index", current_app=self.name)),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return login.Password.as_view(extra_context=context)(request)

    @method_decorator([never_cache, sensitive_post_parameters()])
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Ask for the second factor of whoever's password was right, or let them add the first one."""
        return login.second_factor(request, self)

    def recovery_codes(self, request: HttpRequest) -> HttpResponse:
        """Show recovery codes that were just made."""
        return login.recovery_codes(request, self)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The stock list, with what it counts as the name of the package that counts failed logins."""
        found: list[Any] = super().get_app_list(request, app_label)
        for app in found:
            if app["app_label"] == "axes":
                for model in app["models"]:
                    model["name"] = _("Failed logins")
        return found

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits, first of all."""
        seen = [each for each in queues.look() if each.is_ours or each.late]
        context = {
            "queues": [each for each in seen if each.count],
            "idle": [each for each in seen if not each.count],
            "now": timezone.now(),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def find(self, request: HttpRequest) -> HttpResponse:
        """Go to the page that a reference names; what is no reference is looked for among the institutions' names."""
        text = request.GET.get("q", "").strip()
        return redirect(
            references.find(text) or f"{reverse('admin:members_institution_changelist')}?{urlencode({'q': text})}"
        )

    def health(self, request: HttpRequest) -> HttpResponse:
        """How the platform does."""
        request.current_app = self.name
        context = {**self.each_context(request), "title": _("Health"), "parts": health.look(), "now": timezone.now()}
        return TemplateResponse(request, "members/desk/health.html", context)

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
