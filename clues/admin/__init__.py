"""The desk's pages of clues: to look at, with operations where the alliance has to act."""

from clues.admin import (
    batches,
    cases,
    dispositions,
    disputes,
    epochs,
    health,
    institution_panels,
    jobs,
    lawful_use,
    matches,
    noise,
    queues,
    reviews,
    rings,
    screenings,
)

__all__ = [
    "batches",
    "cases",
    "dispositions",
    "disputes",
    "epochs",
    "health",
    "institution_panels",
    "jobs",
    "lawful_use",
    "matches",
    "noise",
    "queues",
    "reviews",
    "rings",
    "screenings",
]
