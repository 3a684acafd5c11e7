"""The receipt of a batch: signed at once, repeated byte for byte, and kept by the log."""

from __future__ import annotations

import json

from aif_share.audit import merkle, note
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member
from tests.members.log_keeper import catch_up


def test_what_is_promised_stands_in_the_log(aster: Member) -> None:
    """The leaf that was promised before the event was sequenced is the one that the log holds."""
    rows = [clue(token(1))]
    first = aster.submit(rows, key="once").json()
    receipt = first["receipt"]
    catch_up()
    said = note.open_note(receipt["signed"], verifier=note.Verifier.parse(aster.get("/log").json()["receipts"]))
    assert said.split("\n")[1:4] == [receipt["event"], receipt["leaf"], receipt["digest"]]
    entries = [entry["leaf"] for entry in aster.get("/log/entries").json()["results"]]
    (leaf,) = [each for each in entries if json.loads(each)["event"] == receipt["event"]]
    assert merkle.leaf_hash(leaf.encode()).hex() == receipt["leaf"]
    assert json.loads(leaf)["subject"] == first["batch"] and json.loads(leaf)["detail"]["digest"] == receipt["digest"]
    assert aster.submit(rows, key="once").json() == first


def test_every_batch_has_an_event_of_its_own(aster: Member) -> None:
    found = [aster.submit([clue(token(number))]).json()["receipt"] for number in (1, 2)]
    assert found[0]["event"] != found[1]["event"] and found[0]["leaf"] != found[1]["leaf"]
