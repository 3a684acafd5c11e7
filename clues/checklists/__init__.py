"""What a case is checked against: charges, their elements, which part shows which of them, and what is missing (docs/checklists.md)."""
