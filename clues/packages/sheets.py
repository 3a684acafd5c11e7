"""The tables of a package as CSV: UTF-8 with a byte order mark, so that office programs read the Chinese; no formula cell.

A row of TABLES is a file: which rows, and each column with what fills it. Whoever reckons further reads contents.json,
where a value stands exactly as it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from aif_share.wire.csv_cells import quoted_cell
from clues.packages.contents import AMOUNTS, COUNTS, Contents, Party
from clues.working_days import ZONE

Column = tuple[str, Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its rows, and its columns with their heads in both languages."""

    rows: Callable[[Contents], Iterable[Any]]
    columns: tuple[Column, ...]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local(value)
    if isinstance(value, (tuple, list)):
        return "; ".join(map(str, value))
    return str(value)


def local(at: datetime) -> str:
    """Return a moment as it is written in China: its day, its time, its zone."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S UTC+8")


def _field(name: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = row
        for part in name.split("."):
            value = getattr(value, part)
        return value

    return read


def _both(name: str) -> Callable[[Any], str]:
    read = _field(name)
    return lambda row: f"{read(row).zh} / {read(row).en}"


FACTS: Final = (
    ("事实 Facts", "facts"),
    ("诉求金额（元）Claimed (CNY)", "amount_claimed"),
    ("损失金额（元）Lost (CNY)", "amount_lost"),
    ("挽回金额（元）Prevented (CNY)", "amount_prevented"),
    ("受害人数 Victims", "victims"),
    ("涉案人数 Persons involved", "persons"),
    ("起始日期 First day", "from_date"),
    ("截止日期 Last day", "until_date"),
    ("本单位复核时间 Approved by its second person at", "approved_at"),
    ("未提交说明 Why there is no part", "excused"),
)


def facts_table(party: Party) -> str:
    """Return what one member stated, a line for each field."""
    head = (("单位 Member", party.name), ("角色 Role", "牵头单位 lead" if party.is_lead else "参与单位 party"))
    said = ((label, getattr(party, name)) for label, name in FACTS)
    return _csv(("项目 Field", "内容 Content"), [*head, *said])


def _amount_rows(contents: Contents) -> list[tuple[Any, ...]]:
    names = (*AMOUNTS, *COUNTS)
    each = [(party.name, *(getattr(party, name) for name in names)) for party in contents.parties]
    return [*each, ("合计 Total", *(contents.total(name) for name in names))]


def _nth(place: int) -> Callable[[Sequence[Any]], Any]:
    return lambda row: row[place]


TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {
        "amounts.csv": Table(
            _amount_rows,
            tuple(
                (head, _nth(place))
                for place, head in enumerate(
                    ("单位 Member", "诉求金额（元）Claimed", "损失金额（元）Lost", "挽回金额（元）Prevented",
                     "受害人数 Victims", "涉案人数 Persons")
                )
            ),
        ),
        "identifiers.csv": Table(
            lambda contents: contents.identifiers,
            (
                ("单位 Member", _field("party")),
                ("类型 Type", _both("type_name")),
                ("作用 Role", _both("role_name")),
                ("标识原值 Value", _field("value")),
            ),
        ),
        "clues.csv": Table(
            lambda contents: contents.reports,
            (
                ("线索编号 Clue", _field("clue")),
                ("单位 Member", _field("party")),
                ("类别 Category", _both("category_name")),
                ("证据等级 Grade", _field("grade")),
                ("异议 Dispute", lambda row: "异议中 disputed" if row.is_disputed else ""),
                ("渠道 Channel", _field("channel")),
                ("发生时间 Observed at", _field("observed_at")),
                ("收到时间 Received at", _field("received_at")),
                ("地区 Region", _field("region")),
                ("金额（元）Amount (CNY)", _field("amount_cny")),
            ),
        ),
        "evidence.csv": Table(
            lambda contents: contents.evidence,
            (
                ("证据编号 Evidence", _field("evidence")),
                ("包内文件 File", _field("file")),
                ("单位 Member", _field("party")),
                ("证据种类 Kind", _both("kind_name")),
                ("名称 Title", _field("title")),
                ("原文件名 File name", _field("file_name")),
                ("文件类型 Media type", _field("media_type")),
                ("字节数 Bytes", _field("size")),
                ("SHA-256", _field("sha256")),
                ("SM3", _field("sm3")),
                ("提取时间 Collected at", _field("collected_at")),
                ("时间来源 Time source", _field("time_source")),
                ("提取人 Collected by", _field("collected_by")),
                ("设备 Device", _field("device")),
                ("见证人 Second person", _field("witness")),
                ("备注 Note", _field("note")),
                ("存入时间 Stored at", _field("added_at")),
            ),
        ),
        "custody.csv": Table(
            lambda contents: contents.custody,
            (
                ("证据编号 Evidence", _field("evidence")),
                ("序号 No.", _field("number")),
                ("时间 At", _field("at")),
                ("动作 Action", _both("action_name")),
                ("经手 By", _field("by")),
                ("事由 Reason", _field("note")),
                ("前一摘要 Previous digest", _field("previous")),
                ("本条摘要 Digest", _field("digest")),
            ),
        ),
        "checklist.csv": Table(
            lambda contents: contents.elements,
            (
                ("罪名 Charge", _both("charge_name")),
                ("依据 Source", _field("source")),
                ("构成要件 Element", _both("element_name")),
                ("状态 State", lambda row: "缺少 missing" if row.missing else "已有 present"),
                ("证据 Evidence", _field("evidence")),
                ("陈述单位 Stated by", _field("stated_by")),
                ("可补充单位 Could supply", _field("could_supply")),
            ),
        ),
        "steps.csv": Table(
            lambda contents: contents.steps,
            (
                ("时间 At", _field("at")),
                ("步骤 Step", _both("action")),
                ("状态 State afterwards", _both("state")),
                ("经办 By", _field("by")),
            ),
        ),
    }
)  # fmt: skip


def table(name: str, contents: Contents) -> str:
    """Return one table of TABLES as CSV. A party stands there by the name it has in the package."""
    row = TABLES[name]
    heads = [head for head, _read in row.columns]
    lines = [[read(each) for _head, read in row.columns] for each in row.rows(contents)]
    place = heads.index("单位 Member") if "单位 Member" in heads and name != "amounts.csv" else None
    if place is not None:
        for line in lines:
            line[place] = contents.called(line[place])
    return _csv(heads, lines)


def index(files: Iterable[tuple[str, str, int, str]]) -> str:
    """Return the table of contents: path, what it is, bytes, SHA-256."""
    return _csv(("文件 File", "说明 What it is", "字节数 Bytes", "SHA-256"), files)


def _csv(heads: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    rows = [list(heads), *([_number(each) for each in line] for line in lines)]
    return "\ufeff" + "".join(",".join(row) + "\r\n" for row in [[quoted_cell(head) for head in rows[0]], *rows[1:]])


def _number(value: Any) -> str:
    """Numbers of ours stand without quotes; whatever a person wrote is text."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    text = _cell(value)
    return quoted_cell(text) if text else ""
