"""Demands by the API, in the portal and at the desk; and what an institution is shown of its standing."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clues import tasks
from clues.feedback import reputation
from clues.models import EvidenceDemand
from tests.clues.alliance import caller
from tests.clues.demands.world import DIGEST, FILE, dispute, late, report, send, settle
from tests.clues.scene import Scene
from tests.factories import acting_as, bearer, make_key


@pytest.fixture
def demand(scene: Scene, monkeypatch: Any) -> EvidenceDemand:
    monkeypatch.setattr(tasks, "ring", lambda: None)
    dispute(scene, report(scene.cast.cedar))
    return EvidenceDemand.objects.get()


@pytest.fixture
def api(scene: Scene, client: Any) -> Any:
    """`api(institution, method, path, body)` answers as the API does."""

    headers: dict[int, Any] = {}

    def call(institution: Any, method: str, path: str, body: bytes = b"") -> Any:
        if institution.pk not in headers:
            headers[institution.pk] = bearer(make_key(institution, scopes=("submit", "read")))
        with acting_as("aif_web"):
            return client.generic(method, f"/api/v1{path}", body, "application/octet-stream", **headers[institution.pk])

    return call


def test_by_the_api(scene: Scene, demand: EvidenceDemand, api: Any) -> None:
    cedar, birch = scene.cast.cedar, scene.cast.birch
    (listed,) = api(cedar, "GET", "/evidence-demands?state=open").json()["results"]
    one = api(cedar, "GET", f"/evidence-demands/{demand.ref}").json()
    assert listed == one and one["committed"] == DIGEST and one["cause"] == "dispute" and "id" not in one
    differs = api(cedar, "PUT", f"/evidence-demands/{demand.ref}/file", b"another")
    assert (differs.status_code, differs.json()["code"], differs.json()["left"]) == (422, "digest-differs", 2)
    for method, path in (("GET", "{}"), ("PUT", "{}/file")):
        theirs = api(birch, method, "/evidence-demands/" + path.format(demand.ref), FILE)
        missing = api(birch, method, "/evidence-demands/" + path.format("ED-NONE"), FILE)
        assert theirs.status_code == 404 and theirs.json()["code"] == missing.json()["code"]
    assert api(birch, "GET", "/evidence-demands").json()["results"] == []
    for _ in range(2):
        opened = api(cedar, "PUT", f"/evidence-demands/{demand.ref}/file", FILE)
        assert (opened.status_code, opened.json()["state"]) == (200, "opened")
    assert api(cedar, "GET", "/evidence-demands?state=no-such").status_code == 422


def test_in_the_portal(scene: Scene, demand: EvidenceDemand, client: Any) -> None:
    client.force_login(scene.cast.cy)
    listed = client.get("/portal/evidence-demands?state=open").content.decode()
    address = f"/portal/evidence-demands/{demand.ref}"
    page = client.get(address).content.decode()
    assert address in listed and DIGEST in page and 'type="file"' in page
    wrong = client.post(address, {"file": SimpleUploadedFile("a.txt", b"another")})
    assert wrong.status_code == 422 and client.post(address).status_code == 422
    assert EvidenceDemand.objects.get().attempts == 1
    sent = client.post(address, {"file": SimpleUploadedFile("a.txt", FILE)}, follow=True)
    assert sent.status_code == 200 and 'type="file"' not in sent.content.decode()
    assert EvidenceDemand.objects.get().state == "opened"
    client.force_login(scene.cast.bea)
    assert client.get(address).status_code == client.get("/portal/evidence-demands/ED-NONE").status_code == 404


def test_standing_is_ones_own(scene: Scene, demand: EvidenceDemand, api: Any, client: Any) -> None:
    settle(now=late(demand))
    own = reputation.list_reputation(viewer=caller(scene.cast.cedar))
    assert [(row.category, row.confirmed, row.refuted) for row in own] == [("telecom-fraud", 0, 1)]
    assert own[0].mean == pytest.approx(1 / 3)
    assert reputation.list_reputation(viewer=caller(scene.cast.birch)) == []
    shown = api(scene.cast.cedar, "GET", "/reputation").json()["categories"]
    assert shown == [{"category": "telecom-fraud", "confirmed": 0, "refuted": 1, "standing": 0.3333}]
    assert api(scene.cast.birch, "GET", "/reputation").json() == {"categories": []}
    client.force_login(scene.cast.cy)
    assert "33&nbsp;%" in client.get("/portal/evidence-demands").content.decode()


class TestDesk:
    @pytest.fixture
    def desk(self, settings: Any, client: Any, scene: Scene) -> Any:
        settings.ROOT_URLCONF = "config.urls_desk"

        def log_in(person: Any) -> Any:
            client.force_login(person)
            return client

        with acting_as("aif_desk"):
            yield log_in

    def test_looks_and_decides(self, scene: Scene, demand: EvidenceDemand, desk: Any) -> None:
        browser = desk(scene.cast.olga)
        page = reverse("admin:clues_evidencedemand_change", args=[demand.pk])
        assert browser.get(page).context["operations"] == []
        assert browser.get(reverse("admin:clues_evidencedemand_changelist")).status_code == 200
        send(demand, FILE)
        assert len(browser.get(page).context["operations"]) == 3
        do = "admin:clues_evidencedemand_do"
        taken = browser.post(reverse(do, args=[demand.pk, "look"]), {"reason": "The dispute."})
        assert hashlib.sha256(b"".join(taken.streaming_content)).hexdigest() == DIGEST
        assert "attachment" in taken["Content-Disposition"] and "sandbox" in taken["Content-Security-Policy"]
        decided = browser.post(reverse(do, args=[demand.pk, "refute"]), {"reason": "An empty form."})
        assert decided.status_code == 302 and EvidenceDemand.objects.get().decided_by == scene.cast.olga
        assert browser.get(page).context["operations"] == []
