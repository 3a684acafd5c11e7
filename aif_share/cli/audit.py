"""`aif-share audit`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from aif_share.audit.ledger import Ledger
from aif_share.audit.note import Verifier, open_checkpoint
from aif_share.audit.verify import verify_log
from aif_share.cli.access import open_client, open_map
from aif_share.cli.output import OK, PROOF, emit_json, json_option, say
from aif_share.client.comparison import compare as compare_notes
from aif_share.client.comparison import get_kept
from aif_share.client.ledger import check_screenings
from aif_share.client.witness import Receipts, WitnessStore, check_receipts, witness
from aif_share.errors import AuthenticationError, ProofError


class VerifierKey(click.ParamType[Verifier]):
    """The log's key: its line, or a file that holds it. What is neither was typed wrong, and says nothing of a log."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            line = Path(value).read_text("utf-8")
        except (OSError, ValueError):  # no such file, no name of one, or none of text
            line = value
        try:
            return Verifier.parse(line)
        except ProofError:
            self.fail("neither a verifier key (name+id+base64) nor a file that holds one", param, ctx)


@click.group()
def audit() -> None:
    """Check what the platform promised."""


@audit.command()
@click.option("--map", "map_path", type=click.Path(path_type=Path, dir_okay=False), help="whose receipts to check")
@click.option("--screenings", type=click.IntRange(0, 10_000), default=100, show_default=True, help="how many to check")
@click.option(
    "--accept-restore", is_flag=True, help="the alliance told by another way that its database was restored: go on"
)
@json_option
def verify(map_path: Path | None, screenings: int, accept_restore: bool, as_json: bool) -> int:
    """Check the transparency log, and your receipts and newest screenings against it.

    Fetches the newest signed checkpoint, proves that the log only grew since this key looked last, keeps the checkpoint,
    and proves that the event of each receipt in your map stands in the log, and that each of your newest screenings was
    sealed by an event that does. Run it daily: what you keep is what nobody can take back. Exit 6: a proof does not hold, a
    receipt has no event, or screenings wait too long for theirs; or the log goes on under another name after a restore, and
    nobody here accepted that. Without the scope audit, checkpoints alone.
    """
    with open_client() as client:
        store = WitnessStore(client.data_home, client.key_id)
        seen = witness(client.log, url=client.url, store=store, accept_restore=accept_restore)
        found, asked, receipts = None, None, []
        held = open_map(client, map_path)
        if held is not None:
            with held:
                receipts = held.receipts()
        try:
            if receipts:
                found = check_receipts(client.log, seen, receipts)
            if screenings:
                asked = check_screenings(client.log, seen, newest=screenings, now=datetime.now(UTC))
        except AuthenticationError as error:
            if error.code != "scope-missing":
                raise
            say("Receipts and screenings were not checked: this key lacks the scope audit.")
    checked = found or Receipts((), (), ())
    if as_json:
        emit_json(
            {
                "log": seen.now.origin,
                "size": seen.now.size,
                "before": None if seen.first else seen.before,
                "successor": seen.successor,
                "restored": seen.restored,
                "lost": seen.lost,
                "receipts": len(receipts),
                "proven": len(checked.proven),
                "waiting": list(checked.waiting),
                "missing": list(checked.missing),
                "screenings": None if asked is None else asdict(asked),
            }
        )
    if seen.restored:
        say(f"The platform was restored from a backup: {seen.lost} events that this key had seen signed are gone.")
        say("The checkpoint from before is kept as `former` beside the new one: it is the evidence of what was there.")
    elif seen.successor is not None:
        say(
            f"The log is signed by another key now, which the pinned one named; it is pinned from now on: {seen.successor}"
        )
    since = "the first one this key keeps" if seen.first else f"grown from {seen.before}, nothing taken back"
    if seen.restored:
        since = f"grown from the {seen.before - seen.lost} that are left of {seen.before}"
    say(f"{seen.now.origin}: {seen.now.size} events, {since}.")
    if found is not None:
        say(f"Receipts: {len(found.proven)} of {len(receipts)} proven, {len(found.waiting)} not signed yet.")
    if asked is not None:
        say(f"Screenings: {asked.rows} proven by {asked.events} events, {asked.waiting} not sealed or signed yet.")
        if asked.late:
            say(f"{asked.late} screenings wait far too long for the event that seals them. Ask the alliance.")
    for batch in checked.missing:
        say(f"No event of {batch}, which was acknowledged. Ask the alliance, and keep your map: it is the evidence.")
    return PROOF if checked.missing or (asked is not None and asked.late) else OK


@audit.command()
@json_option
def checkpoint(as_json: bool) -> int:
    """Print the newest checkpoint that this key keeps, to be given to other members."""
    with open_client() as client:
        pinned, kept = get_kept(WitnessStore(client.data_home, client.key_id), client.url)
    if as_json:
        emit_json({"log": pinned.name, "checkpoint": kept})
    else:
        click.echo(kept, nl=False)
    return OK


@audit.command()
@click.argument("others", nargs=-1, required=True, type=click.File("r", encoding="utf-8"))
@json_option
def compare(others: tuple[IO[str], ...], as_json: bool) -> int:
    """Hold other members' checkpoints against the one this key keeps: was all of you shown one log?

    Get theirs (`aif-share audit checkpoint`) by another way than the platform. Exit 6: one log cannot have signed both.
    """
    with open_client() as client:
        pinned, kept = get_kept(WitnessStore(client.data_home, client.key_id), client.url)
        sizes = [compare_notes(client.log, verifier=pinned, kept=kept, other=each.read()).size for each in others]
    if as_json:
        emit_json({"log": pinned.name, "sizes": sizes})
    say(
        f"{pinned.name}: {len(sizes)} checkpoints of others, of {', '.join(map(str, sizes))} events, are of one log with yours."
    )
    return OK


@audit.command("verify-file")
@click.argument("log", type=click.File("rb"))
@click.option("--checkpoint", type=click.File("r", encoding="utf-8"), required=True, help="the signed note")
@click.option(
    "--verifier",
    type=VerifierKey(),
    required=True,
    is_eager=True,  # before the files are opened
    help="the log's key, as a line or as a file that holds it, from a member that pinned it (`verifier` in its log.json)",
)
@click.option(
    "--screenings", type=click.File("rb"), help="the exported ledger of screenings, to be held against the log"
)
@json_option
def verify_file(
    log: IO[bytes], checkpoint: IO[str], verifier: Verifier, screenings: IO[bytes] | None, as_json: bool
) -> int:
    """Check a whole log that the alliance exported (one event a line) against a signed checkpoint. Needs no network.

    With the ledger of screenings, each of its rows is held against the event that sealed it.
    """
    head, ledger = open_checkpoint(checkpoint.read(), verifier=verifier), Ledger()
    behind = verify_log(log, head, ledger if screenings else None)
    opened = None if screenings is None else ledger.open(screenings)
    if as_json:
        said = {"log": head.origin, "size": head.size, "behind": behind}
        emit_json(said if opened is None else said | {"screenings": asdict(opened)})
    say(f"{head.origin}: all {head.size} events are those that were signed; {behind} more stand behind them.")
    say(
        "Whether it ever held more, only a checkpoint that somebody else kept can tell: give a member's, not the alliance's."
    )
    if opened is not None:
        say(
            f"Screenings: {opened.rows} are those that {opened.seals} events sealed; {opened.deleted} were deleted in time."
        )
    return OK
