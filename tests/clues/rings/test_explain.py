"""Why each link exists and counts or not, and that what does not count never joins; growth, lead and score."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from clues.models import NoiseEntry, Ring
from clues.noise import decide, propose
from clues.rings.explain import Explained, explain
from clues.rings.score import score
from clues.rings.stages import STAGE_OF_ROLE, stages_of
from clues.submissions.tokens import read_tokens
from members.permissions import Console, PermissionMissing
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.rings.parts import clues_of, seen, work
from tests.factories import acting_as, make_institution, make_user


@pytest.fixture
def members(fresh_database: str, settings: Any) -> list[Any]:
    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(3)]


def explained() -> Explained:
    with acting_as("aif_desk"):
        return explain(ring=Ring.objects.get(state="open"), by=Console("tests"), now=timezone.now())


PERSON = token("person", kind="resident-id")


def test_each_link_says_why_it_counts_or_not(members: list[Any]) -> None:
    """A ring by one resident ID whose clues share a site, a victim and a hotline as well: those are said not to join."""
    site, phone = token("site", kind="domain"), token("phone", kind="cn-mobile")
    victim = token("victim", kind="bank-card") | {"role": "victim"}
    hotline = token("hotline", kind="cn-mobile")
    list_as_noise(hotline)
    for member in members[:2]:
        submit(member, [clue(PERSON, site, phone, victim, hotline)])
    work()
    assert {(link.type, link.why, link.clues, link.counts) for link in explained().links} == {
        ("resident-id", "very-strong", 2, True),
        ("bank-card", "role", 2, False),
        ("cn-mobile", "strong", 2, True),
        ("cn-mobile", "noise-listed", 2, False),
        ("domain", "weak", 2, False),
    }
    assert all(len(link.institutions) == 2 and link.identifier.startswith("C-") for link in explained().links)


def list_as_noise(*identifiers: dict[str, Any]) -> None:
    """Put identifiers on a list that blocks, by its two people."""
    operator, approver = make_user("alliance-operator"), make_user("alliance-approver")
    with acting_as("aif_desk"):
        tokens = read_tokens(list(identifiers), most=len(identifiers))
        propose.propose_public(list_code="hotline", tokens=tokens, by=operator, now=timezone.now())
        for entry in NoiseEntry.objects.filter(state="proposed"):
            decide.approve(entry_id=entry.pk, by=approver, now=timezone.now())
    work()


@pytest.mark.parametrize("reason", ["weak", "role", "noise-listed"])
def test_what_does_not_count_never_joins(members: list[Any], reason: str) -> None:
    """However many of it are shared, by however many clues; the same clues join as soon as one that counts is shared."""
    shared = {
        "weak": [token(n, kind="domain") for n in range(4)] + [token(1, kind="url")],
        "role": [token(n, kind="resident-id") | {"role": "represented-consumer"} for n in range(3)],
        "noise-listed": [token(n, kind="cn-mobile") for n in range(3)],
    }[reason]
    if reason == "noise-listed":
        list_as_noise(*shared)
    for number in range(6):
        submit(members[number % 3], [clue(*shared, token(number, kind="qq"), token(number, kind="wechat"))])
    work()
    assert seen() == {}
    for number in range(2):
        submit(members[number], [clue(*shared, PERSON, token(f"j{number}", kind="qq"), client_ref=f"joined-{number}")])
    work()
    assert list(clues_of(seen()).values()) == [["joined-0", "joined-1"]]


def test_growth_lead_regions_and_stages(members: list[Any]) -> None:
    card = token("card", kind="bank-card")
    submit(members[0], [
        clue(PERSON, card | {"role": "mule"}, grade="B1", amount_cny="900.00", region="CN-31"),
        clue(PERSON, token("a", kind="qq") | {"role": "recruiter"}, region="CN-31"),
    ])  # fmt: skip
    submit(members[1], [clue(PERSON, card, amount_cny="100.00", region="CN-11")])
    work()
    found = explained()
    assert [(week.clues, week.institutions) for week in found.weeks] == [(3, 2)]
    assert found.regions == (("CN-31", 2), ("CN-11", 1))
    assert found.stages == ("advertising", "cash-out")
    first, second = found.leads
    assert (first.institution, first.clues, first.best_grade, first.links, first.points) == (
        members[0].institution_id, 2, "B1", 2, 100,
    )  # fmt: skip
    # 2 of 5 by grade of 40, both shared identifiers of 40, a ninth of 20, in steps of five.
    assert (second.clues, second.links, second.points) == (1, 2, 60)
    assert sum(term.points for term in found.terms) == found.score


def test_only_the_desk_is_told(members: list[Any]) -> None:
    for member in members[:2]:
        submit(member, [clue(PERSON, token(member.institution_id, kind="qq"))])
    work()
    alice = make_user("analyst", institution=make_institution())
    with acting_as("aif_desk"), pytest.raises(PermissionMissing):
        explain(ring=Ring.objects.get(), by=alice, now=timezone.now())


@pytest.mark.parametrize(
    ("band", "grade", "types", "month", "expected"),
    [
        ("1", "C", ["cn-mobile"], "2026-01", 27),
        (None, "C", ["resident-id"], "2026-11", 47),
        ("2-4", "B2", ["resident-id", "qq"], "2026-09", 69),
        ("5+", "A", ["bank-card", "cn-mobile", "qq", "resident-id"], "2026-10", 100),
        ("5+", "B1", ["bank-card", "cn-mobile", "qq"], "2026-06", 83),
        ("1", "C", [], "2025-11", 17),
    ],
)
def test_the_score_is_the_sum_of_what_is_shown(
    band: str | None, grade: str, types: list[str], month: str, expected: int
) -> None:
    points, terms = score(band=band, best_grade=grade, types=types, last_seen_month=month, today=date(2026, 11, 28))
    assert points == expected == sum(term.points for term in terms)
    assert all(term.points > 0 for term in terms)


def test_stages_follow_roles_that_there_are() -> None:
    from aif_share.vocabulary import roles, stages

    assert STAGE_OF_ROLE.keys() <= roles.BY_CODE.keys() and set(STAGE_OF_ROLE.values()) <= stages.BY_CODE.keys()
    assert stages_of(["mule", "actor", "recruiter"]) == ["advertising", "cash-out"]
