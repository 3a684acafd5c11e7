"""The Django application `members`."""

from typing import Any

from django.apps import AppConfig, apps
from django.core import signals
from django.utils.translation import gettext_lazy as _

from members.row_security.context import leave


def _act_for_nobody(**_kwargs: Any) -> None:
    """A thread serves one request after another: none begins with, or leaves behind, whom another acted for."""
    leave()


class MembersConfig(AppConfig):
    """Institutions, people, credentials, audit trail and outgoing messages."""

    name = "members"
    label = "members"
    verbose_name = _("Members")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the kinds of approvals register themselves, and name what the package that counts failed logins does not."""
        from members.operations import quotas  # noqa: F401

        signals.request_started.connect(_act_for_nobody)
        signals.request_finished.connect(_act_for_nobody)
        apps.get_app_config("axes").verbose_name = _("Lock-outs")
