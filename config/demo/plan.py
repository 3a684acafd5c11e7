"""The plan of the demonstration: every clue, and what must be found, written before any token exists.

It knows the vocabulary and check digits, and nothing of the platform: no import of ``clues`` or ``members``. A test
checks the expectation against a naive closure over the raw values.
"""

from __future__ import annotations

from datetime import date

from config.demo.alliance import GROUP_OF, INSTITUTIONS
from config.demo.noise import LISTED, plant_noise
from config.demo.planted import Plan, expect_matches
from config.demo.planter import Planter
from config.demo.rings import plant_rings

SEED = 20261101
# (identifier types of one clue, category, weight): what fills the demonstration up, each object met only once.
BACKGROUND = (
    (("cn-mobile",), "telecom-fraud", 24),
    (("cn-mobile",), "harassing-call", 10),
    (("domain",), "counterfeit-site-app", 10),
    (("wechat",), "gray-advertising", 8),
    (("qq",), "credit-repair-scam", 7),
    (("bank-card",), "illegal-gambling", 6),
    (("imei",), "account-theft", 2),
    (("email",), "illegal-agency-complaint", 3),
    (("uscc",), "loan-broker-fraud", 2),
    (("service-number",), "spam-sms", 2),
    (("cn-landline",), "harassing-call", 2),
    (("url",), "counterfeit-site-app", 2),
    (("cn-mobile", "wechat"), "anti-collection", 6),
    (("cn-mobile", "bank-card"), "telecom-fraud", 5),
    (("resident-id", "cn-mobile"), "malicious-complaint", 4),
    (("qq", "domain"), "gray-advertising", 3),
    (("resident-id", "bank-card", "cn-mobile"), "organized-debt-evasion", 2),
    (("wechat", "cn-mobile", "domain"), "illegal-surrender-agency", 2),
)


def _fill(planter: Planter, institution: str, wanted: int) -> None:
    """Background clues until the institution has ``wanted`` ones; its plain list takes a third."""
    types, categories, weights = zip(*BACKGROUND, strict=True)
    choices = list(zip(types, categories, strict=True))
    listing = next((row for row in LISTED.items() if row[1][0] == institution), None)
    missing = wanted - planter.per_institution[institution]
    listed = missing // 3 if listing else 0
    if listing:
        type_code, (_, file, category, grade) = listing
        for _ in range(listed):
            planter.add(institution, category, [planter.report(planter.plant(type_code))], grade=grade, file=file)
    for _ in range(missing - listed):
        codes, category = planter.random.choices(choices, weights)[0]
        planter.add(institution, category, [planter.report(planter.plant(code)) for code in codes])


def build_plan(*, seed: int = SEED, today: date, scale: float = 1.0) -> Plan:
    """Build the plan of this seed and day.

    ``scale`` 1.0 gives 20,000 clues; less of it gives fewer clues around the same twelve rings.
    """
    planter = Planter(seed=seed, today=today)
    rings = plant_rings(planter)
    plant_noise(planter, rings, scale)
    for institution in INSTITUTIONS:
        _fill(planter, institution.code, round(institution.clues * scale))
    clues = tuple(planter.clues)
    return Plan(seed, clues, expect_matches(clues, GROUP_OF), tuple(ring.expectation() for ring in rings))
