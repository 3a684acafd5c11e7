"""Domain events: what happened that an institution wants to hear of, and in which words.

A code is past tense and stable: it stands in the feed, in webhooks and in e-mails. The labels are what people read;
an event never holds more than its code and the reference of its subject.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: its code, the name of its subject in the API and the kind of its reference, its labels."""

    code: str
    subject: str
    reference: str
    zh: str
    en: str


MATCHED, MATCH_GREW, MATCH_CHANGED = "match.released", "match.grew", "match.changed"
MATCH_SHRANK, MATCH_UNDONE = "match.shrank", "match.undone"
BATCH_DONE, BATCH_HELD, BATCH_REJECTED = "batch.done", "batch.held", "batch.rejected"
BATCH_QUARANTINED = "batch.quarantined"
CLUE_DISPUTED, CLUE_LAPSED, CLUE_REFUTED, CLUE_REINSTATED = (
    "clue.disputed",
    "clue.lapsed",
    "clue.refuted",
    "clue.reinstated",
)
DISPUTE_CLOSED = "dispute.closed"
EVIDENCE_ASKED, EVIDENCE_ACCEPTED, EVIDENCE_FAILED = "evidence.asked", "evidence.accepted", "evidence.failed"
WATCH_HIT = "watch.hit"
SCREENING_SUSPENDED, SCREENING_RESUMED = "screening.suspended", "screening.resumed"
KEY_EXPIRING = "credential.expiring"
LIFT_DUE, LIFT_CALLED_OFF = "disposition.lift-due", "disposition.lift-called-off"
REVIEW_DUE = "disposition.review-due"
CONTENT_REMOVED, CONTENT_REAPPEARED, CONTENT_REJECTED = "content.removed", "content.reappeared", "content.rejected"
CASE_OPENED, CASE_MOVED = "case.opened", "case.moved"
RING_CHANGED = "ring.changed"
REQUEST_RECEIVED, REQUEST_URGENT, REQUEST_REMINDED = "request.received", "request.urgent", "request.reminded"
REQUEST_TAKEN_UP, REQUEST_ANSWERED, REQUEST_DECLINED = "request.taken-up", "request.answered", "request.declined"
REQUEST_WITHDRAWN, REQUEST_CLOSED, REQUEST_ESCALATED = "request.withdrawn", "request.closed", "request.escalated"
TASK_GIVEN, TASK_ANSWERED = "case.task-given", "case.task-answered"
TASK_CANCELED, TASK_OVERDUE = "case.task-canceled", "case.task-overdue"
PART_APPROVED = "case.part-approved"
PACKAGE_RELEASED = "case.package-released"
NAMING_OFFERED, PARTY_NAMED = "case.naming-offered", "case.party-named"
OFFICIAL_ASKED, OFFICIAL_OVERDUE = "official.asked", "official.overdue"
OFFICIAL_WITHDRAWN, OFFICIAL_ANSWERED = "official.withdrawn", "official.answered"
CAMPAIGN_STARTED, CAMPAIGN_ENDED = "campaign.started", "campaign.ended"
EPOCH_ANNOUNCED, EPOCH_OPENED = "epoch.announced", "epoch.opened"
WEBHOOK_TEST = "webhook.test"

