"""Pages in a state that their institution seldom sees, and their pictures: rows set aside, batches let go and not, screening
suspended. The walk takes of every kind of page the first; these are taken beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg2

from aif_share.client import Client
from aif_share.errors import RequestError
from tests.browser.portal import Place, Portal

BATCHES, HONEY, LIST, CONFIRMED = "lamp-lending", "echo-telecom", "bridge-pay", "river-finance"
"""Whose batches these are; and whose screening is suspended: for honey, for going through a list, and until a day."""
ROWS = 120
# Five days of a few rows each, so that a larger one stands out.
HABIT = """
INSERT INTO quota_use (institution_id, kind, day, used)
SELECT id, 'submit', (now() AT TIME ZONE 'UTC')::date - back, 5
FROM institution, generate_series(1, 5) AS back WHERE name = %s
"""
# As a search leaves it that has found the rows that end whoever works on them; and as they are after both tries by themselves.
SEARCHED = """UPDATE batch_chunk SET search = '{"open": [], "rows": [1, 41, 87]}' WHERE batch_id = %s"""
TRIED = """
UPDATE quarantined_row SET by_itself = 2, retried_at = clock_timestamp(), attempts = 0, state = 'quarantined'
WHERE batch_id = %s AND state <> 'done' RETURNING 1
"""
RELEASED = "旧系统数据迁移，已与联盟商定。"
REJECTED = "属测试数据，各行内容相同。"
STAYS = "对客户名单逐一查询。"


@dataclass(frozen=True)
class State:
    """A page in a state: its picture's name, its address, and whose it is (None: the desk's)."""

    name: str
    path: str
    owner: Place | None = None


def make(portal: Portal, places: Mapping[str, Place], honey: str) -> list[State]:
    """Bring the states about in the institutions, by their codes; `honey` is a value that was planted."""
    found = _batches(portal, places[BATCHES])
    url = portal.stack.url
    for code in (HONEY, CONFIRMED):
        with Client(url, places[code].key) as theirs:
            theirs.screen(theirs.tokenize("domain", [honey]), purpose="investigation", case_ref="DEMO-9")
    with Client(url, places[LIST].key) as theirs:
        _go_through_a_list(theirs)
    portal.order(decide={"what": "confirm", "institution": places[CONFIRMED].name, "reason": STAYS})
    return [
        *found,
        State("portal-screenings-suspended-for-honey", "/portal/screenings", places[HONEY]),
        State("portal-screenings-suspended-for-a-list", "/portal/screenings", places[LIST]),
        State("portal-screenings-suspended-until-a-day", "/portal/screenings", places[CONFIRMED]),
    ]


def _batches(portal: Portal, place: Place) -> list[State]:
    """One that was held, let go and has rows that no worker survives; one that was held and not let go."""
    with psycopg2.connect(portal.stack.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(HABIT, [place.name])
    states = []
    for decision, reason, title in (("release", RELEASED, "aside"), ("reject", REJECTED, "rejected")):
        with Client(portal.stack.url, place.key) as theirs:
            batch = theirs.batches.submit(held(theirs, title, ROWS)).batch
        number = _ask(portal, "SELECT id FROM batch WHERE state = 'held' ORDER BY id DESC LIMIT 1")
        if title == "aside":
            _ask(portal, SEARCHED, number)
        portal.order(decide={"what": decision, "institution": place.name, "reason": reason})
        if title == "aside":
            await_(lambda number=number: _ask(portal, TRIED, number))  # type: ignore[misc]
            states.append(State("clues-batch-one-do-retry", f"/admin/clues/batch/{number}/do/retry/"))
        states += [
            State(f"portal-batches-one-{title}", f"/portal/batches/{batch}", place),
            State(f"clues-batch-one-change-{title}", f"/admin/clues/batch/{number}/change/"),
        ]
    return states


def held(client: Client, name: str, rows: int) -> list[dict[str, Any]]:
    """Return as many clues, which are more than a day of the habit lets pass."""
    made = client.tokenize("domain", [f"{name}-{number}.example" for number in range(rows)])
    about = {"category": "counterfeit-site-app", "grade": "B2"}
    return [
        about | {"client_ref": f"{name}-{number}", "identifiers": [token.identifier("actor")]}
        for number, token in enumerate(made)
    ]


def _go_through_a_list(client: Client) -> None:
    """Ask for everybody who is a customer, without a case number, until it is enough."""
    for part in range(40):
        tokens = client.tokenize("domain", [f"customer-{part}-{number}.example" for number in range(100)])
        try:
            client.screen(tokens, purpose="onboarding")
        except RequestError as error:
            assert error.code == "screening-suspended", error.code
            return
    raise AssertionError("four thousand customers were asked about, and nobody minded")


def _ask(portal: Portal, statement: str, *values: object) -> Any:
    """Return the first value of a statement of a superuser; None if it has none."""
    with psycopg2.connect(portal.stack.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone() if cursor.description else None
    return found and found[0]


def await_(ask: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until `ask` answers with something, or the time is over."""
    until = time.monotonic() + seconds
    while not ask() and time.monotonic() < until:
        time.sleep(0.2)
