"""Ways to reach somebody, one file each, named like the channel.

A channel has `deliver(destination, payload)`, which returns when the other side has the message and raises
`DeliveryFailed` otherwise, and `LONGEST_WAIT`, the longest time between two attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, Protocol, cast

from members.delivery.failure import DeliveryFailed

__all__ = ["Channel", "DeliveryFailed", "get_channel"]


class Channel(Protocol):
    """What a channel module offers."""

    LONGEST_WAIT: timedelta

    def deliver(self, destination: str, payload: Mapping[str, Any]) -> None:
        """Hand one message over, or raise DeliveryFailed."""


def get_channel(name: str) -> Channel:
    """Return the channel of this name; a name without a file is an error of the program."""
    if not name.isidentifier():
        raise ValueError("not the name of a channel")
    return cast(Channel, import_module(f"{__name__}.{name}"))
