"""`aif-share audit`."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from aif_share.audit.note import Verifier, open_checkpoint
from aif_share.audit.verify import verify_log
from aif_share.cli.access import open_client, open_map
from aif_share.cli.output import OK, PROOF, emit_json, json_option, say
from aif_share.client.witness import Receipts, WitnessStore, check_receipts, witness
from aif_share.errors import AuthenticationError


@click.group()
def audit() -> None:
    """Check what the platform promised."""


@audit.command()
@click.option("--map", "map_path", type=click.Path(path_type=Path, dir_okay=False), help="whose receipts to check")
@json_option
def verify(map_path: Path | None, as_json: bool) -> int:
    """Check the transparency log, and your receipts against it.

    Fetches the newest signed checkpoint, proves that the log only grew since this key looked last, keeps the checkpoint,
    and proves that the event of each receipt in your map stands in the log. Run it daily: what you keep is what nobody
    can take back. Exit 6: a proof does not hold, or a receipt has no event. Without the scope audit, checkpoints alone.
    """
    with open_client() as client:
        seen = witness(client.log, url=client.url, store=WitnessStore(client.data_home, client.key_id))
        found, receipts = None, []
        held = open_map(client, map_path)
        if held is not None:
            with held:
                receipts = held.receipts()
        if receipts:
            try:
                found = check_receipts(client.log, seen, receipts)
            except AuthenticationError as error:
                if error.code != "scope-missing":
                    raise
                say("Receipts were not checked: this key lacks the scope audit.")
    checked = found or Receipts((), (), ())
    if as_json:
        emit_json(
            {
                "log": seen.now.origin,
                "size": seen.now.size,
                "before": None if seen.first else seen.before,
                "receipts": len(receipts),
                "proven": len(checked.proven),
                "waiting": list(checked.waiting),
                "missing": list(checked.missing),
            }
        )
    since = "the first one this key keeps" if seen.first else f"grown from {seen.before}, nothing taken back"
    say(f"{seen.now.origin}: {seen.now.size} events, {since}.")
    if found is not None:
        say(f"Receipts: {len(found.proven)} of {len(receipts)} proven, {len(found.waiting)} not signed yet.")
    for batch in checked.missing:
        say(f"No event of {batch}, which was acknowledged. Ask the alliance, and keep your map: it is the evidence.")
    return PROOF if checked.missing else OK


@audit.command("verify-file")
@click.argument("log", type=click.File("rb"))
@click.option("--checkpoint", type=click.File("r", encoding="utf-8"), required=True, help="the signed note")
@click.option("--verifier", required=True, help="the log's key line, from a member that pinned it")
@json_option
def verify_file(log: IO[bytes], checkpoint: IO[str], verifier: str, as_json: bool) -> int:
    """Check a whole log that the alliance exported (one event a line) against a signed checkpoint. Needs no network."""
    head = open_checkpoint(checkpoint.read(), verifier=Verifier.parse(verifier))
    behind = verify_log(log, head)
    if as_json:
        emit_json({"log": head.origin, "size": head.size, "behind": behind})
    say(f"{head.origin}: all {head.size} events are those that were signed; {behind} more stand behind them.")
    return OK
