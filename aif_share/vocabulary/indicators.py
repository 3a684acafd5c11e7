"""Identification indicators of the bank association's draft standard: what makes a complaint gray-industry work.

A row with `blocks` says the opposite, and a clue that carries it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

SOURCE = "bank-association-draft-standard"


@dataclass(frozen=True)
class Indicator(Term):
    """A sign that a complaint is, or (when it blocks) is not, the work of the gray industry."""

    blocks: bool = False


ROWS = (
    Indicator(
        "unlawful-representation",
        "以金融消费者名义进行非法“代理维权”",
        "Unlawful representation in the consumer's name",
        SOURCE,
    ),
    Indicator("agent-accompanies-complaint", "代理人陪同投诉举报", "An agent accompanies the complaint", SOURCE),
    Indicator(
        "instigated-repeated-complaint",
        "经灰产指使缠诉闹访、反复投诉举报",
        "Instigated repeated complaint or disturbance",
        SOURCE,
    ),
    Indicator(
        "false-evidence-consumer-refuses-contact",
        "提供虚假证据且消费者本人拒绝沟通",
        "False evidence, and the consumer refuses contact",
        SOURCE,
    ),
    Indicator(
        "individual-not-gray-industry",
        "个人(非黑灰产)违反投诉秩序",
        "An individual, not the gray industry",
        SOURCE,
        blocks=True,
    ),
)
BY_CODE = by_code(ROWS)
