"""`GET /vocabulary`: every list with both labels, and the identifier types."""

from __future__ import annotations

from aif_share.identifiers import types
from aif_share.vocabulary import lists
from tests.clues.api.member import Member


def test_all_lists(aster: Member) -> None:
    body = aster.with_scopes("evaluate").get("/vocabulary").json()
    assert body.keys() == lists().keys() | {"identifier-types"}
    for name, rows in body.items():
        codes = [row["code"] for row in rows]
        assert codes == (list(types()) if name == "identifier-types" else [term.code for term in lists()[name]])
        assert all(row["zh"] and row["en"] for row in rows)


def test_terms_have_their_own_members(aster: Member) -> None:
    body = aster.get("/vocabulary").json()
    grades = {row["code"]: row["rank"] for row in body["grades"]}
    assert grades == {term.code: term.rank for term in lists()["grades"]}  # type: ignore[attr-defined]
    kinds = {row["code"]: row for row in body["identifier-types"]}
    assert kinds["resident-id"]["link"] == 2 and kinds["resident-id"]["personal"]
    assert "rejects" not in kinds["resident-id"]
