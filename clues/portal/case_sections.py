"""The sections of a case's page that joint work has: who takes part, tasks, the own part, and what others approved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from clues.cases import naming, part_queries, task_queries
from clues.checklists.queries import get_checklist
from clues.evidence.queries import list_evidence
from clues.packages.queries import list_packages
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can

TASKS_MOST = 50


def joint_sections(request: HttpRequest, case: str) -> dict[str, Any]:
    """Return what the included templates of a case's page need."""
    viewer = viewer_of(request)
    parties = naming.list_parties(case=case, viewer=viewer)
    own = part_queries.get_own_part(case=case, viewer=viewer)
    shared = {row.party.party: row for row in part_queries.list_shared_parts(case=case, viewer=viewer)}
    leads = any(party.is_own and party.is_lead for party in parties)
    return {
        "parties": [(party, shared.get(party.party)) for party in parties],
        "has_lead": any(party.is_lead for party in parties),
        "own_part": own,
        "packages": list_packages(case=case, viewer=viewer),
        "checklist": get_checklist(case=case, viewer=viewer),
        "evidence": list_evidence(case=case, viewer=viewer),
        "tasks": task_queries.list_tasks(case=case, viewer=viewer, limit=TASKS_MOST),
        "may_give": leads and can(request.user, Permission.CASE_WORK) and not own.case.is_over,
        "now": timezone.now(),
    }
