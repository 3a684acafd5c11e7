"""What waits at the desk of institutions and deliveries; and the pages that their references lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.admin import queues, references
from members.admin.institutions import leaving
from members.admin.queues import Queue
from members.models import (
    Approval,
    ApprovalState,
    DeliveryState,
    Institution,
    InstitutionState,
    OutboxMessage,
    OutboxState,
    WebhookDelivery,
)


def _applications(state: InstitutionState, label: Any, since: str) -> Queue:
    return Queue(
        f"institutions-{state.value}", label, lambda: Institution.objects.filter(state=state.value),
        since=since, page="members_institution", query=f"state={state.value}", group=_("Members"),
    )  # fmt: skip


ROWS = (
    Queue(
        "approvals", _("Approvals by a second person"),
        lambda: Approval.objects.filter(state=ApprovalState.PROPOSED.value),
        since="proposed_at", page="members_approval", query=f"state={ApprovalState.PROPOSED.value}",
        late=lambda rows, now: rows.filter(expires_at__lte=now + timedelta(days=2)), group=_("Members"),
    ),
    _applications(InstitutionState.APPLIED, _("Applications to vet"), "created_at"),
    _applications(InstitutionState.VETTED, _("Applications without an agreement"), "vetted_at"),
    _applications(InstitutionState.AGREED, _("Institutions to admit"), "agreed_at"),
    Queue(
        "institutions-leaving", _("Institutions that leave"), leaving, since="leaving_announced_at",
        page="members_institution", query="leaving=announced", group=_("Members"),
    ),
    Queue(
        "messages-dead", _("Messages given up"),
        lambda: OutboxMessage.objects.filter(state=OutboxState.DEAD.value),
        since="created_at", page="members_outboxmessage", query=f"state={OutboxState.DEAD.value}",
        group=_("Deliveries"),
    ),
    Queue(
        "webhooks-dead", _("Webhook deliveries given up"),
        lambda: WebhookDelivery.objects.filter(state=DeliveryState.DEAD.value, endpoint__deleted_at=None),
        since="created_at", page="members_webhookdelivery", query=f"state={DeliveryState.DEAD.value}",
        group=_("Deliveries"),
    ),
)  # fmt: skip
for row in ROWS:
    queues.add(row)

for kind, page in {"I": "members_institution", "K": "members_credential", "U": "members_user",
                   "H": "members_webhookendpoint", "AP": "members_approval", "WD": "members_webhookdelivery"}.items():  # fmt: skip
    references.add(kind, page)
