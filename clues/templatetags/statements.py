"""Values of statements on paper, as both languages read them."""

from __future__ import annotations

from django import template

from clues.statements.paper import plain

register = template.Library()
register.filter("statement_value", plain)
