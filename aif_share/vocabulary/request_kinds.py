"""Kinds of requests between institutions: what financial intelligence units call request, provide and alert, and the
joint handling of a consumer's complaint between telecom operators and financial institutions (投诉转办).

A row says who may send it to whom, how the receiver is found, by what clock something is due, and what.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

FINANCE = ("bank", "consumer-finance", "micro-lender", "insurer", "payment")
TELECOM = ("telecom",)

CASE, MATCH, INSTITUTION = "case", "match", "institution"
ANSWER, TAKE_UP, NOTHING = "answer", "take-up", ""


@dataclass(frozen=True)
class RequestKind(Term):
    """`via`: how it may be addressed (the others of a case, of a match, or one institution by name).

    `due`: what the clock waits for; `clocks`: those it may have, the usual one first. `routes`: pairs of sectors, from
    and to; empty means anybody to anybody. `purpose`: the only one it has; empty means the sender names one.
    """

    via: tuple[str, ...] = (CASE, MATCH, INSTITUTION)
    due: str = NOTHING
    clocks: tuple[str, ...] = ()
    routes: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    purpose: str = ""

    def may_go(self, sender: str, receiver: str) -> bool:
        """Whether it may go from one sector to another."""
        return not self.routes or any(sender in source and receiver in target for source, target in self.routes)


ROWS = (
    RequestKind("request", "协查请求", "Request for information", "Egmont Group", via=(CASE, MATCH), due=ANSWER,
                clocks=("normal", "urgent")),
    RequestKind("provide", "主动提供", "Information provided", "Egmont Group"),
    RequestKind("alert", "紧急预警", "Urgent alert", "Egmont Group", due=TAKE_UP, clocks=("urgent",)),
    RequestKind("complaint-referral", "投诉转办", "Complaint referral", via=(INSTITUTION,), due=ANSWER,
                clocks=("normal", "urgent"), routes=((TELECOM, FINANCE), (FINANCE, TELECOM)),
                purpose="complaint-handling"),
)  # fmt: skip
BY_CODE = by_code(ROWS)
