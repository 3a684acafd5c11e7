"""Register, change and delete webhooks, change their secret, test them, send again what was sent or given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.delivery import webhook_message
from members.delivery.endpoints import EndpointView, find_endpoint, show_endpoint
from members.delivery.webhook_address import parse
from members.models import DeliveryState, EndpointState, Institution, WebhookDelivery, WebhookEndpoint, reference
from members.operations.institutions import required_reason
from members.permissions import Actor, Permission, check
from members.queries import Member

MAX_ENDPOINTS: Final = 10
MAX_DESCRIPTION: Final = 100
GIVE_UP_AFTER: Final = timedelta(hours=24)
SECRET_OVERLAP: Final = timedelta(hours=24)
CHANGEABLE: Final = ("url", "kinds", "description", "state")


@dataclass(frozen=True, slots=True)
class WithSecret:
    """An endpoint and its new secret, which is shown once."""

    endpoint: EndpointView
    secret: str

    def __repr__(self) -> str:
        return f"WithSecret({self.endpoint.webhook})"


@transaction.atomic
def create(*, fields: Mapping[str, Any], by: Member, now: datetime) -> WithSecret:
    """Register an endpoint from `url`, `kinds` (none: every kind) and `description`; MAX_ENDPOINTS at most.

    Refusal `webhook-url-refused`, `webhook-limit`, `field-missing`, `field-invalid` or `unknown-field`.
    """
    check(by, Permission.KEY_MANAGE)
    _check_names(fields, known=("url", "kinds", "description"))
    if "url" not in fields:
        raise Refusal("field-missing", gettext_noop("Send `url`."), fields=["url"])
    Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=by.institution_id)
    if WebhookEndpoint.objects.filter(institution_id=by.institution_id, deleted_at=None).count() >= MAX_ENDPOINTS:
        raise Refusal("webhook-limit", gettext_noop("Delete a webhook first."), limit=MAX_ENDPOINTS)
    secret = webhook_message.new_secret()
    row = WebhookEndpoint(
        institution_id=by.institution_id,
        secret=webhook_message.seal_secret(secret, institution_id=by.institution_id),
        key_id=by.audit_ref,
        created_at=now,
        **_checked(fields),
    )
    row.save()
    _record("webhook.create", row, by=by, kinds=row.kinds)
    return WithSecret(show_endpoint(row), secret)


@transaction.atomic
def change(*, webhook: str, changes: Mapping[str, Any], version: int, by: Member, now: datetime) -> EndpointView:
    """Change some of CHANGEABLE. Another address or a new start closes the breaker: it is about the former one."""
    check(by, Permission.KEY_MANAGE)
    _check_names(changes, known=CHANGEABLE)
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    _check_version(row, version)
    for name, value in _checked(changes).items():
        if name in ("url", "state") and value != getattr(row, name):
            row.failures, row.open_until = 0, None
        setattr(row, name, value)
    row.version += 1
    row.save()
    _record("webhook.change", row, by=by, changed=sorted(changes))
    return show_endpoint(row)


@transaction.atomic
def delete(*, webhook: str, version: int, by: Member, now: datetime) -> None:
    """Delete an endpoint; what waits for it is given up."""
    check(by, Permission.KEY_MANAGE)
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    _check_version(row, version)
    row.deleted_at = now
    row.version += 1
    row.save(update_fields=["deleted_at", "version"])
    WebhookDelivery.objects.filter(endpoint=row, state=DeliveryState.PENDING.value).update(
        state=DeliveryState.DEAD.value, done_at=now, last_error="webhook-deleted"
    )
    _record("webhook.delete", row, by=by)


@transaction.atomic
def rotate_secret(*, webhook: str, by: Member, now: datetime) -> WithSecret:
    """Make a new secret; for SECRET_OVERLAP messages are signed with the former one as well."""
    check(by, Permission.KEY_MANAGE)
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    secret = webhook_message.new_secret()
    row.old_secret, row.old_secret_until = row.secret, now + SECRET_OVERLAP
    row.secret = webhook_message.seal_secret(secret, institution_id=by.institution_id)
    row.version += 1
    row.save(update_fields=["secret", "old_secret", "old_secret_until", "version"])
    _record("webhook.rotate", row, by=by)
    return WithSecret(show_endpoint(row), secret)


@transaction.atomic
def test(*, webhook: str, by: Member, now: datetime) -> str:
    """Queue one message of kind `webhook.test`, without events, to this endpoint alone; return its reference."""
    check(by, Permission.KEY_MANAGE)
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    _check_enabled(row)
    delivery = WebhookDelivery.objects.create(
        endpoint=row,
        kind=webhook_message.TEST,
        events=[],
        created_at=now,
        not_before=now,
        give_up_at=now + GIVE_UP_AFTER,
    )
    _record("webhook.test", row, by=by)
    return reference.encode("WD", delivery.pk)


@transaction.atomic
def replay(*, webhook: str, delivery: str, by: Member, now: datetime) -> str:
    """Send one message again, under the same webhook-id; return its reference. One that waits goes at once."""
    check(by, Permission.KEY_MANAGE)
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    _check_enabled(row)
    found = WebhookDelivery.objects.filter(endpoint=row, pk=reference.decode("WD", delivery) or 0)
    if not found.exists():
        raise Refusal("not-found")
    _again(found, now=now)
    _record("webhook.replay", row, by=by, delivery=delivery)
    return delivery


@transaction.atomic
def replay_since(*, webhook: str, fields: Mapping[str, Any], by: Member, now: datetime) -> int:
    """Send again everything that was made since the moment `since`; return how many messages."""
    check(by, Permission.KEY_MANAGE)
    _check_names(fields, known=("since",))
    since = _moment(fields.get("since"))
    row = find_endpoint(webhook=webhook, viewer=by, lock=True)
    _check_enabled(row)
    number = _again(WebhookDelivery.objects.filter(endpoint=row, created_at__gte=since), now=now)
    _record("webhook.replay", row, by=by, since=since.isoformat(), deliveries=number)
    return number


@transaction.atomic
def replay_for(*, delivery_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Send a member's message again, for the desk, with a reason."""
    check(by, Permission.KEY_MANAGE)
    reason = required_reason(reason)
    found = WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery_id)
    row = found.first()
    if row is None or row.endpoint.deleted_at is not None:
        raise Refusal("not-found")
    _check_enabled(row.endpoint)
    _again(found, now=now)
    _record("webhook.replay", row.endpoint, by=by, delivery=reference.encode("WD", delivery_id), reason=reason)


