"""Work on a case: tasks, parts, who takes part, and what the authorities did about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, edited, named
from aif_share.client.resources.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTask(Answer):
    """A task of a case, from `giver` (None: the alliance) to the party `to`. `state`: open, done, declined or canceled."""

    task: str
    case: str
    kind: str
    state: str
    version: int
    to: str | None = None
    giver: str | None = None
    note: str = ""
    answer: str = ""
    given_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePart(Answer):
    """The own part of a case. Amounts are yuan as text, days are such as 2026-11-02; None is unknown."""

    case: str
    state: str
    version: int
    facts: str = ""
    amount_claimed: str | None = None
    amount_lost: str | None = None
    amount_prevented: str | None = None
    victims: int | None = None
    persons: int | None = None
    from_date: str | None = None
    until_date: str | None = None
    clues: tuple[str, ...] = ()
    edited_at: datetime | None = None
    approved_at: datetime | None = None
    return_reason: str = ""
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartIdentifier(Answer):
    """A raw value in the own part, never given back. `version`: that of the part, after a change."""

    identifier: str
    type: str
    role: str
    added_at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart(Answer):
    """What another party approved; nothing of it before that. `clues` counts."""

    party: str
    facts: str | None = None
    amount_claimed: str | None = None
    amount_lost: str | None = None
    amount_prevented: str | None = None
    victims: int | None = None
    persons: int | None = None
    from_date: str | None = None
    until_date: str | None = None
    clues: int | None = None
    approved_at: datetime | None = None
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePackage(Answer):
    """A report package that went to an authority; digests are hexadecimal, `received_date` is such as 2026-11-02."""

    package: str
    version: int
    receiver: str
    unit: str
    size: int
    sha256: str
    signer_sha256: str
    released_at: datetime
    receipt_no: str | None = None
    received_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseName(Answer):
    """A party of a case, by pseudonym; `name` and `contact` once it is named to you."""

    party: str
    own: bool
    lead: bool
    name: str | None = None
    contact: str | None = None
    named_at: datetime | None = None
    offered: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry(Answer):
    """What an authority did. `status`: waiting (for the alliance's word), standing or voided."""

    entry: str
    proceeding: str
    track: str
    state: str
    status: str
    authority: str
    date: str
    document_no: str | None = None
    received_date: str | None = None
    due_date: str | None = None
    overdue: bool = False
    persons: int | None = None
    persons_detained: int | None = None
    gangs: int | None = None
    items: int | None = None
    amount_claimed_cny: str | None = None
    amount_lost_cny: str | None = None
    amount_prevented_cny: str | None = None
    province: str | None = None
    self_reported: bool = False
    note: str | None = None
    void_reason: str | None = None
    recorded_at: datetime | None = None


class CaseWork(Resource):
    """`client.case_work`."""

    def tasks(self, case: Case | str, *, limit: int | None = None) -> Iterator[CaseTask]:
        """Tasks asked of you, newest first; of a case that you lead, all."""
        return self._pages(CaseTask, f"{_of(case)}/tasks", limit=limit)

    def task(self, case: Case | str, task: CaseTask | str) -> CaseTask:
        """One of them."""
        return CaseTask.read(self._session.get(f"{_of(case)}/tasks/{named('T', 'task', task)}"))

    def give_task(
        self,
        case: Case | str,
        party: str,
        kind: str,
        *,
        note: str | None = None,
        due_on: str | None = None,
        idempotency_key: str | None = None,
    ) -> CaseTask:
        """Ask a party (`member-b`) of the case you lead for something: `kind` of task-kinds, until a day. Raise RefusedError."""
        body = body_of(party=party, kind=kind, note=note, due_on=due_on)
        path = f"{_of(case)}/tasks"
        return CaseTask.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))

    def answer_task(
        self,
        case: Case | str,
        task: CaseTask | str,
        answer: str,
        *,
        note: str | None = None,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> CaseTask:
        """Say that it is `done`, or `declined` with a note. Raise VersionChanged."""
        body = body_of(answer=answer, note=note)
        return self._end(case, task, "answer", body, version, idempotency_key)

    def cancel_task(
        self,
        case: Case | str,
        task: CaseTask | str,
        reason: str,
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> CaseTask:
        """Take back a task that you gave. Raise VersionChanged."""
        return self._end(case, task, "cancel", {"reason": reason}, version, idempotency_key)

    def part(self, case: Case | str) -> CasePart:
        """Your own part; an empty draft of version 1 as long as nobody has written on it."""
        return CasePart.read(self._session.get(f"{_of(case)}/part"))

    def write_part(
        self,
        part: CasePart | str,
        fields: Mapping[str, Any],
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> CasePart:
        """Change fields of your part, read before, or of a case with its version; None empties one. Raise VersionChanged."""
        found, known = edited("CASE", "case", part, version)
        path = f"cases/{found}/part"
        return CasePart.read(self._session.write("PATCH", path, fields, version=known, idempotency_key=idempotency_key))

    def hand_over_part(
        self, part: CasePart | str, *, version: int | None = None, idempotency_key: str | None = None
    ) -> CasePart:
        """Let somebody of your institution who did not write it approve it, in the portal. Raise VersionChanged."""
        found, known = edited("CASE", "case", part, version)
        path = f"cases/{found}/part/ready"
        return CasePart.read(self._session.write("POST", path, version=known, idempotency_key=idempotency_key))

    def identifiers(self, case: Case | str) -> list[PartIdentifier]:
        """The raw values in your part, without the values."""
        return [PartIdentifier.read(row) for row in self._session.get(f"{_of(case)}/part/identifiers")["results"]]

    def add_identifier(
        self,
        part: CasePart | str,
        type: str,
        value: str,
        *,
        role: str,
        confirm: bool,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> PartIdentifier:
        """Seal a raw value into your part; `confirm` (True): it may be handed to the authority. Raise VersionChanged."""
        found, known = edited("CASE", "case", part, version)
        body = {"type": type, "role": role, "value": value, "confirm": confirm}
        done = self._session.write(
            "POST", f"cases/{found}/part/identifiers", body, version=known, idempotency_key=idempotency_key
        )
        return PartIdentifier.read(done)

    def remove_identifier(
        self,
        part: CasePart | str,
        identifier: PartIdentifier | str,
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> PartIdentifier:
        """Destroy a raw value of your part; an approval of the part is taken back. Raise VersionChanged."""
        found, known = edited("CASE", "case", part, version)
        path = f"cases/{found}/part/identifiers/{named('PI', 'identifier', identifier)}"
        return PartIdentifier.read(self._session.write("DELETE", path, version=known, idempotency_key=idempotency_key))

    def parts(self, case: Case | str) -> list[SharedPart]:
        """One row for each other party, with what it approved."""
        return [SharedPart.read(row) for row in self._session.get(f"{_of(case)}/parts")["results"]]

    def packages(self, case: Case | str) -> list[CasePackage]:
        """The report packages that were released, the latest first."""
        return [CasePackage.read(row) for row in self._session.get(f"{_of(case)}/packages")["results"]]

    def names(self, case: Case | str) -> list[CaseName]:
        """The parties of a case; before it has a lead, you alone."""
        return [CaseName.read(row) for row in self._session.get(f"{_of(case)}/names")["results"]]

    def entries(self, case: Case | str, *, limit: int | None = None) -> Iterator[CaseEntry]:
        """What the authorities did about it, oldest first."""
        return self._pages(CaseEntry, f"{_of(case)}/entries", limit=limit)

    def record_entry(
        self, case: Case | str, fields: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> CaseEntry:
        """Record what an authority did about the case you lead; it counts once the alliance confirmed it.

        `fields`: `proceeding` (P-…) to go on with one, or `track` to open one; state, authority, date, document_no and the
        others of the API; dates and amounts as text.
        """
        path = f"{_of(case)}/entries"
        return CaseEntry.read(self._session.write("POST", path, fields, idempotency_key=idempotency_key))

    def _end(
        self,
        case: Case | str,
        task: CaseTask | str,
        how: str,
        body: dict[str, Any],
        version: int | None,
        key: str | None,
    ) -> CaseTask:
        found, known = edited("T", "task", task, version)
        path = f"{_of(case)}/tasks/{found}/{how}"
        return CaseTask.read(self._session.write("POST", path, body, version=known, idempotency_key=key))


def _of(case: Case | str) -> str:
    """The address of a case."""
    return f"cases/{named('CASE', 'case', case)}"
