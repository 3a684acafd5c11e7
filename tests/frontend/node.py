"""Node.js for tests: the machine's, or the one that `.ci/frontend` made of a Python wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

_FROM_WHEEL = Path(__file__).resolve().parents[2] / ".venv" / "node" / "bin" / "node"
NODE = str(_FROM_WHEEL) if _FROM_WHEEL.exists() else shutil.which("node") or "node"
