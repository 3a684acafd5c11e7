"""Rights and vocabulary in templates: `user|can:"clue.view"`, `code|label:"sectors"`."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from aif_share import vocabulary
from members.permissions import ROLE_LABELS, ROLE_LINES, Permission
from members.permissions import can as role_can

register = template.Library()


@register.filter
def can(user: object, permission: str) -> bool:
    """Whether the person's role includes the permission. An unknown permission is an error of the template."""
    return role_can(user, Permission(permission))


@register.simple_tag
def icon(name: str) -> str:
    """A symbol of the sprite that config/frontend/build.mjs makes of icons.json; beside a text, so hidden from readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("aif/icons.svg"), name
    )


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """What a browser calls itself, in two words; anything else as its first forty characters."""
    found = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40] or "–"


@register.filter
def role_line(role: str) -> str:
    """What the role is for, in one line."""
    return str(ROLE_LINES.get(role, ""))


@register.filter
def role_label(role: str) -> str:
    """The role in the reader's language."""
    return str(ROLE_LABELS.get(role, role))


@register.filter
def label(code: str | None, list_name: str) -> str:
    """A code of a vocabulary list in the reader's language; an unknown code as it is."""
    for term in vocabulary.lists()[list_name]:
        if term.code == code:
            return term.zh if (get_language() or "").startswith("zh") else term.en
    return code or ""


@register.filter
def figure(number: int | None) -> str:
    """A number with its thousands apart, a dash for none."""
    return "—" if number is None else f"{number:,}"


@register.filter
def with_code(text: str) -> str:
    """A sentence whose `backticks` become code; everything else is escaped."""
    parts = str(text).split("`")
    return format_html_join("", "{}", ((_code(part) if turn % 2 else part,) for turn, part in enumerate(parts)))


def _code(text: str) -> str:
    return format_html("<code>{}</code>", text)
