"""Approvals at the desk: a raise of quotas from the form to the second person, and what each of them is offered."""

from __future__ import annotations

import pytest

from members.models import Approval, AuditEvent
from tests.factories import acting_as, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
LIST = "/admin/members/approval/"


def buttons(desk, proposal) -> set[str]:
    page = desk.get(f"{LIST}{proposal.pk}/change/", **ENGLISH)
    return {button["url"].rpartition("/do/")[2].partition("/")[0] for button in page.context["operations"]}


def address(proposal, name, version=1) -> str:
    return f"{LIST}{proposal.pk}/do/{name}/?version={version}"


def test_from_the_form_to_the_second_person(desk, cast, trail):
    form = {"evaluate_quota": 50_000, "submit_quota": 50_000, "screen_quota": 9_000, "reason": "pilot"}
    quotas = f"/admin/members/institution/{cast.aster.pk}/do/quotas/"
    desk.force_login(cast.olga)
    assert 'value="2000"' in desk.get(quotas).content.decode(), "the form starts from what there is"
    answer = desk.post(quotas, form, follow=True, **ENGLISH)
    assert "A second person has to approve a raise." in answer.content.decode()
    proposal = Approval.objects.get()
    assert buttons(desk, proposal) == {"withdraw"}
    assert "Approvals by a second person" in desk.get("/admin/", **ENGLISH).content.decode()
    desk.force_login(make_user("alliance-operator"))
    assert buttons(desk, proposal) == set()
    desk.force_login(cast.pavel)
    assert buttons(desk, proposal) == {"approve", "return"}
    page = desk.get(address(proposal, "approve"), **ENGLISH).content.decode()
    assert "2,000 → 9,000" in page and "pilot" in page and "Raise of quotas" in page
    trail()
    assert desk.post(address(proposal, "approve", version=2)).status_code == 422, "not what was seen"
    assert desk.post(f"{LIST}{proposal.pk}/do/approve/").status_code == 422
    assert trail() == ["desk.refuse", "desk.refuse"]
    assert desk.post(address(proposal, "approve")).status_code == 302
    assert trail() == ["approval.approve", "institution.quotas.set"]
    cast.aster.refresh_from_db()
    assert cast.aster.screen_quota == 9_000
    assert buttons(desk, proposal) == set()


def test_a_forged_approval_by_the_author(desk, cast, trail):
    desk.force_login(cast.pavel)
    form = {"evaluate_quota": 50_000, "submit_quota": 50_000, "screen_quota": 9_000, "reason": "pilot"}
    desk.post(f"/admin/members/institution/{cast.aster.pk}/do/quotas/", form)
    proposal = Approval.objects.get()
    trail()
    answer = desk.post(address(proposal, "approve"), **ENGLISH)
    assert trail() == ["desk.refuse"]
    with acting_as("aif_owner"):
        event = AuditEvent.objects.latest("id")
    assert (event.actor_ref, event.subject_ref) == (cast.pavel.ref, proposal.ref)
    assert event.detail == {"about": "approval", "operation": "approve", "code": "four-eyes"}
    assert answer.status_code == 422 and "a second person has to decide it" in answer.content.decode()
    cast.aster.refresh_from_db()
    assert cast.aster.screen_quota == 2_000


def test_an_epoch_is_opened_by_two(desk, cast, trail):
    from clues.models import KeyEpoch

    desk.force_login(cast.olga)
    rotate = "/admin/clues/keyepoch/do/rotate/"
    assert desk.post(rotate, {"action": "retire", "epoch": 7, "reason": "x"}).status_code == 422
    assert desk.post(rotate, {"action": "open", "epoch": 7, "reason": "yearly"}).status_code == 302
    assert not KeyEpoch.objects.filter(epoch=7).exists()
    proposal = Approval.objects.get()
    desk.force_login(cast.pavel)
    trail()
    assert desk.post(address(proposal, "approve")).status_code == 302
    assert trail() == ["approval.approve", "epoch.open"]
    assert KeyEpoch.objects.filter(epoch=7).exists()


def test_the_trail_is_taken_away_as_a_file(desk, cast):
    desk.force_login(cast.olga)
    form = {"institution": "", "since": "2020-01-01", "until": "2035-01-01", "reason": "yearly audit"}
    answer = desk.post("/admin/members/auditevent/do/export/", form)
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    assert b'"institution.create"' in answer.content


def test_the_console_rotates_nothing_where_no_embedded_stack_is(not_embedded, cast, as_desk, settings):
    from django.core.management import CommandError, call_command

    from clues.models import KeyEpoch

    call_command("open_epoch", epoch=1)
    settings.AIF_ENV = "embedded"  # whatever the environment of one command says
    call_command("open_epoch", epoch=1)  # new types of an epoch that is there
    for command, epoch in (("open_epoch", 2), ("retire_epoch", 1)):
        with pytest.raises(CommandError, match="second person"):
            call_command(command, epoch=epoch)
    assert set(KeyEpoch.objects.values_list("epoch", "state")) == {(1, "active")}
