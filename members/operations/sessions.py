"""Sessions of people in the portal: where somebody is logged in, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from aif_share.errors import Refusal
from members import audit
from members.models import User, reference

SEEN_STEP = timedelta(minutes=5)
"""How exactly the list knows when a session was used last."""


@dataclass(frozen=True, slots=True)
class Place:
    """One session, as a page shows it."""

    ref: str
    ip: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


def list_sessions(*, user: User, current: str, now: datetime) -> list[Place]:
    """Return a person's live sessions, the present one first, then the last used."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user_id=user.pk)}
    live = Session.objects.filter(session_key__in=list(rows), expire_date__gt=now).values_list("session_key", flat=True)
    places = [
        Place(
            ref=reference.encode("S", rows[key].pk),
            ip=rows[key].ip,
            agent=rows[key].user_agent,
            created_at=rows[key].created_at,
            last_seen_at=rows[key].last_seen_at,
            is_current=key == current,
        )
        for key in live
    ]
    return sorted(places, key=lambda place: (not place.is_current, -place.last_seen_at.timestamp()))


def note_seen(*, key: str, now: datetime) -> None:
    """Note that a session is in use."""
    UserSession.objects.filter(session_key=key).update(last_seen_at=now)


def rename(*, before: str, after: str) -> None:
    """Follow a session that goes on under another key."""
    UserSession.objects.filter(session_key=before).update(session_key=after)


@transaction.atomic
def end_session(*, user: User, session: str, now: datetime) -> None:
    """End one of the own sessions, `S-…`."""
    row = UserSession.objects.filter(pk=reference.decode("S", session) or 0, user_id=user.pk).first()
    if row is None:
        raise Refusal("not-found")
    _end([row.session_key])
    _note(user, 1)


@transaction.atomic
def end_others(*, user: User, current: str, now: datetime) -> int:
    """End all own sessions but the present one; return how many that were."""
    keys = list(
        UserSession.objects.filter(user_id=user.pk).exclude(session_key=current).values_list("session_key", flat=True)
    )
    ended = _end(keys)
    if ended:
        _note(user, ended)
    return ended


def end_all(user_id: int) -> None:
    """End every session of a person, in the transaction of what makes it necessary."""
    _end(list(UserSession.objects.filter(user_id=user_id).values_list("session_key", flat=True)))


def end_all_of(institution_id: int) -> None:
    """End every session of the people of an institution, in the transaction of what makes it necessary."""
    rows = UserSession.objects.filter(user__institution_id=institution_id)
    _end(list(rows.values_list("session_key", flat=True)))


def _end(keys: list[str]) -> int:
    ended, _rows = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return ended


def _note(user: User, sessions: int) -> None:
    audit.record(
        "user.session.end",
        actor=user,
        subject_ref=user.ref,
        institution_id=user.institution_id,
        detail={"sessions": sessions},
    )
