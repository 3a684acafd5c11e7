"""Who holds a KEK and wraps data keys with it: one file each, found by its name (`HOLDER`). `local` holds its bytes here."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

LOCAL: Final = "local"


class WrapRefused(Exception):
    """The holder answers, and the wrap does not open: changed, bound to something else, or of another KEK."""


class HolderSilent(Exception):
    """The holder does not answer, or not sensibly. The message names a variable and what went wrong, nothing else."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One way to wrap and unwrap: `wrap(key id, key, associated data)` and `unwrap(key id, wrap, associated data)`.

    They raise HolderSilent, `unwrap` WrapRefused as well. What is wrapped has 32 or 64 bytes; a wrap has 4 KiB at most.
    `binds`: the associated data are known to be authenticated. `at_a_time`: how many keys one transaction wraps anew.
    """

    wrap: Callable[[str, bytes, bytes], bytes]
    unwrap: Callable[[str, bytes, bytes], bytes]
    binds: bool = False
    at_a_time: int = 10


def names() -> tuple[str, ...]:
    """Return the names that AIF_KEKS may give instead of a key: every file here but `local`."""
    return tuple(sorted(each.name for each in pkgutil.iter_modules(__path__) if each.name != LOCAL))


@cache
def find(name: str) -> Holder:
    """Return the holder of a name."""
    holder: Holder = import_module(f"{__name__}.{name}").HOLDER
    return holder
