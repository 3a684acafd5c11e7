"""Reads: what a person wants to be told, with the defaults of the kinds filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from members.delivery.notification_rules import Reader, Rule, rules_of
from members.models import NotificationPreference, NotificationSetting

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants of one kind."""

    rule: Rule
    in_app: bool
    mail: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything a person said, or the defaults. `language` is None for whoever never said: mails come in both."""

    choices: tuple[Choice, ...]
    quiet_from: time | None
    quiet_to: time | None
    urgent_breaks_quiet: bool
    language: str | None


def get_preferences(*, viewer: Reader) -> Preferences:
    """Return the preferences of a person, one choice for each kind that the role may read."""
    said = {
        kind: (in_app, mail)
        for kind, in_app, mail in NotificationPreference.objects.filter(user_id=viewer.user_id).values_list(
            "kind", "in_app", "mail"
        )
    }
    setting = NotificationSetting.objects.filter(user_id=viewer.user_id).first()
    return Preferences(
        choices=tuple(Choice(rule, *said.get(kind, (True, rule.mail))) for kind, rule in rules_of(viewer.role).items()),
        quiet_from=setting.quiet_from if setting else None,
        quiet_to=setting.quiet_to if setting else None,
        urgent_breaks_quiet=setting.urgent_breaks_quiet if setting else False,
        language=setting.language if setting else None,
    )


def shown_kinds(*, viewer: Reader) -> tuple[str, ...]:
    """Return the kinds that the person may read and has not switched off."""
    rules = rules_of(viewer.role)
    hidden = set(
        NotificationPreference.objects.filter(user_id=viewer.user_id, in_app=False).values_list("kind", flat=True)
    )
    return tuple(kind for kind, rule in rules.items() if kind not in hidden or not rule.may_be_hidden)
