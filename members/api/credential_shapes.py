"""Shapes of keys for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from aif_share.wire.keys import SCOPES
from members.api.query_shapes import page_of

Shape = s.Serializer[Any]
VERIFIER = r"^[0-9a-f]{64}$"
BASIS = r"^[a-z0-9-]{1,64}$"


class Credential(Shape):
    """A key as the platform knows it; no verifier is ever shown."""

    credential = s.RegexField(r"^K-[A-Z2-7]{26}$", help_text="Opaque reference K-…")
    key_id = s.RegexField(r"^[a-z0-9]{8}$")
    state = s.ChoiceField(["live", "expired", "revoked"])
    scopes = s.ListField(child=s.ChoiceField(list(SCOPES)))
    cidrs = s.ListField(child=s.CharField(), help_text="Networks it may be used from; empty: from anywhere.")
    default_basis = s.RegexField(BASIS, help_text="`unspecified`: the institution's counts.")
    evaluates = s.BooleanField(help_text="Whether the platform's own custodian knows it.")
    created_at = s.DateTimeField()
    not_before = s.DateTimeField()
    expires_at = s.DateTimeField()
    last_used_at = s.DateTimeField(allow_null=True, help_text="To the hour.")
    revoked_at = s.DateTimeField(allow_null=True)
    revoked_reason = s.CharField(allow_null=True)


CredentialPage = page_of("CredentialPage", Credential)


class Rotation(Shape):
    """The successor of a key: its id and verifiers; the secret stays with the member."""

    key_id = s.RegexField(r"^[a-z0-9]{8}$", help_text="The id inside the new key.")
    verifier = s.RegexField(VERIFIER, help_text="SHA-256 of the bearer for `platform`, in hexadecimal.")
    custodian_verifier = s.RegexField(
        VERIFIER,
        required=False,
        allow_null=True,
        help_text="The same for `custodian:platform`; without it the key cannot evaluate there.",
    )


class Registration(Rotation):
    """A new key."""

    scopes = s.ListField(child=s.ChoiceField(list(SCOPES)), min_length=1)
    cidrs = s.ListField(child=s.CharField(), required=False, allow_null=True, max_length=100)
    expires_at = s.DateTimeField(required=False, allow_null=True, help_text="A year at most; absent: a year.")
    default_basis = s.RegexField(BASIS, required=False, allow_null=True)


class Revocation(Shape):
    """Why a key ends."""

    reason = s.CharField(min_length=1, max_length=500, help_text="For the audit trail; never an identifier.")
    confirm_self = s.BooleanField(required=False, help_text="Needed to end the key that calls.")


_CREDENTIAL = {
    "credential": "K-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "key_id": "a1b2c3d4",
    "state": "live",
    "scopes": ["submit", "read"],
    "cidrs": ["192.0.2.0/24"],
    "default_basis": "unspecified",
    "evaluates": False,
    "created_at": "2026-11-01T08:00:00.000Z",
    "not_before": "2026-11-01T08:00:00.000Z",
    "expires_at": "2027-11-01T08:00:00.000Z",
    "last_used_at": None,
    "revoked_at": None,
    "revoked_reason": None,
}
CREDENTIAL_EXAMPLE = OpenApiExample("A key", _CREDENTIAL, response_only=True, status_codes=["200", "201"])
REGISTRATION_EXAMPLE = OpenApiExample(
    "A key for one program",
    {"key_id": "a1b2c3d4", "verifier": "0123456789abcdef" * 4, "scopes": ["submit", "read"], "cidrs": ["192.0.2.0/24"]},
    request_only=True,
)
