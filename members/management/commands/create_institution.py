"""`manage.py create_institution`: a member, live at once on the embedded stack, an application in production."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.vocabulary import sectors
from aif_share.wire import keys, limits
from members import tasks
from members.management import embedded
from members.models import Institution
from members.operations import credentials, institutions
from members.permissions import Console
from members.row_security.logins import is_embedded

BY = Console("create_institution")


class Command(BaseCommand):
    """Store an institution and, on the embedded stack, give it a key that works everywhere."""

    help = "Create an institution: live with a key on the embedded stack, an application in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--sector", required=True, help=", ".join(sectors.BY_CODE))
        parser.add_argument("--group", help="corporate group; institutions of one count as one source")
        parser.add_argument("--evaluate-quota", type=int, default=limits.DEFAULT_EVALUATE_QUOTA, help="a day")
        parser.add_argument("--submit-quota", type=int, default=limits.DEFAULT_SUBMIT_QUOTA, help="a day")
        parser.add_argument("--screen-quota", type=int, default=limits.DEFAULT_SCREEN_QUOTA, help="a day")
        parser.add_argument(
            "--browser-key", action="store_true", help="on the embedded stack: a key for the portal's pages as well"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refusals end with exit code 2, and nothing is stored then."""
        asked = {
            name: options[name]
            for name in ("name", "sector", "group", "evaluate_quota", "submit_quota", "screen_quota")
        }
        made: list[keys.MemberKey] = []
        try:
            if not is_embedded():
                institution = institutions.apply(by=BY, now=timezone.now(), **asked)
            else:
                institution, made = self._create_live(asked, browser_key=options["browser_key"])
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        texts = [key.text for key in made]
        if options["as_json"]:
            shown = dict(zip(("api_key", "browser_key"), texts, strict=False))
            self.stdout.write(json.dumps({"institution": institution.ref, "api_key": None, **shown}))
        elif not texts:
            self.stdout.write(f"{institution.ref} has applied; an alliance approver has to admit it at the desk.")
        else:
            lines = [f"{institution.ref} is live. Its key, shown only now:", texts[0]]
            lines += [f"And its key for the portal's pages:\n{text}" for text in texts[1:]]
            self.stdout.write("\n".join(lines))

    def _create_live(self, asked: dict[str, Any], *, browser_key: bool) -> tuple[Institution, list[keys.MemberKey]]:
        now = timezone.now()
        with transaction.atomic():
            institution = institutions.create_institution(by=BY, now=now, **asked)
            made = [
                credentials.issue_embedded(institution_id=institution.pk, by=BY, now=now, scopes=scopes)
                for scopes in (keys.SCOPES, keys.BROWSER_SCOPES)[: 1 + browser_key]
            ]
            tasks.nudge()
        try:
            for key in made:
                embedded.register(institution.ref, key, evaluate_quota=institution.evaluate_quota)
            for key in made:
                embedded.wait_until_known(key)
        except embedded.CustodianNotReady as error:
            raise CommandError(f"{institution.ref} is stored, but {error}", returncode=1) from None
        return institution, made
