"""Dispositions: what was done about an identifier or a case."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Disposition(Term):
    """A measure taken; `by_authority` ones only an authority takes, `document_required` ones carry its number.

    `sectors`: whose members may record it, empty for all. `lift`: it goes on acting on somebody, so it ends when its
    ground falls. `reappears`: what was stopped may come back. `review_days`: when it is looked at again unless the member
    says otherwise, None for what is over once it is done.
    """

    by_authority: bool = False
    document_required: bool = False
    sectors: tuple[str, ...] = ()
    lift: bool = False
    reappears: bool = False
    review_days: int | None = None


_TELECOM = ("telecom",)
_PLATFORM = ("internet-platform",)
_LINES = ("telecom", "internet-platform")
_PAYING = ("bank", "payment")
_ACCOUNTS = ("bank", "consumer-finance", "micro-lender", "insurer", "payment", "internet-platform")

ROWS = (
    Disposition("internal-tag", "内部标注", "Internal tag", lift=True, review_days=180),
    Disposition("dissuasion", "劝诫", "Dissuasion"),
    Disposition("consumer-warned", "风险提示消费者", "Consumer warned"),
    Disposition("call-flagged", "标记", "Call flagged", sectors=_LINES, lift=True, reappears=True, review_days=90),
    Disposition("call-blocked", "拦截", "Call blocked", sectors=_TELECOM, lift=True, reappears=True, review_days=90),
    Disposition(
        "number-suspended", "关停", "Number suspended", sectors=_TELECOM, lift=True, reappears=True, review_days=90
    ),
    Disposition("sms-blocked", "短信拦截", "SMS blocked", sectors=_TELECOM, lift=True, reappears=True, review_days=90),
    Disposition(
        "content-takedown",
        "内容下架",
        "Content takedown",
        sectors=_PLATFORM,
        lift=True,
        reappears=True,
        review_days=180,
    ),
    Disposition(
        "site-or-app-takedown",
        "网站或 App 关停下架",
        "Site or app takedown",
        sectors=_LINES,
        lift=True,
        reappears=True,
        review_days=180,
    ),
    Disposition("account-restriction", "账户管控", "Account restriction", sectors=_ACCOUNTS, lift=True, review_days=90),
    # Yinfa [2016] No. 86: an urgent stop of payment lasts 48 hours. What an authority ordered, it lifts itself.
    Disposition(
        "stop-payment-by-police",
        "紧急止付",
        "Stop payment by the police",
        sectors=_PAYING,
        by_authority=True,
        review_days=2,
    ),
    Disposition(
        "freeze-by-authority",
        "冻结",
        "Freeze by an authority",
        sectors=_ACCOUNTS,
        by_authority=True,
        document_required=True,
        review_days=180,
    ),
    Disposition("contract-terminated", "终止合同", "Contract terminated"),
    Disposition("partner-removed", "清退合作机构", "Partner removed", lift=True, review_days=360),
    Disposition("mediation", "调解", "Mediation"),
    Disposition("report-to-police", "报案", "Report to the police"),
    Disposition("report-to-regulator", "举报", "Report to a regulator"),
)
BY_CODE = by_code(ROWS)
TO_LIFT = tuple(row.code for row in ROWS if row.lift)
"""Codes of what ends when its ground falls."""


def open_to(sector: str) -> tuple[Disposition, ...]:
    """Return the measures that an institution of this sector may record."""
    return tuple(row for row in ROWS if not row.sectors or sector in row.sectors)
