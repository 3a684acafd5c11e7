"""How a case ended that was handed over. What became of it at the authorities stands in its procedure tracks."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("concluded", "程序已办结", "The proceedings are concluded"),
    Term("not-taken-up", "受理机关未予受理或立案", "The receiver did not take it up"),
    Term("withdrawn-by-authority", "有关机关撤销案件", "An authority withdrew it"),
    Term("settled", "已调解或和解", "It was settled"),
    Term("removed", "相关内容、号码或账户已处置", "Contents, numbers or accounts are disposed of"),
    Term("no-further-lead", "线索中断", "No lead is left"),
    Term("unfounded", "查无依据", "It turned out to be unfounded"),
)
BY_CODE = by_code(ROWS)
