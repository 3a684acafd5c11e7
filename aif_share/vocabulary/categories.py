"""Categories of gray-industry conduct. The first ten are those of the 2024 governance report.

`rights_claim`: the conduct is carried by a consumer's complaint or claim, so a grade above C needs an identification
indicator and `consumer_contacted`. `retention_months` is the default life of a clue; counsel confirms it, and an
administrator can version it as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from .term import NO_MAPPINGS, Term, by_code

REPORT = "governance-report-2024"
ALLIANCE = "alliance"


@dataclass(frozen=True)
class Category(Term):
    """A kind of conduct a clue reports."""

    rights_claim: bool = False
    retention_months: int = 36


def _row(
    code: str, zh: str, en: str, *, source: str = ALLIANCE, claim: bool = False, months: int = 36, misp: str = ""
) -> Category:
    mappings = MappingProxyType({"misp": misp}) if misp else NO_MAPPINGS
    return Category(code, zh, en, source=source, mappings=mappings, rights_claim=claim, retention_months=months)


ROWS = (
    _row("illegal-agency-complaint", "非法代理维权", "Illegal agency complaint", source=REPORT, claim=True, months=24),
    _row("anti-collection", "反催收", "Organized anti-collection", source=REPORT, claim=True, months=24),
    _row("organized-debt-evasion", "有组织逃废债", "Organized debt evasion", source=REPORT),
    _row("malicious-complaint", "恶意投诉", "Malicious complaint", source=REPORT, claim=True, months=24),
    _row("credit-repair-scam", "征信修复", "Credit repair scam", source=REPORT, claim=True, months=24),
    _row("illegal-surrender-agency", "非法代理退保", "Illegal surrender agency", source=REPORT, claim=True, months=24),
    _row("telecom-fraud", "电信网络诈骗", "Telecom and network fraud", source=REPORT, months=60),
    _row("loan-broker-fraud", "贷款中介欺诈", "Loan broker fraud", source=REPORT),
    _row("account-theft", "盗取账号", "Account theft", source=REPORT, months=60),
    _row(
        "counterfeit-site-app",
        "仿冒网站和 App",
        "Counterfeit website or app",
        source=REPORT,
        misp='rsit:fraud="phishing"',
    ),
    _row("gray-advertising", "黑灰产引流", "Gray-industry advertising and recruiting", months=24),
    _row("harassing-call", "骚扰电话", "Harassing calls", months=12),
    _row("spam-sms", "垃圾短信", "Spam SMS", months=12, misp='rsit:abusive-content="spam"'),
    _row("false-advertising", "虚假广告", "False advertising", months=24),
    _row("document-forgery", "伪造证明材料", "Document forgery"),
    _row("personal-data-trading", "买卖公民个人信息", "Trading in personal data", months=60),
    _row("partner-misconduct", "合作机构违规", "Partner misconduct"),
    _row("professional-debt-bearing", "职业背债", "Professional debt bearing"),
    _row("insurance-claim-fraud", "代理理赔/保险诈骗", "Insurance claim fraud", months=60),
    _row("insider-collusion", "内外勾结", "Insider collusion", months=60),
    _row("illegal-deposit-loan-broking", "非法存贷款中介", "Illegal deposit and loan broking"),
    _row("bonus-abuse", "薅羊毛", "Bonus abuse", months=12),
    _row("malware", "木马病毒", "Malware", misp='rsit:malicious-code="malware-distribution"'),
    _row("extortion", "黑客勒索", "Extortion by hackers", months=60),
    _row("illegal-gambling", "涉赌", "Illegal gambling", months=60),
)
BY_CODE = by_code(ROWS)
