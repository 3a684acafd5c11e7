"""Dispositions: what was done about an identifier or a case."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Disposition(Term):
    """A measure taken; `by_authority` ones only an authority takes, `document_required` ones carry its number."""

    by_authority: bool = False
    document_required: bool = False


ROWS = (
    Disposition("internal-tag", "内部标注", "Internal tag"),
    Disposition("dissuasion", "劝诫", "Dissuasion"),
    Disposition("consumer-warned", "风险提示消费者", "Consumer warned"),
    Disposition("call-flagged", "标记", "Call flagged"),
    Disposition("call-blocked", "拦截", "Call blocked"),
    Disposition("number-suspended", "关停", "Number suspended"),
    Disposition("sms-blocked", "短信拦截", "SMS blocked"),
    Disposition("content-takedown", "内容下架", "Content takedown"),
    Disposition("site-or-app-takedown", "网站或 App 关停下架", "Site or app takedown"),
    Disposition("account-restriction", "账户管控", "Account restriction"),
    Disposition("stop-payment-by-police", "紧急止付", "Stop payment by the police", by_authority=True),
    Disposition("freeze-by-authority", "冻结", "Freeze by an authority", by_authority=True, document_required=True),
    Disposition("contract-terminated", "终止合同", "Contract terminated"),
    Disposition("partner-removed", "清退合作机构", "Partner removed"),
    Disposition("mediation", "调解", "Mediation"),
    Disposition("report-to-police", "报案", "Report to the police"),
    Disposition("report-to-regulator", "举报", "Report to a regulator"),
)
BY_CODE = by_code(ROWS)
