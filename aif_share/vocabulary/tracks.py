"""Procedure tracks: the states an outcome passes through once a case is handed over.

Each state names the states it may come `after`; one without opens the track. `lowers_grade` marks the outcomes on
which a clue's evidence grade steps down by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class State(Term):
    """One state of a track."""

    after: tuple[str, ...] = ()
    lowers_grade: bool = False


@dataclass(frozen=True)
class Track(Term):
    """A procedure with its states, in the usual order."""

    states: tuple[State, ...] = ()

    def state(self, code: str) -> State:
        """The state with this code, or KeyError."""
        return by_code(self.states)[code]


POLICE_CRIMINAL = Track(
    "police-criminal",
    "公安刑事",
    "Police, criminal",
    states=(
        State("in-preparation", "准备中", "In preparation"),
        State("submitted", "报案", "Submitted", after=("in-preparation",)),
        State("accepted", "受案", "Accepted", after=("submitted",)),
        State("filed", "立案", "Filed", after=("accepted", "reconsideration", "supervision")),
        State("refused", "不予立案", "Refused", after=("accepted",)),
        State("reconsideration", "复议", "Reconsideration", after=("refused",)),
        State("supervision", "立案监督", "Supervision of filing", after=("refused", "reconsideration")),
        State("transferred", "移送管辖", "Transferred to another jurisdiction", after=("accepted", "filed")),
        State("coercive-measures", "强制措施", "Coercive measures", after=("filed", "transferred")),
        State("sent-for-prosecution", "移送审查起诉", "Sent for prosecution", after=("filed", "coercive-measures")),
        State("prosecuted", "起诉", "Prosecuted", after=("sent-for-prosecution",)),
        State("not-prosecuted", "不起诉", "Not prosecuted", after=("sent-for-prosecution",), lowers_grade=True),
        State("judgment", "判决", "Judgment", after=("prosecuted",)),
        State("acquitted", "无罪", "Acquitted", after=("prosecuted", "judgment"), lowers_grade=True),
        State(
            "withdrawn",
            "撤案",
            "Withdrawn",
            after=("filed", "transferred", "coercive-measures", "sent-for-prosecution"),
            lowers_grade=True,
        ),
    ),
)
POLICE_ADMINISTRATIVE = Track(
    "police-administrative",
    "公安行政",
    "Police, administrative",
    states=(
        State("accepted", "受案", "Accepted"),
        State("penalty", "行政处罚（含行政拘留）", "Penalty decision (incl. detention)", after=("accepted",)),
        State("no-penalty", "不予处罚", "No penalty", after=("accepted",)),
        State("turned-criminal", "转为刑事案件", "Turned criminal", after=("accepted", "penalty")),
        State("penalty-revoked", "撤销处罚", "Penalty revoked", after=("penalty",), lowers_grade=True),
    ),
)
REGULATOR = Track(
    "regulator",
    "监管举报",
    "Regulator",
    states=(
        State("accepted", "举报受理", "Report accepted"),
        State("refused", "不予受理", "Report refused"),
        State("filed", "立案", "Filed", after=("accepted",)),
        State("penalty", "行政处罚", "Penalty", after=("filed",)),
        State("measures", "监管措施", "Supervisory measures", after=("accepted", "filed")),
        State("transferred-to-police", "线索移送公安", "Transferred to the police", after=("accepted", "filed")),
        State("penalty-revoked", "撤销处罚", "Penalty revoked", after=("penalty",), lowers_grade=True),
    ),
)
PLATFORM_TELECOM = Track(
    "platform-telecom",
    "平台与电信处置",
    "Platform and telecom",
    states=(
        State("requested", "已请求", "Requested"),
        State("confirmed", "已确认", "Confirmed", after=("requested",)),
        State("removed", "已下架", "Removed", after=("confirmed",)),
        State("blocked", "已封堵", "Blocked", after=("confirmed",)),
        State("re-appeared", "再次出现", "Re-appeared", after=("removed", "blocked")),
    ),
)
CIVIL = Track(
    "civil",
    "民事",
    "Civil",
    states=(
        State("mediation", "调解", "Mediation"),
        State("suit", "起诉", "Suit"),
        State("agreement", "达成协议", "Agreement", after=("mediation", "suit")),
        State("judgment", "判决", "Judgment", after=("suit",)),
    ),
)

ROWS = (POLICE_CRIMINAL, POLICE_ADMINISTRATIVE, REGULATOR, PLATFORM_TELECOM, CIVIL)
BY_CODE = by_code(ROWS)
