"""`manage.py reset_factors USER --reason …`: for an administrator of the alliance who lost the device and has no colleague."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import User
from members.operations import factors
from members.permissions import Console

BY = Console("reset_factors")


class Command(BaseCommand):
    """Take away a person's second factors; the next login at desk or portal adds a new one."""

    help = "Take away a person's second factors and end the sessions; the next login adds a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="stays in the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refusals end with exit code 2, and nothing is changed then."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("there is no such account", returncode=2)
        try:
            factors.reset_factors(user_id=user.pk, reason=options["reason"], by=BY, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        self.stdout.write(f"{user.username} adds a new second factor at the next login.")
