"""What an institution's page shows of its admission, people, keys and history, beside what packages add."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from members.admin.columns import link, local, table
from members.admin.institutions import PANELS
from members.audit.verbs import VERBS
from members.models import AuditEvent, Credential, Institution, InstitutionAgreement, User
from members.permissions import ROLE_LABELS

MOST = 50
TURNS = (
    "institution.apply", "institution.create", "institution.vet", "institution.agree", "institution.send-back",
    "institution.admit", "institution.decline", "institution.suspend", "institution.reinstate",
    "institution.leave.announce", "institution.leave.cancel", "institution.depart", "institution.leave",
    "institution.quotas.set",
)  # fmt: skip


def _at(moment: Any) -> str:
    return "—" if moment is None else local(moment)


@admin.display(description=_("Admission and leaving"), empty_value="—")
def admission(row: Institution) -> str:
    """Who did what on the way in and out, and the agreements."""
    steps = (
        (_("applied"), row.created_at, row.applied_by),
        (_("vetted"), row.vetted_at, row.vetted_by),
        (_("agreement uploaded"), row.agreed_at, row.agreed_by),
        (_("admitted"), row.admitted_at, row.admitted_by),
        (_("suspended"), row.suspended_at, row.suspended_by),
        (_("leaving announced"), row.leaving_announced_at, row.leaving_announced_by),
        (_("leaves at"), row.leaving_at, None),
        (_("people and keys ended at"), row.departed_at, None),
        (_("left"), row.left_at, None),
    )
    shown = [(label, _at(at), by or "—", "") for label, at, by in steps if at is not None]
    files = InstitutionAgreement.objects.filter(institution=row).select_related("uploaded_by").defer("content")
    for each in files.order_by("-id"):
        address = reverse("admin:members_institution_agreement", args=[each.pk])
        file = format_html('<a href="{}">{}</a> <code>{}</code>', address, each.ref, each.sha256[:16])
        shown.append((_("agreement"), _at(each.uploaded_at), each.uploaded_by, file))
    return table((_("step"), _("at"), _("by"), ""), shown)


@admin.display(description=_("People"))
def people(row: Institution) -> str:
    """Its accounts, the first 50."""
    rows = User.objects.filter(institution=row).order_by("-is_active", "username")[:MOST]
    return table(
        (_("user name"), _("role"), _("active"), _("last login")),
        ((link(each), ROLE_LABELS.get(each.role, each.role), _("yes") if each.is_active else _("no"),
          _at(each.last_login)) for each in rows),
    )  # fmt: skip


@admin.display(description=_("Keys"))
def keys(row: Institution) -> str:
    """Its keys, the newest 50."""
    rows = Credential.objects.filter(institution=row).order_by("-id")[:MOST]
    return table(
        (_("key id"), _("scopes"), _("expires at"), _("last used at"), _("revoked at")),
        ((link(each), ", ".join(each.scopes), _at(each.expires_at), _at(each.last_used_at), _at(each.revoked_at))
         for each in rows),
    )  # fmt: skip


@admin.display(description=_("History"))
def history(row: Institution) -> str:
    """What the alliance decided about it, with reasons, the newest 50; and where the whole trail is."""
    rows = AuditEvent.objects.filter(subject_ref=row.ref, verb__in=TURNS).order_by("-id")[:MOST]
    shown = table(
        (_("at"), _("step"), _("by"), _("reason")),
        ((local(each.at), VERBS.get(each.verb, each.verb), each.actor_ref, each.detail.get("reason", "—"))
         for each in rows),
    )  # fmt: skip
    trail = reverse("admin:members_auditevent_changelist") + f"?institution_id={row.pk}"
    return format_html('{}<p><a href="{}">{}</a></p>', shown, trail, _("Everything in the audit trail"))


PANELS += [admission, people, keys, history]
