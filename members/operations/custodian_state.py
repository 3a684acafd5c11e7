"""Tell the platform's own custodian who may have elements evaluated.

Each message holds the whole state and a version, so messages may be lost, doubled or overtake each other:
the newest one wins. Independent custodians are told by their own operators, not by us.
"""

from __future__ import annotations

from datetime import datetime

from members.delivery import outbox
from members.models import Credential, Institution, InstitutionState

PLATFORM_CUSTODIAN = "platform"


def announce(institution: Institution, *, now: datetime) -> None:
    """Queue the state of an institution whose row the caller holds locked, in the caller's transaction."""
    institution.custodian_version += 1
    institution.save(update_fields=["custodian_version"])
    keys = Credential.objects.filter(
        institution=institution, revoked_at=None, expires_at__gt=now, scopes__contains=["evaluate"]
    ).exclude(custodian_verifier="")
    outbox.enqueue(
        channel="custodian",
        destination=PLATFORM_CUSTODIAN,
        payload={
            "ref": institution.ref,
            "version": institution.custodian_version,
            # An institution that only applied, or departed, is as unable to evaluate as a suspended one.
            "state": "live"
            if institution.state == InstitutionState.LIVE and not institution.departed_at
            else "suspended",
            "evaluate_quota": institution.evaluate_quota,
            "verifiers": [
                {"verifier": key.custodian_verifier, "expires_at": key.expires_at.isoformat()}
                for key in keys.order_by("id")
            ],
        },
        institution_id=institution.pk,
        now=now,
    )