def _again(rows: QuerySet[WebhookDelivery], *, now: datetime) -> int:
    """Make ended messages due now, counting anew. One that waits anyway keeps its turn: it may be under way."""
    return rows.exclude(state=DeliveryState.PENDING.value).update(
        state=DeliveryState.PENDING.value,
        not_before=now,
        give_up_at=now + GIVE_UP_AFTER,
        done_at=None,
        attempts=0,
        last_error="",
    )


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    checks = {"url": _url, "kinds": _kinds, "description": _description, "state": _state}
    return {name: checks[name](value) for name, value in fields.items()}


def _url(value: Any) -> str:
    if not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("`url` is text."), field="url")
    return parse(value).url


def known_kinds() -> Collection[str]:
    """Return the kinds of events that an endpoint can ask for; a package above this one knows them."""
    known: Collection[str] = import_string(settings.AIF_WEBHOOK_KINDS)
    return known


def _kinds(value: Any) -> list[str]:
    known = known_kinds()
    if not isinstance(value, list) or any(not isinstance(each, str) or each not in known for each in value):
        raise Refusal("field-invalid", gettext_noop("`kinds` is a list of kinds of events."), field="kinds")
    return sorted(set(value))


def _description(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_DESCRIPTION or (value and not value.isprintable()):
        raise Refusal(
            "field-invalid", gettext_noop("`description` has at most 100 printable characters."), field="description"
        )
    return value


def _state(value: Any) -> str:
    if not isinstance(value, str) or value not in set(EndpointState):
        raise Refusal("field-invalid", gettext_noop("`state` is enabled or disabled."), field="state")
    return value


def _moment(value: Any) -> datetime:
    if value is None:
        raise Refusal("field-missing", gettext_noop("Send `since`."), fields=["since"])
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refusal("field-invalid", gettext_noop("`since` is a time with its zone."), field="since")
    return moment


def _check_names(fields: Mapping[str, Any], *, known: Collection[str]) -> None:
    if fields.keys() - set(known):
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist here."), known=sorted(known))


def _check_version(row: WebhookEndpoint, version: int) -> None:
    if row.version != version:
        raise Refusal("version-changed", gettext_noop("Read it again, and change what is there now."))


def _check_enabled(row: WebhookEndpoint) -> None:
    if row.state != EndpointState.ENABLED:
        raise Refusal("transition-refused", gettext_noop("Enable the webhook first."), state=row.state)


def _record(verb: str, row: WebhookEndpoint, *, by: Actor, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=str(row), institution_id=row.institution_id, detail=detail)
