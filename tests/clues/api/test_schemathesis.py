"""A few hundred generated requests against a running stack's own schema; `make prove` sends 20,000."""

from __future__ import annotations

from config.stack import Stack
from tests.prove.schema_cases import run


def test_answers_are_what_the_document_says(stack: Stack) -> None:
    """No 5xx, no status and no shape that it does not name; and most requests get as far as the domain."""
    found = run(stack, cases=300)
    assert not found.failures, "\n\n".join(f"{name}\n{text}" for name, text in found.failures.items())
    assert not any(status >= 500 for status in found.statuses)
    assert found.cases >= 300 and found.past >= 0.6 * found.cases
