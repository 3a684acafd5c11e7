"""Write docs/openapi.yaml from the code, or with --check compare it: exit 1 when they differ or a view is undocumented.

A warning of the generator is an error here: it means that a shape in the document would be guessed.
"""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "openapi.yaml"


def make() -> str:
    """Return the document that the code describes."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"AIF_ENV": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.yaml"
        call_command("spectacular", file=str(file), fail_on_warn=True, validate=True)
        return file.read_text(encoding="utf-8")


def main() -> int:
    """Write, or check."""
    made = make()
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(made, encoding="utf-8")
        return 0
    kept = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    if kept == made:
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(kept.splitlines(True), made.splitlines(True), "docs/openapi.yaml", "the code", n=2)
    )
    print("docs/openapi.yaml is not what the code says; run `make fix`.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
