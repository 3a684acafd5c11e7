"""`manage.py open_epoch`: open a key epoch for every identifier type that lacks it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.blinding import epochs
from members.permissions import Console


class Command(BaseCommand):
    """Open a key epoch; repeating it changes nothing."""

    help = "Open a key epoch for every identifier type that lacks it (new types of a release too)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of the epoch."""
        parser.add_argument("--epoch", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it and say for how many types."""
        try:
            count = epochs.open_epoch(epoch=options["epoch"], by=Console("open_epoch"), now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        self.stdout.write(f"epoch {options['epoch']}: opened for {count} types")
