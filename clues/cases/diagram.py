"""The transition table as a Mermaid diagram; docs/cases.md holds its output."""

from __future__ import annotations

from clues.cases.workflow import INITIAL, RESTING, TRANSITIONS


def draw() -> str:
    """Return the state diagram in Mermaid, one line per row of the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {INITIAL}: open"]
    for row in TRANSITIONS:
        marks = [row.by.value]
        if row.four_eyes:
            marks.append("not the proposer")
        if row.reason_required:
            marks.append("reason")
        lines.append(f"    {row.source} --> {row.target}: {row.action} ({', '.join(marks)})")
    lines += [f"    {state} --> [*]" for state in sorted(RESTING)]
    return "\n".join(lines) + "\n"
