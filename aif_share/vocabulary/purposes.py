"""Purposes of a query. There is no collection purpose, and none may be added here.

The versioned matrix purpose × category × grade × type decides; a row's own limits hold whatever the matrix says.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Purpose(Term):
    """Why a member asks.

    `only_categories` empty means any; `grade_floor` is the weakest grade that may answer; with `human_review` a person
    must look before anything is decided; `never_sole_ground` forbids deciding on the answer alone.
    """

    only_categories: tuple[str, ...] = ()
    grade_floor: str | None = None
    human_review: bool = False
    never_sole_ground: bool = False
    note_zh: str = ""
    note_en: str = ""


ROWS = (
    Purpose("inbound-call", "来电识别", "Inbound call"),
    Purpose("complaint-handling", "投诉处理", "Complaint handling"),
    Purpose("agent-verification", "代理人核实", "Agent verification"),
    Purpose("transaction-risk", "交易风险防控", "Transaction risk"),
    Purpose("investigation", "调查核实", "Investigation"),
    Purpose("police-assistance", "协助公安机关", "Police assistance"),
    Purpose("content-takedown", "内容下架", "Content takedown"),
    Purpose(
        "onboarding",
        "客户准入",
        "Onboarding",
        only_categories=("account-theft", "telecom-fraud", "loan-broker-fraud"),
        grade_floor="B2",
        human_review=True,
        never_sole_ground=True,
        note_zh="仅限盗取账号、电信网络诈骗、贷款中介欺诈，证据等级 B2 及以上；须人工复核，不得作为唯一依据。",
        note_en="Only account theft, telecom fraud and loan broker fraud at grade B2 or better; a person reviews, "
        "and the answer is never the sole ground.",
    ),
)
BY_CODE = by_code(ROWS)
