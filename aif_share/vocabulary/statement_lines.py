"""Lines of the statements: what stands in the bulletin beside the counters of outcomes, and in an institution's own."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

NUMBER, PERCENT, SECONDS = "number", "percent", "seconds"


@dataclass(frozen=True)
class StatementLine(Term):
    """One line and the unit it counts in."""

    unit: str = NUMBER


ROWS = (
    # sections
    StatementLine("outcomes", "联合处置成效", "Outcomes"),
    StatementLine("given", "本单位贡献", "Given"),
    StatementLine("given-by-category", "线索按类别", "Clues by category"),
    StatementLine("received", "本单位所得", "Received"),
    StatementLine("unique", "独有线索", "Unique"),
    StatementLine("speed", "处理速度（中位数）", "Speed (medians)"),
    StatementLine("met-by-sector", "哪类单位命中了我方线索", "Who met our clues, by sector"),
    StatementLine("met-by-role", "对方哪类人员查看了命中", "Who of others looked at them, by role"),
    # columns
    StatementLine("period", "本期", "In the period"),
    StatementLine("year", "本年累计", "Since January"),
    StatementLine("all", "历史累计", "Since the beginning"),
    # given
    StatementLine("batches", "完成批次", "Batches done"),
    StatementLine("clues", "接收线索", "Clues taken"),
    StatementLine("duplicates", "重复上报", "Duplicates"),
    StatementLine("rows-refused", "拒收行数", "Rows refused"),
    StatementLine("content", "上报内容链接", "Links of content reported"),
    StatementLine("dispositions", "完成处置", "Dispositions carried out"),
    StatementLine("requests-answered", "答复其他单位协查", "Requests of others answered"),
    # received
    StatementLine("matches", "获知命中", "Matches told of"),
    StatementLine("screened", "筛查标识", "Identifiers screened"),
    StatementLine("screening-hits", "筛查命中", "Screening hits"),
    StatementLine("watch-hits", "关注预警", "Watch hits"),
    StatementLine("answers", "收到答复", "Answers to our requests"),
    # unique
    StatementLine("first-reported", "本期首次出现的上报标识", "Identifiers of ours that were new in the period"),
    StatementLine("only-ours", "其中至今仅我方（集团）上报", "Of them reported by us alone so far"),
    StatementLine("only-ours-share", "独有占比", "Share of those", unit=PERCENT),
    # speed
    StatementLine("review-time", "从接收线索到第二人复核", "From a clue's arrival to its review", unit=SECONDS),
    StatementLine(
        "acknowledgment-time", "从披露命中到确认处理", "From a match's release to acknowledging it", unit=SECONDS
    ),
    StatementLine("answer-time", "从收到请求到答复", "From a request to our answer", unit=SECONDS),
)
BY_CODE = by_code(ROWS)
