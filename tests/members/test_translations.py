"""Every text has its Chinese, and the compiled file is the one its source gives."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}

_spec = importlib.util.spec_from_file_location("locale_compile", ROOT / "locale" / "compile.py")
assert _spec is not None and _spec.loader is not None
compiler = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(compiler)


def in_code() -> Iterator[tuple[str, str]]:
    for package in ("members", "clues", "config"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    # A problem's detail is translated when it is shown, marked or not.
                    texts = (
                        node.args[:1] if node.func.id in MARKS else node.args[1:2] if node.func.id == "Refusal" else []
                    )
                    for text in texts:
                        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                            yield str(path.relative_to(ROOT)), text.value


def details() -> Iterator[tuple[str, ast.expr]]:
    """The detail of every refusal, also of those that are classes of their own."""
    for package in ("members", "clues"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and len(node.args) > 1 and (
                    getattr(node.func, "id", "") == "Refusal" or getattr(node.func, "attr", "") == "__init__"
                ):  # fmt: skip
                    yield str(path.relative_to(ROOT)), node.args[1]


def test_no_detail_is_put_together():
    """With a number or a name inside, no catalog has it: those go into fields of the problem."""
    found = list(details())
    assert len(found) > 100, "the search itself must find something"
    at_the_console = {"clues/blinding/directory.py", "clues/blinding/epochs.py"}
    put_together = {path for path, detail in found if any(isinstance(n, ast.JoinedStr) for n in ast.walk(detail))}
    assert put_together == at_the_console


def in_templates() -> Iterator[tuple[str, str]]:
    marked = re.compile(r"\bgettext\(u((?:'(?:[^'\\]|\\.)*')|(?:\"(?:[^\"\\]|\\.)*\"))\)")
    for package in ("members", "clues", "config"):
        for path in (ROOT / package).rglob("*.html"):
            for quoted in marked.findall(templatize(path.read_text(encoding="utf-8"))):
                yield str(path.relative_to(ROOT)), ast.literal_eval(quoted)


def test_every_text_has_its_chinese():
    known = {key for key, value in compiler.read(PO.read_text(encoding="utf-8")).items() if value}
    code, templates = list(in_code()), list(in_templates())
    assert len(code) > 200 and len(templates) > 50, "the search itself must find something"
    missing = sorted({f"{path}: {text}" for path, text in code + templates if text not in known})
    assert not missing, "add these to locale/zh_Hans/LC_MESSAGES/django.po and run `python locale/compile.py`:\n" + (
        "\n".join(missing)
    )


PROPER_NAMES = frozenset({"AIF-Share"})
"""Texts that are the same in both languages."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_no_text_stands_in_for_its_own_translation():
    """Neither the English again, nor anything else without a Chinese character."""
    texts = compiler.read(PO.read_text(encoding="utf-8"))
    untranslated = {key for key, text in texts.items() if key and (key == text or not CHINESE.search(text))}
    assert untranslated <= PROPER_NAMES


def script_texts() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(file, key, texts) of every text of the scripts: `key: { zh: …, en: … }`."""
    node = shutil.which("node") or str(ROOT / ".venv" / "node" / "bin" / "node")
    read = (
        "import { pathToFileURL } from 'node:url'; const out = {};"
        "for (const file of process.argv.slice(1)) out[file] = (await import(pathToFileURL(file))).default ?? null;"
        "console.log(JSON.stringify(out));"
    )
    files = sorted(str(path) for path in (ROOT / "config" / "frontend" / "text").glob("*.js"))
    done = subprocess.run(
        [node, "--input-type=module", "--eval", read, *files], capture_output=True, text=True, check=True
    )
    for file, texts in json.loads(done.stdout).items():
        if texts is not None:  # the translator itself has none
            for key, text in texts.items():
                yield Path(file).name, key, text


QUOTES_CHINESE = frozenset({"icp-filing-no"})
"""English texts that show what stands on a Chinese site."""


def has_words(text: str) -> bool:
    """Whether anything is left to translate beside places for values, digits and punctuation."""
    return any(letter.isalpha() for letter in re.sub(r"\{\w+\}", "", text))


def test_every_text_of_the_scripts_is_there_in_both_languages():
    found = list(script_texts())
    assert len(found) > 50, "the search itself must find something"
    wrong = [
        f"{file}: {key}"
        for file, key, text in found
        if set(text) != {"zh", "en"}
        or (has_words(text["zh"]) and not CHINESE.search(text["zh"]))
        or (CHINESE.search(text["en"]) and key not in QUOTES_CHINESE)
        or sorted(re.findall(r"\{\w+\}", text["zh"])) != sorted(re.findall(r"\{\w+\}", text["en"]))
    ]
    assert not wrong, wrong


def test_scripts_ask_for_texts_that_exist():
    known = {key for _file, key, _text in script_texts()}
    asked = set()
    for path in (ROOT / "config" / "frontend").rglob("*.js"):
        if path.name == "translator.js":
            continue  # it shows in a comment how to ask
        asked |= {(path.name, key) for key in re.findall(r"\bt\(\s*\"([^\"]+)\"", path.read_text(encoding="utf-8"))}
    assert asked and not {each for each in asked if each[1] not in known}


def test_the_compiled_file_is_up_to_date():
    source = compiler.read(PO.read_text(encoding="utf-8"))
    assert PO.with_suffix(".mo").read_bytes() == compiler.compiled(source), "run `python locale/compile.py`"


def test_the_compiled_file_reads_like_its_source():
    source = compiler.read(PO.read_text(encoding="utf-8"))
    with PO.with_suffix(".mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    assert {key: catalog.gettext(key) for key in source if key} == {key: text for key, text in source.items() if key}


def test_places_for_values_survive():
    for key, text in compiler.read(PO.read_text(encoding="utf-8")).items():
        if key:
            assert sorted(re.findall(r"%\(\w+\)s", key)) == sorted(re.findall(r"%\(\w+\)s", text)), key


@pytest.mark.parametrize(
    "entry",
    [
        '#, fuzzy\nmsgid "a"\nmsgstr "b"',
        'msgctxt "x"\nmsgid "a"\nmsgstr "b"',
        'msgid "a"\nmsgid_plural "as"\nmsgstr[0] "b"',
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"',
    ],
)
def test_what_the_compiler_does_not_know_it_refuses(entry):
    with pytest.raises(ValueError, match=r"cannot compile|twice"):
        compiler.read(entry)
