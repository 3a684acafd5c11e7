"""What an institution's page shows of its quotas, its quality as a source, and what it asked."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clues import quotas
from clues.admin.columns import local, table, word
from clues.models import Clue, MatchParty, QuotaUse, Screening, SourceQuality
from members.admin.institutions import PANELS
from members.models import Institution

DAYS = 30
NEWEST = 10_000
"""Screenings that are looked at, the newest first: an institution may ask a hundred thousand times a day."""
STEPS = (_("poor"), _("not known yet"), _("proven"))


@admin.display(description=_("Quotas, and their use in the last 30 days"))
def quota_use(row: Institution) -> str:
    """A row for each quota that is counted here; evaluations are counted by the custodians."""
    since = timezone.now().date() - timedelta(days=DAYS - 1)
    used = {
        each["kind"]: each
        for each in QuotaUse.objects.filter(institution=row, day__gte=since)
        .values("kind")
        .annotate(total=Sum("used"), most=Max("used"), days=Count("day"))
    }
    today = quotas.get_used(institution_id=row.pk, now=timezone.now())
    kinds = (
        (quotas.SUBMIT, _("submitted rows a day"), row.submit_quota),
        (quotas.SCREEN, _("screened tokens a day"), row.screen_quota),
    )
    lines = [
        (label, f"{quota:,}", f"{today[kind]:,}", f"{used[kind]['most']:,}" if kind in used else "0",
         f"{used[kind]['total']:,}" if kind in used else "0", used[kind]["days"] if kind in used else 0)
        for kind, label, quota in kinds
    ]  # fmt: skip
    lines.append((_("evaluations a day"), f"{row.evaluate_quota:,}", "—", "—", "—", "—"))
    return table((_("quota"), _("a day"), _("today"), _("most on a day"), _("in all"), _("days with use")), lines)


@admin.display(description=_("Quality as a source"))
def quality(row: Institution) -> str:
    """How often others confirmed or refuted what it reported, and how much of it stands."""
    found = SourceQuality.objects.filter(institution=row).first()
    states = dict(Clue.objects.filter(institution=row).values_list("state").annotate(Count("id")))
    matches = MatchParty.objects.filter(institution=row, released_at__lte=timezone.now())
    return table(
        (_("quality"), _("confirmed"), _("refuted"), _("reckoned at"), _("clues active"), _("withdrawn"), _("disputed"),
         _("expired"), _("matches")),
        [(
            STEPS[min(found.step, len(STEPS) - 1)] if found else "—",
            found.confirmed if found else 0,
            found.refuted if found else 0,
            local(found.computed_at) if found else "—",
            *(states.get(state, 0) for state in (Clue.ACTIVE, Clue.WITHDRAWN, Clue.DISPUTED, Clue.EXPIRED)),
            matches.count(),
        )],
    )  # fmt: skip


@admin.display(description=_("What it asked in the last 30 days, of its newest 10,000 screenings"))
def querying(row: Institution) -> str:
    """Screenings by purpose, with the share of tokens that were hits."""
    since = timezone.now() - timedelta(days=DAYS)
    newest = Screening.objects.filter(institution=row, screened_at__gte=since).order_by("-id")[:NEWEST]
    counted: dict[str, list[int]] = {}
    for purpose, tokens, hits in newest.values_list("purpose", "tokens", "hits"):
        sums = counted.setdefault(purpose, [0, 0, 0])
        sums[0] += 1
        sums[1] += tokens
        sums[2] += hits
    return table(
        (_("purpose"), _("screenings"), _("tokens"), _("hits"), _("share of hits")),
        [
            (word(purpose, "purposes"), f"{times:,}", f"{tokens:,}", f"{hits:,}", f"{hits / max(tokens, 1):.1%}")
            for purpose, (times, tokens, hits) in sorted(counted.items(), key=lambda item: -item[1][0])
        ],
    )


PANELS += [quota_use, quality, querying]
