"""Finds the types: every module of `types/` holds one IDENTIFIER, named after its code."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from aif_share.errors import UnknownType

from .base import IdentifierType

# Loaded here and now: loading a sub-package later would put it in place of the function `types` of the package.
_PACKAGE = import_module(f"{__package__}.types")


@cache
def types() -> Mapping[str, IdentifierType]:
    """Every type by code, in the order of the codes."""
    found: dict[str, IdentifierType] = {}
    modules = pkgutil.iter_modules(_PACKAGE.__path__)
    for name in sorted(module.name for module in modules):
        register(found, name, import_module(f"{_PACKAGE.__name__}.{name}").IDENTIFIER)
    return MappingProxyType(found)


def register(found: dict[str, IdentifierType], module_name: str, identifier: object) -> None:
    """Add a module's type; ValueError if it is none, is named otherwise than its module, or its code is taken."""
    if not isinstance(identifier, IdentifierType):
        raise ValueError(f"{module_name}.IDENTIFIER is no IdentifierType")
    if identifier.code in found:
        raise ValueError(f"the type {identifier.code} stands twice")
    if identifier.code.replace("-", "_") != module_name:
        raise ValueError(f"the type {identifier.code} belongs into a module of its name, not into {module_name}")
    found[identifier.code] = identifier


def get_type(code: str) -> IdentifierType:
    """The type with this code, or UnknownType."""
    try:
        return types()[code]
    except (KeyError, TypeError):
        pass
    raise UnknownType("no such identifier type; the codes are those of the vocabulary")


def normalize(type_code: str, raw: str) -> str:
    """The canonical form of a raw value of a type. Raises InvalidIdentifier or UnknownType."""
    return get_type(type_code).normalize(raw)


def warnings(type_code: str, raw: str) -> tuple[str, ...]:
    """Codes of the doubts about a value that is accepted all the same, such as `luhn-failed`."""
    identifier = get_type(type_code)
    return identifier.warn(identifier.normalize(raw))
