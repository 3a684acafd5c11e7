"""Rings: components of clues that share strong identifiers. One writer, apart from matching."""
