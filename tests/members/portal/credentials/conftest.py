"""An administrator and the keys of the institution."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def keeper(db: None) -> Any:
    """Aster's administrator, logged in."""
    from tests.members.portal.keeper import Keeper

    return Keeper()


@pytest.fixture
def row_of(db: None) -> Any:
    """`row_of(key)` is what the platform stores of a key."""
    from members.models import Credential

    return lambda key: Credential.objects.get(key_id=key.id)
