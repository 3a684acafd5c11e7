"""Custodians: that each answers under its own name, with the keys that the directory promises, and by the right clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
from django.utils import timezone

from aif_share.errors import ProofError
from aif_share.wire.directory import Directory
from clues.blinding import reachability
from clues.doctor.finding import Finding, good, unsure, wrong
from clues.models import KeyEpoch

CLOCKS_APART: Final = timedelta(seconds=5)
"""Their answers tell whole seconds, and travel."""
ANNOUNCED_LATE: Final = timedelta(days=7)
"""So long before it opens, an announced epoch has to stand in the directory and at every custodian."""
PUBLISH: Final = "Run `manage.py publish_directory` where the signing key lies, with every custodian of the chain."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a custodian says: its name, {(type, epoch): public key}, and how far its clock is from this one (None: not said)."""

    name: str
    keys: Mapping[tuple[str, int], str]
    apart: timedelta | None


def look() -> Iterator[Finding]:
    """Yield what was found; without a directory there is nothing to hold them against, which `keys.directory` says."""
    try:
        directory = reachability.read_directory()
    except ProofError:
        yield wrong(
            "custodians.directory", "the signature of the newest directory does not hold, so every member stops",
            f"Find out who wrote to the table. {PUBLISH}",
        )  # fmt: skip
        return
    if directory is None:
        return
    epochs = list(KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED))
    yield _epochs(directory, epochs)
    for name, url in sorted(reachability.addresses(directory).items()):
        yield from _custodian(name, url, directory, epochs)


def _epochs(directory: Directory, epochs: list[KeyEpoch]) -> Finding:
    named = {(entry.type, entry.epoch) for entry in directory.entries}
    missing = [row for row in epochs if (row.type, row.epoch) not in named]
    if not missing:
        return good("custodians.epochs", "the directory names every epoch that is in force or announced")
    numbers = ", ".join(str(each) for each in sorted({row.epoch for row in missing}))
    say = wrong if any(_is_due(row) for row in missing) else unsure
    return say(
        "custodians.epochs", f"the directory does not name epoch {numbers} for every type of identifier", PUBLISH
    )


def _custodian(name: str, url: str, directory: Directory, epochs: list[KeyEpoch]) -> Iterator[Finding]:
    answer = _ask(url)
    if answer is None:
        yield wrong(
            "custodians.answers", f"the custodian {name} does not answer, so no member can make a token",
            "Start it, or run the doctor where it can be reached.",
        )  # fmt: skip
        return
    if answer.name != name:
        yield wrong(
            "custodians.answers", f"another custodian than {name} answers at its address",
            "Correct the address, or publish the directory anew with the right one.",
        )  # fmt: skip
        return
    yield _keys(name, answer, directory, epochs)
    if answer.apart is not None and answer.apart > CLOCKS_APART:
        yield wrong(
            "custodians.clock", f"the clock of the custodian {name} is {answer.apart.total_seconds():.0f} s away from this one",
            "Keep both by NTP: members' keys and the days of their quotas end by it.",
        )  # fmt: skip


def _keys(name: str, answer: Answer, directory: Directory, epochs: list[KeyEpoch]) -> Finding:
    rows = {(row.type, row.epoch): row for row in epochs}
    promised = {
        (entry.type, entry.epoch): hop.public_key for entry in directory.entries for hop in entry.custodians
        if hop.name == name and (entry.type, entry.epoch) in rows
    }  # fmt: skip
    other = {key[1] for key, text in promised.items() if answer.keys.get(key, text) != text}
    if other:
        return wrong(
            "custodians.keys", f"the custodian {name} has other keys than the directory says for epoch {_list(other)}",
            "Find out which seed it runs on: until its own is back, every token that is made is refused by members.",
        )  # fmt: skip
    lacking = [row for key, row in rows.items() if key not in answer.keys]
    if lacking:
        say = wrong if any(_is_due(row) or (row.type, row.epoch) in promised for row in lacking) else unsure
        return say(
            "custodians.keys", f"the custodian {name} has no key for epoch {_list({row.epoch for row in lacking})}",
            "Let it run `aif-share custodian init --epoch` or restore the seed, and restart it; a release too old knows fewer types.",
        )  # fmt: skip
    return good("custodians.keys", f"the custodian {name} answers with the keys of the directory")


def _ask(url: str) -> Answer | None:
    try:
        said = httpx.get(f"{url}/keys", timeout=reachability.TIMEOUT, trust_env=False)
        body: Any = said.json() if said.is_success else None
        keys = {(row["type"], row["epoch"]): row["public_key"] for row in body["keys"]}
        name = body["custodian"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError):
        return None
    return Answer(name, keys, _apart(said.headers.get("date", ""), timezone.now()))


def _apart(date: str, now: datetime) -> timedelta | None:
    try:
        return abs(parsedate_to_datetime(date) - now)
    except (ValueError, TypeError):
        return None


def _is_due(row: KeyEpoch) -> bool:
    return row.state != KeyEpoch.ANNOUNCED or row.not_before < timezone.now() + ANNOUNCED_LATE


def _list(numbers: Any) -> str:
    return ", ".join(str(each) for each in sorted(numbers))
