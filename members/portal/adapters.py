"""What allauth asks us: how a login is completed and noted, how secrets are sealed, for which host a passkey is.

None of allauth's own pages, messages or letters is ever shown.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.operations import factors, sessions, users
from members.operations.factors import get_proof

SEEN = "seen_at"
"""In the session: when the list of sessions was last told that it is in use."""
NOT_RIGHT = gettext_lazy("User name or password is not right.")


def note_seen(request: HttpRequest) -> None:
    """Keep the list of sessions roughly true: at most one write in five minutes."""
    now = timezone.now()
    if now.timestamp() - request.session.get(SEEN, 0) >= sessions.SEEN_STEP.total_seconds():
        request.session[SEEN] = int(now.timestamp())
        sessions.note_seen(key=request.session.session_key or "", now=now)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the newest proof of a second factor is young enough for what is dangerous."""
    proof = get_proof(request)
    return proof is not None and time.time() - proof["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class AccountAdapter(DefaultAccountAdapter):
    """Logins, of members' people only, each with its event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whoever comes was invited."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages say what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the audit trail notes it."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the key authentication would see."""
        return get_client_ip_address(request) or "0.0.0.0"  # noqa: S104 # nosec B104 - no address, not all of them

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuse whom the password form refuses, whichever way they come."""
        if user.is_active and not user.is_alliance:
            return None
        clear_login(request)
        messages.error(request, str(NOT_RIGHT))
        return redirect("members:login")

    def login(self, request: HttpRequest, user: Any) -> None:
        """Log in, and note it in the audit trail: no trail, no login."""
        # Between password and second factor the account may have been shut.
        refused = self.pre_login(request, user)
        if refused is not None:
            raise ImmediateHttpResponse(refused)
        proofs = [proof for proof in get_authentication_records(request, user) if proof["method"] == "mfa"]
        with transaction.atomic():
            kind = factors.CODES[proofs[-1]["type"]] if proofs else ""
            users.record_login(user=user, now=timezone.now(), factor=kind)
            super().login(request, user)
        request.session[SEEN] = int(time.time())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for whoever proved it lately, or has nothing to prove it with: the first factor."""
        request = context.request
        return not is_fresh(request) and factors.has_factor(request.user)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets sealed, passkeys bound to the public host name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code is not right, or it was used before. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return factors.seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return factors.open_secret(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        """Under which name the person's app lists the account."""
        return f"{settings.MFA_TOTP_ISSUER}:{user.username}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for which host a passkey is."""
        return {"id": get_passkey_host(), "name": "AIF-Share"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Return whose passkey it is, as the browser lists it."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.username, "display_name": user.full_name or user.username}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Name a passkey that came without a name."""
        return _("Passkey of %(date)s") % {"date": timezone.localdate().isoformat()}


def get_passkey_host() -> str:
    """Return the host name passkeys are bound to: that of AIF_PUBLIC_URL; an address has none, and stands for localhost."""
    host = urlsplit(settings.AIF_PUBLIC_URL).hostname or "localhost"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return "localhost"


def offers_passkeys(request: HttpRequest) -> bool:
    """Whether a browser at this address can use our passkeys."""
    return (urlsplit(f"//{request.get_host()}").hostname or "") == get_passkey_host()


def get_passkey_address(request: HttpRequest) -> str:
    """Return the same page where passkeys work."""
    public = urlsplit(settings.AIF_PUBLIC_URL)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{get_passkey_host()}{port}{request.get_full_path()}"
