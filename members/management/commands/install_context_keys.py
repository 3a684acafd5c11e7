"""`manage.py install_context_keys`: let the database check what web signs with AIF_CONTEXT_KEYS."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from members import audit
from members.permissions import Console
from members.row_security.keys import install


class Command(BaseCommand):
    """Make the database's keys those of AIF_CONTEXT_KEYS. Run as the owner, after migrations and at each rotation."""

    help = "Make the keys that row-level security checks contexts with those of AIF_CONTEXT_KEYS (id:hex,id:hex)."

    def handle(self, *args: object, **options: object) -> None:
        """Install them and say what was forgotten."""
        if not settings.AIF_CONTEXT_KEYS:
            raise CommandError("AIF_CONTEXT_KEYS is not set: without it web reads no row of any member.")
        try:
            with transaction.atomic():
                fresh, forgotten = install(settings.AIF_CONTEXT_KEYS)
                if fresh or forgotten:
                    by = Console("install_context_keys")
                    audit.record("context-key.install", actor=by, detail={"keys": fresh, "forgotten": forgotten})
        except ValueError as why:
            raise CommandError(f"AIF_CONTEXT_KEYS: {why}") from None
        self.stdout.write("context keys: " + ", ".join(settings.AIF_CONTEXT_KEYS))
        if forgotten:
            self.stdout.write("forgotten: " + ", ".join(forgotten))
