"""What outcomes are counted as. A counter of proceedings counts those that ever reached the state, except where it says now."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

PROCEEDINGS, PERSONS, GANGS, PROVINCES, ITEMS, CNY = "proceedings", "persons", "gangs", "provinces", "items", "cny"


@dataclass(frozen=True)
class OutcomeCounter(Term):
    """One counter and the unit it counts in."""

    unit: str = PROCEEDINGS


ROWS = (
    OutcomeCounter("cases-pushed", "推送公安案件", "Cases pushed to the police"),
    OutcomeCounter("cases-in-preparation", "准备中案件（当前）", "Cases in preparation now"),
    OutcomeCounter("cases-reported", "报案案件", "Cases reported to the police"),
    OutcomeCounter("cases-accepted", "刑事受案", "Criminal cases accepted"),
    OutcomeCounter("cases-filed", "刑事立案", "Criminal cases filed"),
    OutcomeCounter("cases-refused", "不予立案", "Criminal cases refused"),
    OutcomeCounter("cases-administrative", "行政案件", "Administrative cases of the police"),
    OutcomeCounter("cases-police", "公安立案和受案合计", "Cases of the police, criminal filed and administrative"),
    OutcomeCounter("cases-gang", "团伙案件", "Gang-type cases"),
    OutcomeCounter("cases-withdrawn", "撤案", "Criminal cases withdrawn"),
    OutcomeCounter("cases-judged", "判决案件", "Criminal cases with a judgment"),
    OutcomeCounter("regulator-accepted", "监管受理", "Reports accepted by regulators"),
    OutcomeCounter("regulator-penalties", "监管处罚", "Regulator cases with a penalty"),
    OutcomeCounter("civil-settled", "民事调解或判决", "Civil matters settled or judged"),
    OutcomeCounter("persons-coercive", "采取强制措施人数", "Persons under coercive measures", unit=PERSONS),
    OutcomeCounter("persons-detained", "行政拘留人数", "Persons in administrative detention", unit=PERSONS),
    OutcomeCounter("persons-penalized", "行政处罚人数", "Persons with an administrative penalty", unit=PERSONS),
    OutcomeCounter("persons-sent", "移送审查起诉人数", "Persons sent for prosecution", unit=PERSONS),
    OutcomeCounter("persons-prosecuted", "起诉人数", "Persons prosecuted", unit=PERSONS),
    OutcomeCounter("persons-convicted", "判决人数", "Persons convicted", unit=PERSONS),
    OutcomeCounter("gangs", "团伙数", "Gangs", unit=GANGS),
    OutcomeCounter("provinces", "涉及省份", "Provinces", unit=PROVINCES),
    OutcomeCounter("content-requested", "请求处置的链接或号码", "Links or numbers requested", unit=ITEMS),
    OutcomeCounter("content-removed", "已下架或封堵", "Links or numbers removed or blocked", unit=ITEMS),
    OutcomeCounter("content-re-appeared", "再次出现", "Links or numbers that re-appeared", unit=ITEMS),
    OutcomeCounter("calls-flagged", "标记电话", "Calls flagged", unit=ITEMS),
    OutcomeCounter("persons-warned", "风险提示人数", "Persons warned", unit=PERSONS),
    OutcomeCounter("dissuasions", "劝诫次数", "Dissuasions", unit=ITEMS),
    OutcomeCounter(
        "amount-prevented-by-dispositions",
        "处置避免损失（自报）",
        "Amount prevented by dispositions, self-reported",
        unit=CNY,
    ),
    OutcomeCounter("amount-claimed", "主张金额", "Amount claimed", unit=CNY),
    OutcomeCounter("amount-lost", "损失金额", "Amount lost", unit=CNY),
    OutcomeCounter("amount-prevented", "避免损失金额", "Amount prevented", unit=CNY),
    OutcomeCounter("amount-claimed-self-reported", "主张金额（其中自报）", "Amount claimed, self-reported", unit=CNY),
    OutcomeCounter("amount-lost-self-reported", "损失金额（其中自报）", "Amount lost, self-reported", unit=CNY),
    OutcomeCounter(
        "amount-prevented-self-reported", "避免损失（其中自报）", "Amount prevented, self-reported", unit=CNY
    ),
)
BY_CODE = by_code(ROWS)
