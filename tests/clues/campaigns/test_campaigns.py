"""Campaigns: what is taken and what is not, who sees them from when on, and what is counted over their cases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.errors import Refusal
from clues.campaigns import binding, figures, planning, queries, workflow
from clues.models import Campaign, CampaignCase, CampaignTarget, Event
from clues.retention.delete import delete_ended
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.campaigns.planning_one import TITLE, fields, make_campaign
from tests.clues.procedures.recording import enter
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as, make_institution


def refused(call: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        call(now=timezone.now(), **given)
    return found.value


def test_planned_it_is_the_desks_alone_and_started_every_members(scene: Scene) -> None:
    olga, alice = scene.cast.olga, person_of(scene.cast.alice)
    made = make_campaign(olga, start=False)
    assert queries.list_campaigns(viewer=alice) == []
    assert refused_read(made.ref, alice) == "not-found"
    assert not Event.objects.filter(subject_kind="CP").exists()
    with acting_as("aif_desk"):
        planning.move(campaign=made.ref, action=workflow.START, by=olga, now=timezone.now())
    wait_for_tick()
    (seen,) = queries.list_campaigns(viewer=person_of(scene.cast.cy))
    assert (seen.title, seen.state, seen.regions) == (TITLE, "running", ("CN-31",))
    assert [(unit.authority, unit.leads) for unit in seen.units] == [
        ("police-economic-crime", True),
        ("nfra-branch", False),
    ]
    told = Event.objects.filter(subject_kind="CP", kind="campaign.started").values_list("institution_id", flat=True)
    assert set(told) == {each.pk for each in (scene.cast.aster, scene.cast.birch, scene.cast.cedar)}
    with acting_as("aif_desk"):
        verbs = AuditEvent.objects.filter(subject_ref=made.ref).order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["campaign.plan", "campaign.start"]


def refused_read(campaign: str, viewer: Any) -> str:
    with pytest.raises(Refusal) as found:
        queries.get_campaign(campaign=campaign, viewer=viewer)
    return found.value.code


def test_before_the_tick_nobody_sees_it(scene: Scene, settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 3600
    made = make_campaign(scene.cast.olga)
    assert made.state == Campaign.RUNNING and queries.list_campaigns(viewer=person_of(scene.cast.alice)) == []


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"title": " "}, "field-missing", "title"),
        ({"title": "two\nlines"}, "field-invalid", "title"),
        ({"title": "Ring around 13800138000"}, "raw-identifier", "title"),
        ({"about": "x" * 501}, "field-invalid", "about"),
        ({"categories": []}, "field-missing", "categories"),
        ({"categories": ["no-such"]}, "field-invalid", "categories"),
        ({"regions": ["CN-99"]}, "field-invalid", "regions"),
        ({"units": ["no-such-office"]}, "field-invalid", "units"),
        ({"lead_unit": "no-such-office"}, "field-invalid", "lead_unit"),
        ({"starts_on": ""}, "field-missing", "starts_on"),
        ({"starts_on": "tomorrow"}, "field-invalid", "starts_on"),
        ({"ends_on": "2020-01-01"}, "field-invalid", "ends_on"),
        ({"ends_on": "2099-01-01"}, "field-invalid", "ends_on"),
    ],
)
def test_what_is_not_right_is_refused_by_field(scene: Scene, wrong: dict[str, Any], code: str, field: str) -> None:
    with acting_as("aif_desk"):
        refusal = refused(planning.plan, request=fields(**wrong), by=scene.cast.olga)
        assert (refusal.code, refusal.extra.get("field")) == (code, field)
        assert refused(planning.plan, request=fields(extra=1), by=scene.cast.olga).code == "unknown-field"
    assert not Campaign.objects.exists()


def test_steps_follow_the_table(scene: Scene) -> None:
    allowed = {
        ("planned", "start"): "running", ("planned", "call-off"): "called-off", ("running", "end"): "ended",
    }  # fmt: skip
    olga = scene.cast.olga
    ways = {"planned": (), "running": ("start",), "ended": ("start", "end"), "called-off": ("call-off",)}
    for state, way in ways.items():
        for action in ("start", "end", "call-off"):
            made = make_campaign(olga, start=False)
            with acting_as("aif_desk"):
                for each in way:
                    planning.move(campaign=made.ref, action=each, by=olga, now=timezone.now())
                if (state, action) in allowed:
                    moved = planning.move(campaign=made.ref, action=action, by=olga, now=timezone.now())
                    assert moved.state == allowed[state, action]
                else:
                    refusal = refused(planning.move, campaign=made.ref, action=action, by=olga)
                    assert refusal.code == "transition-refused"
                    assert Campaign.objects.get(pk=made.pk).state == state
    assert {"start", "end", "call-off"} == {row.action for row in workflow.TRANSITIONS}


def test_members_and_what_is_over_are_not_worked_on(scene: Scene) -> None:
    case, olga = make_case(scene), scene.cast.olga
    made = make_campaign(olga)
    for by in (scene.cast.alice, scene.cast.amir):
        assert refused(planning.plan, request=fields(), by=by).code == "permission-missing"
        assert refused(binding.bind, campaign=made.ref, case=case.ref, by=by).code == "permission-missing"
    with acting_as("aif_desk"):
        planning.move(campaign=made.ref, action="end", by=olga, now=timezone.now())
        for call, given in (
            (planning.change, {"request": fields()}),
            (planning.set_target, {"counter": "cases-filed", "value": "3"}),
            (binding.bind, {"case": case.ref}),
        ):
            assert refused(call, campaign=made.ref, by=olga, **given).code == "transition-refused"
        assert refused(planning.change, campaign="CP-NONE", request=fields(), by=olga).code == "not-found"
    assert not CampaignCase.objects.exists()


def test_targets_are_whole_numbers_or_amounts(scene: Scene) -> None:
    olga = scene.cast.olga
    made = make_campaign(olga)
    with acting_as("aif_desk"):
        for counter, value in (("cases-filed", "20"), ("amount-lost", "1000000.50"), ("gangs", 3)):
            planning.set_target(campaign=made.ref, counter=counter, value=value, by=olga, now=timezone.now())
        planning.set_target(campaign=made.ref, counter="gangs", value="", by=olga, now=timezone.now())
        for counter, value in (("cases-filed", "1.5"), ("amount-lost", "0.001"), ("gangs", "-1"), ("gangs", "NaN"),
                               ("gangs", "many"), ("no-such", "1"), ("gangs", "1e20")):  # fmt: skip
            refusal = refused(planning.set_target, campaign=made.ref, counter=counter, value=value, by=olga)
            assert refusal.code == "field-invalid", value
    view = queries.get_campaign(campaign=made.ref, viewer=person_of(scene.cast.cy))
    targets = {row.counter: row.target for row in view.figures if row.target is not None}
    assert targets == {"cases-filed": Decimal(20), "amount-lost": Decimal("1000000.50")}


def test_a_case_belongs_once_and_its_parties_alone_see_it(scene: Scene) -> None:
    case, olga = make_case(scene, at="reported"), scene.cast.olga
    made = make_campaign(olga, case)
    with acting_as("aif_desk"):
        again = refused(binding.bind, campaign=made.ref, case=case.ref, by=olga)
        assert again.code == "transition-refused"
        assert refused(binding.bind, campaign=made.ref, case="CASE-NONE", by=olga).code == "not-found"
    for person, sees in ((scene.cast.alice, (case.ref,)), (scene.cast.bea, (case.ref,)), (scene.cast.cy, ())):
        assert queries.get_campaign(campaign=made.ref, viewer=person_of(person)).cases == sees
    with acting_as("aif_desk"):
        binding.unbind(campaign=made.ref, case=case.ref, by=olga, now=timezone.now())
        assert refused(binding.unbind, campaign=made.ref, case=case.ref, by=olga).code == "transition-refused"
        binding.bind(campaign=made.ref, case=case.ref, by=olga, now=timezone.now())
    assert CampaignCase.objects.filter(unbound_at__isnull=True).count() == 1


def test_a_dismissed_case_belongs_to_none(scene: Scene) -> None:
    case, made = make_case(scene, at="dismissed"), make_campaign(scene.cast.olga)
    with acting_as("aif_desk"):
        refusal = refused(binding.bind, campaign=made.ref, case=case.ref, by=scene.cast.olga)
    assert refusal.code == "transition-refused" and not CampaignCase.objects.exists()


def test_figures_are_of_its_cases_and_hidden_where_few_stand_behind(scene: Scene) -> None:
    case, olga = make_case(scene, at="reported"), scene.cast.olga
    made, other = make_campaign(olga, case), make_campaign(olga, title="Another one")
    enter(case, olga, "police-criminal", "submitted", "accepted", "filed", amount_lost_cny="1000.00")
    wait_for_tick()
    exact = figures.count(made)
    assert (exact["cases-filed"].value, exact["amount-lost"].value) == (1, Decimal("1000.00"))
    assert exact["cases-filed"].institutions == 2
    assert figures.count(other)["cases-filed"].value == 0
    own = {person: rows(made, person) for person in (scene.cast.alice, scene.cast.cy)}
    assert own[scene.cast.alice]["cases-filed"].own == 1 and own[scene.cast.cy]["cases-filed"].own == 0
    assert all(row.alliance.value is None for each in own.values() for row in each.values()), "two stand behind it"
    _five_parties(case)
    told = rows(made, scene.cast.cy)["cases-filed"].alliance
    assert told.value is not None and told.below_ten


def rows(campaign: Campaign, person: Any) -> dict[str, Any]:
    view = queries.get_campaign(campaign=campaign.ref, viewer=person_of(person))
    return {row.counter: row for row in view.figures}


def _five_parties(case: Any) -> None:
    """Let three more institutions be parties of the case, as if their clues had met as well."""
    from clues.models import CaseParty

    made = [make_institution() for _ in range(3)]
    with acting_as("aif_owner"):
        for number, each in enumerate(made, start=5):
            CaseParty.objects.create(case=case, institution=each, pseudonym=number, released_at=timezone.now())
    wait_for_tick()


def test_what_is_not_confirmed_or_void_does_not_count(scene: Scene) -> None:
    from clues.procedures import record

    case, olga = make_case(scene, at="reported"), scene.cast.olga
    made = make_campaign(olga, case)
    entries = enter(case, olga, "police-criminal", "submitted", "accepted", "filed")
    assert figures.count(made)["cases-filed"].value == 1
    with acting_as("aif_desk"):
        record.void(entry=str(entries[-1]), reason="the wrong number", by=olga, now=timezone.now())
    wait_for_tick()
    assert figures.count(made)["cases-filed"].value == 0
    assert figures.count(made, viewer=scene.cast.aster.pk)["cases-filed"].value == 0


def test_members_cannot_write_the_tables(scene: Scene) -> None:
    tables = ["campaign", "campaign_unit", "campaign_target", "campaign_case"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, role FROM unnest(%s) t, unnest(%s) role WHERE has_any_column_privilege(role, t, 'UPDATE')"
            " OR has_any_column_privilege(role, t, 'INSERT') OR has_table_privilege(role, t, 'DELETE') ORDER BY 1, 2",
            [tables, ["aif_web", "aif_desk"]],
        )
        assert cursor.fetchall() == [(table, "aif_desk") for table in sorted(tables)]


def test_five_years_after_its_end_it_is_deleted(scene: Scene) -> None:
    case, olga = make_case(scene), scene.cast.olga
    made, kept = make_campaign(olga, case), make_campaign(olga, case)
    with acting_as("aif_desk"):
        planning.set_target(campaign=made.ref, counter="gangs", value="1", by=olga, now=timezone.now())
        planning.move(campaign=made.ref, action="end", by=olga, now=timezone.now())
    with acting_as("aif_match"):
        assert delete_ended(now=timezone.now() + timedelta(days=5 * 366 - 1))["campaigns"] == 0
        assert delete_ended(now=timezone.now() + timedelta(days=5 * 366 + 1))["campaigns"] == 1
    assert [row.pk for row in Campaign.objects.all()] == [kept.pk]
    assert CampaignCase.objects.count() == 1 and CampaignTarget.objects.count() == 0
