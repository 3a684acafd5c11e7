"""Who reads which kind of notice: every kind that is told has a rule, and the rules hold together."""

from __future__ import annotations

from clues import events
from clues.events import notification_rules as rules
from members.delivery.notification_rules import all_rules, rules_of

# Written by hand: what the people of each role read, by the subject.
READ = {
    "submitter": "batch clue content disposition epoch evidence_demand",
    "analyst": "batch campaign case clue content disposition dispute epoch evidence_demand match official_request request ring screening_suspension watch",
    "approver": "batch campaign case clue content disposition dispute epoch evidence_demand match official_request request ring screening_suspension watch",
    "member-admin": "batch campaign case clue content credential disposition epoch evidence_demand match official_request request ring",
    "auditor": "batch campaign case clue content disposition epoch evidence_demand match official_request request ring",
    "alliance-operator": "campaign case credential",
    "no-such-role": "",
}


def test_every_kind_that_is_told_has_a_rule() -> None:
    assert set(rules.RULES) == events.TOLD_KINDS == set(all_rules())
    for table in (rules.MAILED_AT_ONCE, rules.NEVER_MAILED_UNASKED, rules.URGENT, rules.ALWAYS_SHOWN):
        assert table <= events.TOLD_KINDS


def test_what_each_role_reads() -> None:
    for role, subjects in READ.items():
        found = {events.BY_CODE[kind].subject for kind in rules_of(role)}
        assert sorted(found) == subjects.split(), role


def test_what_is_urgent_is_mailed_at_once() -> None:
    assert all(rules.RULES[kind].mail == "instant" for kind in rules.URGENT)
