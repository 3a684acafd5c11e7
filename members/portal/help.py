"""Pages that explain, open to anybody: networks of members are closed, so the product carries its own manual.

Each topic is written twice, in `members/help/<topic>.<language>.html`; lists and codes come from where the program has
them, so they cannot age.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aif_share import vocabulary
from aif_share.identifiers import types
from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS
from members.permissions import ROLE_LABELS, ROLE_PERMISSIONS, Permission
from members.portal.glossary import TERMS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TOPICS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "start": _("How it works"),
        "privacy": _("What leaves your machine"),
        "files": _("Files, columns and codes"),
        "roles": _("Who may do what"),
        "shortcuts": _("Keyboard"),
        "command-line": _("Command line"),
        "glossary": _("Glossary"),
        "contact": _("Who helps"),
    }
)
# What people of members can do, in the words of the pages.
ABILITIES: Final[Mapping[Permission, StrPromise]] = MappingProxyType(
    {
        Permission.CLUE_VIEW: _("see own clues and batches"),
        Permission.CLUE_SUBMIT: _("submit, correct and withdraw clues; answer disputes"),
        Permission.CLUE_REVIEW: _("review clues as the second person"),
        Permission.MATCH_VIEW: _("see matches and rings"),
        Permission.MATCH_WORK: _("assign and acknowledge matches"),
        Permission.SCREEN: _("screen, watch and dispute"),
        Permission.CASE_VIEW: _("see cases"),
        Permission.CASE_PROPOSE: _("propose steps of a case"),
        Permission.CASE_DECIDE: _("approve steps of a case"),
        Permission.CASE_WORK: _("give and answer tasks of a case; write the own part"),
        Permission.EVIDENCE_OPEN: _("open evidence of a case, for a reason"),
        Permission.REQUEST_VIEW: _("see requests between institutions"),
        Permission.REQUEST_SEND: _("send and withdraw requests"),
        Permission.REQUEST_ANSWER: _("take up, answer and decline requests"),
        Permission.TEAM_MANAGE: _("invite people, give roles, shut accounts"),
        Permission.KEY_MANAGE: _("make and revoke keys; see to webhooks"),
        Permission.AUDIT_VIEW: _("read the audit trail"),
    }
)
_MEMBER_ROLES = ("submitter", "analyst", "approver", "member-admin", "auditor")
_LISTS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "categories": _("Category"),
        "grades": _("Evidence grade"),
        "channels": _("Channel"),
        "roles": _("Role of the identifier"),
        "indicators": _("Signs"),
        "consumer-contacted": _("What the consumer said"),
        "purposes": _("Purpose of a query"),
    }
)


@require_safe
def topic(request: HttpRequest, topic: str = "start") -> HttpResponse:
    """Show one topic in the reader's language."""
    if topic not in TOPICS:
        raise Http404
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    context: dict[str, Any] = {
        "section": "help",
        "topic": topic,
        "topics": TOPICS,
        "title": TOPICS[topic],
        "text": f"members/help/{topic}.{language}.html",
    }
    if topic == "roles":
        context["roles"] = [ROLE_LABELS[role] for role in _MEMBER_ROLES]
        context["abilities"] = [
            (name, [permission in ROLE_PERMISSIONS[role] for role in _MEMBER_ROLES])
            for permission, name in ABILITIES.items()
        ]
    if topic == "files":
        words = vocabulary.lists()
        context["lists"] = [(label, [(row.code, _word(row)) for row in words[name]]) for name, label in _LISTS.items()]
        context["types"] = [(kind.code, _word(kind)) for kind in types().values()]
    if topic == "glossary":
        context["terms"] = TERMS
    return render(request, "members/help/page.html", context)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Show every problem code with its status, meaning and advice in both languages."""
    rows = [
        {
            "code": code,
            "status": row.status,
            "title": row.title_en,
            "title_zh": row.title_zh,
            "advice": ADVICE[code][0],
            "advice_zh": ADVICE[code][1],
        }
        for code, row in PROBLEMS.items()
    ]
    return render(request, "members/problems.html", {"problems": rows, "section": "help", "topics": TOPICS})


def _word(row: Any) -> str:
    return str(row.zh if (get_language() or "").startswith("zh") else row.en)
