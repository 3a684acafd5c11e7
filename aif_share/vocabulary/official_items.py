"""What an authority may ask the alliance for, and what not: the table that the scope of an official request is held against."""

from __future__ import annotations

from dataclasses import dataclass

from .official_bases import CRIMINAL, REGULATORS
from .official_kinds import ASSISTANCE, EVIDENCE
from .term import Term, by_code

EVERYBODY = (*CRIMINAL, *REGULATORS)
THREE_YEARS = 3 * 366


@dataclass(frozen=True)
class OfficialItem(Term):
    """One thing to ask for. Without `authorities` the alliance gives it to nobody; `instead_zh` and `instead_en` say who may.

    `kinds`: the kinds of requests that may ask for it. About single persons or identifiers it is where `most_subjects` is
    above zero: so many at once, and for `most_days` days of time at most.
    """

    authorities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = (ASSISTANCE, EVIDENCE)
    most_subjects: int = 0
    most_days: int = THREE_YEARS
    instead_zh: str = ""
    instead_en: str = ""


ROWS = (
    OfficialItem("case-facts", "专案事实和金额", "Facts and amounts of a case",
                 authorities=(*CRIMINAL, "nfra", "pbc", "local-financial-administration"), most_subjects=200),
    OfficialItem("clue-records", "线索报送记录", "Records of clues: category, grade, times",
                 authorities=(*CRIMINAL, "nfra", "pbc"), most_subjects=50),
    OfficialItem("match-analysis", "碰撞和团伙关联说明", "How reports of several institutions belong together",
                 authorities=("public-security", "procuratorate"), most_subjects=50),
    OfficialItem("identifiers", "涉案标识原始值", "Raw identifiers in a case",
                 authorities=CRIMINAL, kinds=(EVIDENCE,), most_subjects=50),
    OfficialItem("evidence-items", "证据材料", "Items of evidence",
                 authorities=CRIMINAL, kinds=(EVIDENCE,), most_subjects=50),
    OfficialItem("disposition-records", "处置记录", "Records of measures taken",
                 authorities=(*CRIMINAL, "nfra", "cac", "communications-administration", "market-regulation"),
                 most_subjects=50),
    OfficialItem("aggregate-figures", "汇总统计", "Aggregate figures", authorities=EVERYBODY),
    OfficialItem("account-transactions", "账户资料和交易流水", "Account records and transactions",
                 instead_zh="联盟不持有，请依法向开户机构查询。",
                 instead_en="The alliance holds none; the institution that keeps the account is asked."),
    OfficialItem("communications-records", "通信内容和通信记录", "Content and records of communications",
                 instead_zh="联盟不持有，请依法向电信或互联网企业调取。",
                 instead_en="The alliance holds none; the operator or platform is asked."),
    OfficialItem("screening-records", "成员单位筛查记录", "What members screened",
                 instead_zh="筛查内容为密文，联盟无法识别；请依法向相关成员单位了解。",
                 instead_en="It is kept as tokens that say nothing; the member itself is asked."),
    OfficialItem("keys", "标识密文和密钥", "Tokens and keys",
                 instead_zh="不对外提供：密钥泄露将危及全体成员单位的客户。",
                 instead_en="Given to nobody: it would lay open the customers of every member."),
    OfficialItem("bulk-data", "成员单位全量数据", "All data of a member or of the alliance",
                 instead_zh="不对外提供；请就具体案件和对象提出。",
                 instead_en="Given to nobody; a request is about a matter and named subjects."),
)  # fmt: skip
BY_CODE = by_code(ROWS)
