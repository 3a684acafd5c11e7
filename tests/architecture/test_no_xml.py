"""No XML is parsed, so no document makes the platform look up an entity: Office files are written, and judged by their list."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("aif_share", "clues", "config", "members")
PARSERS = ("xml", "lxml", "defusedxml", "pyexpat")
READERS = {"load_workbook"}
"""Functions of libraries that may be imported, which would parse."""


def named_in(tree: ast.Module) -> set[str]:
    """Every module that is imported, and every name and attribute that is used."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(each.name for each in node.names)}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
    return found


def parsers_of(names: set[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] in PARSERS} | names & READERS


def test_no_module_parses_xml() -> None:
    files = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 500
    found = {str(path.relative_to(ROOT)): parsers_of(named_in(ast.parse(path.read_text("utf-8")))) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_parses_is_seen() -> None:
    for text in (
        "import xml.etree.ElementTree as e",
        "from lxml import etree",
        "import openpyxl; openpyxl.load_workbook(f)",
    ):
        assert parsers_of(named_in(ast.parse(text)))
