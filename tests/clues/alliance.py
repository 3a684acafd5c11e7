"""Institutions, tokens and clues for the tests of `clues`: made through the real operations."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from django.utils import timezone

from clues.blinding import epochs
from clues.models import LawfulUseMatrix
from clues.screening.lawful_use import signing
from clues.submissions.receive import Received, receive
from members.models import Institution
from members.operations.institutions import create_institution
from members.permissions import Console
from members.queries import Caller
from tests.factories import acting_as, make_user

TYPES = ("cn-mobile", "domain", "resident-id", "bank-card")


def token(value: object, *, kind: str = "domain", epoch: int = 1) -> dict[str, Any]:
    """Return an identifier of a request body whose token stands for `value`.

    Tokens are outputs of a hash, so for the platform any 32 bytes are as good as real ones.
    """
    digest = hashlib.sha512(f"{kind}|{epoch}|{value}".encode()).digest()[:32]
    return {
        "type": kind,
        "epoch": epoch,
        "token": urlsafe_b64encode(digest).decode().rstrip("="),
    }


def clue(*identifiers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a clue of a request body with the required fields and a fresh reference."""
    return {
        "client_ref": uuid4().hex[:22],
        "category": "telecom-fraud",
        "grade": "B2",
        "identifiers": list(identifiers),
    } | fields


def join(name: str, *, sector: str = "bank", group: str | None = None) -> Caller:
    """Admit an institution; return it as the API would see it call."""
    made: Institution = create_institution(
        name=name,
        sector=sector,
        group=group,
        by=Console("tests"),
        now=timezone.now(),
        submit_quota=10_000_000,
        screen_quota=10_000_000,
    )
    return caller(made)


def caller(institution: Institution, *, scopes: Sequence[str] = ("submit", "read", "screen")) -> Caller:
    """Return the institution as a caller of the API."""
    return Caller(
        credential_id=0,
        key_id="testtest",
        scopes=tuple(scopes),
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        institution_id=institution.pk,
        institution_name=institution.name,
        group_id=institution.group_id,
        sector=institution.sector,
        state=institution.state,
        default_basis=institution.default_basis,
        evaluate_quota=institution.evaluate_quota,
        submit_quota=institution.submit_quota,
        screen_quota=institution.screen_quota,
    )


def open_epoch(epoch: int = 1) -> None:
    """Open an epoch of all types."""
    epochs.open_epoch(epoch=epoch, by=Console("tests"), now=timezone.now())


def allow(rules: str = "allowed * * * *") -> LawfulUseMatrix:
    """Put a lawful-use matrix in force through its two people; by default it allows all types, personal ones too."""
    with acting_as("aif_desk"):
        proposer = make_user("alliance-operator")
        matrix = signing.propose(title="Tests", rules=rules, by=proposer, now=timezone.now())
        return signing.sign(matrix_id=matrix.pk, by=make_user("alliance-approver"), now=timezone.now())


def submit(by: Caller, clues: Sequence[dict[str, Any]], *, key: str | None = None) -> Received:
    """Submit clues as the API does."""
    return receive(
        body=orjson.dumps({"clues": list(clues)}),
        idempotency_key=key or uuid4().hex,
        by=by,
        now=timezone.now(),
    )
