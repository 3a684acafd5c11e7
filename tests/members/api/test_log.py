"""`/api/v1/log`: what a stranger may check, what is the own institution's alone, and proofs that hold."""

from __future__ import annotations

import base64
import json
from uuid import uuid4

import pytest
from django.db import transaction

from aif_share.audit import merkle, note
from members import audit
from members.models import AuditEvent, AuditWitness
from tests.factories import CONSOLE, acting_as, bearer, make_institution, make_key
from tests.members.log_keeper import catch_up

pytestmark = pytest.mark.django_db
LOG = "/api/v1/log"


def sequence(count: int, institution) -> None:
    with transaction.atomic():
        for number in range(count):
            audit.record("batch.receive", actor=CONSOLE, institution_id=institution.pk, detail={"n": number})
    catch_up()


@pytest.fixture
def aster():
    return make_institution("Aster")


@pytest.fixture
def auditor(aster):
    return bearer(make_key(aster, scopes=["audit"]))


def head_of(client, headers):
    body = client.get(LOG, **headers).json()
    return note.open_checkpoint(body["checkpoint"], verifier=note.Verifier.parse(body["verifier"]))


def test_before_anything_was_signed_there_is_nothing(client, auditor):
    assert client.get(LOG, **auditor).status_code == 404


def test_own_events_are_proven_to_stand_in_the_signed_log(client, aster, auditor):
    sequence(5, make_institution("Birch"))
    sequence(5, aster)
    head = head_of(client, auditor)
    rows = client.get(LOG + "/entries", **auditor).json()["results"]
    mine = [row for row in rows if json.loads(row["leaf"])["verb"] == "batch.receive"]
    assert [json.loads(row["leaf"])["detail"]["n"] for row in mine] == list(range(5))
    assert {json.loads(row["leaf"])["institution"] for row in rows} == {aster.ref}
    for row in rows:
        query = {"event": json.loads(row["leaf"])["event"], "size": head.size}
        proof = client.get(LOG + "/inclusion", query, **auditor).json()
        assert proof["seq"] == row["seq"]
        merkle.check_inclusion(
            leaf=merkle.leaf_hash(row["leaf"].encode()), index=proof["seq"], size=head.size,
            path=[base64.b64decode(each) for each in proof["path"]], root=head.root,
        )  # fmt: skip


def test_growth_is_proven_to_anybody_with_a_key(client, aster):
    reader = bearer(make_key(aster, scopes=["submit"]))
    sequence(3, aster)
    before = head_of(client, reader)
    sequence(300, aster)
    after = head_of(client, reader)
    proof = client.get(LOG + "/consistency", {"from": before.size, "size": after.size}, **reader).json()
    merkle.check_consistency(
        old_size=before.size, old_root=before.root, size=after.size, root=after.root,
        path=[base64.b64decode(each) for each in proof["path"]],
    )  # fmt: skip


def test_pages_go_on_where_they_ended(client, aster, auditor):
    sequence(5, aster)
    seen, url = [], LOG + "/entries?limit=2"
    while url:
        page = client.get(url, **auditor).json()
        seen += [row["seq"] for row in page["results"]]
        url = page["next"]
    assert seen == sorted(set(seen)) and len(seen) >= 5
    sequence(1, aster)
    later = client.get(LOG + "/entries", {"cursor": page["cursor"]}, **auditor).json()
    assert [json.loads(row["leaf"])["detail"] for row in later["results"]] == [{"n": 0}]


def test_what_is_anothers_is_as_if_it_were_not_there(client, aster, auditor):
    birch = make_institution("Birch")
    sequence(1, birch)
    theirs = client.get(LOG + "/entries", **bearer(make_key(birch, scopes=["audit"]))).json()["results"][-1]
    size = head_of(client, auditor).size
    foreign = client.get(LOG + "/inclusion", {"event": json.loads(theirs["leaf"])["event"], "size": size}, **auditor)
    missing = client.get(LOG + "/inclusion", {"event": "AE-" + "A" * 26, "size": size}, **auditor)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content


@pytest.mark.parametrize("path", ["/entries", "/inclusion?event=x&size=1"])
def test_the_trail_takes_its_scope(client, aster, path):
    answer = client.get(LOG + path, **bearer(make_key(aster, scopes=["read"])))
    assert answer.json()["code"] == "scope-missing"


@pytest.mark.parametrize(
    "path",
    [
        "/consistency?from=1&size=x",
        "/consistency?from=2&size=1",
        "/consistency?from=1&size=999999",
        "/inclusion?event=x&size=0",
    ],
)
def test_sizes_are_sizes_of_the_log(client, aster, auditor, path):
    sequence(1, aster)
    answer = client.get(LOG + path, **auditor)
    assert (answer.status_code, answer.json()["code"]) == (422, "field-invalid")


def witness(client, headers, size, root):
    body = {"size": size, "root": base64.b64encode(root).decode()}
    return client.put(
        LOG + "/witness", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=uuid4().hex, **headers
    )


def test_a_witness_is_noted_and_never_set_back(client, aster, auditor):
    sequence(2, aster)
    old = head_of(client, auditor)
    sequence(2, aster)
    new = head_of(client, auditor)
    for head in (new, old):
        assert witness(client, auditor, head.size, head.root).status_code == 200
    assert list(AuditWitness.objects.values_list("institution_id", "size")) == [(aster.pk, new.size)]


def test_who_was_shown_another_log_raises_the_alarm(client, aster, auditor):
    sequence(2, aster)
    answer = witness(client, auditor, head_of(client, auditor).size, bytes(32))
    assert (answer.status_code, answer.json()["code"]) == (409, "log-differs")
    assert not AuditWitness.objects.exists()
    with acting_as("aif_audit"):
        assert AuditEvent.objects.filter(verb="log.differ", institution_id=aster.pk).count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"size": 1}, "field-missing"),
        ({"size": 1, "root": "x", "more": 1}, "unknown-field"),
        ({"size": "1", "root": "A" * 43 + "="}, "field-invalid"),
        ({"size": True, "root": "A" * 43 + "="}, "field-invalid"),
        ({"size": 1, "root": "AAAA"}, "field-invalid"),
        ({"size": 1, "root": 7}, "field-invalid"),
        ({"size": 10**6, "root": "A" * 43 + "="}, "field-invalid"),
    ],
)
def test_what_is_no_checkpoint_is_refused(client, aster, auditor, body, code):
    sequence(1, aster)
    answer = client.put(
        LOG + "/witness", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=uuid4().hex, **auditor
    )
    assert answer.json()["code"] == code
