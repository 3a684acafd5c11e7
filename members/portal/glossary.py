"""The words of the product, in both languages: what each means to the people who use it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and what it means."""

    zh: str
    en: str
    meaning_zh: str
    meaning_en: str


TERMS = (
    Entry(
        "成员单位", "institution, member", "联盟中的一家机构；同一集团的单位互不算作独立来源。",
        "An organization of the alliance. Those of one group do not count as independent of each other.",
    ),
    Entry(
        "标识", "identifier", "电话、证件号、银行卡、账号、域名等；线索中只有其密文，没有原文。",
        "A phone number, ID, bank card, account, domain …; a clue holds its token, never the value.",
    ),
    Entry(
        "标识密文", "token", "标识经密钥运算后得到的 32 字节代号，只在同一类型、同一密钥期内可比。",
        "The 32-byte keyed pseudonym of an identifier; comparable within one type and key epoch only.",
    ),
    Entry(
        "线索", "clue", "一家单位对一名嫌疑人员或一起事件的一次上报，含 1 至 20 个标识。",
        "One report by one institution about one suspected actor or event, with 1 to 20 identifiers.",
    ),
    Entry(
        "批次", "batch", "一次提交的全部线索；回执和重复提交都以批次为单位。",
        "What is submitted at once: the unit of receipts and of repetition.",
    ),
    Entry(
        "碰撞命中", "match", "两家或以上相互独立的单位上报了同一标识。",
        "An identifier that two or more independent institutions reported.",
    ),
    Entry(
        "疑似团伙", "ring", "由强标识串联起来的一组线索和标识。",
        "Clues and identifiers that strong shared identifiers join.",
    ),
    Entry(
        "筛查", "screening", "查询某些标识是否已被上报，查询本身不共享这些标识。",
        "Asking whether identifiers are known, without sharing them.",
    ),
    Entry(
        "关注预警", "watch", "日后有单位上报某标识时收到通知；上报方不知道有人关注。",
        "Being told when somebody reports an identifier later. Whoever reports it does not learn of the watch.",
    ),
    Entry(
        "证据等级", "evidence grade", "A 生效判决或终局处罚；B1 主管机关已受理或立案；B2 有书面或音像证据；C 涉嫌。",
        "A: effective judgment or final penalty. B1: accepted or filed by an authority. B2: documented. C: suspected.",
    ),
    Entry(
        "复核", "review", "由提交人以外的第二人确认；B2 及以上级别的线索经确认后才应答筛查。",
        "Confirmation by a second person; clues of grade B2 and better answer screenings only after it.",
    ),
    Entry(
        "异议", "dispute", "认为某条线索有误的主张，一经提出立即暂停该线索。",
        "A claim that a clue is wrong. It suspends the clue at once.",
    ),
    Entry(
        "联合处置专案", "case", "由命中或团伙升级而成、各方共同处置的案件。",
        "The joint escalation of a match or a ring.",
    ),
    Entry(
        "处置", "disposition", "采取的措施：标记、拦截、下架、账户管控、报案等。",
        "What was done: tag, block, takedown, account restriction, police report …",
    ),
    Entry(
        "密钥分持方", "key custodian", "各持有一份标识密钥的一方；有两方以上时，任何一方都无法单独枚举。",
        "A party that holds one factor of the token key. From two on, none of them can enumerate alone.",
    ),
    Entry(
        "映射表", "map", "保存在贵方的文件，只有它能从线索编号找回原始标识。",
        "A file on your side. It alone leads from a reference back to the raw identifier.",
    ),
)  # fmt: skip
