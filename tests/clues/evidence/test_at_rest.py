"""What a thief of database and folder reads: nothing of content, title, names; what lies there openly is found."""

from __future__ import annotations

import secrets
from pathlib import Path

from clues.models import EvidenceItem
from tests.clues.api.member import find_text
from tests.clues.exhibits import add
from tests.clues.joint import Joint, own


def canary() -> str:
    """Return a word that stands nowhere else."""
    return "canary" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _letter in range(20))


def test_database_and_folder_hold_no_word_of_it(joint: Joint, evidence_folder: Path) -> None:
    fields = ("title", "collected_by", "device", "witness", "note")
    words = {name: canary() for name in (*fields, "file_name", "content")}
    said = {name: words[name] for name in fields} | {"file_name": f"{words['file_name']}.txt"}
    add(joint.case, joint.alice, words["content"].encode() * 1000, **said)
    assert find_text(*words.values()) == []
    stored = b"".join(path.read_bytes() for path in evidence_folder.rglob("*") if path.is_file())
    assert len(stored) > 1000
    assert [name for name, word in words.items() if word.encode() in stored] == []
    planted = canary()
    own("SET CONSTRAINTS ALL IMMEDIATE")
    own("ALTER TABLE evidence_item ADD COLUMN planted text")
    own("UPDATE evidence_item SET planted = %s", planted)
    assert EvidenceItem.objects.count() == 1
    assert find_text(planted) == ["evidence_item"]
