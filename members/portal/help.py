"""Pages that explain, open to anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS


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
    return render(request, "members/problems.html", {"problems": rows})
