"""Every verb of evidence, against the running stack, in a case that two members share."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .test_stack_verbs import Member

ABOUT = json.dumps(
    {"kind": "electronic-data", "collected_at": "2026-01-05T08:00:00Z", "time_source": "system-log",
     "title": "Recording of a call", "collected_by": "复核员赵某"}
)  # fmt: skip


def keep_evidence(holder: Member, other: Member, case: str, folder: Path) -> None:
    """Let one member add, share and open evidence; the other sees nothing of a part that is not approved."""
    content = b"%PDF-1.7\n" + os.urandom(20 * 1024 * 1024)  # two requests
    path = folder / "record.pdf"
    path.write_bytes(content)
    added = holder.json("evidence", "add", case, str(path), "--about", "-", stdin=ABOUT)
    assert added["sha256"] == hashlib.sha256(content).hexdigest()
    # The same command again: not a second piece.
    assert holder.json("evidence", "add", case, str(path), "--about", "-", stdin=ABOUT)["evidence"] == added["evidence"]
    assert [row["evidence"] for row in holder.json("evidence", "list", case)] == [added["evidence"]]
    assert holder.json("evidence", "uploads", case) == []
    assert holder.json("evidence", "show", added["evidence"])["details"]["file_name"] == "record.pdf"
    out = folder / "opened.pdf"
    holder.run("evidence", "open", added["evidence"], "--reason", "To compare", "--to", str(out))
    assert out.read_bytes() == content
    refused = holder.run("evidence", "open", added["evidence"], "--reason", "To compare", "--to", str(out), code=2)
    assert "exists" in refused.stderr and str(out) not in refused.stderr
    shared = holder.json("evidence", "share", added["evidence"], "--with-parties")
    assert (shared["shared_with_parties"], shared["version"]) == (True, 2)
    chain = holder.json("evidence", "custody", added["evidence"])
    assert [row["action"] for row in chain] == ["collected", "added", "opened", "shared"]
    assert other.json("evidence", "list", case) == []
    for verb in (("show",), ("custody",), ("open", "--reason", "x", "--to", str(folder / "none"))):
        told = other.run("evidence", verb[0], added["evidence"], *verb[1:], code=1)
        assert "not-found" in told.stderr
    assert not list(folder.glob(".none*")) and not (folder / "none").exists()
    wrong = folder / "picture.png"
    wrong.write_bytes(content)
    told = holder.run("evidence", "add", case, str(wrong), "--about", "-", stdin=ABOUT, code=1)
    assert "media-refused" in told.stderr and "picture" not in told.stderr
    assert "not-found" in holder.run("evidence", "cancel", "EU-" + "A" * 26, code=1).stderr
