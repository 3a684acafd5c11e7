"""`manage.py create_user`: an account with a password that is printed once; how the first people come in."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import ALLIANCE_ROLES, MEMBER_ROLES, reference
from members.operations import users
from members.permissions import Console

BY = Console("create_user")


class Command(BaseCommand):
    """Make an account for a member's or the alliance's person."""

    help = "Create an account and print its password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, dest="username", help="user name: a-z, 0-9, dot, hyphen")
        parser.add_argument("--role", required=True, choices=MEMBER_ROLES + ALLIANCE_ROLES)
        parser.add_argument("--institution", help="reference I-… of a member; none for the alliance's own roles")
        parser.add_argument("--full-name", default="")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refusals end with exit code 2, and nothing is stored then."""
        institution_id = None
        if options["institution"]:
            institution_id = reference.decode("I", options["institution"])
            if institution_id is None:
                raise CommandError("--institution takes a reference like I-…", returncode=2)
        password = secrets.token_urlsafe(15)
        try:
            user = users.create_user(
                username=options["username"],
                role=options["role"],
                institution_id=institution_id,
                full_name=options["full_name"],
                password=password,
                by=BY,
                now=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        if options["as_json"]:
            self.stdout.write(json.dumps({"user": user.ref, "username": user.username, "password": password}))
        else:
            self.stdout.write(f"{user.username} can log in. The password, shown only now:\n{password}")
