"""The bill of materials has every package of both lock files, each with a version and a hash; `make check` writes it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {
            "type": "library",
            "bom-ref": "django",
            "name": "django",
            "version": "5.2.19",
            "hashes": [{"alg": "SHA-256", "content": "0" * 64}],
        }
    ],
}
"""In place of what takes seconds to read."""


@pytest.fixture
def sbom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script, which writes elsewhere."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / ".ci" / "sbom.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "OUTPUT", tmp_path / "sbom.json")
    monkeypatch.setattr(module, "list_python", lambda: json.dumps(PYTHON))
    return module


def write_lock(sbom: Any, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    lock["packages"]["node_modules/htmx.org"] |= changed
    path = sbom.OUTPUT.with_name("lock.json")
    path.write_text(json.dumps(lock), encoding="utf-8")
    monkeypatch.setattr(sbom, "LOCK", path)


def test_every_package_of_npm_is_in_it(sbom: Any) -> None:
    assert sbom.main() == 0
    first = sbom.OUTPUT.read_bytes()
    found = {each["purl"]: each for each in json.loads(first)["components"] if "purl" in each}
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    names = {place.removeprefix("node_modules/"): each for place, each in packages.items() if place}
    assert found.keys() == {f"pkg:npm/{name.replace('@', '%40')}@{each['version']}" for name, each in names.items()}
    shipped = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, version in shipped.items():
        assert found[f"pkg:npm/{name.replace('@', '%40')}@{version}"]["scope"] == "required"
    esbuild = next(each for purl, each in found.items() if purl.startswith("pkg:npm/esbuild@"))
    assert esbuild["scope"] == "excluded" and esbuild["hashes"][0]["alg"] == "SHA-512"
    assert sbom.main() == 0 and sbom.OUTPUT.read_bytes() == first, "the same pins give the same file"


@pytest.mark.parametrize("changed", [{"integrity": ""}, {"version": ""}])
def test_a_package_without_its_hash_or_version_is_refused(
    sbom: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any, changed: dict[str, str]
) -> None:
    write_lock(sbom, monkeypatch, **changed)
    assert sbom.main() == 1
    assert "htmx.org has no version, or no hash" in capsys.readouterr().err
