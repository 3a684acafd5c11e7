"""`/content`: links in clear, each alone; what others reported stays theirs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from clues.models import Content
from members.models import reference
from tests.clues.api.member import Member, bytes_of, problem

VIDEO = "https://www.douyin.com/video/7123456789012345678"
SHAPE = {
    "content", "type", "canonical", "link", "platform", "state", "reason", "category", "account_shown", "capture_sha256",
    "observed_at", "reported_at", "requested_at", "removed_at", "reappeared_at", "band",
}  # fmt: skip


def post(member: Member, body: Any, *, key: str | None = None) -> Any:
    return member.post("/content", body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def test_links_are_taken_one_by_one(aster: Member, birch: Member) -> None:
    problem(aster.post("/content", {"links": []}), 400, "idempotency-key-missing")
    links = [{"link": VIDEO, "category": "gray-advertising"}, {"link": "javascript:x", "category": "gray-advertising"}]
    done = post(aster, {"links": links}, key="one")
    assert done.status_code == 201
    first, second = done.json()["results"]
    assert first == {"index": 0, "outcome": "reported", "content": first["content"], "code": None}
    assert second == {"index": 1, "outcome": "refused", "content": None, "code": "link-refused"}
    assert post(aster, {"links": links}, key="one").json() == done.json() and Content.objects.count() == 1
    assert post(aster, {"links": links[:1]}).json()["results"][0]["outcome"] == "known"
    seen = aster.get(f"/content/{first['content']}").json()
    assert seen.keys() == SHAPE and (seen["canonical"], seen["platform"]) == ("douyin:7123456789012345678", "douyin")
    assert aster.get("/content?platform=douyin&state=reported").json() == {"results": [seen], "next": None}
    assert aster.get("/content?platform=weibo").json()["results"] == []
    for path in (f"/content/{first['content']}", f"/content/{reference.encode('CT', 2**40)}"):
        assert bytes_of(birch.get(path)) == bytes_of(birch.get("/content/CT-NONE"))
    assert birch.get("/content").json()["results"] == []
    post(birch, {"links": links[:1]})
    assert birch.get(f"/content/{first['content']}").json()["canonical"] == seen["canonical"]


def test_what_is_refused_whole(aster: Member) -> None:
    problem(post(aster, {"links": []}), 400, "empty")
    assert problem(post(aster, {"links": [{}] * 101}), 413, "too-large")["limit"] == 100
    problem(post(aster, {"links": [{}], "x": 1}), 400, "unknown-field")
    for query in ("state=x", "platform=x"):
        problem(aster.get(f"/content?{query}"), 422, "field-invalid")
