"""Proceedings, their entries and what comes of them at the desk: buttons are what may come next, pages count and link."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clues.models import Case, ProcedureEntry, Proceeding
from members.admin import queues
from tests.clues.procedures.recording import enter, fields
from tests.clues.scene import Scene, make_case

CRIMINAL = "police-criminal"
CASE, ROW = "admin:clues_case_do", "admin:clues_proceeding_do"


def form_of(track: str, state: str, **given: Any) -> dict[str, Any]:
    """What a person fills in."""
    made = fields(track, state, **given)
    return {name: value for name, value in made.items() if name not in ("track", "state")}


def buttons(browser: Any, row: Proceeding) -> list[str]:
    page = browser.get(reverse("admin:clues_proceeding_change", args=[row.pk]))
    assert page.status_code == 200
    return [button["url"].rstrip("/").rpartition("/")[2] for button in page.context["operations"]]


def test_a_proceeding_is_led_on_by_its_buttons(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    browser = desk(scene.cast.olga)
    page = browser.get(reverse("admin:clues_case_change", args=[case.pk]))
    opening = [button["url"] for button in page.context["operations"] if "/open-" in button["url"]]
    assert len(opening) == 8
    address = next(url for url in opening if f"open-{CRIMINAL}-submitted" in url)
    assert browser.get(address).status_code == 200
    assert browser.post(address, form_of(CRIMINAL, "submitted")).status_code == 302
    row = Proceeding.objects.get()
    assert buttons(browser, row) == [f"then-{CRIMINAL}-accepted"]
    answer = browser.post(
        reverse(ROW, args=[row.pk, f"then-{CRIMINAL}-accepted"]),
        form_of(CRIMINAL, "accepted", amount_lost_cny="1000.5", gangs="2", self_reported="on"),
    )
    assert answer.status_code == 302
    entry = ProcedureEntry.objects.get(state="accepted")
    assert (str(entry.amount_lost_cny), entry.gangs, entry.self_reported) == ("1000.50", 2, True)
    assert buttons(browser, row) == [f"then-{CRIMINAL}-{state}" for state in ("filed", "refused", "transferred")]
    for page in (("proceeding", row.pk), ("case", case.pk)):
        text = browser.get(reverse(f"admin:clues_{page[0]}_change", args=[page[1]])).content.decode()
        assert entry.document_no in text and "公安机关经侦部门" in text
        english = browser.get(reverse(f"admin:clues_{page[0]}_change", args=[page[1]]), HTTP_ACCEPT_LANGUAGE="en")
        assert "Police, economic crime" in (shown := english.content.decode()) and "公安机关经侦部门" not in shown
    assert browser.get(reverse("admin:clues_proceeding_changelist")).status_code == 200


def test_what_is_refused_is_said_beside_its_field(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    browser = desk(scene.cast.olga)
    address = reverse(ROW, args=[entry.proceeding_id, f"then-{CRIMINAL}-accepted"])
    for given, field in (({"document_no": ""}, "document_no"), ({"document_no": "13800138000"}, "document_no"),
                         ({"date": "2020-01-01"}, "date"), ({"note": "call 13800138000"}, "note")):  # fmt: skip
        answer = browser.post(address, form_of(CRIMINAL, "accepted") | given)
        assert answer.status_code == 422 and answer.context["form"].errors[field]
    assert ProcedureEntry.objects.count() == 1
    # Not open now: a button of another time.
    assert browser.post(reverse(ROW, args=[entry.proceeding_id, f"then-{CRIMINAL}-filed"]), {}).status_code == 302
    assert desk(scene.cast.alice).post(address, form_of(CRIMINAL, "accepted")).status_code == 302  # to the login
    assert ProcedureEntry.objects.count() == 1


def test_nothing_is_opened_before_the_case_goes_out(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="approved")
    browser = desk(scene.cast.olga)
    page = browser.get(reverse("admin:clues_case_change", args=[case.pk]))
    assert not [button for button in page.context["operations"] if "/open-" in button["url"]]
    forged = browser.post(reverse(CASE, args=[case.pk, f"open-{CRIMINAL}-submitted"]), form_of(CRIMINAL, "submitted"))
    assert forged.status_code == 302 and not Proceeding.objects.exists()


def test_a_wrong_entry_is_voided_with_a_reason(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    entries = enter(case, scene.cast.olga, CRIMINAL, "submitted", "accepted")
    browser = desk(scene.cast.pavel)
    address = reverse("admin:clues_procedureentry_do", args=[entries[1].pk, "void"])
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "the wrong number"}).status_code == 302
    page = browser.get(reverse("admin:clues_procedureentry_change", args=[entries[1].pk]))
    assert page.context["operations"] == [] and "the wrong number" in page.content.decode()
    assert (
        len(
            browser.get(reverse("admin:clues_procedureentry_changelist"), {"status": "voided"})
            .context["cl"]
            .result_list
        )
        == 1
    )
    browser.post(reverse("admin:clues_procedureentry_do", args=[entries[0].pk, "void"]), {"reason": "all of it"})
    assert buttons(browser, entries[0].proceeding) == [], "of a proceeding that is void nothing follows"


def test_deadlines_that_are_over_wait_on_the_front_page(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    day = (date.today() - timedelta(days=60)).isoformat()
    enter(case, scene.cast.olga, CRIMINAL, "submitted", date=day)
    (first,) = enter(case, scene.cast.olga, "police-administrative", "accepted", date=day)
    (second,) = enter(case, scene.cast.olga, "police-administrative", "accepted", date=day)
    enter(case, scene.cast.olga, "police-administrative", "no-penalty", proceeding=str(second.proceeding))
    browser = desk(scene.cast.olga)
    listed = browser.get(reverse("admin:clues_procedureentry_changelist"), {"status": "overdue"})
    assert [row.pk for row in listed.context["cl"].result_list] == [first.pk]
    waiting = {each.code: each for each in queues.look()}["procedure-deadlines"]
    assert (waiting.count, waiting.late) == (1, 1)
    front = browser.get(reverse("admin:index"))
    assert reverse("admin:clues_outcomes") in front.content.decode()


def test_counters_lead_to_their_cases(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    enter(case, scene.cast.olga, CRIMINAL, "submitted", "accepted", "filed", "coercive-measures", persons=3)
    browser = desk(scene.cast.olga)
    page = browser.get(reverse("admin:clues_outcomes"))
    values = {row.code: value for row, value in page.context["rows"]}
    assert (values["cases-filed"], values["persons-coercive"]) == (1, 3)
    behind = browser.get(reverse("admin:clues_outcome_cases", args=["persons-coercive"]))
    assert [(share.case, share.part) for share in behind.context["shares"]] == [(case.ref, 3)]
    assert reverse("admin:clues_case_change", args=[case.pk]) in behind.content.decode()
    sheet = browser.get(reverse("admin:clues_outcomes_csv"), {"track": CRIMINAL})
    assert sheet["Content-Type"].startswith("text/csv")
    assert (
        '"persons-coercive","采取强制措施人数","Persons under coercive measures","persons","3"'
        in sheet.content.decode()
    )
    cases = browser.get(reverse("admin:clues_outcome_cases_csv", args=["cases-filed"])).content.decode()
    assert cases.splitlines()[1] == f'"cases-filed","{case.ref}","1","1"'
    assert browser.get(reverse("admin:clues_funnels_csv")).status_code == 200
    for wrong in ({"track": "no"}, {"since": "tomorrow"}):
        assert browser.get(reverse("admin:clues_outcomes"), wrong).status_code == 404
    assert browser.get(reverse("admin:clues_outcome_cases", args=["no-such"])).status_code == 404
    assert desk(scene.cast.alice).get(reverse("admin:clues_outcomes")).status_code == 302


def test_guidance_at_the_desk(scene: Scene, desk: Any) -> None:
    olga = desk(scene.cast.olga)
    address = reverse("admin:clues_guidanceversion_do_list", args=["propose-authorities"])
    begun = olga.get(address).context["form"]["text"].value()
    text = begun() if callable(begun) else begun
    assert 'code = "police-economic-crime"' in text
    wrong = olga.post(address, {"title": "Ours", "text": text.replace('kind = "court"', 'kind = "casino"', 1)})
    assert wrong.status_code == 422 and re.search(r"18|kind", str(wrong.context["form"].errors["text"]))
    grown = text + '\n[[authority]]\ncode = "court-x"\nkind = "court"\nlevel = "county"\nzh = "甲法院"\nen = "Court"\n'
    assert olga.post(address, {"title": "Ours", "text": grown}).status_code == 302
    from clues.models import GuidanceVersion

    version = GuidanceVersion.objects.get(state="proposed")
    place = reverse("admin:clues_guidanceversion_change", args=[version.pk])
    assert olga.get(place).context["operations"] == []
    sign = reverse("admin:clues_guidanceversion_do", args=[version.pk, "sign"])
    assert olga.post(sign).status_code == 403
    pavel = desk(scene.cast.pavel)
    assert "court-x" in pavel.get(place).content.decode()
    assert pavel.post(sign).status_code == 302
    version.refresh_from_db()
    assert version.state == "in-force"


@pytest.mark.parametrize("model", ["proceeding", "procedureentry", "guidanceversion"])
def test_forged_posts_change_nothing(scene: Scene, desk: Any, model: str) -> None:
    case: Case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    browser = desk(scene.cast.pavel)
    row = {"proceeding": entry.proceeding_id, "procedureentry": entry.pk, "guidanceversion": 1}[model]
    forged = {"state": "filed", "track": "civil", "_save": "1", "post": "yes"}
    for name, args in (("add", []), ("change", [row]), ("delete", [row])):
        assert browser.post(reverse(f"admin:clues_{model}_{name}", args=args), forged).status_code == 403
    assert list(ProcedureEntry.objects.values_list("state", flat=True)) == ["submitted"]
    assert timezone.now() > entry.recorded_at
