"""The Django application `members`."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Institutions, people, credentials, audit trail and outgoing messages."""

    name = "members"
    label = "members"
    verbose_name = _("Members")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the kinds of approvals register themselves, and name what the package that counts failed logins does not."""
        from members.operations import quotas  # noqa: F401

        apps.get_app_config("axes").verbose_name = _("Lock-outs")
