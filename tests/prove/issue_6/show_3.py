"""Database dump and folder of evidence without the KEK file: 200 plaintext canaries found nowhere, a planted one found."""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from config.stack import Stack
from tests.prove.evidence_case import Member, open_case
from tests.prove.leaks import Kept, list_unfound, search

FILES = 29
SEALED = ("title", "collected_by", "device", "witness", "note", "file_name", "content")
COUNT = FILES * len(SEALED)
CANARY = "13800138999"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def run() -> dict[str, Any]:
    since = time.time()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "stack"
        with Stack(folder) as stack:
            members = Path(base) / "members"
            members.mkdir()
            member, case = open_case(stack, members)
            words = [word for _number in range(FILES) for word in add_file(member, case, members)]
            time.sleep(2.0)  # until audit, events and figures are written
            kept = Kept(folder, stack.admin_url, stack.env["REDIS_URL"], (members, folder / "keks"), since)
            kept.plant_canary(CANARY)
            searched: dict[str, int] = {}

            def counted() -> Any:
                for place in kept.places():
                    kind = place.name.split()[0]
                    searched[kind] = searched.get(kind, 0) + len(place.content)
                    yield place

            kek = (folder / "keks").read_text(encoding="ascii").strip().partition(":")[2]
            findings = search(counted(), [*words, CANARY, kek])
            encrypted = sum(path.stat().st_size for path in (folder / "evidence").rglob("*") if path.is_file())
    leaked = [f"value {each.value}: {each.form} in {each.place}" for each in findings if each.value != len(words)]
    unfound = list_unfound(findings, len(words))
    return {
        "holds": not leaked and not unfound and len(words) >= 200 and encrypted > 0,
        "scale": {"canaries": len(words), "files": FILES, "bytes": searched, "bytes_of_evidence": encrypted},
        "samples": {"leaked": leaked[:50], "canary_not_found_in": unfound},
    }


def add_file(member: Member, case: str, folder: Path) -> list[str]:
    """Add a piece of evidence each part of which holds a word that stands nowhere else; return the words."""
    words = {name: "canary" + "".join(secrets.choice(LETTERS) for _letter in range(20)) for name in SEALED}
    path, about = folder / f"{words['file_name']}.txt", folder / "about.json"
    path.write_text(f"{words['content']}\n" * 2_000, encoding="ascii")
    said = {"kind": "electronic-data", "collected_at": "2026-01-05T08:00:00Z", "time_source": "person"}
    said |= {name: words[name] for name in SEALED if name not in ("file_name", "content")}
    about.write_text(json.dumps(said), encoding="ascii")
    member.ask("evidence", "add", case, str(path), "--about", str(about))
    return list(words.values())
