"""Writes: every change of institutions, people and keys, each with its audit event in the same transaction."""
