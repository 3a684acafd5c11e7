"""The templates of the import page: a workbook with drop-downs and titles in both languages, and a CSV.

Column names are those of `aif-share submit`, so that a file filled in serves both.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils.translation import gettext_lazy as _

from aif_share.identifiers import types
from aif_share.vocabulary import lists

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise
    from openpyxl.worksheet.worksheet import Worksheet

# What a column can stand for, in the order in which one chooses.
COLUMNS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "value": _("Identifier"),
        "type": _("Type of the identifier"),
        "role": _("Role of the identifier"),
        "category": _("Category"),
        "grade": _("Evidence grade"),
        "channel": _("Channel"),
        "observed_at": _("When you met it"),
        "region": _("Region"),
        "amount_cny": _("Amount (CNY)"),
        "level": _("Abnormality level"),
        "crime_indicator": _("Signs of a crime"),
        "indicators": _("Signs"),
        "consumer_contacted": _("What the consumer said"),
        "tlp": _("Passing on"),
        "evidence_sha256": _("Digest of the evidence (SHA-256)"),
        "basis": _("Legal basis"),
        "client_ref": _("Own reference"),
    }
)
IDENTIFIERS: Final = 3  # of a row; one adds columns for more, up to 20
ROWS: Final = 5_000  # rows that have drop-downs
_ZH: Final = {
    "value": "标识内容",
    "type": "标识类型",
    "role": "角色",
    "category": "线索类别",
    "grade": "证据等级",
    "channel": "渠道",
    "observed_at": "发现时间",
    "region": "地区",
    "amount_cny": "涉案金额",
    "level": "异常等级",
    "crime_indicator": "涉嫌犯罪",
    "indicators": "识别指标",
    "consumer_contacted": "核实结果",
    "tlp": "传播范围",
    "evidence_sha256": "证据摘要",
    "basis": "依据",
    "client_ref": "自有编号",
}
_CHOICES: Final = {
    "role": "roles",
    "category": "categories",
    "grade": "grades",
    "channel": "channels",
    "region": "regions",
    "level": "levels",
    "consumer_contacted": "consumer-contacted",
    "tlp": "tlp",
}
_FOREVER: Final = ("evidence_sha256", "basis", "client_ref")
_WIDTHS: Final = {"value": 28, "type": 24, "category": 30, "observed_at": 20, "evidence_sha256": 24}
_NOTES: Final = (
    ("一行一条线索。必填：标识内容；类别和证据等级可在导入页统一选择默认值。",
     "A row is a clue. Needed: the identifier; category and grade may be chosen for all rows on the import page."),
    ("号码列已设为文本，请勿改成数字，否则长号码的末几位会变成 0。",
     "Columns of identifiers are text. Leave them so: as numbers, long ones lose their last digits."),
    ("时间写成 2026-11-01 08:00；多项识别指标之间用分号。",
     "Times as 2026-11-01 08:00; several signs with semicolons between them."),
    ("文件只在浏览器或本机命令行中读取，原始标识不会发送到平台。",
     "The file is read in your browser or by the command line alone; no raw identifier goes to the platform."),
)  # fmt: skip


def column_names() -> list[str]:
    """Return the columns of the templates in order."""
    groups = [
        name if number == 1 else f"{name}_{number}"
        for number in range(1, IDENTIFIERS + 1)
        for name in ("value", "type", "role")
    ]
    return groups + [name for name in COLUMNS if name not in ("value", "type", "role")]


def make_csv() -> bytes:
    """Return the titles alone, as a spreadsheet program opens them without asking."""
    out = io.StringIO()
    csv.writer(out).writerow(column_names())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@cache
def make_workbook() -> bytes:
    """Return the workbook: the sheet to fill in, the notes, and the lists behind the drop-downs."""
    from openpyxl import Workbook  # brings numpy, here and below: a fifth of a second in every process that makes none
    from openpyxl.styles import Alignment

    book = Workbook()
    sheet = cast("Worksheet", book.active)
    sheet.title = "线索 clues"
    notes = book.create_sheet("说明 notes")
    codes = book.create_sheet("代码 codes")
    ranges = _write_codes(codes)
    for place, name in enumerate(column_names(), start=1):
        _write_column(sheet, place, name, ranges)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 34
    for row in _NOTES:
        notes.append(row)
    for letter in "AB":
        notes.column_dimensions[letter].width = 70
    for cells in notes.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_column(sheet: Worksheet, place: int, name: str, ranges: Mapping[str, str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(place)
    base = re.sub(r"_[0-9]+$", "", name)
    number = name.removeprefix(base).removeprefix("_")
    title: Any = sheet.cell(row=1, column=place, value=f"{_ZH[base]}{number}\n{name}")
    title.font = Font(bold=True, color="FFFFFF")
    title.fill = PatternFill("solid", fgColor="0B5D57")
    title.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.column_dimensions[letter].width = _WIDTHS.get(base, 18)
    if base in ("value", *_FOREVER):
        sheet.column_dimensions[letter].number_format = "@"
    if base in ranges:
        choice = DataValidation(type="list", formula1=ranges[base], allow_blank=True, showErrorMessage=True)
        choice.error = "请从列表中选择。 Choose from the list."
        choice.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.add_data_validation(choice)


def _write_codes(sheet: Worksheet) -> dict[str, str]:
    """Write each list into a column of its own; return the range of each column that has a drop-down."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter, quote_sheetname

    terms = lists()
    columns: dict[str, Iterable[Any]] = {"type": types().values()}
    columns |= {name: terms[listed] for name, listed in _CHOICES.items()}
    columns["crime_indicator"] = ()
    columns["indicators"] = terms["indicators"]
    ranges = {}
    for place, (name, rows) in enumerate(columns.items(), start=1):
        letter = get_column_letter(place)
        texts = [f"{row.code} {row.zh}" for row in rows] or ["否", "是"]
        sheet.cell(row=1, column=place, value=name).font = Font(bold=True)
        for at, text in enumerate(texts, start=2):
            sheet.cell(row=at, column=place, value=text)
        sheet.column_dimensions[letter].width = 32
        if name != "indicators":  # a cell takes several of them, which a drop-down cannot
            ranges[name] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(texts) + 1}"
    return ranges
