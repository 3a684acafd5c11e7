"""Legal bases on which an authority may ask the alliance: which authorities may rely on one, and for which kind of request.

What a statute says is paraphrased in the label, and `to_confirm` until counsel confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .official_kinds import ASSISTANCE, EVIDENCE
from .term import Term, by_code

CRIMINAL = ("public-security", "procuratorate", "court")
REGULATORS = (
    "nfra", "pbc", "local-financial-administration", "cac", "communications-administration", "market-regulation",
)  # fmt: skip


@dataclass(frozen=True)
class OfficialBasis(Term):
    """`authorities`: kinds of authorities that may rely on it; `kinds`: kinds of requests that it carries."""

    authorities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = (ASSISTANCE, EVIDENCE)
    to_confirm: bool = True


ROWS = (
    OfficialBasis("criminal-procedure", "刑事诉讼收集、调取证据", "Evidence collected in criminal proceedings",
                  "刑事诉讼法 art. 54", authorities=CRIMINAL),
    OfficialBasis("police-notice", "公安机关调取证据通知书", "Notice of the police calling for evidence",
                  "公安机关办理刑事案件程序规定（2020） art. 62", authorities=("public-security",), kinds=(EVIDENCE,)),
    OfficialBasis("telecom-fraud", "办理电信网络诈骗案件调取证据", "Evidence of telecom and network fraud",
                  "反电信网络诈骗法 art. 26", authorities=("public-security",)),
    OfficialBasis("data-security", "为侦查犯罪调取数据", "Data called for to investigate crimes",
                  "数据安全法 art. 35", authorities=("public-security",)),
    OfficialBasis("public-order", "治安案件调查取证", "Administrative cases of the police",
                  "治安管理处罚法", authorities=("public-security",)),
    OfficialBasis("civil-procedure", "人民法院调查取证", "Evidence taken by a court",
                  "民事诉讼法 art. 70", authorities=("court",)),
    OfficialBasis("banking-supervision", "银行业监督管理调查", "Inquiry of the banking supervision",
                  "银行业监督管理法 art. 42", authorities=("nfra",)),
    OfficialBasis("insurance-supervision", "保险业监督管理调查", "Inquiry of the insurance supervision",
                  "保险法 art. 154", authorities=("nfra",)),
    OfficialBasis("anti-money-laundering", "反洗钱调查", "Anti-money-laundering inquiry",
                  "反洗钱法（2024）", authorities=("pbc",)),
    OfficialBasis("administrative-penalty", "行政执法调查取证", "Administrative inquiry",
                  "行政处罚法 art. 42", authorities=REGULATORS),
)  # fmt: skip
BY_CODE = by_code(ROWS)
