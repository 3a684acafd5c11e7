"""The transition table as a Mermaid diagram; docs/cases.md holds its output."""

from __future__ import annotations

from clues.cases.workflow import INITIAL, RESTING, TRANSITIONS


def draw() -> str:
    """Return the state diagram in Mermaid, one line per row of the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {INITIAL}: open"]
    for row in TRANSITIONS:
        who = [f"desk {row.desk.value}"] if row.desk else []
        who += [f"member {row.member.value}"] if row.member else []
        marks = [" or ".join(who)]
        marks += [f"not {column}" for column in row.four_eyes]
        marks += [f"{name} given" for name in row.asks]
        if row.note_required:
            marks.append("reason")
        if row.days is not None:
            marks.append(f"{row.days} d")
        lines.append(f"    {row.source} --> {row.target}: {row.action} ({', '.join(marks)})")
    lines += [f"    {state} --> [*]" for state in sorted(RESTING)]
    return "\n".join(lines) + "\n"
