"""Kinds of evidence, named as in article 50 of the Criminal Procedure Law of the PRC (2018)."""

from __future__ import annotations

from .term import Term, by_code

_LAW = "Criminal Procedure Law of the PRC, article 50"

ROWS = (
    Term("physical", "物证（照片、录像）", "Physical evidence (pictures of it)", _LAW),
    Term("documentary", "书证", "Documentary evidence", _LAW),
    Term("witness-statement", "证人证言", "Statement of a witness", _LAW),
    Term("victim-statement", "被害人陈述", "Statement of a victim", _LAW),
    Term("suspect-statement", "犯罪嫌疑人、被告人供述和辩解", "Statement and defense of a suspect", _LAW),
    Term("expert-opinion", "鉴定意见", "Expert opinion", _LAW),
    Term("examination-record", "勘验、检查、辨认、侦查实验等笔录", "Record of an examination or identification", _LAW),
    Term("audiovisual", "视听资料", "Audiovisual material", _LAW),
    Term("electronic-data", "电子数据", "Electronic data", _LAW),
)
BY_CODE = by_code(ROWS)
