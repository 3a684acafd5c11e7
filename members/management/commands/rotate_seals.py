"""`manage.py rotate_seals`: seal second factors and secrets of webhooks under the newest key of AIF_SEALS."""

from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.operations import seals
from members.permissions import Console


class Command(BaseCommand):
    """Seal anew; it may be killed and run again, and people log in meanwhile. Run as the owner (AIF_DB_OWNER=1)."""

    help = "Seal second factors and secrets of webhooks by the newest of AIF_SEALS, and say how many lie under each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal them and say how many values lie under each key then."""
        if not settings.AIF_SEALS:
            raise CommandError("AIF_SEALS is not set: there is no key to seal under")
        try:
            count = seals.rotate(by=Console("rotate_seals"))
        except InvalidTag:
            raise CommandError("AIF_SEALS lacks a key that something is sealed under, or it was altered") from None
        self.stdout.write(f"{count} rows sealed anew")
        for kid, number in sorted(seals.count_by_key().items()):
            self.stdout.write(f"  {kid or 'AIF_REFERENCE_KEY'}: {number} values")
