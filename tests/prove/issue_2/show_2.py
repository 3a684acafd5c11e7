"""Five institutions submit five real lists of phishing hosts: exactly the 90 shared hosts, each to exactly its two."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from config.stack import Stack
from tests.prove import real_lists


def run() -> dict[str, Any]:
    lists = real_lists.find_lists()
    if lists is None:
        return {"holds": False, "scale": {}, "samples": {}, "error": "the real lists are not at hand (AIF_REALDATA)"}
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        members = real_lists.admit_five(stack, Path(folder))
        answers = real_lists.submit_lists(members, lists)
        faults, counts = real_lists.compare(members, lists)
    return {
        "holds": not faults and sum(counts.values()) == 2 * len(lists.truth),
        "scale": {"lists": len(lists.files), "hosts": lists.hosts, "shared": len(lists.truth)},
        "samples": {"answers": answers, "seen": counts, "faults": faults},
    }
