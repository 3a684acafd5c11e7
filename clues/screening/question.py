"""Why somebody asks: purpose, the asker's own case reference, legal basis. Screenings and watches say it alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from aif_share.vocabulary import purposes
from clues.submissions.rows import names_of

CODE = re.compile(r"[a-z0-9-]{1,64}")
CASE_REF = re.compile(r"[A-Za-z0-9._:/#-]{1,64}")
FIELDS = frozenset({"purpose", "case_ref", "basis", "tokens"})


class Asker(Protocol):
    """Who asks, as far as the header of a question needs to know."""

    @property
    def default_basis(self) -> str:
        """The basis of a question that names none."""


class Header(NamedTuple):
    """Checked codes; `case_ref` is empty when none was given, `basis` the key's default."""

    purpose: str
    case_ref: str
    basis: str


def read_header(request: Mapping[str, Any], *, by: Asker, fields: frozenset[str] = FIELDS) -> Header:
    """Return the header of a body that may have these `fields`. Raise Refusal."""
    unknown = request.keys() - fields
    if unknown:
        raise Refusal("unknown-field", "The body has fields that do not exist.", fields=names_of(unknown))
    purpose = request.get("purpose")
    if not isinstance(purpose, str) or purpose not in purposes.BY_CODE:
        raise Refusal("purpose-unknown", "Give one of the purposes of the vocabulary.")
    case_ref = request.get("case_ref", "")
    if case_ref is None:
        case_ref = ""
    if not isinstance(case_ref, str) or (case_ref and CASE_REF.fullmatch(case_ref) is None):
        raise Refusal("case-ref-invalid", "`case_ref` takes 1 to 64 letters, digits and ._:/#-")
    if looks_raw(case_ref):
        raise Refusal("raw-identifier", "`case_ref` looks like an identifier; use your case number.")
    basis = request.get("basis")
    if basis is None:
        basis = by.default_basis
    if not isinstance(basis, str) or CODE.fullmatch(basis) is None:
        raise Refusal("basis-invalid", "`basis` is a code of lower-case letters, digits and hyphens.")
    if looks_raw(basis):
        raise Refusal("raw-identifier", "`basis` looks like an identifier; it is a code.")
    return Header(purpose, case_ref, basis)
