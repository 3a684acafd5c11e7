"""Noise lists: identifiers that many meet and that say nothing. By list and never by count: what thirty institutions
reported is the best signal there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

INFORM, BLOCK = "inform", "block"
_NUMBERS = ("service-number", "sms-port", "cn-landline", "cn-mobile", "phone")


@dataclass(frozen=True)
class NoiseList(Term):
    """One list. `block`: what stands on it does not count; `inform`: it counts, and whoever reports it is told.

    `members`: an institution proposes its own; the others are kept by the alliance. `types` empty means any.
    """

    mode: str = BLOCK
    members: bool = False
    types: tuple[str, ...] = ()


ROWS = (
    NoiseList("hotline", "公共服务热线", "Public hotlines", types=_NUMBERS),
    # Whoever could block what is said of its own lines could hide what its own people do: told, and still counted.
    NoiseList("own-number", "成员单位自有号码", "Members' own numbers", mode=INFORM, members=True, types=_NUMBERS),
    NoiseList(
        "own-domain", "成员单位自有域名", "Members' own domains", mode=INFORM, members=True, types=("domain", "url")
    ),
    NoiseList("link-shortener", "短链接服务", "Link shorteners", types=("domain",)),
    NoiseList("shared-host", "共享托管平台", "Shared hosts", types=("domain",)),
    NoiseList("dummy-value", "占位虚值", "Dummy values"),
)
BY_CODE = by_code(ROWS)
