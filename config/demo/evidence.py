"""What the lead of the demonstration's joint case brings as evidence, and what its part then shows of two charges."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from aif_share.client import Client
from config.demo.member import Member

CHARGES: Final[Mapping[str, Mapping[str, dict[str, Any]]]] = {
    "extortion": {"threat": {"facts": True}, "records": {"evidence": ["投诉来电录音文字稿"]}},
    "personal-information": {"source": {"evidence": ["账户登录日志"]}},
}
"""Charge -> element -> by what the part shows it; evidence by its title."""
PIECES: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "audiovisual", "file_name": "来电录音文字稿.txt", "title": "投诉来电录音文字稿", "collected_by": "客户投诉处理中心",
        "device": "录音服务器", "witness": "合规部", "time_source": "synchronized-clock", "shared_with_parties": True,
    },
    {
        "kind": "electronic-data", "file_name": "登录日志.csv", "title": "账户登录日志", "collected_by": "信息科技部",
        "device": "日志平台", "time_source": "system-log",
    },
)  # fmt: skip
CONTENTS: Final = (
    "（演示数据）对方自称“代理退保”人员：三天内不退全款，就组织百人持续投诉。\n",
    "time,account,device\n2026-10-12T09:31:07+08:00,A-1,D-7\n2026-10-12T09:31:44+08:00,A-2,D-7\n",
)


def bring(lead: Member, case: str) -> int:
    """Add the pieces, choose the charges, say what the part shows, and hand it to its approver; return how many pieces."""
    with Client(lead.url, lead.key) as client:
        found: dict[str, str] = {}
        for piece, content in zip(PIECES, CONTENTS, strict=True):
            fields = {"collected_at": "2026-10-20T10:00:00+08:00", **piece}
            found[str(piece["title"])] = client.evidence.add(case, io.BytesIO(content.encode()), fields).evidence
        for charge, elements in CHARGES.items():
            checklist = client.checklists.add_charge(case, charge)
            shown = [{"element": code, **_by_reference(said, found)} for code, said in elements.items()]
            client.checklists.show(checklist, charge, shown)
        client.case_work.hand_over_part(client.case_work.part(case))
    return len(found)


def _by_reference(said: dict[str, Any], found: dict[str, str]) -> dict[str, Any]:
    return {**said, "evidence": [found[title] for title in said.get("evidence", ())]}
