"""What goes wrong in the vault. No message names a file, a key or what it holds."""

from __future__ import annotations

import logging

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.permissions import Job

log = logging.getLogger(__name__)
JOB = Job("vault")
RETRY_AFTER_S = 60
SUBJECT = "vault"
"""What alarms are about in the audit trail, so that they are found together."""


class KekMissing(Refusal):
    """The key that wraps this one is not among AIF_KEKS: it was removed too early, or this is another installation."""

    def __init__(self) -> None:
        super().__init__("kek-missing", gettext_noop("The key that opens this is not installed here."))


class HolderUnavailable(Refusal):
    """Whoever holds the KEK does not answer now; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "unavailable", gettext_noop("The keys cannot be reached now. Try again later."), retry_after=RETRY_AFTER_S
        )


class IntegrityFailed(Refusal):
    """What is stored is not what was stored: changed, exchanged, cut or older. Nothing of it is given out."""

    def __init__(self) -> None:
        super().__init__("integrity-failed", gettext_noop("What is stored was altered. The alliance has been alarmed."))


class Destroyed(Refusal):
    """Its key was destroyed, and with it the content."""

    def __init__(self) -> None:
        super().__init__("evidence-destroyed", gettext_noop("This was destroyed; only its record is left."))


class UploadBusy(Refusal):
    """Somebody else writes to the object at this moment."""

    def __init__(self) -> None:
        super().__init__("upload-busy", gettext_noop("Another part of this upload is being received."))


def alarm(*, what: str, about: str) -> IntegrityFailed:
    """Log and record an integrity failure; return what to raise. `what` is a code, `about` an id made by us.

    Within a transaction that is undone the record goes with it: whoever opens inside one lets the refusal pass
    `clues.cases.refusals.recorded`, `desk.refuse` or `portal.refuse`, which keep it. The log has it in any case.
    """
    log.error("integrity failure of a %s: %s", what, about)
    audit.record_refused("vault.integrity", actor=JOB, subject_ref=SUBJECT, detail={"what": what, "object": about})
    return IntegrityFailed()
