"""What a ring's page at the desk explains: score, suggested lead, links, how it grew, where, and its clues. Lists end."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, link, listed, local, table, word
from clues.admin.ring_cuts import DESK, do
from clues.models import Ring
from clues.rings import queries
from clues.rings.explain import Explained, explain
from clues.rings.words import TERMS, WHY
from members.models import Institution
from members.templatetags.members import label

MOST_CLUES = 100


def explained(row: Ring) -> Explained:
    """Explain the ring once for all columns of a page."""
    found: Explained | None = getattr(row, "explained", None)
    if found is None:
        found = explain(ring=row, by=DESK, now=timezone.now())
        row.explained = found  # type: ignore[attr-defined]
    return found


def names(row: Ring) -> dict[int, str]:
    """Return the names of the ring's institutions by row number."""
    found: dict[int, str] | None = getattr(row, "institution_names", None)
    if found is None:
        found = dict(Institution.objects.filter(pk__in=row.institutions).values_list("pk", "name"))
        row.institution_names = found  # type: ignore[attr-defined]
    return found


@admin.display(description=_("institutions"))
def institutions(row: Ring) -> str:
    """The institutions whose clues the ring joins, by name."""
    return listed(sorted(names(row).values()))


@admin.display(description=_("went up in"))
def went_up_in(row: Ring) -> str:
    """The ring that it is part of now, if it is none of its own any more."""
    found = queries.absorbed_by(ring=row, by=DESK)
    return "—" if found is None else link(found)


@admin.display(description=_("score"))
def score(row: Ring) -> str:
    """The score and what adds up to it."""
    found = explained(row)
    terms = listed(f"{TERMS[term.term]} +{term.points}" for term in found.terms)
    return f"{found.score} / 100: {terms}"


@admin.display(description=_("suggested lead"))
def leads(row: Ring) -> str:
    """Who might lead and why: clues by grade, shared identifiers it reported, amount; each against the strongest."""
    found = explained(row).leads
    if not found:
        return "—"
    return table(
        (
            _("institution"),
            _("points"),
            _("clues"),
            _("best grade"),
            _("shared identifiers reported"),
            _("amount (CNY)"),
        ),
        (
            (
                names(row).get(each.institution, "—"),
                each.points,
                each.clues,
                each.best_grade,
                each.links,
                each.amount_cny,
            )
            for each in found
        ),
    )


@admin.display(description=_("why each link exists"))
def links(row: Ring) -> str:
    """The identifiers that its clues have in common, and whether they join them; the 50 strongest, never a token."""
    found = explained(row).links
    if not found:
        return "—"
    return table(
        (_("identifier"), _("identifier type"), _("joins clues"), _("why"), _("clues"), _("institutions"), ""),
        (
            (
                each.identifier,
                word(each.type, TYPES),
                _("yes") if each.counts else _("no"),
                WHY[each.why],
                each.clues,
                listed(sorted(names(row).get(number, "—") for number in each.institutions)),
                do(row, "part-identifier", _("set apart"), identifier=each.identifier) if each.counts else "",
            )
            for each in found
        ),
    )


@admin.display(description=_("growth by week"))
def weeks(row: Ring) -> str:
    """New clues by week, the latest 26 with any."""
    found = explained(row).weeks
    if not found:
        return "—"
    return table(
        (_("week from"), _("new clues"), _("institutions")),
        ((each.week.isoformat(), each.clues, each.institutions) for each in found),
    )


@admin.display(description=_("stages"))
def stages(row: Ring) -> str:
    """The stages of the chain that the roles of its identifiers stand for."""
    return listed(label(code, "stages") for code in explained(row).stages) or "—"


@admin.display(description=_("regions"))
def regions(row: Ring) -> str:
    """The regions its clues name, the most frequent first."""
    return listed(f"{label(code, 'regions')} {count}" for code, count in explained(row).regions) or "—"


@admin.display(description=_("clues of the ring"))
def clues(row: Ring) -> str:
    """The newest clues, as their institutions call them."""
    return table(
        (_("clue"), _("institution"), _("member's reference"), _("category"), _("grade"), _("received at"), ""),
        (_clue(row, each) for each in listed_clues(row)),
    )


def listed_clues(row: Ring) -> list[queries.RingClue]:
    """Return the clues that the page lists."""
    return queries.list_ring_clues(ring=row, by=DESK, limit=MOST_CLUES)


def _clue(row: Ring, each: queries.RingClue) -> tuple[Any, ...]:
    return (
        each.clue,
        names(row).get(each.institution_id, each.institution),
        each.client_ref,
        label(each.category, "categories"),
        each.grade,
        local(each.received_at),
        do(row, "part-clues", _("set apart"), clues=each.clue),
    )
