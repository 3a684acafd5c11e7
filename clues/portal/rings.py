"""Rings that the institution's own clues stand in: a list, and a picture with the same in a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aif_share.identifiers import get_type
from clues.portal.asking import in_words, labels
from clues.portal.match_words import ExplainedTerm
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.rings import party
from clues.rings.detail import get_detail
from clues.rings.graph import Graph, get_graph
from clues.rings.words import TERM_WHY, TERMS
from members.permissions import Permission
from members.portal.access import member_required

MOST_ROWS = 100  # of the table; the picture holds more


@require_safe
@member_required(Permission.MATCH_VIEW)
def rings(request: HttpRequest) -> HttpResponse:
    """Show the rings, newest first."""
    viewer = viewer_of(request)
    scope = f"portal.rings.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = party.list_newest_rings(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    return render(request, "clues/rings/list.html", {"section": "rings", "page": page})


@require_safe
@member_required(Permission.MATCH_VIEW)
def ring(request: HttpRequest, ring: str) -> HttpResponse:
    """Show one ring."""
    viewer = viewer_of(request)
    found = party.get_party_ring(ring=ring, viewer=viewer)
    graph = get_graph(ring=found, viewer=viewer)
    more = get_detail(ring=found, graph=graph, viewer=viewer)
    links = _links(graph)
    context = {
        "section": "rings",
        "ring": found,
        "terms": [
            ExplainedTerm(TERMS.get(each.term, each.term), each.points, TERM_WHY.get(each.term, ""))
            for each in found.terms
        ],
        "weeks": more.weeks,
        "most_a_week": max((each.clues for each in more.weeks), default=1),
        "stages": more.stages,
        "graph": graph,
        "picture": _picture(graph),
        "shared": [each for each in graph.identifiers if each.shared],
        "links": links[:MOST_ROWS],
        "links_left_out": max(0, len(links) - MOST_ROWS),
    }
    return render(request, "clues/rings/detail.html", context)


def _links(graph: Graph) -> list[dict[str, Any]]:
    clues = {each.key: each for each in graph.clues}
    identifiers = {each.key: each for each in graph.identifiers}
    return [
        {"clue": clues[link.clue], "identifier": identifiers[link.identifier], "role": link.role}
        for link in graph.links
    ]


def _picture(graph: Graph) -> dict[str, Any]:
    """The graph for the page's script: labels in the reader's language, addresses, and why each link is there."""
    categories, roles = labels("categories"), labels("roles")
    nodes: list[dict[str, Any]] = [
        {
            "id": each.key,
            "kind": "clue",
            "label": each.client_ref,
            "detail": f"{categories[each.category]} · {each.grade}",
        }
        for each in graph.clues
    ]
    for each in graph.identifiers:
        node = {
            "id": each.key,
            "kind": "shared" if each.shared else "own",
            "label": _type(each.type),
            "detail": _strength(each.weight),
            "client_ref": each.client_ref,
            "position": each.position,
        }
        if each.match is not None:
            node["url"] = reverse("clues:match", args=[each.match])
        nodes.append(node)
    links: list[dict[str, str]] = [
        {
            "source": link.clue,
            "target": link.identifier,
            "why": _("This clue of ours carries the identifier, as: %(role)s.")
            % {"role": roles.get(link.role, link.role)},
        }
        for link in graph.links
    ]
    if any(each.shared for each in graph.identifiers):
        nodes.append({"id": "others", "kind": "others", "label": _("Others"), "detail": ""})
        links += [
            {
                "source": each.key,
                "target": "others",
                "why": _("Other independent institutions reported the same identifier; that makes the ring."),
            }
            for each in graph.identifiers
            if each.shared
        ]
    return {"nodes": nodes, "links": links}


def _strength(weight: int) -> str:
    return _("Very strong: one is enough to join clues.") if weight > 1 else _("Strong: two of them join clues.")


def _type(code: str) -> str:
    kind = get_type(code)
    return in_words(kind.zh, kind.en)
