"""The demonstration's expectation, checked against a naive closure over the raw values it submits."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from datetime import date
from itertools import combinations
from random import Random

import pytest

from aif_share.identifiers import get_type, normalize
from aif_share.vocabulary import categories, channels, grades, indicators, roles
from config.demo.alliance import GROUP_OF, INSTITUTIONS
from config.demo.plan import SEED, build_plan
from config.demo.planted import NEVER_SCORING, Plan, PlannedClue
from config.demo.rings import STRONG, VERY_STRONG, WEAK
from config.demo.values import MAKERS, SPELLINGS, Mint

Identifier = tuple[str, str]
TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(today=TODAY, scale=0.2)


def read_identifiers(clue: PlannedClue) -> set[Identifier]:
    """What the clue reports in scoring roles, read from the raw values alone."""
    return {
        (report.planted.type, normalize(report.planted.type, report.raw))
        for report in clue.reports
        if roles.BY_CODE[report.role].scoring
    }


def close(clues: list[PlannedClue]) -> list[tuple[set[str], set[Identifier]]]:
    """Join groups of clues whose shared identifiers weigh two or more, until nothing changes."""
    groups = {number: ({clue.client_ref}, read_identifiers(clue)) for number, clue in enumerate(clues)}
    changed = True
    while changed:
        changed = False
        holders: dict[Identifier, list[int]] = defaultdict(list)
        for number, (_, identifiers) in groups.items():
            for identifier in identifiers:
                holders[identifier].append(number)
        for one, other in sorted({pair for numbers in holders.values() for pair in combinations(numbers, 2)}):
            if one not in groups or other not in groups:
                continue
            shared = groups[one][1] & groups[other][1]
            if sum(get_type(type_code).link for type_code, _ in shared) >= 2:
                groups[one][0].update(groups[other][0])
                groups[one][1].update(groups[other][1])
                del groups[other]
                changed = True
    return list(groups.values())


def test_expected_rings_are_the_closure_of_the_raw_values(plan: Plan) -> None:
    group_of_clue = {clue.client_ref: GROUP_OF[clue.institution] for clue in plan.clues}
    found = {
        frozenset(refs)
        for refs, identifiers in close(list(plan.clues))
        if len(refs) >= 2
        and sum(get_type(type_code).link > 0 for type_code, _ in identifiers) >= 2
        and len({group_of_clue[ref] for ref in refs}) >= 2
    }
    assert found == {ring.clues for ring in plan.rings}
    assert len(found) == 12


def test_expected_matches_are_those_of_the_raw_values(plan: Plan) -> None:
    reporters: dict[Identifier, set[str]] = defaultdict(set)
    for clue in plan.clues:
        for identifier in read_identifiers(clue):
            reporters[identifier].add(clue.institution)
    found = sorted(
        (type_code, sorted(members))
        for (type_code, _), members in reporters.items()
        if len({GROUP_OF[member] for member in members}) >= 2
    )
    assert found == sorted((match.type, sorted(match.parties)) for match in plan.matches)
    assert len(found) > 100


def test_spellings_of_one_value_are_one_identifier() -> None:
    mint = Mint(Random(7))
    for type_code, spellings in SPELLINGS.items():
        for _ in range(50):
            value = mint.make(type_code)
            assert len({normalize(type_code, spelling(value)) for spelling in spellings}) == 1, type_code
    assert set(SPELLINGS) == set(MAKERS)


def test_link_weights_are_those_the_rings_are_planted_by() -> None:
    for types, link in ((VERY_STRONG, 2), (STRONG, 1), (WEAK, 0)):
        assert {get_type(type_code).link for type_code in types} == {link}


def test_codes_are_those_of_the_vocabulary(plan: Plan) -> None:
    for clue in plan.clues:
        category = categories.BY_CODE[str(clue.fields["category"])]
        assert clue.fields["grade"] in grades.BY_CODE
        assert clue.fields["channel"] in channels.BY_CODE
        if category.rights_claim and clue.fields["grade"] != "C":
            assert clue.fields["consumer_contacted"]
            assert not any(indicators.BY_CODE[code].blocks for code in clue.fields["indicators"])
    assert {role for role, term in roles.BY_CODE.items() if not term.scoring} == NEVER_SCORING


def test_full_plan_has_eight_institutions_and_twenty_thousand_clues() -> None:
    plan = build_plan(today=TODAY)
    assert len(INSTITUTIONS) == len({clue.institution for clue in plan.clues}) == 8
    assert len({institution.sector for institution in INSTITUTIONS}) == 8
    assert len(set(GROUP_OF.values())) == 7
    assert len(plan.clues) == 20_000
    assert len({clue.client_ref for clue in plan.clues}) == 20_000
    assert all(1 <= len(clue.reports) <= 20 for clue in plan.clues)


def test_same_seed_gives_the_same_plan(plan: Plan) -> None:
    assert plan == build_plan(seed=SEED, today=TODAY, scale=0.2)
    assert plan != build_plan(seed=SEED + 1, today=TODAY, scale=0.2)


def test_generator_does_not_load_the_platform() -> None:
    program = (
        "import sys, datetime\nfrom config.demo.plan import build_plan\nbuild_plan(today=datetime.date(2026, 11, 1), scale=0.05)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('clues', 'members', 'django', 'rbcl')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
