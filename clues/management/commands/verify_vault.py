"""`manage.py verify_vault`: read every object of the vault, as after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clues.vault import objects


class Command(BaseCommand):
    """Open every frame of every object and hold it against its digests; changes nothing but the audit trail of failures."""

    help = "Read every complete object of the vault and hold it against its digests. Exit code 1 if one does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many hold, and the id and code of each that does not."""
        good, bad = 0, 0
        for ident, code in objects.verify_all():
            if code is None:
                good += 1
            else:
                bad += 1
                self.stderr.write(f"{ident}: {code}")
        self.stdout.write(f"{good} objects hold, {bad} do not")
        if bad:
            raise CommandError("restore what does not hold from a backup", returncode=1)
