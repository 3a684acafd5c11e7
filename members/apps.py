"""The Django application `members`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Institutions, people, credentials, audit trail and outgoing messages."""

    name = "members"
    label = "members"
    verbose_name = _("Members")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the kinds of approvals register themselves."""
        from members.operations import quotas  # noqa: F401
