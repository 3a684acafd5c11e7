"""Django app of the clues: one migration history for submissions, matching, rings and cases."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CluesConfig(AppConfig):
    name = "clues"
    label = "clues"
    verbose_name = _("Clues")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the kinds of approvals register themselves."""
        from clues.blinding import rotation  # noqa: F401
        from clues.cases import unmasking  # noqa: F401
        from clues.fishing import review  # noqa: F401
        from clues.packages import release  # noqa: F401
