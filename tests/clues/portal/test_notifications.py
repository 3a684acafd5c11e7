"""The notices of a person: unread first, by kind, marked by POST only, each as far as the role reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clues.models import NoticeMark, NoticeRead
from members.models import NotificationSetting
from tests.clues.scene import Scene, make_case
from tests.factories import make_user

CENTER = "/portal/notifications"
HX = {"HTTP_HX_REQUEST": "true"}


def kinds(page: Any, part: str = "rows") -> list[str]:
    return [row.notice.kind for row in page.context[part]]


def test_unread_first_with_links(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    browser = portal(scene.cast.alice)
    page = browser.get(CENTER)
    assert kinds(page) == ["case.opened", "match.released", "batch.done"]
    text = page.content.decode()
    for address in (f"/portal/matches/{scene.match}", f"/portal/cases/{case.ref}", f"/portal/batches/{scene.batch}"):
        assert f'href="{address}"' in text
    event = page.context["rows"][1].notice.event
    answer = browser.post(f"{CENTER}/{event}/read")
    assert (answer.status_code, answer["Location"]) == (302, CENTER)
    page = browser.get(CENTER)
    assert kinds(page) == ["case.opened", "batch.done"] and kinds(page, "earlier") == ["match.released"]


def test_by_kind(scene: Scene, portal: Any) -> None:
    make_case(scene)
    browser = portal(scene.cast.alice)
    assert kinds(browser.get(CENTER, {"kind": "match.released"})) == ["match.released"]
    for unknown in ("credential.expiring", "no.such", "webhook.test"):
        assert browser.get(CENTER, {"kind": unknown}).status_code == 404


def test_all_that_the_page_showed(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    newest = browser.get(CENTER).context["newest"]
    make_case(scene)
    answer = browser.post(f"{CENTER}/read", {"until": newest})
    assert (answer.status_code, answer["Location"]) == (302, CENTER)
    assert kinds(browser.get(CENTER)) == ["case.opened"]
    assert kinds(browser.get(CENTER, {"show": "read"})) == ["match.released", "batch.done"]
    answer = browser.post(f"{CENTER}/read", {"until": newest, "kind": "match.released"})
    assert answer["Location"] == f"{CENTER}?kind=match.released"


def test_the_list_alone_and_only_when_it_is_new(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    newest = browser.get(CENTER).context["newest"]
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(CENTER, {"seen": newest}, **HX).status_code == 204
    assert len(queries) <= 6
    make_case(scene)
    page = browser.get(CENTER, {"seen": newest}, **HX)
    assert page.status_code == 200 and kinds(page)[0] == "case.opened"
    assert "<html" not in page.content.decode() and 'hx-trigger="every 2s"' in page.content.decode()


def test_the_number_alone(scene: Scene, portal: Any) -> None:
    assert '<span aria-hidden="true">2</span>' in portal(scene.cast.alice).get(f"{CENTER}/count").content.decode()
    assert portal(scene.cast.cy).get(f"{CENTER}/count").content.decode().count("1") == 1


def test_a_stranger_marks_nothing(scene: Scene, portal: Any) -> None:
    event = portal(scene.cast.alice).get(CENTER).context["newest"]
    stranger = portal(scene.cast.cy)
    assert stranger.post(f"{CENTER}/{event}/read").status_code == 404
    assert stranger.post(f"{CENTER}/read", {"until": event}).status_code == 404
    for odd in ("", "x", "E-1", "x" * 500):
        assert stranger.post(f"{CENTER}/read", {"until": odd}).status_code == 404
    assert not NoticeRead.objects.exists() and not NoticeMark.objects.exists()


def test_a_submitter_marks_no_match(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(CENTER)
    match = next(row.notice.event for row in page.context["rows"] if row.notice.kind == "match.released")
    submitter = portal(make_user("submitter", institution=scene.cast.aster))
    assert kinds(submitter.get(CENTER)) == ["batch.done"]
    assert submitter.post(f"{CENTER}/{match}/read").status_code == 404
    assert submitter.post(f"{CENTER}/read", {"until": match, "kind": "match.released"}).status_code == 404
    assert not NoticeRead.objects.exists()


def test_methods_and_people(scene: Scene, portal: Any, client: Any) -> None:
    for address in (CENTER, f"{CENTER}/preferences", f"{CENTER}/count"):
        assert client.get(address)["Location"].startswith("/portal/login")
    browser = portal(scene.cast.alice)
    assert browser.post(CENTER).status_code == 405
    assert browser.get(f"{CENTER}/read").status_code == 405
    assert browser.get(f"{CENTER}/E-x/read").status_code == 405
    assert browser.put(f"{CENTER}/preferences").status_code == 405
    alliance = portal(scene.cast.olga)
    for address in (CENTER, f"{CENTER}/preferences", f"{CENTER}/count"):
        assert alliance.get(address).status_code == 404
    assert alliance.post(f"{CENTER}/read").status_code == 404


def chosen(browser: Any, **changes: Any) -> dict[str, Any]:
    """Return what the form would send, with changes."""
    form = browser.get(f"{CENTER}/preferences").context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (sent | changes).items() if value not in (False, None)}


def test_preferences_are_ones_own(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post(
        f"{CENTER}/preferences",
        chosen(browser, quiet="on", **{"app-batch.done": False, "mail-match.released": "digest"}),
    )
    assert answer.status_code == 302
    assert "batch.done" not in kinds(browser.get(CENTER))
    form = browser.get(f"{CENTER}/preferences").context["form"]
    assert form["mail-match.released"].value() == "digest" and form["quiet"].value() is True
    setting = NotificationSetting.objects.get()
    assert (setting.user_id, str(setting.quiet_from), setting.language) == (scene.cast.alice.pk, "22:00:00", "en")
    assert portal(scene.cast.amir).get(f"{CENTER}/preferences").context["form"]["quiet"].value() is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet": "on", "quiet_from": "25:00"},
        {"quiet": "on", "quiet_from": "08:00", "quiet_to": "08:00"},
        {"quiet": "on", "quiet_to": ""},
        {"mail-match.released": "hourly"},
        {"language": "fr"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_stored(scene: Scene, portal: Any, wrong: dict[str, str]) -> None:
    browser = portal(scene.cast.alice)
    page = browser.post(f"{CENTER}/preferences", chosen(browser, **wrong))
    assert page.status_code == 422 and "field__error" in page.content.decode()
    assert not NotificationSetting.objects.exists()


def test_what_must_be_seen_cannot_be_hidden(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post(f"{CENTER}/preferences", chosen(browser, **{"app-clue.disputed": False}))
    assert answer.status_code == 302
    assert browser.get(f"{CENTER}/preferences").context["form"]["app-clue.disputed"].value() is True
