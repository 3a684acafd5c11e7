"""Procedure tracks: the states an outcome passes through once a case is handed over, as the authorities name them.

A proceeding is one run through a track. Its states are recorded in order: each names the states it may come `after`, and
`opens` says that a proceeding may begin with it. What was reached stays open beside a state marked `beside`: of several
persons some are prosecuted and others not, of several links some are removed. `ends` closes the whole proceeding.

What follows from statutes (`deadline`, `raises_grade`) carries its source and `to_confirm` until counsel confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .term import Term, by_code

CRIMINAL_PROCEDURE: Final = "公安机关办理刑事案件程序规定（2020）"
ECONOMIC_CRIME: Final = "公安机关办理经济犯罪案件的若干规定（2018）"
RECEIPT, DATE = "receipt", "date"
OURS, AUTHORITY = "ours", "authority"


@dataclass(frozen=True)
class Deadline(Term):
    """What has to follow a state within `days` calendar days, by `whose` doing.

    Counted from the day after the one it `runs_from` (receipt of the document, or the entry's own date); a period that
    ends on a day off ends on the next working day (刑事诉讼法 art. 105). Any of `met_by` meets it.
    """

    days: int = 0
    runs_from: str = DATE
    met_by: tuple[str, ...] = ()
    whose: str = AUTHORITY
    to_confirm: bool = True


@dataclass(frozen=True)
class State(Term):
    """One state of a track. `persons` says as what its persons count; `items`, that it counts links or numbers."""

    after: tuple[str, ...] = ()
    opens: bool = False
    beside: bool = False
    ends: bool = False
    document_required: bool = False
    persons: str = ""
    detains: bool = False
    items: bool = False
    raises_grade: str = ""
    lowers_grade: bool = False
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Track(Term):
    """A procedure with its states, in the usual order."""

    states: tuple[State, ...] = ()

    def state(self, code: str) -> State:
        """The state with this code, or KeyError."""
        return _STATES[self.code][code]


DECIDE_TO_FILE = Deadline(
    "decide-to-file", "决定是否立案", "Decision whether to file", f"{ECONOMIC_CRIME} art. 15",
    days=7, met_by=("filed", "refused", "transferred"),
)  # fmt: skip
APPLY_FOR_RECONSIDERATION = Deadline(
    "apply-for-reconsideration", "申请复议", "Apply for reconsideration", f"{CRIMINAL_PROCEDURE} art. 179",
    days=7, runs_from=RECEIPT, met_by=("reconsideration", "supervision"), whose=OURS,
)  # fmt: skip
DECIDE_ON_RECONSIDERATION = Deadline(
    "decide-on-reconsideration", "作出复议决定", "Decision on the reconsideration", f"{CRIMINAL_PROCEDURE} art. 179",
    days=30, met_by=("filed", "supervision"),
)  # fmt: skip
EXPLAIN_NOT_FILING = Deadline(
    "explain-not-filing", "书面说明不立案理由", "Written reasons for not filing",
    f"刑事诉讼法 art. 113; {CRIMINAL_PROCEDURE}", days=7, runs_from=RECEIPT, met_by=("filed",),
)  # fmt: skip
CLOSE_ADMINISTRATIVE = Deadline(
    "decide-administrative", "办结治安案件", "Decision on the administrative case", "治安管理处罚法",
    days=30, met_by=("penalty", "no-penalty", "turned-criminal"),
)  # fmt: skip

POLICE_CRIMINAL = Track(
    "police-criminal",
    "公安刑事",
    "Police, criminal",
    states=(
        State("in-preparation", "准备中", "In preparation", opens=True),
        State("submitted", "报案", "Submitted", after=("in-preparation",), opens=True),
        State(
            "accepted", "受案", "Accepted", after=("submitted", "transferred"), document_required=True,
            raises_grade="B1", deadline=DECIDE_TO_FILE,
        ),
        State(
            "filed", "立案", "Filed", after=("accepted", "reconsideration", "supervision"), document_required=True,
            raises_grade="B1",
        ),
        State(
            "refused", "不予立案", "Refused", after=("accepted",), document_required=True,
            deadline=APPLY_FOR_RECONSIDERATION,
        ),
        State("reconsideration", "复议", "Reconsideration", after=("refused",), deadline=DECIDE_ON_RECONSIDERATION),
        State(
            "supervision", "立案监督", "Supervision of filing", after=("refused", "reconsideration"),
            deadline=EXPLAIN_NOT_FILING,
        ),
        State(
            "transferred", "移送管辖", "Transferred to another jurisdiction", after=("accepted", "filed"),
            document_required=True,
        ),
        State(
            "coercive-measures", "强制措施", "Coercive measures", after=("filed", "transferred"), beside=True,
            document_required=True, persons="coercive",
        ),
        State(
            "sent-for-prosecution", "移送审查起诉", "Sent for prosecution",
            after=("filed", "transferred", "coercive-measures", "sent-for-prosecution"),
            document_required=True, persons="sent",
        ),
        State(
            "prosecuted", "起诉", "Prosecuted", after=("sent-for-prosecution",), beside=True, document_required=True,
            persons="prosecuted",
        ),
        State(
            "not-prosecuted", "不起诉", "Not prosecuted", after=("sent-for-prosecution",), beside=True,
            document_required=True, persons="not-prosecuted", lowers_grade=True,
        ),
        State(
            "judgment", "判决", "Judgment", after=("prosecuted",), beside=True, document_required=True,
            persons="convicted", raises_grade="A",
        ),
        State(
            "acquitted", "无罪", "Acquitted", after=("prosecuted", "judgment"), beside=True, document_required=True,
            persons="acquitted", lowers_grade=True,
        ),
        State(
            "withdrawn", "撤案", "Withdrawn", after=("filed", "transferred", "coercive-measures"), ends=True,
            document_required=True, lowers_grade=True,
        ),
    ),
)  # fmt: skip
POLICE_ADMINISTRATIVE = Track(
    "police-administrative",
    "公安行政",
    "Police, administrative",
    states=(
        State(
            "accepted", "受案", "Accepted", opens=True, document_required=True, raises_grade="B1",
            deadline=CLOSE_ADMINISTRATIVE,
        ),
        State(
            "penalty", "行政处罚（含行政拘留）", "Penalty decision (incl. detention)", after=("accepted",), beside=True,
            document_required=True, persons="penalized", detains=True, raises_grade="A",
        ),
        State(
            "no-penalty", "不予处罚", "No penalty", after=("accepted",), beside=True, document_required=True,
            persons="not-penalized",
        ),
        State(
            "turned-criminal", "转为刑事案件", "Turned criminal", after=("accepted", "penalty"), ends=True,
            document_required=True,
        ),
        State(
            "penalty-revoked", "撤销处罚", "Penalty revoked", after=("penalty",), beside=True, document_required=True,
            persons="penalty-revoked", lowers_grade=True,
        ),
    ),
)  # fmt: skip
REGULATOR = Track(
    "regulator",
    "监管举报",
    "Regulator",
    states=(
        State("accepted", "举报受理", "Report accepted", opens=True, document_required=True, raises_grade="B1"),
        State("refused", "不予受理", "Report refused", opens=True, document_required=True, ends=True),
        State("filed", "立案", "Filed", after=("accepted",), document_required=True, raises_grade="B1"),
        State(
            "penalty", "行政处罚", "Penalty", after=("filed",), beside=True, document_required=True,
            persons="penalized", raises_grade="A",
        ),
        State(
            "measures", "监管措施", "Supervisory measures", after=("accepted", "filed"), beside=True,
            document_required=True,
        ),
        State(
            "transferred-to-police", "线索移送公安", "Transferred to the police", after=("accepted", "filed"),
            beside=True, document_required=True,
        ),
        State(
            "penalty-revoked", "撤销处罚", "Penalty revoked", after=("penalty",), beside=True, document_required=True,
            persons="penalty-revoked", lowers_grade=True,
        ),
    ),
)  # fmt: skip
PLATFORM_TELECOM = Track(
    "platform-telecom",
    "平台与电信处置",
    "Platform and telecom",
    states=(
        State("requested", "已请求", "Requested", after=("re-appeared",), opens=True, items=True),
        State("confirmed", "已确认", "Confirmed", after=("requested",), items=True),
        State("removed", "已下架", "Removed", after=("confirmed",), beside=True, items=True),
        State("blocked", "已封堵", "Blocked", after=("confirmed",), beside=True, items=True),
        State("re-appeared", "再次出现", "Re-appeared", after=("removed", "blocked"), beside=True, items=True),
    ),
)
CIVIL = Track(
    "civil",
    "民事",
    "Civil",
    states=(
        State("mediation", "调解", "Mediation", opens=True),
        State("suit", "起诉", "Suit", after=("mediation",), opens=True, document_required=True),
        State("agreement", "达成协议", "Agreement", after=("mediation", "suit"), ends=True),
        State("judgment", "判决", "Judgment", after=("suit",), ends=True, document_required=True),
    ),
)

ROWS = (POLICE_CRIMINAL, POLICE_ADMINISTRATIVE, REGULATOR, PLATFORM_TELECOM, CIVIL)
BY_CODE = by_code(ROWS)
_STATES: Mapping[str, Mapping[str, State]] = MappingProxyType({row.code: by_code(row.states) for row in ROWS})
