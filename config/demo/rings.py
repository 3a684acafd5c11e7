"""Twelve planted rings. Each is a group of people whom several institutions meet from different sides.

How a ring holds together, by the rule of the platform: groups of clues join when the identifiers they share weigh at
least two, a card, device, chat account or resident ID weighing two and a phone number, QQ number or mail address one.
Every clue planted here joins the clues before it by that much, and two rings never share more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.planted import ExpectedRing, PlannedClue, Planted, Report
from config.demo.planter import Planter

VERY_STRONG = ("bank-card", "wechat", "imei", "resident-id")
STRONG = ("cn-mobile", "qq", "email")
WEAK = ("domain", "url", "service-number")


@dataclass(frozen=True, slots=True)
class RingShape:
    """One ring: what it does, who meets it, and in how many clues."""

    name: str
    category: str
    institutions: tuple[str, ...]
    clues: int


SHAPES = (
    RingShape(
        "surrender-agents",
        "illegal-surrender-agency",
        ("pine-insurance", "river-bank", "shield-association", "plaza-net"),
        24,
    ),
    RingShape("anti-collection-league", "anti-collection", ("river-finance", "lamp-lending", "bridge-pay"), 30),
    RingShape("complaint-mill", "malicious-complaint", ("river-bank", "river-finance", "shield-association"), 18),
    RingShape("credit-repair-class", "credit-repair-scam", ("lamp-lending", "plaza-net"), 12),
    RingShape(
        "false-police",
        "telecom-fraud",
        ("echo-telecom", "river-bank", "bridge-pay", "plaza-net", "river-finance", "lamp-lending"),
        60,
    ),
    RingShape("loan-brokers", "loan-broker-fraud", ("river-bank", "echo-telecom", "lamp-lending"), 20),
    RingShape("card-washers", "account-theft", ("bridge-pay", "river-finance"), 9),
    RingShape("copied-apps", "counterfeit-site-app", ("plaza-net", "echo-telecom", "bridge-pay"), 15),
    RingShape("paper-forgers", "document-forgery", ("pine-insurance", "river-finance"), 6),
    RingShape("debt-bearers", "professional-debt-bearing", ("river-bank", "river-finance", "lamp-lending"), 14),
    RingShape("pair", "illegal-gambling", ("bridge-pay", "echo-telecom"), 2),
)
# The twelfth holds together only by closure: see plant_closure_ring.
CLOSURE_RING = "closure"


class Ring:
    """A ring being planted: what its people use, and its clues so far."""

    def __init__(self, planter: Planter, name: str) -> None:
        self.name = name
        self.clues: list[PlannedClue] = []
        self.very_strong: list[Planted] = []
        self.strong: list[Planted] = []
        self.weak: list[Planted] = []
        self._planter = planter

    def fresh(self, type_code: str) -> Planted:
        """A new object that the ring uses from now on."""
        planted = self._planter.plant(type_code, self.name)
        for types, pool in ((VERY_STRONG, self.very_strong), (STRONG, self.strong), (WEAK, self.weak)):
            if type_code in types:
                pool.append(planted)
        return planted

    def bond(self) -> list[Planted]:
        """Objects of the ring, already reported, that weigh at least two together."""
        random = self._planter.random
        if len(self.strong) >= 2 and random.random() < 0.5:
            return random.sample(self.strong, 2)
        return [random.choice(self.very_strong)]

    def add(self, institution: str, category: str, objects: list[Planted], extra: tuple[Report, ...] = ()) -> None:
        """Write a clue of the ring."""
        roles = ("actor", "organizer", "agent")
        reports = [
            self._planter.report(planted, "tool" if planted.type in WEAK else self._planter.random.choice(roles))
            for planted in objects
        ]
        self.clues.append(self._planter.add(institution, category, (*reports, *extra)))

    def expectation(self) -> ExpectedRing:
        return ExpectedRing(self.name, frozenset(clue.client_ref for clue in self.clues))


def plant_shape(planter: Planter, shape: RingShape) -> Ring:
    """Plant one ring, clue by clue."""
    random = planter.random
    ring = Ring(planter, f"ring/{shape.name}")
    ring.add(
        shape.institutions[0],
        shape.category,
        [ring.fresh(random.choice(VERY_STRONG)), ring.fresh("cn-mobile"), ring.fresh("qq")],
    )
    for number in range(1, shape.clues):
        objects = ring.bond()
        if random.random() < 0.6:
            objects.append(ring.fresh(random.choice(VERY_STRONG + STRONG)))
        if random.random() < 0.3:
            objects.append(
                random.choice(ring.weak) if ring.weak and random.random() < 0.7 else ring.fresh(random.choice(WEAK))
            )
        extra: tuple[Report, ...] = ()
        if random.random() < 0.15:
            extra = (planter.report(planter.plant("resident-id", f"{ring.name}/victim"), "victim"),)
        ring.add(shape.institutions[number % len(shape.institutions)], shape.category, objects, extra)
    return ring


def plant_closure_ring(planter: Planter) -> Ring:
    """Three clues of which the third shares one phone with the first and one QQ number with the second, and so joins both."""
    ring = Ring(planter, f"ring/{CLOSURE_RING}")
    card, phone, qq = ring.fresh("bank-card"), ring.fresh("cn-mobile"), ring.fresh("qq")
    ring.add("river-bank", "organized-debt-evasion", [card, phone])
    ring.add("bridge-pay", "organized-debt-evasion", [card, qq])
    ring.add("lamp-lending", "organized-debt-evasion", [phone, qq])
    return ring


def plant_rings(planter: Planter) -> list[Ring]:
    """Plant all twelve."""
    return [*(plant_shape(planter, shape) for shape in SHAPES), plant_closure_ring(planter)]
