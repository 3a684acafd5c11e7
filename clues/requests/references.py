"""The sender's own reference of a complaint: a code of its system, never an identifier."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import find_raw, looks_raw

FORM = re.compile(r"[A-Za-z0-9._:/#-]{1,64}")


def checked_reference(value: Any, *, field: str) -> str:
    """Return it. Raise Refusal `case-ref-invalid` or `raw-identifier`."""
    if not isinstance(value, str) or FORM.fullmatch(value.strip()) is None:
        raise Refusal(
            "case-ref-invalid", gettext_noop("A reference takes 1 to 64 letters, digits and ._:/#-"), field=field
        )
    if looks_raw(value.strip()) or find_raw(value):
        raise Refusal(
            "raw-identifier",
            gettext_noop("This looks like an identifier; use your own number of the complaint."),
            field=field,
        )
    return value.strip()
