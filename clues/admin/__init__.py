"""The desk's pages of clues: to look at, with operations where the alliance has to act."""

from clues.admin import batches, cases, epochs, jobs, matches, rings, screenings

__all__ = ["batches", "cases", "epochs", "jobs", "matches", "rings", "screenings"]
