"""Nobody makes somebody who may more: keys by every set of scopes and by networks, people by every role."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from aif_share.wire import keys
from members.models import Credential, Invitation, User
from members.permissions import ROLE_PERMISSIONS, Permission
from tests.browsing import Browser
from tests.factories import bearer, make_institution, make_key, make_user
from tests.trust.matrix.cells import undone

pytestmark = pytest.mark.django_db
OTHERS = tuple(scope for scope in keys.SCOPES if scope != "keys")
ALLIANCE = [role for role, allowed in ROLE_PERMISSIONS.items() if Permission.DESK_VIEW in allowed]
PATH = "/api/v1/credentials"


def ask(key: Any, path: str, **fields: Any) -> Any:
    made = keys.MemberKey.new()
    body = {"key_id": made.id, "verifier": keys.verifier(made.bearer_for(keys.PLATFORM))} | fields
    headers = bearer(key) | {"HTTP_IDEMPOTENCY_KEY": uuid4().hex}
    return Client().post(path, body, content_type="application/json", **headers)


def subsets(scopes: tuple[str, ...]) -> Any:
    return itertools.chain.from_iterable(itertools.combinations(scopes, size) for size in range(len(scopes) + 1))


def test_a_key_gives_what_it_has_and_nothing_else() -> None:
    """Every set of scopes that a key with `keys` may have, asked for every scope there is, and for all of them."""
    institution = make_institution()
    made = refused = 0
    for own in subsets(OTHERS):
        with undone():
            key = make_key(institution, scopes=("keys", *own))
            before = set(Credential.objects.values_list("pk", flat=True))
            for wanted in ([[scope] for scope in keys.SCOPES], [list(keys.SCOPES)]):
                for scopes in wanted:
                    with undone():
                        answer = ask(key, PATH, scopes=scopes)
                        allowed = set(scopes) <= {"keys", *own}
                        now = set(Credential.objects.values_list("pk", flat=True))
                        if allowed:
                            assert answer.status_code == 201, (own, scopes, answer.content)
                            assert set(answer.json()["scopes"]) == set(scopes) and len(now - before) == 1
                        else:
                            assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing"), (own, scopes)
                            assert now == before
                        made, refused = made + allowed, refused + (not allowed)
    assert (made, refused) == (113, 111)


def test_a_key_renews_no_key_that_may_more() -> None:
    institution = make_institution()
    for scope in OTHERS:
        with undone():
            strong, weak = make_key(institution, scopes=("keys", scope)), make_key(institution, scopes=("keys",))
            ref = Credential.objects.get(key_id=strong.id).ref
            answer = ask(weak, f"{PATH}/{ref}/rotate")
            assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
            assert Credential.objects.count() == 2


@pytest.mark.parametrize(
    ("wanted", "may"),
    [(["127.0.0.0/25"], True), (["127.0.0.1/32"], True), (["127.0.0.0/23"], False), (["10.0.0.0/8"], False), ([], False),
     (["127.0.0.1/32", "0.0.0.0/0"], False), (["::/0"], False)],
)  # fmt: skip
def test_a_key_leaves_its_networks_to_nobody(wanted: list[str], may: bool) -> None:
    key = make_key(make_institution(), scopes=("keys", "read"), cidrs=("127.0.0.0/24",))
    answer = ask(key, PATH, scopes=["read"], cidrs=wanted)
    assert answer.status_code == (201 if may else 422), answer.content
    assert Credential.objects.count() == 1 + may


def test_no_key_and_nobody_of_a_member_touches_anothers() -> None:
    aster, birch = make_institution("Aster"), make_institution("Birch")
    key, theirs = make_key(aster), make_key(birch, scopes=("keys",))
    ref = Credential.objects.get(key_id=theirs.id).ref
    before = list(Credential.objects.order_by("pk").values())
    for path in (f"{PATH}/{ref}/rotate", f"{PATH}/{ref}/revoke", f"{PATH}/K-{'A' * 26}/rotate"):
        answer = ask(key, path) if path.endswith("rotate") else Client().post(
            path, {"reason": "x"}, content_type="application/json", **bearer(key), HTTP_IDEMPOTENCY_KEY=uuid4().hex)  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    after = list(Credential.objects.order_by("pk").values())
    assert [row | {"last_used_at": None} for row in after] == [row | {"last_used_at": None} for row in before]


@pytest.mark.parametrize("role", ALLIANCE)
def test_no_administrator_of_a_member_makes_one_of_the_alliance(role: str) -> None:
    institution = make_institution("Aster")
    admin, other = (make_user(each, institution=institution) for each in ("member-admin", "analyst"))
    browser = Browser()
    browser.force_login(admin)
    form = {"full_name": "Dora Doe", "email": "dora@aster.example", "role": role}
    assert browser.post("/portal/team/invite", form).status_code in (200, 422)
    assert browser.post(f"/portal/team/{other.ref}/role", {"role": role, "reason": "x"}).status_code in (200, 302, 422)
    assert not Invitation.objects.exists()
    assert User.objects.get(pk=other.pk).role == "analyst"
    assert browser.post("/portal/team/invite", form | {"role": "auditor"}).status_code in (200, 302)
    assert Invitation.objects.get().role == "auditor", "the form itself is right"
