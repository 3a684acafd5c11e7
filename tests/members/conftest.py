"""Fixtures of the tests of `members`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, rolled back after the test."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def as_desk(db: None) -> Iterator[None]:
    """The whole test works in the role of the desk."""
    from tests.factories import acting_as

    with acting_as("aif_desk"):
        yield


@pytest.fixture
def desk(settings: Any, client: Any, as_desk: None) -> Any:
    """A browser at the desk's addresses."""
    settings.ROOT_URLCONF = "config.urls_desk"
    return client


@pytest.fixture
def trail(db: None) -> Any:
    """`trail()` returns the verbs written so far and not yet returned."""
    from members.models import AuditEvent
    from tests.factories import acting_as

    last = 0

    def read() -> list[str]:
        nonlocal last
        with acting_as("aif_audit"):
            rows = list(AuditEvent.objects.filter(id__gt=last).order_by("id").values_list("id", "verb"))
        last = rows[-1][0] if rows else last
        return [verb for _number, verb in rows]

    return read


@pytest.fixture
def outbox(db: None) -> Any:
    """`outbox()` returns the messages stored so far, oldest first."""
    from members.models import OutboxMessage
    from tests.factories import acting_as

    def read() -> list[OutboxMessage]:
        with acting_as("aif_match"):
            return list(OutboxMessage.objects.order_by("id"))

    return read


@pytest.fixture
def held(as_role: Any) -> Iterator[None]:
    """Web itself, held by row security and acting for nobody at first and in the end."""
    from members.row_security import leave

    with as_role("aif_web", held=True):
        yield
        leave()
