"""`aif-share cases`: what a case is checked against, and what the own part shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click

from aif_share.cli.access import IF_VERSION, REPEAT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option
from aif_share.client.resources.checklists import Checklist

CASE = References("CASE")
ROWS = ("charge", "element", "state", "shown_by", "sectors", "statement")


class Code(click.ParamType[str]):
    """A code of the guidance; anything else may be a value, and is not sent."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", str(value)) is None:
            self.fail("this is a code of the guidance, such as extortion; see `aif-share cases checklist`", param, ctx)
        return value


class Shown(click.ParamType[tuple[str, str]]):
    """An element and the piece of evidence that shows it."""

    name = "element=EV-…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = re.fullmatch(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)=(EV-[A-Z2-7]+)", str(value))
        if found is None:
            self.fail("this is ELEMENT=EV-…, such as records=EV-…", param, ctx)
        return found.groups()


@click.command("checklist")
@click.argument("case", type=CASE)
@json_option
def checklist(case: str, as_json: bool) -> None:
    """Show what a case is checked against: each element of each charge, and which part shows it."""
    with open_client() as client:
        found = client.checklists.get(case)
    if as_json:
        emit_answer(found.body, as_json=True)
    else:
        emit_answers(ROWS, _rows(found), as_json=False)


@click.command("add-charge")
@click.argument("case", type=CASE)
@click.argument("charge", type=Code())
@REPEAT
@json_option
def add_charge(case: str, charge: str, key: str | None, as_json: bool) -> None:
    """Check the case that you lead against a charge of the guidance, such as extortion."""
    with open_client() as client:
        _emit(client.checklists.add_charge(case, charge, idempotency_key=key), as_json)


@click.command("drop-charge")
@click.argument("case", type=CASE)
@click.argument("charge", type=Code())
@REPEAT
@json_option
def drop_charge(case: str, charge: str, key: str | None, as_json: bool) -> None:
    """Check it against the charge no longer."""
    with open_client() as client:
        _emit(client.checklists.drop_charge(case, charge, idempotency_key=key), as_json)


@click.command("show-elements")
@click.argument("case", type=CASE)
@click.argument("charge", type=Code())
@click.option(
    "--facts", multiple=True, type=Code(), metavar="ELEMENT", help="An element that the facts of your part show."
)
@click.option(
    "--evidence",
    multiple=True,
    type=Shown(),
    metavar="ELEMENT=EV-…",
    help="An element that this piece of evidence shows.",
)
@IF_VERSION
@REPEAT
@json_option
def show_elements(
    case: str,
    charge: str,
    facts: tuple[str, ...],
    evidence: tuple[tuple[str, str], ...],
    if_version: int | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Say which elements of a charge your part shows; those not named it shows no longer."""
    elements: dict[str, dict[str, Any]] = {name: {"element": name, "facts": True} for name in facts}
    for name, piece in evidence:
        elements.setdefault(name, {"element": name}).setdefault("evidence", []).append(piece)
    with open_client() as client:
        version = client.checklists.get(case).version if if_version is None else if_version
        shown = client.checklists.show(case, charge, elements.values(), version=version, idempotency_key=key)
    _emit(shown, as_json)


def _emit(found: Checklist, as_json: bool) -> None:
    emit_answer(
        found.body if as_json else {name: found.body[name] for name in ("case", "elements", "missing", "complete")},
        as_json=as_json,
    )


def _rows(found: Checklist) -> Iterator[dict[str, Any]]:
    for charge in found.charges:
        for element in charge.elements:
            yield {
                "charge": charge.charge,
                "element": element.element,
                "state": element.state,
                "shown_by": ", ".join(each.party for each in element.shown_by),
                "sectors": ", ".join(element.sectors),
                "statement": element.en,
            }


COMMANDS = (checklist, add_charge, drop_charge, show_elements)
"""What `aif-share cases` has of checklists."""
