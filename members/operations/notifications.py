"""What a person wants to be told, and how: changed by that person alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.delivery.notification_rules import rules_of
from members.delivery.preferences import LANGUAGES
from members.models import NotificationPreference, NotificationSetting
from members.models.notification import MailMode
from members.queries import Person


@transaction.atomic
def set_preferences(
    *,
    choices: Mapping[str, tuple[bool, str]],
    quiet: tuple[time, time] | None,
    urgent_breaks_quiet: bool,
    language: str,
    by: Person,
    now: datetime,
) -> None:
    """Store what a person chose: by kind whether it is shown and how it is mailed, the quiet hours, the language.

    Raise Refusal `field-invalid` for a kind that the role does not read or an unknown choice; then nothing is stored.
    """
    rules = rules_of(by.role)
    for kind, (in_app, mail) in choices.items():
        if kind not in rules or mail not in set(MailMode):
            raise Refusal("field-invalid", gettext_noop("Choose from the list."), field="kind")
        if not in_app and not rules[kind].may_be_hidden:
            raise Refusal("field-invalid", gettext_noop("This kind cannot be switched off."), field="kind")
    if language not in LANGUAGES:
        raise Refusal("field-invalid", gettext_noop("Choose from the list."), field="language")
    if quiet is not None and quiet[0] == quiet[1]:
        raise Refusal("field-invalid", gettext_noop("Quiet hours begin and end at different times."), field="quiet_to")
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(user_id=by.user_id, kind=kind, in_app=in_app, mail=mail)
            for kind, (in_app, mail) in sorted(choices.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_app", "mail"],
    )
    NotificationSetting.objects.update_or_create(
        user_id=by.user_id,
        defaults={
            "language": language,
            "quiet_from": quiet[0] if quiet else None,
            "quiet_to": quiet[1] if quiet else None,
            "urgent_breaks_quiet": urgent_breaks_quiet,
            "changed_at": now,
        },
    )
    audit.record(
        "notification.preferences.set", actor=by, subject_ref=by.audit_ref, institution_id=by.institution_id, detail={}
    )