ROWS: Final = (
    Kind(MATCHED, "match", "M", "碰撞命中", "New match"),
    Kind(MATCH_GREW, "match", "M", "命中有新的上报方", "Another institution joined a match"),
    Kind(MATCH_CHANGED, "match", "M", "命中信息有更正", "What others reported of a match was corrected"),
    Kind(MATCH_SHRANK, "match", "M", "命中有上报方退出", "An institution left a match"),
    Kind(MATCH_UNDONE, "match", "M", "命中已撤销", "A match was undone"),
    Kind(BATCH_DONE, "batch", "B", "批次处理完成", "Batch done"),
    Kind(
        BATCH_HELD,
        "batch",
        "B",
        "批次数量异常，待联盟复核",
        "A batch is held: more than usual; the alliance looks at it",
    ),
    Kind(BATCH_REJECTED, "batch", "B", "联盟未放行批次", "The alliance rejected a held batch"),
    Kind(
        BATCH_QUARANTINED,
        "batch",
        "B",
        "批次中有行被隔离，由联盟处理",
        "Rows of a batch are set aside; the alliance tries them again",
    ),
    Kind(CLUE_DISPUTED, "clue", "C", "本机构线索被提出异议", "One of your clues is disputed"),
    Kind(CLUE_LAPSED, "clue", "C", "异议逾期未答复，线索失效", "A disputed clue lapsed without an answer"),
    Kind(CLUE_REFUTED, "clue", "C", "异议成立，线索已撤回", "A dispute was upheld; the clue is withdrawn"),
    Kind(CLUE_REINSTATED, "clue", "C", "异议不成立，线索已恢复", "A dispute was rejected; the clue is back"),
    Kind(DISPUTE_CLOSED, "dispute", "D", "异议已办结", "Your dispute is closed"),
    Kind(EVIDENCE_ASKED, "evidence_demand", "ED", "请出示线索的证据", "You are asked to open the evidence of a clue"),
    Kind(
        EVIDENCE_ACCEPTED,
        "evidence_demand",
        "ED",
        "联盟认可所出示的证据",
        "The alliance accepted the evidence of a clue",
    ),
    Kind(
        EVIDENCE_FAILED,
        "evidence_demand",
        "ED",
        "证据未出示或不成立，线索已撤回",
        "The evidence of a clue was not opened, or does not bear it; the clue is withdrawn",
    ),
    Kind(WATCH_HIT, "watch", "W", "关注的标识被上报", "A watched identifier was reported"),
    Kind(
        SCREENING_SUSPENDED,
        "screening_suspension",
        "SS",
        "本机构的筛查已被暂停",
        "Screening of your institution is suspended",
    ),
    Kind(
        SCREENING_RESUMED,
        "screening_suspension",
        "SS",
        "本机构的筛查已恢复",
        "Screening of your institution is open again",
    ),
    Kind(KEY_EXPIRING, "credential", "K", "密钥即将到期", "A key expires soon"),
    Kind(CASE_OPENED, "case", "CASE", "专案已立项", "Case opened"),
    Kind(CASE_MOVED, "case", "CASE", "专案有进展", "Case moved on"),
    Kind(LIFT_DUE, "disposition", "DI", "处置依据已失效，请解除", "A disposition has lost its ground: lift it"),
    Kind(LIFT_CALLED_OFF, "disposition", "DI", "处置依据已恢复，无需解除", "The ground of a disposition stands again"),
    Kind(REVIEW_DUE, "disposition", "DI", "处置复核到期", "A disposition is due for review"),
    Kind(
        RING_CHANGED,
        "ring",
        "R",
        "团伙经联盟复核后有拆分或恢复",
        "The alliance took a ring apart, or put it together again",
    ),
    Kind(REQUEST_RECEIVED, "request", "RQ", "收到协同请求", "A request has come"),
    Kind(REQUEST_URGENT, "request", "RQ", "收到紧急协同请求", "An urgent request has come"),
    Kind(REQUEST_REMINDED, "request", "RQ", "联盟催办协同请求", "The alliance reminds you of a request"),
    Kind(REQUEST_TAKEN_UP, "request", "RQ", "协同请求已受理", "Your request was taken up"),
    Kind(REQUEST_ANSWERED, "request", "RQ", "协同请求已答复", "Your request was answered"),
    Kind(REQUEST_DECLINED, "request", "RQ", "协同请求被谢绝", "Your request was declined"),
    Kind(REQUEST_WITHDRAWN, "request", "RQ", "协同请求已撤回", "A request was withdrawn"),
    Kind(REQUEST_CLOSED, "request", "RQ", "协同请求已办结", "A request is closed"),
    Kind(REQUEST_ESCALATED, "request", "RQ", "协同请求超时，已报联盟", "A request is overdue; the alliance knows"),
    Kind(CONTENT_REMOVED, "content", "CT", "上报内容已下架", "Content you reported was removed"),
    Kind(CONTENT_REAPPEARED, "content", "CT", "已下架内容再次出现", "Removed content re-appeared"),
    Kind(CONTENT_REJECTED, "content", "CT", "平台未下架上报内容", "Content you reported was not taken down"),
    Kind(TASK_GIVEN, "case", "CASE", "专案有新任务", "A task of a case"),
    Kind(TASK_ANSWERED, "case", "CASE", "专案任务已答复", "A task of a case was answered"),
    Kind(TASK_CANCELED, "case", "CASE", "专案任务已取消", "A task of a case was canceled"),
    Kind(TASK_OVERDUE, "case", "CASE", "专案任务已逾期", "A task of a case is overdue"),
    Kind(PART_APPROVED, "case", "CASE", "其他参与方的材料已定稿", "Another party approved its part of a case"),
    Kind(PACKAGE_RELEASED, "case", "CASE", "专案的报案材料已移交", "The report package of a case was released"),
    Kind(NAMING_OFFERED, "case", "CASE", "有参与方提议互示名称", "A party of a case offers to be named"),
    Kind(PARTY_NAMED, "case", "CASE", "专案参与方已互示名称", "Parties of a case know each other by name"),
    Kind(OFFICIAL_ASKED, "official_request", "OR", "收到协查或调证要求", "An authority asks for something of yours"),
    Kind(OFFICIAL_OVERDUE, "official_request", "OR", "协查或调证要求已逾期", "An official request is overdue"),
    Kind(OFFICIAL_WITHDRAWN, "official_request", "OR", "协查或调证要求已撤回", "An official request was withdrawn"),
    Kind(OFFICIAL_ANSWERED, "official_request", "OR", "协查或调证要求已答复", "An official request was answered"),
    Kind(CAMPAIGN_STARTED, "campaign", "CP", "专项行动已启动", "A campaign has started"),
    Kind(CAMPAIGN_ENDED, "campaign", "CP", "专项行动已结束", "A campaign has ended"),
    Kind(
        EPOCH_ANNOUNCED,
        "epoch",
        "EP",
        "新密钥周期已公告，请准备重新上报",
        "A key epoch is announced: prepare to report again",
    ),
    Kind(
        EPOCH_OPENED, "epoch", "EP", "新密钥周期已启用，请重新上报线索", "A key epoch is open: report your clues again"
    ),
    Kind(WEBHOOK_TEST, "webhook", "H", "回调测试", "Webhook test"),
)
BY_CODE: Final[Mapping[str, Kind]] = MappingProxyType({row.code: row for row in ROWS})

TOLD_KINDS: Final = frozenset(BY_CODE) - {WEBHOOK_TEST}
"""What stands in the feed, and what an endpoint can ask for. A test goes to one endpoint and is no event."""


def shown_tick(moment: datetime) -> datetime:
    """Return the tick that a moment of release belongs to, in whole milliseconds: what members are shown.

    The microseconds order the steps of a tick (`clues.matching.release`), and would tell how many there were.
    """
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
