"""`manage.py totp USER`: the code that an authenticator app would show, for trying the demonstration without a phone.

On the embedded stack only: elsewhere whoever holds the machine must not be able to log in as a member's person.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from members.models import User
from members.operations import factors
from members.permissions import Console
from members.row_security.logins import is_embedded


class Command(BaseCommand):
    """Print a code that opens an account of the embedded stack now."""

    help = "Print the current code of a person's authenticator app (embedded stack only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--enroll", action="store_true", help="add an authenticator app first if there is none")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for the next code where this half minute's is used up."""
        if not is_embedded():
            raise CommandError("this command works on the embedded stack only", returncode=2)
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("there is no such account", returncode=2)
        found = factors.show_code(user=user, now=timezone.now())
        if found is None and options["enroll"]:
            factors.enroll_totp(user=user, by=Console("totp"), now=timezone.now())
            found = factors.show_code(user=user, now=timezone.now())
        if found is None:
            raise CommandError("this account has no authenticator app; --enroll adds one", returncode=2)
        code, wait = found
        time.sleep(wait)
        self.stdout.write(json.dumps({"username": user.username, "code": code}) if options["as_json"] else code)
