"""E-mail to one person: the link of an invitation. The token leaves its seal only here, on its way out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.delivery.failure import DeliveryFailed
from members.models import sealing

LONGEST_WAIT = timedelta(hours=1)
LANGUAGES = ("zh-hans", "en")


def deliver(destination: str, payload: Mapping[str, Any]) -> None:
    """Send the letter in both languages. Without a mail server the link was shown on screen, and that is all."""
    if not settings.EMAIL_BACKEND:
        return
    sealed = base64.b64decode(payload["sealed"])
    token = sealing.unseal(sealed, purpose="invitation", about=payload["invitation"]).decode()
    url = f"{settings.AIF_PUBLIC_URL}/portal/invitation/{token}"
    message = EmailMessage(
        subject="AIF-Share: 邀请 / invitation",
        body="\n\n".join(_text(payload, url, language) for language in LANGUAGES),
        to=[destination],
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise DeliveryFailed(type(error).__name__) from None


def _text(payload: Mapping[str, Any], url: str, language: str) -> str:
    values = {**payload, "url": url}
    with override(language):
        if payload.get("renews"):
            return str(
                _(
                    "%(full_name)s: your administrator at %(institution)s lets you set a new password."
                    " Open this link within %(days)s days, once: %(url)s"
                )
                % values
            )
        return str(
            _(
                "%(full_name)s: %(institution)s invites you to AIF-Share. Open this link within %(days)s days, once: %(url)s"
            )
            % values
        )
