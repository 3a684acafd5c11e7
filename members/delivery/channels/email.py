"""E-mail to one person: that something is in the portal, never what.

The body names kinds of notices and their numbers. Whoever reads the mailbox learns neither who else is concerned nor
anything of a clue. The address is looked up when the mail goes; the outbox knows the account's number only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from members.delivery.failure import DeliveryFailed
from members.delivery.notification_rules import all_rules
from members.models import NotificationSetting, User

LONGEST_WAIT = timedelta(hours=1)
LANGUAGES = ("zh-hans", "en")
CENTER, PREFERENCES = "/portal/notifications", "/portal/notifications/preferences"
WHY = {
    "instant": gettext_noop("You get this mail because you asked to be told of these notices at once."),
    "urgent": gettext_noop(
        "You get this mail, in quiet hours too, because you asked to be told of urgent notices at any time."
    ),
    "digest": gettext_noop("You get this mail because you asked for a daily summary, at 08:30 in Shanghai."),
}


def deliver(destination: str, payload: Mapping[str, Any]) -> None:
    """Send one mail to the person `payload["user_id"]`, in the person's language; in both if they never said which.

    Without a mail server in the settings, or without an address, there is nothing to hand over.
    """
    address = User.objects.filter(pk=payload["user_id"], is_active=True).values_list("email", flat=True).first()
    if not address or not settings.EMAIL_BACKEND:
        return
    said = NotificationSetting.objects.filter(user_id=payload["user_id"]).values_list("language", flat=True).first()
    texts = [_text(payload, language) for language in ((said,) if said else LANGUAGES)]
    message = EmailMessage(
        subject=texts[0][0],
        body="\n\n--\n\n".join(body for _subject, body in texts),
        to=[address],
        headers={
            # The same at every attempt: who gets a mail twice can see that it is one.
            "Message-ID": f"<{payload['id']}@{urlsplit(settings.AIF_PUBLIC_URL).hostname or 'aif-share'}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise DeliveryFailed(type(error).__name__) from None


def _text(payload: Mapping[str, Any], language: str) -> tuple[str, str]:
    rules, counts = all_rules(), payload["counts"]
    with override(language):
        lines = [
            f"  {getattr(rules[kind], language[:2], kind)}: {count}"
            for kind, count in sorted(counts.items())
            if kind in rules
        ]
        return (
            _("AIF-Share: %(count)s new notices") % {"count": sum(counts.values())},
            "\n".join(
                [
                    _("New in your portal:"),
                    "",
                    *lines,
                    "",
                    _("Read them: %(url)s") % {"url": settings.AIF_PUBLIC_URL + CENTER},
                    "",
                    _(WHY[payload["way"]]),
                    _("Change it: %(url)s") % {"url": settings.AIF_PUBLIC_URL + PREFERENCES},
                ]
            ),
        )
