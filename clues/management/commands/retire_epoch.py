"""`manage.py retire_epoch`: retire a key epoch, so that its tokens are refused from now on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.blinding import epochs
from members.permissions import Console


class Command(BaseCommand):
    """Retire a key epoch for every identifier type; repeating it changes nothing."""

    help = "Retire a key epoch: its tokens are refused from now on. Publish the directory afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of the epoch."""
        parser.add_argument("--epoch", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Retire it and say for how many types."""
        try:
            count = epochs.retire_epoch(epoch=options["epoch"], by=Console("retire_epoch"), now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        self.stdout.write(f"epoch {options['epoch']}: retired for {count} types")
