"""Make statements: the job those that are due, the desk one more version of any month's bulletin. None is ever changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Statement
from clues.reports.figures import day_of
from members import audit
from members.models import Institution
from members.models.institution import InstitutionState
from members.permissions import Actor, Job, Permission, check

from . import bulletin, paper, quarterly
from .paper import Section
from .periods import Period, begin_of, last_due, month_of

JOB: Final = "statements"
SECONDS: Final = 600
A_TURN: Final = 10
BY: Final = Job(JOB)
TITLES = {
    Statement.BULLETIN: ("联合处置月报", "Monthly bulletin"),
    Statement.QUARTERLY: ("成员单位季度报告", "Quarterly statement"),
}
EDITIONS = {
    Statement.EXACT: ("联盟版（精确数）", "Alliance edition, exact figures"),
    Statement.MEMBERS: ("成员版（约数）", "Members' edition, rounded figures"),
    Statement.OWN: ("仅限本单位", "For this institution alone"),
}


def reckon(*, now: datetime) -> dict[str, int]:
    """Make some of what is due; return what the desk sees of the run."""
    return {"made": make_due(limit=A_TURN, now=now)}


def seconds_between_runs() -> int:
    """Return how long to leave it."""
    return SECONDS


def make_due(*, limit: int, now: datetime) -> int:
    """Make `limit` of the statements that are due and missing, at most; return how many. In the worker's role."""
    made = 0
    month, quarter = last_due(now), last_due(now, quarter=True)
    live = Institution.objects.filter(state=InstitutionState.LIVE).order_by("pk")
    kept = Statement.objects.filter(kind=Statement.BULLETIN, since=month.since)
    if live.filter(admitted_at__lt=begin_of(month.until)).exists() and not kept.exists():
        made += len(_make_bulletin(month, by=BY, now=now))
    have = Statement.objects.filter(kind=Statement.QUARTERLY, since=quarter.since).values("institution_id")
    waiting = live.filter(admitted_at__lt=begin_of(quarter.until)).exclude(pk__in=have)
    for institution in waiting[: max(limit - made, 0)]:
        _make_quarterly(quarter, institution, by=BY, now=now)
        made += 1
    return made


def make_bulletin(*, month: date, by: Actor, now: datetime) -> tuple[Statement, ...]:
    """Make both editions of the bulletin of the month of a day, for the desk; a month under way is counted up to now."""
    check(by, Permission.PROCEDURE_RECORD)
    period = month_of(month)
    if period.since > day_of(now):
        raise Refusal("field-invalid", gettext_noop("The month has not begun."), field="month")
    return _make_bulletin(period, by=by, now=now)


@transaction.atomic
def _make_bulletin(period: Period, *, by: Actor, now: datetime) -> tuple[Statement, ...]:
    return tuple(
        _store(Statement.BULLETIN, edition, period, bulletin.sections(period, is_exact=is_exact), by=by, now=now)
        for edition, is_exact in ((Statement.EXACT, True), (Statement.MEMBERS, False))
    )


@transaction.atomic
def _make_quarterly(period: Period, institution: Institution, *, by: Actor, now: datetime) -> Statement:
    found = quarterly.sections(period, institution, as_of=now)
    return _store(Statement.QUARTERLY, Statement.OWN, period, found, by=by, now=now, institution=institution)


def _store(
    kind: str, edition: str, period: Period, sections: Sequence[Section], *, by: Actor, now: datetime,
    institution: Institution | None = None,
) -> Statement:  # fmt: skip
    where = {"kind": kind, "edition": edition, "institution": institution, "since": period.since}
    version = (Statement.objects.filter(**where).aggregate(Max("version"))["version__max"] or 0) + 1
    figures = [section.as_stored() for section in sections]
    (zh, en), (edition_zh, edition_en) = TITLES[kind], EDITIONS[edition]
    moment = localtime(now).strftime("%Y-%m-%d %H:%M")
    head = [
        ("statement", f"{zh} {en}"), ("edition", f"{edition_zh} {edition_en}"), ("from", period.since.isoformat()),
        ("to", period.last.isoformat()), ("as of", now.isoformat(timespec="seconds")), ("version", str(version)),
    ]  # fmt: skip
    context = {
        "zh": zh, "en": en, "edition_zh": edition_zh, "edition_en": edition_en, "period": period, "as_of": moment,
        "version": version, "name": institution.name if institution else "", "kind": kind, "edition": edition,
    }  # fmt: skip
    as_csv, as_pdf = paper.as_csv(head, figures), paper.as_pdf(context, figures)
    row = Statement.objects.create(
        **where,
        until=period.until,
        version=version,
        figures=figures,
        as_of=now,
        made_by_ref=by.audit_ref,
        pdf=as_pdf,
        pdf_sha256=hashlib.sha256(as_pdf).hexdigest(),
        csv=as_csv,
        csv_sha256=hashlib.sha256(as_csv).hexdigest(),
    )
    audit.record(
        "statement.make",
        actor=by,
        subject_ref=row.ref,
        institution_id=institution.pk if institution else None,
        detail={"kind": kind, "edition": edition, "since": period.since.isoformat(), "version": version},
    )
    return row
