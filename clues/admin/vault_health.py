"""The section of the health page that knows of the vault: what was found altered, and under which keys it all stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clues.vault import keys
from clues.vault.failures import SUBJECT
from members.admin import health
from members.admin.health import Part, Sign
from members.models import AuditEvent

LOOK_BACK = timedelta(days=30)


def _vault() -> Iterator[Sign]:
    failures = AuditEvent.objects.filter(
        subject_ref=SUBJECT, verb="vault.integrity", at__gte=timezone.now() - LOOK_BACK
    ).count()
    yield Sign(
        _("Integrity failures in the last 30 days"),
        f"{failures:,}",
        failures > 0,
        _("The audit trail names the objects. Restore them from a backup, and find out who had access.")
        if failures
        else "",
    )
    counts = keys.count_by_kek()
    for kid, number in counts.items():
        if kid not in settings.AIF_KEKS:
            note = _now("This key is not installed: what stands under it does not open.")
            yield Sign(kid, _now("%(count)s keys") % {"count": f"{number:,}"}, True, note)
        else:
            is_old = kid != list(settings.AIF_KEKS)[-1]
            note = _now("An older key: run manage.py rotate_keks.") if is_old else ""
            yield Sign(kid, _now("%(count)s keys") % {"count": f"{number:,}"}, is_old, note)
    if not settings.AIF_KEKS:
        yield Sign("AIF_KEKS", _now("not installed"), True)


health.add(Part("vault", _("Vault of evidence"), _vault))
