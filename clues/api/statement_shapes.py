"""Shapes of statements for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of


class StatementLine(Shape):
    """One line of a section."""

    line = s.CharField(help_text="A code of the section's `list`.")
    values = s.ListField(
        child=s.CharField(allow_null=True),
        help_text="As text, one for each column: `<10` is few; null is not told, or nothing to measure.",
    )


class StatementSection(Shape):
    """Lines under one head."""

    section = code_of("statement-lines")
    list = s.CharField(help_text="The list of /vocabulary that the lines are of; `person-roles` are roles of people.")
    columns = s.ListField(child=code_of("statement-lines"))
    lines = StatementLine(many=True)


class ListedStatement(Shape):
    """A statement without its figures."""

    statement = s.CharField(help_text="Opaque reference ST-…")
    kind = s.ChoiceField(["bulletin", "quarterly"])
    since = s.DateField(help_text="First day of the period, in Shanghai.")
    last = s.DateField(help_text="Last day of the period.")
    version = s.IntegerField(help_text="A statement never changes; made anew it is a further version.")
    as_of = s.DateTimeField()
    pdf_sha256 = s.RegexField(r"^[0-9a-f]{64}$")
    csv_sha256 = s.RegexField(r"^[0-9a-f]{64}$")


class Statement(ListedStatement):
    """A statement with its figures."""

    sections = StatementSection(many=True)


StatementPage = _page_of("StatementPage", ListedStatement)
