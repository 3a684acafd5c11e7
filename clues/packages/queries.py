"""Reads of packages: the parties of a case see that one went, to whom, and its digest; never what others put into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.queries import get_case
from clues.events import shown_tick
from clues.models import Package
from members.models import reference
from members.permissions import Viewer


class PackageNotFound(Refusal):
    """There is no such package."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such package."))


@dataclass(frozen=True, slots=True)
class PackageView:
    """A released package as a party of its case sees it. `receiver` is a code of authority-kinds; digests are hexadecimal.

    `receipt_no` and `received_date` are None until the desk has recorded the receipt.
    """

    package: str
    case: str
    version: int
    receiver: str
    unit: str
    size: int
    sha256: str
    signer_sha256: str
    released_at: datetime
    receipt_no: str | None
    received_date: date | None


def list_packages(*, case: str, viewer: Viewer) -> list[PackageView]:
    """Return the released packages of a case, the latest first. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    rows = Package.objects.filter(case_id=found.id, released_at__lte=Now()).order_by("-version")
    columns = (
        "id", "version", "receiver", "unit", "size", "sha256", "signer_sha256", "released_at", "receipt_no", "received_date",
    )  # fmt: skip
    return [
        PackageView(
            reference.encode("PK", number), case, version, receiver, unit, size, sha256, signer, shown_tick(at),
            receipt_no or None, received_date,
        )
        for number, version, receiver, unit, size, sha256, signer, at, receipt_no, received_date in rows.values_list(
            *columns
        )
    ]  # fmt: skip


def find(package: str) -> Package:
    """Return a package with its object and key, for the desk. Raise PackageNotFound."""
    number = reference.decode("PK", package) or 0
    row = Package.objects.select_related("object__key").filter(pk=number).first()
    if row is None:
        raise PackageNotFound
    return row
