"""Spans of time in words, for pages and the desk."""

from __future__ import annotations

from django.utils.translation import gettext as _


def how_long(seconds: int | None) -> str:
    """Say a span in its largest two units; a dash for none."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return _("under a minute")
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours % 24}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)d min") % {"minutes": minutes}
