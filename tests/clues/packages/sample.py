"""A package as it could be: three members, two of them named, charges with and without what shows them."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO

from clues.packages.contents import (
    Contents,
    Custody,
    Element,
    Evidence,
    Identifier,
    Party,
    Report,
    Step,
    Words,
)

AT = datetime(2026, 11, 28, 6, 30, 5, tzinfo=UTC)
FILES = {"EV-7Q2M4K1A": "通话录音（节选）".encode() * 4000, "EV-9B3X5C2D": b"%PDF-1.7 letter \r\n\n" * 900}
EXTORTION, DATA = Words("敲诈勒索罪", "Extortion"), Words("侵犯公民个人信息罪", "Infringing personal data")
CALL = Words("代理维权", "Illegal agency complaint")

FACTS_A = """2026年8月起，一家自称“某法律咨询”的机构以我行客户名义反复投诉，要求退还全部利息。

客户回访时多数表示并未授权；其中三人称对方以“不退就曝光”相威胁。我行先后三次因此和解付款，均有录音和转账记录。"""
FACTS_B = "我公司在同一时期收到内容几乎相同的投诉信二十三封，落款机构不同，回邮地址为同一处。"


def make_contents(**changes: object) -> Contents:
    """Return the contents of the sample, with `changes`."""
    fields: dict[str, object] = dict(
        package="PK-5R8T2N6W", case="CASE-3H7J9K1M", version=2, receiver="public-security",
        receiver_name=Words("公安机关", "Public security"), unit="上海市公安局经济犯罪侦查总队", made_at=AT,
        case_opened_at=datetime(2026, 10, 9, 1, 12, tzinfo=UTC), case_approved_at=datetime(2026, 11, 27, 8, 5, tzinfo=UTC),
        tlp=Words("TLP:AMBER+STRICT 仅限本机关", "TLP:AMBER+STRICT"), categories=(CALL, EXTORTION),
        parties=(
            Party("member-a", "晨星银行", Words("银行", "Bank"), True, True, FACTS_A, Decimal("486200.00"),
                  Decimal("123400.50"), Decimal("90000.00"), 17, 6, date(2026, 8, 3), date(2026, 10, 30), AT),
            Party("member-b", "成员乙", Words("消费金融公司", "Consumer finance"), False, False, FACTS_B,
                  Decimal("210000.00"), None, Decimal("35000.00"), 5, None, date(2026, 8, 20), None, AT),
            Party("member-c", "成员丙", Words("支付机构", "Payment"), False, False,
                  excused="该单位正在系统迁移，暂不能提供。"),
        ),
        reports=(
            Report("C-1A2B3C4D", "member-a", "illegal-agency-complaint", CALL, "B2", "third-party-complaint-site", AT, AT,
                   "CN-31", Decimal("20000.00")),
            Report("C-5E6F7G8H", "member-b", "illegal-agency-complaint", CALL, "C", "postal-letter", None, AT, "", None),
        ),
        identifiers=(
            Identifier("member-a", "cn-mobile", Words("手机号", "Mobile number"), "organizer", Words("组织者", "Organizer"),
                       "13800138000"),
            Identifier("member-a", "phone", Words("国际电话", "Phone"), "tool", Words("工具", "Tool"), "+8613800138001"),
            Identifier("member-b", "domain", Words("域名", "Domain"), "tool", Words("工具", "Tool"), "tuixi-weiquan.example"),
        ),
        evidence=tuple(_item(*row) for row in (
            ("EV-7Q2M4K1A", "member-a", "audiovisual", Words("视听资料", "Audiovisual material"),
             "与“法律顾问”通话录音（8月12日）", "mp3", "通话 2026-08-12 <第一段>.mp3", "audio/mpeg"),
            ("EV-9B3X5C2D", "member-b", "documentary", Words("书证", "Documentary evidence"), "投诉信原件扫描件", "pdf",
             "=cmd|letter.pdf", "application/pdf"),
        )),
        custody=(
            *_links("EV-7Q2M4K1A", ("added", "晨星银行", ""), ("packaged", "联盟", "制作材料包")),
            *_links("EV-9B3X5C2D", ("added", "成员乙", "")),
        ),
        elements=(
            Element("extortion", EXTORTION, "刑法 art. 274", "threat",
                    Words("以不断投诉、曝光、缠访或其他不利后果相要挟", "They threaten with endless complaints or other harm"),
                    ("EV-7Q2M4K1A",), ("member-a",), False, (), True),
            Element("extortion", EXTORTION, "刑法 art. 274", "amount",
                    Words("数额较大，或者多次实施", "The amount is large, or they did it repeatedly"), (), (), True,
                    ("member-b",), True),
            Element("personal-data", DATA, "刑法 art. 253-1", "data",
                    Words("违反规定取得或者提供公民个人信息", "They got or gave personal data against the rules"), ("EV-9B3X5C2D",), (), False),
        ),
        steps=(
            Step(AT, Words("提出", "Open"), Words("待研判", "Candidate"), "联盟"),
            Step(AT, Words("批准", "Approve"), Words("已批准", "Approved"), "联盟"),
        ),
    )  # fmt: skip
    return Contents(**{**fields, **changes})  # type: ignore[arg-type]


def _item(
    ref: str, party: str, kind: str, kind_name: Words, title: str, suffix: str, file_name: str, media_type: str
) -> Evidence:
    data = FILES[ref]
    return Evidence(
        ref, party, kind, kind_name, title, f"evidence/{ref}.{suffix}", file_name, media_type, len(data),
        hashlib.sha256(data).hexdigest(), "", AT, "录音设备时钟，已与国家授时中心核对", "张某（反欺诈岗）", "坐席录音系统", "李某", "", AT,
    )  # fmt: skip


def _links(evidence: str, *rows: tuple[str, str, str]) -> list[Custody]:
    """Return a chain as docs/evidence.md describes it."""
    previous, found = "0" * 64, []
    for number, (action, by, note) in enumerate(rows, start=1):
        actor = hashlib.sha256(by.encode()).hexdigest()
        text = json.dumps(
            [previous, evidence, number, action, "2026-11-28T06:30:05.000000Z", actor, note],
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip
        digest = hashlib.sha256(text.encode()).hexdigest()
        words = {
            "added": Words("存入", "Put into the vault"),
            "packaged": Words("编入报案材料包", "Put into a package"),
        }[action]
        found.append(Custody(evidence, number, AT, action, words, by, note, actor, previous, digest))
        previous = digest
    return found


def open_sample(evidence: str) -> BinaryIO:
    """Open an item of the sample."""
    return io.BytesIO(FILES[evidence])
