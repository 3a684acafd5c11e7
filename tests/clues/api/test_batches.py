"""`GET /batches` and `GET /batches/B-…`: one's own, newest first."""

from __future__ import annotations

from typing import Any

from members.models import reference
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, problem

SHAPE = {"batch", "state", "clues", "accepted", "duplicates", "refused", "quarantined", "matched", "released"}
MISSING = reference.encode("B", 2**40)


def submit(member: Member, *values: int) -> str:
    return str(member.submit([clue(token(value)) for value in values]).json()["batch"])


def test_one(aster: Member) -> None:
    """The contract's shape and nothing besides; nothing is accepted before the worker looked."""
    ref = submit(aster, 1, 2)
    assert aster.get(f"/batches/{ref}").json() == {
        "batch": ref,
        "state": "received",
        "clues": 2,
        "accepted": 0,
        "duplicates": 0,
        "refused": 0,
        "quarantined": 0,
        "matched": 0,
        "released": False,
    }


def test_a_stranger_learns_nothing(aster: Member, birch: Member) -> None:
    """Byte for byte the answer for a batch that does not exist, on both addresses."""
    theirs = submit(aster, 1)
    for form in ("/batches/{}", "/batches/{}/results"):
        answer = birch.get(form.format(theirs))
        problem(answer, 404, "not-found")
        for missing in (MISSING, "B-NONE", theirs.lower(), "M" + theirs[1:], theirs[2:], "1", "B-" + "A" * 26):
            assert bytes_of(birch.get(form.format(missing))) == bytes_of(answer)
        assert aster.get(form.format(theirs)).status_code == 200


def test_list(aster: Member, birch: Member) -> None:
    """Newest first, in pages that join without gap; nobody else's."""
    made = [submit(aster, n) for n in range(5)]
    submit(birch, 9)
    seen: list[str] = []
    path: str | None = "/batches?limit=2"
    sizes = []
    while path:
        body = aster.get(path).json()
        assert all(row.keys() == SHAPE | {"received_at"} for row in body["results"])
        seen += [row["batch"] for row in body["results"]]
        sizes.append(len(body["results"]))
        path = body["next"] and body["next"].removeprefix("http://testserver/api/v1")
    assert (seen, sizes) == (made[::-1], [2, 2, 1])


def test_no_batches_yet(aster: Member) -> None:
    assert aster.get("/batches").json() == {"results": [], "next": None}


def test_a_cursor_opens_its_own_list_only(aster: Member, birch: Member) -> None:
    for member in (aster, birch):
        for n in range(3):
            submit(member, n)
    cursor = aster.get("/batches?limit=1").json()["next"].partition("?")[2]
    assert aster.get(f"/batches?{cursor}").status_code == 200
    problem(birch.get(f"/batches?{cursor}"), 400, "cursor-invalid")
    problem(aster.get(f"/matches?{cursor}"), 400, "cursor-invalid")
    for place in (-2, -10, 12):  # the last letter has bits that mean nothing
        text = list(cursor)
        text[place] = "A" if text[place] != "A" else "B"
        if "".join(text).startswith("limit=1&cursor="):
            problem(aster.get(f"/batches?{''.join(text)}"), 400, "cursor-invalid")


def test_queries_do_not_grow_with_the_page(aster: Member, django_assert_max_num_queries: Any) -> None:
    for n in range(6):
        submit(aster, n)
    aster.get("/batches")  # the key's first use in an hour is noted
    with django_assert_max_num_queries(2):
        aster.get("/batches?limit=5")
