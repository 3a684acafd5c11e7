"""docs/cases.md shows the table as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command

from clues.cases.workflow import TRANSITIONS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cases.md"


def test_the_page_holds_the_commands_output(capsys: Any) -> None:
    call_command("draw_workflow")
    drawn = capsys.readouterr().out
    assert f"```mermaid\n{drawn}```" in PAGE.read_text(encoding="utf-8")
    assert drawn.count("-->") == len(TRANSITIONS) + 4
