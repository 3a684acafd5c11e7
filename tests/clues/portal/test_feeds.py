"""Feeds in the portal: give in clear with a confirmation, see where it stands, take it back; a receiver sees its own feed."""

from __future__ import annotations

from typing import Any

from clues.models import FeedAcknowledgment, FeedEntry
from tests.clues.feeds.world import DOMAIN, list_value, open_feed
from tests.clues.scene import Scene
from tests.factories import make_user

LIST, NEW = "/portal/feeds", "/portal/feeds/new"
GIVEN = {"type": "domain", "value": DOMAIN, "category": "malware", "note": "", "in_clear": "yes"}


def test_give_and_take_back(scene: Scene, portal: Any, audited: Any) -> None:
    browser = portal(scene.cast.alice)
    assert "Nothing given yet" in browser.get(LIST).content.decode()
    form = browser.get(NEW).content.decode()
    assert "This value leaves your machine as it is." in form and 'value="domain"' in form and "cn-mobile" not in form
    assert browser.post(NEW, GIVEN)["Location"] == LIST
    row = FeedEntry.objects.get()
    listed = browser.get(LIST).content.decode()
    assert DOMAIN in listed and "waits for approval" in listed and f'href="http://{DOMAIN}' not in listed
    assert browser.post(f"{LIST}/{row.ref}/withdraw")["Location"] == LIST
    assert "taken off the feed" in browser.get(LIST).content.decode()
    assert audited("feed.give") == audited("feed.withdraw") == [scene.cast.alice.ref]


def test_what_is_refused(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    for wrong in (
        {"in_clear": ""},
        {"type": "cn-mobile"},
        {"value": "douyin.com"},
        {"category": "x"},
        {"note": "13800138000"},
    ):
        answer = browser.post(NEW, GIVEN | wrong)
        assert answer.status_code == 422, wrong
    assert not FeedEntry.objects.exists()
    browser.post(NEW, GIVEN)
    ref = FeedEntry.objects.get().ref
    assert portal(scene.cast.bea).post(f"{LIST}/{ref}/withdraw").status_code == 404
    auditor = portal(make_user("auditor", institution=scene.cast.aster))
    assert auditor.get(LIST).status_code == 200
    assert auditor.get(NEW).status_code == auditor.post(f"{LIST}/{ref}/withdraw").status_code == 403
    assert FeedEntry.objects.get().state == "proposed"


def test_a_receiver_sees_its_feed(scene: Scene, portal: Any, audited: Any) -> None:
    list_value(scene)
    browser = portal(scene.cast.alice)
    assert "Our feed" not in browser.get(LIST).content.decode() and browser.get(f"{LIST}/file/rpz").status_code == 404
    person = make_user("analyst", institution=open_feed(scene))
    browser = portal(person)
    page = browser.get(LIST).content.decode()
    assert "Our feed" in page and DOMAIN in page and scene.cast.aster.name not in page
    assert f"{DOMAIN} CNAME ." in browser.get(f"{LIST}/file/rpz").content.decode()
    assert browser.get(f"{LIST}/file/exe").status_code == 404
    assert audited("feed.pull") == [person.ref] * 2


def test_a_receiver_says_what_it_did(scene: Scene, portal: Any, audited: Any) -> None:
    row, operator = list_value(scene), open_feed(scene)
    person = make_user("analyst", institution=operator)
    browser = portal(person)
    say = f"{LIST}/acknowledge"
    assert 'value="refused:not-unlawful"' in browser.get(LIST).content.decode()
    assert browser.post(say, {"entry": row.ref, "outcome": "refused:not-unlawful"})["Location"] == LIST
    assert "not applied" in browser.get(LIST).content.decode()
    browser.post(say, {"entry": row.ref, "outcome": "applied"})
    browser.post(say, {"entry": row.ref, "outcome": "lifted"})  # it is listed still, so nothing is lifted
    kept = FeedAcknowledgment.objects.order_by("id").values_list("outcome", "by_ref")
    assert list(kept) == [("refused", person.ref), ("applied", person.ref)]
    assert browser.post(say, {"entry": "FE-NONE", "outcome": "applied"}).status_code == 404
    assert portal(scene.cast.alice).post(say, {"entry": row.ref, "outcome": "applied"}).status_code == 404
    assert portal(make_user("auditor", institution=operator)).post(say, {"entry": row.ref}).status_code == 403
    assert len(audited("feed.acknowledge")) == 2 and len(audited("portal.refuse")) == 3
