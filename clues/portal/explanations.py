"""What a refused row's code means to the person who sent it, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code, what it means, and what to do next."""

    code: str
    meaning: StrPromise
    next_step: StrPromise


def _row(code: str, meaning: StrPromise, next_step: StrPromise) -> tuple[str, Explanation]:
    return code, Explanation(code, meaning, next_step)


_VOCABULARY = _("Take a code from `GET /api/v1/vocabulary`, correct the row and send it again.")
_TOKENIZE = _("Let `aif-share submit` make the tokens; it never sends raw values.")
_RENEW = _("Fetch the directory anew (`aif-share directory`), tokenize the row again and send it.")

EXPLANATIONS: Final[Mapping[str, Explanation]] = MappingProxyType(
    dict(
        [
            _row("raw-identifier", _("A raw identifier stood where a token or reference belongs."), _TOKENIZE),
            _row("unkeyed-hash", _("A plain hash stood where a token belongs; it can be guessed back."), _TOKENIZE),
            _row("token-malformed", _("The token is not 43 characters of base64url."), _TOKENIZE),
            _row(
                "type-unknown",
                _("The identifier type does not exist."),
                _("`aif-share types` lists all types. Correct the row and send it again."),
            ),
            _row("epoch-unknown", _("The key epoch of the token is not a number."), _RENEW),
            _row(
                "batch-rejected",
                _("The alliance looked at the held batch and did not let it go."),
                _("Read the reason above, correct the file, and send it again after talking to the alliance."),
            ),
            _row(
                "row-quarantined",
                _("The row stopped whatever worked on it, three times; it was set aside and the rest is done."),
                _("Send nothing: the alliance knows, and tries the row again. This page then shows its outcome."),
            ),
            _row("epoch-retired", _("The key epoch of the token is not in force."), _RENEW),
            _row(
                "client-ref-reused",
                _("This client_ref came before with other content."),
                _("Give the clue a client_ref of its own. The first content stays in force."),
            ),
            _row(
                "client-ref-invalid",
                _("client_ref has 1 to 64 letters, digits and . _ : / + = @ -"),
                _("Leave client_ref to `aif-share submit`, or correct it and send the row again."),
            ),
            _row(
                "identifier-repeated",
                _("The same identifier stands twice in the clue."),
                _("Remove the repetition and send the row again."),
            ),
            _row(
                "identifiers-missing",
                _("A clue needs at least one identifier, in a list."),
                _("Correct the row and send it again."),
            ),
            _row(
                "identifiers-too-many",
                _("A clue carries at most 20 identifiers."),
                _("Make several clues of the row and send them."),
            ),
            _row("category-unknown", _("The category is not in the vocabulary."), _VOCABULARY),
            _row("grade-unknown", _("The evidence grade is not in the vocabulary."), _VOCABULARY),
            _row("level-unknown", _("The abnormality level is not in the vocabulary."), _VOCABULARY),
            _row("channel-unknown", _("The channel is not in the vocabulary."), _VOCABULARY),
            _row("indicator-unknown", _("An indicator is not in the vocabulary."), _VOCABULARY),
            _row(
                "indicator-missing",
                _("A complaint alone is no clue: above grade C it needs an identification indicator."),
                _("Add an indicator that you can show, or grade the clue C, and send the row again."),
            ),
            _row(
                "indicator-blocks",
                _("An indicator says that an individual stands behind it, not the gray industry."),
                _("Do not submit this person. If the indicator is wrong, correct it and send the row again."),
            ),
            _row("role-unknown", _("The role of an identifier is not in the vocabulary."), _VOCABULARY),
            _row("region-unknown", _("The region is not in the vocabulary."), _VOCABULARY),
            _row("tlp-unknown", _("The TLP label is not in the vocabulary."), _VOCABULARY),
            _row(
                "consumer-contacted-invalid",
                _("The outcome of the contact is not in the vocabulary."),
                _VOCABULARY,
            ),
            _row(
                "consumer-contacted-missing",
                _("A complaint above grade C has to say what the consumer answered."),
                _("Contact the consumer and fill consumer_contacted, or grade the clue C, and send the row again."),
            ),
            _row(
                "basis-invalid",
                _("The legal basis is a code of lower-case letters, digits and hyphens, not a text."),
                _("Put the code of the basis there and send the row again."),
            ),
            _row(
                "observed-at-invalid",
                _("The time of observation is not a time with a zone between 2000 and tomorrow."),
                _("Write it like 2026-11-01T08:00:00Z and send the row again."),
            ),
            _row(
                "amount-invalid",
                _("The amount is not a sum in yuan with at most two decimals, as text."),
                _('Write it like "1000.00" and send the row again.'),
            ),
            _row(
                "evidence-digest-invalid",
                _("The evidence digest is not a SHA-256 of 64 hex digits."),
                _("Put the SHA-256 of the evidence file there and send the row again."),
            ),
            _row(
                "crime-indicator-invalid",
                _("crime_indicator is neither true nor false."),
                _("Correct the row and send it again."),
            ),
            _row(
                "field-missing",
                _("A required field is missing: client_ref, category, grade or identifiers."),
                _("Add it and send the row again."),
            ),
            _row(
                "unknown-field",
                _("The row has a field that does not exist."),
                _("Remove it and send the row again; docs/api/batches.md lists the fields."),
            ),
            _row(
                "too-large",
                _("The line is longer than 64 KiB."),
                _("Correct the row and send it again."),
            ),
            _row(
                "charset",
                _("The line is not in UTF-8."),
                _("Write the file in UTF-8 without a byte order mark and send the row again."),
            ),
            _row(
                "row-malformed",
                _("The row cannot be read as one object of fields, each named once."),
                _("Correct the row and send it again."),
            ),
        ]
    )
)


def explain(code: str) -> Explanation:
    """Return the explanation of a code; a code that is new here stands for itself."""
    return EXPLANATIONS.get(code) or Explanation(
        code, _("The row was refused."), _("Ask the alliance and quote the code.")
    )
