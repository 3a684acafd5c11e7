"""Levels of authorities and receivers: where a body stands, or that it is none of the state."""

from .term import Term, by_code

ROWS = (
    Term("national", "国家级", "National"),
    Term("provincial", "省级", "Provincial"),
    Term("municipal", "市级", "Municipal"),
    Term("county", "县级", "County or district"),
    Term("organization", "企业或组织", "Company or organization"),
)
BY_CODE = by_code(ROWS)
