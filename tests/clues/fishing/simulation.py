"""Synthetic fishers and honest members, drawn from a seed that the committed thresholds give (ADR 0048). No real data.

A profile is a list of calls as the ledger would keep them, two thousand tokens or more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from clues.fishing import thresholds
from tests.clues.fishing.world import Call

QUESTIONS = 2_000
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
CAUSE = ("complaint-handling", "agent-verification", "investigation", "police-assistance")
COMERS = ("onboarding", "inbound-call", "transaction-risk")
SUSPECTS = (*CAUSE, "content-takedown")
Profile = Callable[[Random], list[Call]]


def make_seed() -> int:
    """The SHA-256 of the file of thresholds: whoever turns a number draws others."""
    return int.from_bytes(hashlib.sha256(Path(thresholds.__file__).read_bytes()).digest(), "big")


def ask(
    dice: Random,
    *,
    purpose: str,
    rate: float,
    a_day: int,
    per_case: Callable[[Random], int],
    night: float,
    from_day: int = 0,
    total: int = QUESTIONS,
    asker: str = "key00001",
    named: bool = True,
) -> list[Call]:
    """`total` tokens, about `a_day` each day, `per_case` tokens to a case number, a share of `night` of them at night."""
    calls: list[Call] = []
    asked, day, today = 0, from_day, dice.randint(a_day * 2 // 3, a_day * 4 // 3)
    while asked < total:
        for _ in range(case := per_case(dice)):
            if today <= 0:
                day, today = day + 1, dice.randint(max(1, a_day * 2 // 3), max(1, a_day * 4 // 3))
            hour = dice.uniform(14, 22) if dice.random() < night else dice.uniform(0, 14)
            at = BEGIN + timedelta(days=day, hours=hour)
            calls.append(Call(at, purpose, "", 1, int(dice.random() < rate), asker))
            asked, today = asked + 1, today - 1
        number = len(calls)
        if named:  # tokens of one case carry its number
            calls[number - case :] = [
                call._replace(case_ref=f"{asker}-{from_day}-c{number}") for call in calls[number - case :]
            ]
    return sorted(calls[:total])


def in_turns(calls: list[Call], *, purposes: Sequence[str] = (), askers: Sequence[str] = ()) -> list[Call]:
    """The same calls, for each of the purposes and by each of the askers in turn: each asker goes through all purposes."""
    return [
        call._replace(
            purpose=purposes[number % len(purposes)] if purposes else call.purpose,
            asker=askers[number // max(1, len(purposes)) % len(askers)] if askers else call.asker,
        )
        for number, call in enumerate(calls)
    ]


def share_list(dice: Random, askers: int) -> list[Call]:
    """A list that so many keys share, for several purposes, while honest colleagues ask as well."""
    keys = [f"key1{number:04}" for number in range(askers)]
    honest = ask(dice, purpose="investigation", rate=0.1, a_day=100, per_case=ring, night=0.05, total=500)
    fished = ask(
        dice, purpose="investigation", rate=dice.uniform(0.001, 0.005), a_day=400, per_case=one, night=0, asker="F"
    )
    people = [f"U-{number}" for number in range(4)]
    purposes = dice.sample(SUSPECTS, dice.randint(1, 5))
    dice.shuffle(keys)
    return sorted(in_turns(honest, askers=people) + in_turns(fished, purposes=purposes, askers=keys))


def department(dice: Random) -> list[Call]:
    """Several people who ask for several purposes, each with a hit rate of its own."""
    purposes, people = (
        dice.sample(SUSPECTS, dice.randint(2, 4)),
        [f"U-{number}" for number in range(dice.randint(3, 12))],
    )
    calls = [
        call._replace(asker=dice.choice(people))
        for purpose in purposes
        for call in ask(
            dice, purpose=purpose, rate=dice.uniform(0.03, 0.3), a_day=dice.randint(20, 100), per_case=ring,
            night=dice.uniform(0, 0.2), total=QUESTIONS // len(purposes) + 1, asker=purpose,
        )
    ]  # fmt: skip
    return sorted(calls)


def newcomers(dice: Random) -> list[Call]:
    """An institution that hits seldom: some keys for weeks, then ten people whom nobody has seen before, all at once."""
    rate, usual = dice.uniform(0.02, 0.03), dice.randint(50, 150)
    before = ask(dice, purpose="investigation", rate=rate, a_day=usual, per_case=few, night=0.1, total=QUESTIONS)
    new = ask(
        dice, purpose="investigation", rate=rate, a_day=dice.randint(2, 6) * usual, per_case=few, night=0.1,
        from_day=60, asker="NEW",
    )  # fmt: skip
    return before + in_turns(new, askers=[f"U-{number}" for number in range(10)])


def gateway(dice: Random) -> list[Call]:
    """One key of one system that asks whatever the bank has to ask: new customers, calls, complaints, investigations."""
    return sorted(
        ask(dice, purpose="onboarding", rate=dice.uniform(0.001, 0.005), a_day=100, per_case=few, night=0.1, total=800)
        + ask(
            dice,
            purpose="inbound-call",
            rate=dice.uniform(0.005, 0.03),
            a_day=100,
            per_case=one,
            night=0.3,
            total=800,
            from_day=1,
        )
        + ask(
            dice,
            purpose="complaint-handling",
            rate=dice.uniform(0.04, 0.3),
            a_day=40,
            per_case=ring,
            night=0.1,
            total=300,
            from_day=2,
        )
        + ask(
            dice,
            purpose="investigation",
            rate=dice.uniform(0.03, 0.3),
            a_day=40,
            per_case=few,
            night=0.1,
            total=300,
            from_day=3,
        )
    )


def one(_dice: Random) -> int:
    return 1


def few(dice: Random) -> int:
    return dice.randint(1, 6)


def ring(dice: Random) -> int:
    return dice.choice([1, 2, 3, 5, 8, 30])


def long_list(dice: Random) -> int:
    return dice.randint(30, 50)


FISHERS: Mapping[str, tuple[int, Profile]] = {
    "a customer list, a new case number each, by day": (
        40, lambda dice: ask(dice, purpose=dice.choice(CAUSE), rate=dice.uniform(0.001, 0.005), a_day=dice.randint(100, 2_000), per_case=one, night=0)),
    "a customer list under few case numbers": (
        20, lambda dice: ask(dice, purpose=dice.choice(CAUSE), rate=dice.uniform(0.001, 0.005), a_day=dice.randint(200, 2_000), per_case=long_list, night=0.1)),
    "a customer list without case numbers, at night": (
        20, lambda dice: ask(dice, purpose=dice.choice(CAUSE), rate=dice.uniform(0.001, 0.005), a_day=2_000, per_case=one, night=0.9, named=False)),
    "a list under a purpose of comers, few case numbers or none": (
        30, lambda dice: ask(dice, purpose=dice.choice(COMERS), rate=dice.uniform(0.001, 0.005), a_day=dice.randint(200, 2_000), per_case=long_list, night=0.1, named=dice.random() < 0.5)),
    "an insider among honest colleagues": (
        20, lambda dice: sorted(
            ask(dice, purpose="investigation", rate=0.1, a_day=100, per_case=ring, night=0.05, total=500)
            + ask(dice, purpose="investigation", rate=0.002, a_day=400, per_case=one, night=0, asker="U-INSIDER"))),
    "onboarding copied well, but in two days": (
        20, lambda dice: (
            ask(dice, purpose="onboarding", rate=0.003, a_day=(usual := dice.randint(20, 100)), per_case=one, night=0.1, total=15 * usual)
            + ask(dice, purpose="onboarding", rate=0.003, a_day=1_500, per_case=one, night=0, from_day=30))),
    "a customer list, for two to five purposes in turns": (
        20, lambda dice: in_turns(
            ask(dice, purpose="", rate=dice.uniform(0.001, 0.005), a_day=dice.randint(100, 2_000), per_case=one, night=0),
            purposes=dice.sample(SUSPECTS, dice.randint(2, 5)))),
    "a customer list, for all eight purposes in turns": (
        10, lambda dice: in_turns(
            ask(dice, purpose="", rate=dice.uniform(0.001, 0.005), a_day=dice.randint(100, 2_000), per_case=one, night=0),
            purposes=SUSPECTS + COMERS)),
    "a customer list, by two to ten keys and for several purposes in turns": (
        10, lambda dice: in_turns(
            ask(dice, purpose="", rate=dice.uniform(0.001, 0.005), a_day=dice.randint(100, 2_000), per_case=one, night=0),
            purposes=dice.sample(SUSPECTS, dice.randint(1, 5)), askers=[f"key{number:05}" for number in range(dice.randint(2, 10))])),
    "two to four keys that share a list among honest colleagues": (10, lambda dice: share_list(dice, dice.randint(2, 4))),
}  # fmt: skip
HONEST: Mapping[str, tuple[int, Profile]] = {
    "complaints and investigations": (
        40, lambda dice: ask(dice, purpose=dice.choice(CAUSE), rate=dice.uniform(0.04, 0.3), a_day=dice.randint(20, 300), per_case=ring, night=dice.uniform(0, 0.2))),
    "investigations with few hits": (
        20, lambda dice: ask(dice, purpose="investigation", rate=dice.uniform(0.03, 0.04), a_day=dice.randint(20, 200), per_case=few, night=0.1)),
    "all new customers": (
        40, lambda dice: ask(dice, purpose="onboarding", rate=dice.uniform(0.001, 0.005), a_day=dice.randint(30, 500), per_case=few, night=dice.uniform(0, 0.3))),
    "incoming calls around the clock": (
        20, lambda dice: ask(dice, purpose="inbound-call", rate=dice.uniform(0.005, 0.03), a_day=dice.randint(100, 1_000), per_case=one, night=0.33)),
    "transactions at risk": (
        20, lambda dice: ask(dice, purpose="transaction-risk", rate=dice.uniform(0.002, 0.02), a_day=dice.randint(100, 1_000), per_case=few, night=0.25)),
    "a department of several people and purposes": (30, department),
    "ten new people of an institution that hits seldom": (10, newcomers),
    "one key for all that a bank asks": (20, gateway),
}  # fmt: skip
ALIKE: Mapping[str, tuple[int, Profile]] = {
    "onboarding copied well, and slowly": (
        40, lambda dice: ask(dice, purpose="onboarding", rate=dice.uniform(0.001, 0.005), a_day=dice.randint(30, 300), per_case=one, night=0.1)),
}  # fmt: skip
"""Fishers who do all that honest members do: what the ledger holds does not tell them apart."""
SHARED: Mapping[str, tuple[int, Profile]] = {
    "five to ten keys that share a list among honest colleagues": (
        20,
        lambda dice: share_list(dice, dice.randint(5, 10)),
    ),
}
"""The more keys share a list, the less each has asked when it ends: at some number nobody is found. Reported apart."""
