"""`manage.py draw_workflow`: the transition table of cases as a Mermaid diagram."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clues.cases.diagram import draw


class Command(BaseCommand):
    help = "Print the workflow of cases as Mermaid; docs/cases.md holds this output."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the diagram."""
        self.stdout.write(draw(), ending="")
