"""`aif-share audit`."""

from __future__ import annotations

import click

from aif_share.cli.output import USAGE, emit_json, json_option, say


@click.group()
def audit() -> None:
    """Check what the platform promised. Waits for the transparency log."""


@audit.command()
@json_option
def verify(as_json: bool) -> int:
    """Check receipts against the transparency log. Not possible yet: there is no log.

    A receipt now is the SHA-256 of the rows as the platform stored them, and only the platform can recompute that. The
    map keeps every receipt, so that those of today can be checked once the log exists.
    """
    if as_json:
        emit_json({"checked": 0, "log": None})
    say(
        "Nothing was checked: this platform keeps no transparency log yet, and without one a receipt proves nothing to "
        "you. Your map keeps all receipts for when it does"
    )
    return USAGE
