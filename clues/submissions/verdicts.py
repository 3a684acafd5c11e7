"""What a second person says of a clue: confirmed, with a document number where the grade asks for one, or returned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from aif_share.vocabulary import grades, return_reasons
from clues.models import ClueReview

DOCUMENT_NO = re.compile(r"[0-9A-Za-z\u3007\u4e00-\u9fff()\uff08\uff09\[\]\u3014\u3015\u3010\u3011._:/#-]{4,64}")
REVIEWED_GRADES: Final = [row.code for row in grades.ROWS if row.code != "C"]
DOCUMENT_GRADES: Final = [row.code for row in grades.ROWS if row.document_required]


class Verdict(NamedTuple):
    """What a second person says: confirmed, with a document number where the grade asks for one; or returned, and why."""

    decision: str
    reason: str = ""
    document_no: str = ""

    @property
    def confirms(self) -> bool:
        """Whether the clue is good as it stands."""
        return self.decision == ClueReview.CONFIRMED


def read_verdict(decision: str, *, reason: str = "", document_no: str = "") -> Verdict:
    """Return a checked verdict. Raise Refusal `field-invalid` or `raw-identifier`."""
    if decision == ClueReview.RETURNED:
        if reason not in return_reasons.BY_CODE:
            raise Refusal("field-invalid", gettext_noop("Say why you return it."), field="reason")
        return Verdict(decision, reason=reason)
    if decision != ClueReview.CONFIRMED:
        raise Refusal("field-invalid", gettext_noop("Confirm or return."), field="decision")
    return Verdict(decision, document_no=read_document_no(document_no))


def need_document(verdict: Verdict, of: Sequence[str]) -> None:
    """Raise Refusal `field-missing` if one of these grades is confirmed without a document number."""
    if verdict.confirms and not verdict.document_no and set(of) & set(DOCUMENT_GRADES):
        raise Refusal(
            "field-missing",
            gettext_noop("Grades B1 and A need the number of the authority's document."),
            field="document_no",
        )


def read_document_no(text: str) -> str:
    """Return the trimmed number of an authority's document, empty if there is none. Raise Refusal."""
    text = text.strip()
    if not text:
        return ""
    if DOCUMENT_NO.fullmatch(text) is None or not any(each.isdigit() for each in text):
        raise Refusal(
            "field-invalid", gettext_noop("A document number has 4 to 64 characters and a digit."), field="document_no"
        )
    if looks_raw(text):
        raise Refusal(
            "raw-identifier",
            gettext_noop("This looks like an identifier. Give the number of the authority's document."),
            field="document_no",
        )
    return text
