"""How matching, rings, jobs and custodians do: the sections of the health page that know of clues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clues import tasks
from clues.blinding import reachability
from clues.doctor.backups import LATE
from clues.models import Batch, ClueChange, Job, KeyDirectory, KeyEpoch, RingEdge
from clues.reports import figures, funnel
from members.admin import health
from members.admin.health import Part, Sign
from members.audit import homes, witnesses
from members.models import OutboxMessage, OutboxState, WebhookDelivery, WebhookEndpoint
from members.operations import backups

ENDS_SOON = timedelta(days=90)
SLOW = timedelta(minutes=1)
MOST = 10_000

JOBS: dict[str, tuple[Any, float]] = {
    "oracle": (_("comparison of matches with sightings"), tasks.ORACLE_SECONDS),
    "scores": (_("scores reckoned anew"), tasks.SCORES_SECONDS),
    "source-quality": (_("quality of sources"), tasks.QUALITY_SECONDS),
    "expiry": (_("expiry of clues"), tasks.EXPIRY_SECONDS),
    "retention": (_("deletion after retention"), tasks.RETENTION_SECONDS),
    "approvals": (_("approvals that lapse"), tasks.APPROVALS_SECONDS),
    "key-warnings": (_("warnings of keys that end"), tasks.KEYS_SECONDS),
    figures.JOB: (_("figures of the overview"), 3600),
    funnel.JOB: (_("figures of outcomes"), 3600),
    reachability.JOB: (_("look at the custodians"), tasks.CUSTODIANS_SECONDS),
}
"""Job -> what it is called, and its period in seconds; it is overdue after three of them and two minutes."""


def _count(rows: Any) -> str:
    found = len(rows.values_list("pk", flat=True)[: MOST + 1])
    return f"{MOST:,}+" if found > MOST else f"{found:,}"


def _oldest(label: Any, rows: Any, since: str, *, late: timedelta) -> Sign:
    """How much waits, and for how long the oldest has."""
    oldest: datetime | None = rows.order_by(since).values_list(since, flat=True).first()
    if oldest is None:
        return Sign(label, "0")
    return Sign(
        label, _count(rows), timezone.now() - oldest > late, _now("oldest: %(age)s") % {"age": timesince(oldest)}
    )


def _work() -> Iterator[Sign]:
    batches = Batch.objects.filter(state__in=[Batch.RECEIVED, Batch.PROCESSING])
    full = timedelta(seconds=settings.AIF_QUEUE_MAX_AGE)
    yield _oldest(_("Batches that wait to be matched"), batches, "received_at", late=min(full, SLOW * 5))
    changes = ClueChange.objects.filter(applied_at=None)
    yield _oldest(_("Changes that wait to be applied"), changes, "created_at", late=SLOW)
    yield Sign(_("Links that wait for the ring builder"), _count(RingEdge.objects.filter(pending=True)))
    mails = OutboxMessage.objects.filter(state=OutboxState.PENDING.value)
    yield _oldest(_("Messages that wait to be sent"), mails, "created_at", late=SLOW * 10)
    hooks = WebhookDelivery.objects.filter(state="pending")
    yield _oldest(_("Webhook deliveries that wait"), hooks, "created_at", late=SLOW * 60)


def _deliveries() -> Iterator[Sign]:
    dead = OutboxMessage.objects.filter(state=OutboxState.DEAD.value)
    yield Sign(_("Messages given up"), _count(dead), dead.exists())
    hooks = WebhookDelivery.objects.filter(state="dead", endpoint__deleted_at=None)
    yield Sign(_("Webhook deliveries given up"), _count(hooks), hooks.exists())
    paused = WebhookEndpoint.objects.filter(open_until__gt=timezone.now(), deleted_at=None)
    yield Sign(_("Webhooks paused after failures"), _count(paused))


def _oracle() -> Iterator[Sign]:
    job = Job.objects.filter(name="oracle").first()
    if job is None:
        yield Sign(_("Comparison of matches with sightings"), _now("has not run yet"), True)
        return
    differs = bool(job.result.get("missing") or job.result.get("extra"))
    value = _now("%(missing)s missing, %(extra)s too many") % {
        "missing": job.result.get("missing", "?"), "extra": job.result.get("extra", "?"),
    }  # fmt: skip
    note = _now("The differences were repaired; look for the cause.") if differs else ""
    yield Sign(_("Comparison of matches with sightings"), value, differs, note)


def _custodians() -> Iterator[Sign]:
    job = Job.objects.filter(name=reachability.JOB).first()
    for name, seen in (job.result if job else {}).items():
        if seen["answers"]:
            yield Sign(name, _now("answers"), False, f"{seen['version']} · {seen['ms']} ms")
        else:
            yield Sign(name, _now("does not answer"), True, seen["error"])


def _keys() -> Iterator[Sign]:
    published = KeyDirectory.objects.order_by("-id").values_list("published_at", flat=True).first()
    if published is None:
        yield Sign(_("Key directory"), _now("not published"), True)
    else:
        yield Sign(_("Key directory"), _now("published %(age)s ago") % {"age": timesince(published)})
    live = KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED)
    ends = live.order_by("not_after").values_list("not_after", flat=True).first()
    if ends is not None:
        soon = ends - timezone.now() < ENDS_SOON
        yield Sign(_("First key epoch to end"), timezone.localtime(ends).strftime("%Y-%m-%d"), soon)


def _jobs() -> Iterator[Sign]:
    ran = dict(Job.objects.values_list("name", "ran_at"))
    for name, (label, period) in JOBS.items():
        if name not in ran:
            yield Sign(label, _now("has not run yet"))
            continue
        late = timezone.now() - ran[name] > timedelta(seconds=period * 3) + SLOW * 2
        yield Sign(label, _now("%(age)s ago") % {"age": timesince(ran[name])}, late)


def _log() -> Iterator[Sign]:
    state, waiting_since = witnesses.look(now := timezone.now())
    if not homes.is_home():
        note = _("Nothing is signed until the operator says what was restored: manage.py declare_restore.")
        yield Sign(_("Database restored from a backup"), _("yes"), True, note)
    yield Sign(_("Events signed"), f"{state.size:,}", state.signed_at is None)
    late = waiting_since is not None and now - waiting_since > SLOW
    yield Sign(_("Events that wait for their place"), _("yes") if waiting_since else _("none"), late)
    short = not state.is_witnessed
    note = _(
        "Cut off now, the end of the log would be missed by nobody. Ask members to run aif-share audit verify daily."
    )
    yield Sign(_("Institutions that looked in the last 24 hours"), state.recent, short, note if short else "")
    note = _("An institution keeps a checkpoint of more events than there are: the end of the log was taken off.")
    yield Sign(
        _("Events at the end that are unwitnessed"),
        f"{state.unwitnessed:,}",
        state.is_cut,
        note if state.is_cut else "",
    )


def _database() -> Iterator[Sign]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        yield Sign("PostgreSQL", cursor.fetchone()[0])
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        yield Sign(_("Size of the database"), cursor.fetchone()[0])
    newest, now = backups.get_newest(), timezone.now()
    value = _now("%(age)s ago") % {"age": timesince(newest)} if newest else _("none")
    yield Sign(_("Newest backup"), value, settings.PRODUCTION and (newest is None or now - newest > LATE))


for part in (
    Part("work", _("Queues of the workers"), _work),
    Part("deliveries", _("Deliveries"), _deliveries),
    Part("oracle", _("Oracle"), _oracle),
    Part("custodians", _("Key custodians"), _custodians),
    Part("keys", _("Keys of the alliance"), _keys),
    Part("jobs", _("Jobs, and when each last ran"), _jobs),
    Part("log", _("Transparency log"), _log),
    Part("database", _("Database"), _database),
):
    health.add(part)
