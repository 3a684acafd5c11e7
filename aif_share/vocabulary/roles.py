"""Roles an identifier plays in a clue. Those without `scoring` protect people: they never count against anybody."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Role(Term):
    """What the identifier's holder did, or suffered."""

    scoring: bool = True


ROWS = (
    Role("actor", "行为人", "Actor"),
    Role("organizer", "组织者", "Organizer"),
    Role("recruiter", "招募者", "Recruiter"),
    Role("agent", "代理人", "Agent"),
    Role("forger", "伪造者", "Forger"),
    Role("mule", "资金通道（车手）", "Mule"),
    Role("insider", "内部人员", "Insider"),
    Role("professional", "从业专业人员", "Professional"),
    Role("partner-institution", "合作机构", "Partner institution"),
    Role("tool", "作案工具（网站、App、号段）", "Tool (site, app, number range)"),
    Role("victim", "受害人（身份被冒用）", "Victim (a used identity)", scoring=False),
    Role("represented-consumer", "被代理的消费者", "Represented consumer", scoring=False),
    Role(
        "recognized-representative",
        "合法代理人（律师、法律援助、有授权的亲属）",
        "Recognized representative (lawyer, legal aid, relative with authority)",
        scoring=False,
    ),
)
BY_CODE = by_code(ROWS)
