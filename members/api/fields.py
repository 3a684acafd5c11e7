"""The fields of a small JSON body: their types alone. What values mean is the domain's business."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
MAX_LIST = 1_000

Reader = Callable[[Any], Any]


class WrongType(ValueError):
    """The value is not of the field's type. Holds nothing of it."""


def read_fields(
    body: Mapping[str, Any],
    *,
    required: Mapping[str, Reader] | None = None,
    optional: Mapping[str, Reader] | None = None,
) -> dict[str, Any]:
    """Return the fields that were sent; null stands for an optional field that was not.

    Raise Refusal: `unknown-field` (with those that look like names: an identifier may stand there), `field-missing`, or
    `field-invalid`; the last two name the field.
    """
    required, optional = required or {}, optional or {}
    unknown = body.keys() - required.keys() - optional.keys()
    if unknown:
        names = [name for name in sorted(unknown) if _NAME.fullmatch(name)][:10]
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names)
    for name in required:
        if name not in body:
            raise Refusal("field-missing", gettext_noop("A required field is missing."), field=name)
    found = {}
    for name, reader in {**required, **optional}.items():
        value = body.get(name)
        if value is None and name in optional:
            continue
        try:
            found[name] = reader(value)
        except WrongType:
            raise Refusal("field-invalid", gettext_noop("The field has a value of another type."), field=name) from None
    return found


def text(value: Any) -> str:
    """Read a text; PostgreSQL keeps no NUL."""
    if not isinstance(value, str) or "\0" in value:
        raise WrongType
    return value


def texts(value: Any) -> list[str]:
    """Read a list of texts, `MAX_LIST` at most."""
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise WrongType
    return [text(each) for each in value]


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise WrongType
    return value


def moment(value: Any) -> datetime:
    """Read a time with its zone, like 2026-11-01T08:00:00Z."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        raise WrongType from None
    if found.tzinfo is None or "T" not in value:
        raise WrongType
    return found
