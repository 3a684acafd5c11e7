"""Planted noise: what looks like a match or a ring and must not become one, and what matches without being a ring."""

from __future__ import annotations

from config.demo.alliance import INSTITUTIONS
from config.demo.planted import Planted
from config.demo.planter import Planter
from config.demo.rings import STRONG, VERY_STRONG, WEAK, Ring

MEMBERS = tuple(institution.code for institution in INSTITUTIONS)
ONE_GROUP = ("river-bank", "river-finance")
SHARED_TYPES = (("cn-mobile", 45), ("domain", 25), ("qq", 10), ("wechat", 8), ("bank-card", 8), ("uscc", 4))
LISTED = {
    "domain": ("plaza-net", "domains.txt", "counterfeit-site-app", "B2"),
    "cn-mobile": ("echo-telecom", "numbers.txt", "harassing-call", "C"),
}


def plant_shared(planter: Planter, count: int) -> None:
    """Single objects that a few institutions report: matches (where the groups are independent) and no ring."""
    random = planter.random
    types, weights = zip(*SHARED_TYPES, strict=True)
    for _ in range(count):
        planted = planter.plant(random.choices(types, weights)[0], "shared")
        for member in random.sample(MEMBERS, random.choices((2, 3, 4, 6), (70, 18, 9, 3))[0]):
            listing = LISTED.get(planted.type)
            if listing and listing[0] == member:
                planter.add(member, listing[2], [planter.report(planted)], grade=listing[3], file=listing[1])
                continue
            reports = [planter.report(planted)]
            # A very strong object stays alone in its clue: with company it would rightly be a ring.
            if planted.type not in VERY_STRONG and random.random() < 0.3:
                reports.append(planter.report(planter.plant(random.choice(STRONG), "company")))
            planter.add(member, "telecom-fraud", reports)


def plant_repeats(planter: Planter, count: int) -> None:
    """One institution reports the same people again and again: neither match nor ring."""
    for number in range(count):
        member = MEMBERS[number % len(MEMBERS)]
        objects = [planter.plant("cn-mobile", "repeat"), planter.plant("wechat", "repeat")]
        for _ in range(planter.random.randrange(3, 7)):
            planter.add(member, "harassing-call", [planter.report(planted) for planted in objects])


def plant_one_group(planter: Planter, count: int) -> None:
    """Two institutions of one group report the same people: they count once."""
    for _ in range(count):
        objects = [planter.plant("bank-card", "one-group"), planter.plant("cn-mobile", "one-group")]
        for member in ONE_GROUP:
            planter.add(member, "loan-broker-fraud", [planter.report(planted) for planted in objects])


def plant_victims(planter: Planter, count: int) -> None:
    """Used identities and represented consumers appear at several institutions and never count."""
    random = planter.random
    for number in range(count):
        role = ("victim", "represented-consumer", "recognized-representative")[number % 3]
        objects = [planter.plant("resident-id", role), planter.plant("cn-mobile", role)]
        for member in random.sample(MEMBERS, 3):
            reports = [planter.report(planted, role) for planted in objects]
            planter.add(
                member,
                "illegal-agency-complaint",
                [*reports, planter.report(planter.plant("wechat", "agent"), "agent")],
            )
        # The same person as a suspect at one institution alone is still no match.
        planter.add(random.choice(MEMBERS), "account-theft", [planter.report(objects[0])])


def plant_popular(planter: Planter) -> None:
    """Numbers that everybody meets: matches with many parties that join nothing."""
    random = planter.random
    for type_code, clues, label in (
        ("service-number", 48, "hotline"),
        ("service-number", 40, "hotline"),
        ("cn-mobile", 36, "popular"),
        ("domain", 60, "hosting"),
    ):
        planted = planter.plant(type_code, label)
        for number in range(clues):
            member = MEMBERS[number % len(MEMBERS)]
            company = planter.report(planter.plant(random.choice(STRONG + VERY_STRONG), "company"))
            planter.add(member, "spam-sms", [planter.report(planted, "tool"), company])


def plant_near_misses(planter: Planter, count: int) -> None:
    """Two institutions share a phone and a site: one match each, and too little for a ring."""
    for _ in range(count):
        objects = [planter.plant("cn-mobile", "near-miss"), planter.plant("domain", "near-miss")]
        for member in planter.random.sample(MEMBERS[2:], 2):
            own = planter.report(planter.plant("bank-card", "company"))
            planter.add(member, "gray-advertising", [*(planter.report(planted) for planted in objects), own])


def plant_lone_strong(planter: Planter, count: int) -> None:
    """Two institutions share a card and a site, nothing else: one identifier that links is no ring."""
    for _ in range(count):
        objects = [planter.plant("bank-card", "lone"), planter.plant("domain", "lone")]
        for member in planter.random.sample(MEMBERS[2:], 2):
            planter.add(member, "illegal-gambling", [planter.report(planted) for planted in objects])


def plant_bridges(planter: Planter, rings: list[Ring]) -> None:
    """Rings that touch in one phone, or in sites only, stay two rings."""
    by_name = {ring.name.removeprefix("ring/"): ring for ring in rings}
    one_phone = planter.plant("cn-mobile", "bridge")
    _bridge(by_name["surrender-agents"], "pine-insurance", "illegal-surrender-agency", [one_phone])
    _bridge(by_name["complaint-mill"], "shield-association", "malicious-complaint", [one_phone])
    one_qq = planter.plant("qq", "bridge")
    _bridge(by_name["false-police"], "echo-telecom", "telecom-fraud", [one_qq])
    _bridge(by_name["loan-brokers"], "river-bank", "loan-broker-fraud", [one_qq])
    sites = [planter.plant(type_code, "bridge") for type_code in WEAK]
    _bridge(by_name["copied-apps"], "plaza-net", "counterfeit-site-app", sites)
    _bridge(by_name["credit-repair-class"], "lamp-lending", "credit-repair-scam", sites)


def _bridge(ring: Ring, member: str, category: str, objects: list[Planted]) -> None:
    ring.add(member, category, [ring.very_strong[0], *objects])


def plant_noise(planter: Planter, rings: list[Ring], scale: float) -> None:
    """Plant all of it; ``scale`` 1.0 is the full demonstration."""
    plant_shared(planter, round(420 * scale))
    plant_repeats(planter, round(64 * scale))
    plant_one_group(planter, round(40 * scale))
    plant_victims(planter, round(45 * scale))
    plant_near_misses(planter, round(30 * scale))
    plant_lone_strong(planter, round(20 * scale))
    plant_popular(planter)
    plant_bridges(planter, rings)
