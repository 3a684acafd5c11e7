"""Traffic Light Protocol 2.0 (FIRST, August 2022): how far what was received may be passed on."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from .term import Term, by_code


@dataclass(frozen=True)
class Marking(Term):
    """A label of TLP 2.0; `rank` 0 is the strictest."""

    rank: int = 0


def _row(code: str, zh: str, en: str, rank: int, stix: str) -> Marking:
    mappings = MappingProxyType({"misp": f"tlp:{code}", "stix": f"marking-definition--{stix}"})
    return Marking(code, zh, en, source="FIRST TLP 2.0", mappings=mappings, rank=rank)


ROWS = (
    _row("red", "红：仅限本人", "TLP:RED", 0, "e828b379-4e03-4974-9ac4-e53a884c97c1"),
    _row("amber+strict", "黄（严格）：仅限本机构", "TLP:AMBER+STRICT", 1, "939a9414-2ddd-4d32-a0cd-375ea402b003"),
    _row("amber", "黄：本机构及其客户", "TLP:AMBER", 2, "55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    _row("green", "绿：联盟内部", "TLP:GREEN", 3, "bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    _row("clear", "无色：可公开", "TLP:CLEAR", 4, "94868c89-83c2-464b-929b-a1a8aa3c8487"),
)
BY_CODE = by_code(ROWS)
DEFAULT = "amber+strict"
