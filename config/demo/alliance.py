"""The eight invented institutions of the demonstration, one of each sector, two of them in one group."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Institution:
    """One member. ``clues`` is how many it submits in the full demonstration, ``file`` what its clues are written to."""

    code: str
    name: str
    sector: str
    group: str
    prefix: str
    clues: int
    file: str = "clues.jsonl"


INSTITUTIONS = (
    Institution("river-bank", "江河银行", "bank", "江河金融集团", "JH", 3400),
    Institution("river-finance", "江河消费金融", "consumer-finance", "江河金融集团", "JX", 2000),
    Institution("lamp-lending", "明灯小额贷款", "micro-lender", "明灯小额贷款", "MD", 1200, "clues.csv"),
    Institution("pine-insurance", "青松保险", "insurer", "青松保险", "QS", 1500),
    Institution("bridge-pay", "联桥支付", "payment", "联桥支付", "LQ", 2800),
    Institution("echo-telecom", "回声通信", "telecom", "回声通信", "HS", 4200),
    Institution("plaza-net", "广场网络", "internet-platform", "广场网络", "GC", 4100),
    Institution("shield-association", "磐石金融消费者保护协会", "association", "磐石金融消费者保护协会", "PS", 800),
)
BY_CODE = {institution.code: institution for institution in INSTITUTIONS}
GROUP_OF = {institution.code: institution.group for institution in INSTITUTIONS}
