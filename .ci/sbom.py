"""Write what this software is made of to var/sbom.json (CycloneDX), from the pins, and check that every one has its hashes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "runtime.txt"
OUTPUT = ROOT / "var" / "sbom.json"


def main() -> int:
    """0 if every component has a version and a hash, 1 if not."""
    OUTPUT.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(PINS), "--output-format", "JSON"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-file", str(OUTPUT)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    components = json.loads(OUTPUT.read_text(encoding="utf-8"))["components"]
    lacking = [each["name"] for each in components if not each.get("version") or not _hashes(each)]
    for name in lacking:
        print(f"{name} has no version, or no hash", file=sys.stderr)
    if not components:
        print("there are no components", file=sys.stderr)
    return 1 if lacking or not components else 0


def _hashes(component: dict[str, object]) -> bool:
    references = component.get("externalReferences", [])
    return any("hashes" in each for each in references if isinstance(each, dict)) or "hashes" in component


if __name__ == "__main__":
    sys.exit(main())
