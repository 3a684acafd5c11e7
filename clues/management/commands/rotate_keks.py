"""`manage.py rotate_keks`: wrap every key of the vault by the newest KEK."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aif_share.errors import Refusal
from clues.vault import keys
from members.permissions import Console


class Command(BaseCommand):
    """Wrap all keys anew; it may be killed and run again, and uploads go on meanwhile."""

    help = "Wrap the keys of evidence and packages by the newest of AIF_KEKS, and say how many stand under each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Wrap them and say how many keys stand under each KEK then."""
        try:
            count = keys.rotate(by=Console("rotate_keks"), now=timezone.now())
            newest = keys.newest()
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}", returncode=2) from None
        self.stdout.write(f"{count} keys wrapped by {newest}")
        for kid, number in keys.count_by_kek().items():
            self.stdout.write(f"  {kid}: {number} keys")
