"""Finds the formats: every module of `formats/` holds one FORMAT, named after its code."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from .record import Format


@cache
def formats() -> Mapping[str, Format]:
    """Every format by code, in the order of the codes."""
    package = import_module(f"{__package__}.formats")
    found: dict[str, Format] = {}
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        each = import_module(f"{package.__name__}.{name}").FORMAT
        if each.code != name:
            raise ValueError(f"the format {each.code} belongs into a module of its name, not into {name}")
        found[name] = each
    return MappingProxyType(found)
