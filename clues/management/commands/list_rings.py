"""`manage.py list_rings --json`: the open rings with their clues, for the desk and for comparisons."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clues.rings import queries
from clues.rings.queries import RingView
from members.permissions import Console


class Command(BaseCommand):
    help = "List the open rings: reference, clues, and how many identifiers and groups they join."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="print a JSON list with every clue")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the rings, oldest first."""
        rings = queries.list_rings(by=Console("list_rings"))
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(ring) for ring in rings]))
            return
        for ring in rings:
            self.stdout.write(
                f"{ring.ring}  clues {len(ring.clues)}  identifiers {ring.identifiers}  groups {ring.groups}"
                f"  best grade {ring.best_grade}"
            )
        self.stdout.write(f"{len(rings)} open rings")


def _as_json(ring: RingView) -> dict[str, Any]:
    return {
        "ring": ring.ring,
        "clues": [{"institution": clue.institution, "client_ref": clue.client_ref} for clue in ring.clues],
        "identifiers": ring.identifiers,
        "groups": ring.groups,
        "institutions": list(ring.institutions),
    }
