"""Whoever writes into the broker rings the bell at most: a message is JSON, and nothing of it is executed while it is read."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from config.celery import app


def accepted() -> Any:
    """What a worker of ours opens."""
    return prepare_accept_content(app.conf.accept_content)


class Canary:
    """Executed if a worker opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_a_pickled_message_is_not_opened(tmp_path: Path) -> None:
    canary = tmp_path / "executed"
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps(Canary(canary)), "application/x-python-serialize", "binary", accept=accepted())
    assert not canary.exists()
    assert set(app.conf.accept_content) == {"json"} and app.conf.task_serializer == "json"


def test_json_is() -> None:
    assert loads(b'[[], {}, {"callbacks": null}]', "application/json", "utf-8", accept=accepted())
