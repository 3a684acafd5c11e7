"""Write what this software is made of to var/sbom.json (CycloneDX): Python's pins, and npm's that browsers get or that build them.

Check that every component has a version and a hash. What npm installs only to build or to test has the scope `excluded`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "runtime.txt"
LOCK = ROOT / "package-lock.json"
OUTPUT = ROOT / "var" / "sbom.json"
ALGORITHMS = {"sha256": HashAlgorithm.SHA_256, "sha384": HashAlgorithm.SHA_384, "sha512": HashAlgorithm.SHA_512}


def main() -> int:
    """0 if every component has a version and a hash, 1 if not."""
    OUTPUT.parent.mkdir(exist_ok=True)
    bom = Bom.from_json(json.loads(list_python()))  # type: ignore[attr-defined]
    of_python = len(bom.components)
    bom.components.update(list_npm(json.loads(LOCK.read_text(encoding="utf-8"))))
    if bom.metadata.component is not None:
        bom.register_dependency(bom.metadata.component, bom.components)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    OUTPUT.write_text(reproducible(text), encoding="utf-8")
    lacking = [each.name for each in bom.components if not each.version or not has_hash(each)]
    for name in lacking:
        print(f"{name} has no version, or no hash", file=sys.stderr)
    if not of_python or of_python == len(bom.components):
        print("there are no components of Python, or none of npm", file=sys.stderr)
        return 1
    return 1 if lacking else 0


def list_python() -> str:
    """The document of what is pinned for Python."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(PINS), "--output-format", "JSON"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def list_npm(lock: dict[str, Any]) -> Iterator[Component]:
    """A component for each package of a lock file of version 3 (docs.npmjs.com, package-lock.json)."""
    if lock["lockfileVersion"] != 3:
        raise SystemExit("this reads package-lock.json of version 3 only")
    for place, each in sorted(lock["packages"].items()):
        if not place:
            continue  # the root: this software itself
        name = each.get("name") or place.rpartition("node_modules/")[2]
        group, _slash, rest = name.rpartition("/")
        version = each.get("version", "")
        yield Component(
            group=group or None,
            name=rest,
            version=version,
            bom_ref=f"npm-{place}",
            purl=PackageURL("npm", group or None, rest, version),
            scope=ComponentScope.EXCLUDED if each.get("dev") else ComponentScope.REQUIRED,
            hashes=[hash_of(one) for one in each.get("integrity", "").split()],
            licenses=[LicenseExpression(each["license"])] if each.get("license") else None,
        )


def hash_of(integrity: str) -> HashType:
    """A hash as Subresource Integrity writes it: algorithm, dash, base64."""
    algorithm, _dash, digest = integrity.partition("-")
    return HashType(alg=ALGORITHMS[algorithm], content=base64.b64decode(digest).hex())


def has_hash(component: Component) -> bool:
    """Whether the component, or a place where it is had from, names a hash."""
    return bool(component.hashes) or any(each.hashes for each in component.external_references)


def reproducible(text: str) -> str:
    """Without the moment and the number of this run: the same pins give the same file."""
    document = json.loads(text)
    document.pop("serialNumber", None)
    document.get("metadata", {}).pop("timestamp", None)
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
