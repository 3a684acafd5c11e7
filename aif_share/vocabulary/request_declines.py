"""Reasons for which a request is declined: nothing was looked for."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class RequestDecline(Term):
    """`needs_text`: words go with it."""

    needs_text: bool = False


ROWS = (
    RequestDecline("not-ours", "非本机构客户或业务", "Not our customer or business"),
    RequestDecline("no-legal-basis", "缺少法律依据", "Without a legal basis"),
    RequestDecline("not-enough", "要素不足，无法核查", "Too little to look for"),
    RequestDecline("asked-before", "重复请求", "Asked before"),
    RequestDecline("other", "其他，见说明", "Other, as described", needs_text=True),
)
BY_CODE = by_code(ROWS)
