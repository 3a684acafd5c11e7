"""A browser at the desk, in the role of its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.clues.scene import Scene


@pytest.fixture
def desk(settings: Any, client: Any, scene: Scene) -> Any:
    """`desk(person)` is a browser at the desk's addresses, in the role of its process."""
    from tests.factories import acting_as

    settings.ROOT_URLCONF = "config.urls_desk"

    def log_in(person: Any) -> Any:
        client.force_login(person)
        return client

    with acting_as("aif_desk"):
        yield log_in
