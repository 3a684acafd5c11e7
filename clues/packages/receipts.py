"""The receipt of a package: the number under which its receiver took it, and the day."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import find_raw
from clues.models import Package
from clues.packages.asking import record
from clues.packages.queries import find
from clues.working_days import ZONE
from members.models import User
from members.permissions import Permission, check

_NUMBER: Final = re.compile(r"[\w\-()（）〔〕\[\]【】/.号第 ]{1,64}")


def record_receipt(*, package: str, receipt_no: str, received_date: date, by: User, now: datetime) -> Package:
    """Record under which number and on which day the receiver took a released package; once.

    Raise PackageNotFound, PermissionMissing, Refusal `field-invalid`, `raw-identifier`, `transition-refused`.
    """
    check(by, Permission.DESK_VIEW)
    check(by, Permission.PROCEDURE_RECORD)
    number = " ".join(receipt_no.split())
    if _NUMBER.fullmatch(number) is None:
        raise Refusal(
            "field-invalid", gettext_noop("The number of the receipt as it stands there, 64 characters at most."),
            field="receipt_no",
        )  # fmt: skip
    if find_raw(number) in ("cn-mobile", "resident-id", "bank-card"):
        raise Refusal("raw-identifier", gettext_noop("This is the number of a person."), field="receipt_no")
    with transaction.atomic():
        row = Package.objects.select_for_update(of=("self",)).get(pk=find(package).pk)
        if row.state != Package.RELEASED or row.receipt_no:
            raise Refusal("transition-refused", gettext_noop("It is not released, or its receipt is recorded already."))
        first = (row.released_at or now).astimezone(ZONE).date()
        if not first <= received_date <= now.astimezone(ZONE).date():
            raise Refusal(
                "field-invalid", gettext_noop("It was received between its release and today."), field="received_date"
            )
        row.receipt_no, row.received_date, row.receipt_by, row.receipt_at = number, received_date, by, now
        row.save(update_fields=["receipt_no", "received_date", "receipt_by", "receipt_at"])
        record("package.receive", row, by=by, detail={"received": received_date.isoformat()})
    return row
