"""Fishing: asking about people in order to learn who is known. Judged at every question, by what the ledger holds."""
