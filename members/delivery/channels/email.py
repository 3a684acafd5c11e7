"""E-mail to the people of an institution: that something is in their portal, never what.

The body names the kind of event and a number. Whoever reads the mailbox learns neither who else is
concerned nor anything of a clue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.delivery.failure import DeliveryFailed
from members.models import User

LONGEST_WAIT = timedelta(hours=1)
READERS = ("analyst", "approver", "member-admin")
LANGUAGES = ("zh-hans", "en")


def deliver(destination: str, payload: Mapping[str, Any]) -> None:
    """Send one nudge to every reader of the institution `payload["institution_id"]` who gave an address.

    Without a mail server in the settings, or without readers, there is nothing to hand over.
    """
    readers = User.objects.filter(institution_id=payload["institution_id"], is_active=True, role__in=READERS).exclude(
        email=""
    )
    addresses = list(readers.order_by("id").values_list("email", flat=True))
    if not addresses or not settings.EMAIL_BACKEND:
        return
    message = EmailMessage(
        subject=f"AIF-Share: {payload['event']}",
        body="\n\n".join(_text(payload, language) for language in LANGUAGES),
        bcc=addresses,
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise DeliveryFailed(type(error).__name__) from None


def _text(payload: Mapping[str, Any], language: str) -> str:
    with override(language):
        line = _("%(count)s new notices (%(event)s) are in your portal: %(url)s") % {
            "count": payload["count"],
            "event": payload["event"],
            "url": settings.AIF_PUBLIC_URL,
        }
    return str(line)
