"""The seeded hand that writes clues: mints objects, spells them, fills the fields of a clue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from aif_share.vocabulary import categories
from config.demo.alliance import BY_CODE
from config.demo.planted import PlannedClue, Planted, Report
from config.demo.values import Mint, spell

CHANNEL_OF = {
    "illegal-agency-complaint": "regulator-transfer",
    "anti-collection": "social-post",
    "organized-debt-evasion": "im-group",
    "malicious-complaint": "hotline-12345",
    "credit-repair-scam": "short-video",
    "illegal-surrender-agency": "own-desk",
    "telecom-fraud": "inbound-call",
    "loan-broker-fraud": "outbound-call",
    "account-theft": "app",
    "counterfeit-site-app": "website",
    "gray-advertising": "live-stream",
    "harassing-call": "inbound-call",
    "spam-sms": "sms",
    "document-forgery": "in-person",
    "professional-debt-bearing": "own-desk",
    "illegal-gambling": "app",
}
GRADES = (("C", 35), ("B2", 50), ("B1", 12), ("A", 3))
REGIONS = ("CN-11", "CN-12", "CN-21", "CN-31", "CN-33", "CN-35", "CN-37", "CN-41", "CN-42", "CN-44", "CN-61")
OBSERVED_WITHIN_DAYS = 80


class Planter:
    """Collects the clues of one plan; the same seed and day give the same clues."""

    def __init__(self, *, seed: int, today: date) -> None:
        self.random = Random(seed)
        self.clues: list[PlannedClue] = []
        self.per_institution: Counter[str] = Counter()
        self._mint = Mint(self.random)
        self._today = today
        self._objects = 0

    def plant(self, type_code: str, label: str = "background") -> Planted:
        """A new object of this type."""
        self._objects += 1
        return Planted(f"{label}/{type_code}-{self._objects}", type_code, self._mint.make(type_code))

    def report(self, planted: Planted, role: str = "actor") -> Report:
        """A report of the object in one of its spellings."""
        return Report(planted, spell(planted.type, planted.value, self.random), role)

    def add(
        self,
        institution: str,
        category: str,
        reports: Sequence[Report],
        *,
        grade: str | None = None,
        file: str | None = None,
    ) -> PlannedClue:
        """Write one clue of this institution and return it."""
        self.per_institution[institution] += 1
        number = self.per_institution[institution]
        chosen = grade or self._choose(GRADES)
        clue = PlannedClue(
            client_ref=f"{BY_CODE[institution].prefix}-2026-{number:06d}",
            institution=institution,
            file=file or BY_CODE[institution].file,
            fields=self._fields(category, chosen),
            reports=tuple(reports),
        )
        self.clues.append(clue)
        return clue

    def _choose(self, weighted: Iterable[tuple[str, int]]) -> str:
        values, weights = zip(*weighted, strict=True)
        return str(self.random.choices(values, weights)[0])

    def _fields(self, category: str, grade: str) -> dict[str, object]:
        observed = datetime.combine(self._today, time(), UTC) - timedelta(
            minutes=self.random.randrange(1, OBSERVED_WITHIN_DAYS * 1440)
        )
        fields: dict[str, object] = {
            "category": category,
            "grade": grade,
            "channel": CHANNEL_OF[category],
            "observed_at": observed.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.random.choice(REGIONS),
        }
        if self.random.random() < 0.3:
            fields["amount_cny"] = f"{self.random.randrange(100, 300_000)}.00"
        if categories.BY_CODE[category].rights_claim and grade != "C":
            fields["indicators"] = [self.random.choice(("unlawful-representation", "agent-accompanies-complaint"))]
            fields["consumer_contacted"] = self.random.choice(("confirmed-authority", "did-not-know", "refused"))
        return fields
