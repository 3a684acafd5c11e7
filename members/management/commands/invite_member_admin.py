"""`manage.py invite_member_admin`: the first administrator of a member, by a link that opens once."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from members import tasks
from members.models import reference
from members.operations import invitations
from members.permissions import Console

BY = Console("invite_member_admin")


class Command(BaseCommand):
    """Invite a member's administrator; the link goes by e-mail and is printed once."""

    help = "Invite the first administrator of a member and print the link once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institution", required=True, help="reference I-… of a live member")
        parser.add_argument("--full-name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refusals end with exit code 2, and nothing is stored then."""
        institution_id = reference.decode("I", options["institution"])
        if institution_id is None:
            raise CommandError("--institution takes a reference like I-…", returncode=2)
        try:
            made, token = invitations.invite(
                institution_id=institution_id,
                role="member-admin",
                full_name=options["full_name"],
                email=options["email"],
                by=BY,
                now=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        tasks.nudge()
        link = f"{settings.AIF_PUBLIC_URL}/portal/invitation/{token}"
        if options["as_json"]:
            self.stdout.write(json.dumps({"invitation": made.ref, "link": link}))
        else:
            self.stdout.write(f"{made.email} is invited. The link, shown only now, opens once within a week:\n{link}")
