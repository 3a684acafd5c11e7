"""Every page of the desk tells the institutions whose words it shows, or says here why it need not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World

_OWN = "the alliance's own"
_ACCOUNTS = "accounts, keys and addresses, which the alliance admits and ends: nothing that a member reported"
_STATE = "how the platform's own work stands"
UNTOLD = {
    "clues.campaign": _OWN,
    "clues.contentsheet": "the list that the alliance hands to a platform; what was reported stands on the page of a link",
    "clues.feedreceiver": "what the alliance opens to whom",
    "clues.guidanceversion": _OWN,
    "clues.honeytoken": "the alliance's own, and a trap for whoever asks",
    "clues.job": _STATE,
    "clues.keyepoch": _OWN,
    "clues.lawfulusematrix": _OWN,
    "clues.noiseentry": _OWN,
    "members.approval": "what people of the alliance propose to each other",
    "members.auditevent": "the trail itself, which says who did what, not what was said",
    "members.credential": _ACCOUNTS,
    "members.institution": _ACCOUNTS,
    "members.institutiongroup": _ACCOUNTS,
    "members.outboxmessage": _STATE,
    "members.user": _ACCOUNTS,
    "members.webhookdelivery": _STATE,
    "members.webhookendpoint": _ACCOUNTS,
}
"""Pages of rows that tell nobody, and why."""
ROWS_A_PAGE = 5
NOT_THERE = {
    "clues.cluereview", "clues.officialdisclosure", "clues.officialrequest", "clues.procedureentry", "clues.proceeding",
    "clues.screening", "clues.screeningsuspension",
}  # fmt: skip
"""Pages of which the world has no row, or none that a member has said something on."""


def test_every_page_tells_or_has_a_reason() -> None:
    from clues.admin.looked import LookedAt
    from members.admin.site import site

    pages = {model._meta.label_lower: page for model, page in site._registry.items()}
    telling = {name for name, page in pages.items() if isinstance(page, LookedAt)}
    others = {name for name in pages if name.startswith(("clues.", "members."))} - telling
    assert others == set(UNTOLD) and all(UNTOLD.values())


def test_whoever_is_concerned_has_it_in_its_trail(world: World, settings: Any) -> None:
    from django.http import HttpRequest

    from clues.admin.looked import LookedAt
    from members.admin.site import site
    from members.models import Institution, reference
    from tests.browsing import Browser
    from tests.factories import acting_as, make_user

    settings.ROOT_URLCONF = "config.urls_desk"
    operator = make_user("alliance-operator", name="desk-who-looks")
    browser, request = Browser(), HttpRequest()
    browser.force_login(operator)
    request.user = operator
    numbers = set(Institution.objects.values_list("pk", flat=True))
    told: dict[str, set[str]] = {}
    with acting_as("aif_desk"):
        for model, page in site._registry.items():
            if not isinstance(page, LookedAt):
                continue
            kinds = told.setdefault(model._meta.label_lower, set())
            for row in page.get_queryset(request)[:ROWS_A_PAGE]:
                expected = {each for each in page.concerned(row) if each[0] is not None}
                before = _looks(operator)
                assert browser.get(page._address_of(row)).status_code == 200
                assert set(_looks(operator)[len(before) :]) == expected
                assert {number for number, _ in expected} <= numbers
                kinds |= {subject.partition("-")[0] for _, subject in expected if _is_reference(subject, reference)}
    assert {name for name, kinds in told.items() if not kinds} == NOT_THERE, "each page told somebody of something"
    assert told["clues.ring"] == {"C"}, "not every party is told of a ring already"
    assert told["clues.disputedclue"] == {"C", "D"}


def test_rows_that_the_world_does_not_have() -> None:
    from clues import models
    from members.admin.site import site
    from members.models import reference

    clue, official = reference.encode("C", 3), reference.encode("OR", 3)
    for row, expected in (
        (models.ClueReview(institution_id=2, clue_id=3), [(2, clue)]),
        (models.OfficialDisclosure(institution_id=2, request_id=3), [(2, official)]),
        (models.Screening(institution_id=2, key_id="0123"), [(2, "0123")]),
        (models.ScreeningSuspension(pk=3, institution_id=2), [(2, reference.encode("SS", 3))]),
        (models.Statement(pk=3), [(None, reference.encode("ST", 3))]),
    ):
        page: Any = site._registry[type(row)]
        assert list(page.concerned(row)) == expected
    columns = {column.__name__ for column in site._registry[models.Screening].list_display if callable(column)}
    assert "key_id" in columns and "case_ref" not in columns, "the list, which tells nobody, does not show it"


def _is_reference(subject: str, reference: Any) -> bool:
    kind = subject.partition("-")[0]
    return kind in reference.KINDS and reference.decode(kind, subject) is not None


def _looks(person: Any) -> list[tuple[int | None, str]]:
    from members.models import AuditEvent
    from tests.factories import acting_as

    with acting_as("aif_owner"):
        found = AuditEvent.objects.filter(verb="desk.look", actor_ref=person.ref).order_by("pk")
        return list(found.values_list("institution_id", "subject_ref"))
