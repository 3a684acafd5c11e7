"""Disputes: a clue that somebody says is wrong is suspended at once, answered in time or lapses, and is decided."""
