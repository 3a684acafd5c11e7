"""`aif-share custodian`: make a custodian's home, serve it, keep its members."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from aif_share.custodian import home as homes
from aif_share.custodian.operator import read_time
from aif_share.custodian.privilege import become_ids
from aif_share.custodian.store import Member, Store, Verifier
from aif_share.errors import Refusal
from aif_share.wire import keys, limits

_BIND = re.compile(r"\S+:[0-9]{1,5}|unix:\S+|fd://[0-9]+")
_home_option = click.option(
    "--home",
    required=True,
    envvar="AIF_CUSTODIAN_HOME",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the custodian (or AIF_CUSTODIAN_HOME).",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def custodian() -> None:
    """Run a custodian: one holder of a key of the chain."""


@custodian.command()
@_home_option
@click.option("--name", required=True, help="Name in the directory: lower-case letters, digits, hyphens.")
@click.option("--epoch", default=1, show_default=True, help="Epoch to make the seed of.")
@click.option(
    "--operator-token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Let the platform with this token keep the list of members; without it only `custodian members` does.",
)
@click.option(
    "--seed-elsewhere", is_flag=True, help="Draw no seed: AIF_CUSTODIAN_SEED_EPOCH_<n>_FILE or …_COMMAND says it."
)
@_json_option
def init(
    home: Path, name: str, epoch: int, operator_token_file: Path | None, seed_elsewhere: bool, as_json: bool
) -> None:
    """Make a home with a fresh seed, or add the seed of a later epoch to one. A seed is never overwritten."""
    with _refusals():
        token = None if operator_token_file is None else operator_token_file.read_text(encoding="ascii").strip()
        homes.make_home(home, name=name, epoch=epoch, operator_token=token, seed_here=not seed_elsewhere)
    _say(as_json, {"custodian": name, "home": str(home), "epoch": epoch}, f"Custodian {name}: epoch {epoch} in {home}.")


@custodian.command()
@_home_option
@click.option("--bind", default="127.0.0.1:8101", show_default=True, help="Address and port; TLS is a proxy's task.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a core, at most two.")
@click.option("--user", help="Started as root: become this user before serving.")
@click.option("--group", help="Its group, if not the user's own.")
@click.option(
    "--portal-origin",
    "portal_origins",
    multiple=True,
    metavar="URL",
    envvar="AIF_CUSTODIAN_PORTAL_ORIGINS",
    help="Let the pages of this portal ask from a browser; repeatable"
    " (or AIF_CUSTODIAN_PORTAL_ORIGINS, separated by spaces). Without it no page can.",
)
def serve(
    home: Path, bind: str, workers: int | None, user: str | None, group: str | None, portal_origins: tuple[str, ...]
) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    if not _BIND.fullmatch(bind):
        raise click.UsageError("--bind takes ADDRESS:PORT")
    home = home.absolute()
    # gunicorn notes the folder it is imported in, and its workers enter it: as another user they may not be able to.
    os.chdir("/")
    from aif_share.custodian import serve as server  # gunicorn is needed by this command alone

    with _refusals():
        server.serve(
            homes.Home(home), bind=bind, workers=workers, user=user, group=group, portal_origins=portal_origins
        )


@custodian.command("operator-token")
@_home_option
@click.option(
    "--token-file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the new token of the platform.",
)
@click.option("--only", is_flag=True, help="From now on the new one alone: the platform uses it already.")
@_json_option
def operator_token(home: Path, token_file: Path, only: bool, as_json: bool) -> None:
    """Change the operator's token: first both count, then the new one alone. Restart the custodian after each step."""
    with _refusals():
        homes.Home(home).set_operator_token(token_file.read_text(encoding="ascii").strip(), beside=not only)
    _say(as_json, {"home": str(home), "only": only}, "Restart the custodian, so that it counts.")


@custodian.group()
@_home_option
@click.pass_context
def members(context: click.Context, home: Path) -> None:
    """Keep the members of a custodian that no platform keeps. Counts from the next request on."""
    context.obj = home


@members.command()
@click.argument("ref")
@click.option("--verifier", required=True, help="SHA-256 (hex) of the member's bearer for this custodian.")
@click.option(
    "--evaluate-quota",
    type=click.IntRange(0),
    help=f"Elements a UTC day; by default what it was, at first {limits.DEFAULT_EVALUATE_QUOTA}.",
)
@click.option("--expires-at", help="ISO 8601 time with its zone at which this key ends.")
@_json_option
@click.pass_obj
def add(home: Path, ref: str, verifier: str, evaluate_quota: int | None, expires_at: str | None, as_json: bool) -> None:
    """Add an institution, or another key of one, and make it live."""
    if not keys.is_verifier(verifier):
        raise click.UsageError("--verifier takes 64 lower-case hex digits")
    with _refusals(), _store(home) as store:
        member = store.add_verifier(
            ref,
            Verifier(verifier, None if expires_at is None else read_time(expires_at)),
            evaluate_quota=evaluate_quota,
            default_quota=limits.DEFAULT_EVALUATE_QUOTA,
        )
    _say(as_json, _shown(member), f"{ref} is live with {len(member.verifiers)} key(s), {member.evaluate_quota} a day.")


@members.command()
@click.argument("ref")
@_json_option
@click.pass_obj
def suspend(home: Path, ref: str, as_json: bool) -> None:
    """Suspend an institution; `add` makes it live again."""
    with _refusals(), _store(home) as store:
        if not store.set_state(ref, "suspended"):
            raise Refusal("not-found", "there is no such institution here")
    _say(as_json, {"institution": ref, "state": "suspended"}, f"{ref} is suspended.")


@members.command()
@click.argument("ref")
@click.option("--verifier", required=True, help="The key's verifier, as `list` shows it.")
@_json_option
@click.pass_obj
def revoke(home: Path, ref: str, verifier: str, as_json: bool) -> None:
    """Revoke one key of an institution."""
    with _refusals(), _store(home) as store:
        if not store.remove_verifier(ref, verifier):
            raise Refusal("not-found", "this institution has no such key here")
    _say(as_json, {"institution": ref, "revoked": verifier}, f"The key of {ref} is revoked.")


@members.command("list")
@_json_option
@click.pass_obj
def list_(home: Path, as_json: bool) -> None:
    """List the institutions."""
    with _refusals(), _store(home) as store:
        found = store.list_members()
    lines = [f"{m.ref}  {m.state}  {m.evaluate_quota} a day  {len(m.verifiers)} key(s)" for m in found]
    _say(as_json, [_shown(m) for m in found], "\n".join(lines) or "No institution yet; `members add` adds one.")


@contextmanager
def _store(home: Path) -> Iterator[Store]:
    if not (home / "name").exists():
        raise Refusal("home-invalid", "this is no custodian's home; make one with `aif-share custodian init`")
    # Root would leave files of the store that the custodian's own user cannot write.
    if os.geteuid() == 0:
        become_ids(*homes.Home(home).owner())
    os.umask(0o077)
    store = Store(homes.Home(home).store)
    store.prepare()
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.detail) from None


def _shown(member: Member) -> dict[str, object]:
    return {
        "institution": member.ref,
        "state": member.state,
        "evaluate_quota": member.evaluate_quota,
        "verifiers": [{"verifier": each.verifier, "expires_at": _time(each.expires_at)} for each in member.verifiers],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _say(as_json: bool, body: object, text: str) -> None:
    click.echo(json.dumps(body, ensure_ascii=False) if as_json else text)
