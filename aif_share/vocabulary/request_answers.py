"""Answers to requests, as templates: each for some kinds, some with words or a legal basis that must come with them."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

_ASKED, _TOLD, _REFERRED = ("request",), ("provide", "alert"), ("complaint-referral",)


@dataclass(frozen=True)
class RequestAnswer(Term):
    """`kinds`: what it may answer. `needs_text`: words go with it; `needs_basis`: the code of a legal basis."""

    kinds: tuple[str, ...] = ()
    needs_text: bool = False
    needs_basis: bool = False


ROWS = (
    RequestAnswer("no-record", "查无记录", "No record", kinds=_ASKED + _REFERRED),
    RequestAnswer("found", "查有记录，情况如下", "Found, as described", kinds=_ASKED, needs_text=True),
    RequestAnswer("found-and-handled", "查有记录，已处置", "Found and handled", kinds=_ASKED + _TOLD),
    RequestAnswer("found-and-referred", "查有记录，已提请立专案", "Found and referred to a case", kinds=_ASKED + _TOLD),
    RequestAnswer("cannot-disclose", "依法不能提供", "Cannot disclose, for a legal reason", kinds=_ASKED + _REFERRED,
                  needs_basis=True),
    RequestAnswer("noted", "已知悉", "Noted", kinds=_TOLD),
    RequestAnswer("settled-by-mediation", "经调解达成一致", "Complaint settled by mediation", kinds=_REFERRED),
    RequestAnswer("refunded", "已退款或减免", "Refunded or waived", kinds=_REFERRED),
    RequestAnswer("explained", "已向消费者说明，消费者认可", "Explained to the consumer, who accepts", kinds=_REFERRED),
    RequestAnswer("agent-without-authority", "核实系代理人，消费者未授权", "The agent had no authority from the consumer",
                  kinds=_REFERRED),
    RequestAnswer("number-handled", "相关号码已处置", "The number was dealt with", kinds=_REFERRED),
    RequestAnswer("rejected", "不予支持，理由如下", "Rejected, for the reason given", kinds=_REFERRED, needs_text=True),
)  # fmt: skip
BY_CODE = by_code(ROWS)
