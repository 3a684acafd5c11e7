"""Column types that the hot tables share."""

from typing import Any

from django.db import models


class CodeField(models.CharField):  # type: ignore[type-arg]
    """A vocabulary or type code, lower-kebab; byte order, so that every session sorts alike.

    The order matters: hub rows are locked in (type, epoch, token) order, and two sessions
    that sort differently would deadlock.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Migrations see a plain CharField: they must not import this module."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
