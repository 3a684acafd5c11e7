"""The API's shapes for its OpenAPI document. Nothing is parsed or shown with these: the domain checks, views show."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from aif_share.oprf.encoding import TOKEN_PATTERN
from aif_share.vocabulary import lists
from aif_share.wire.limits import MAX_CLUES, MAX_IDENTIFIERS, MAX_SCREEN_TOKENS

from .examples import (
    BATCH_EXAMPLE,
    BATCH_REQUEST_EXAMPLE,
    FEEDBACK_EXAMPLE,
    MATCH_EXAMPLE,
    MATCH_PAGE_EXAMPLE,
    RECEIPT_EXAMPLE,
    ROW_EXAMPLE,
    SCREENING_EXAMPLE,
    SCREENING_REQUEST_EXAMPLE,
)
from .problem_shapes import FRAMING, OPEN_READING, PAGING, READING, TOKEN, answer, problems
from .query_shapes import IDEMPOTENCY_KEY, OPTIONAL_IDEMPOTENCY_KEY, PAGE_PARAMETERS

__all__ = [
    "BATCH_EXAMPLE", "BATCH_REQUEST_EXAMPLE", "FEEDBACK_EXAMPLE", "FRAMING", "IDEMPOTENCY_KEY", "MATCH_EXAMPLE", "MATCH_PAGE_EXAMPLE", "OPEN_READING", "OPTIONAL_IDEMPOTENCY_KEY",
    "PAGE_PARAMETERS", "PAGING", "READING", "RECEIPT_EXAMPLE", "ROW_EXAMPLE", "SCREENING_EXAMPLE",
    "SCREENING_REQUEST_EXAMPLE", "TOKEN", "Batch", "BatchPage", "BatchSubmission", "FeedbackGiven", "Match", "MatchFeedback",
    "MatchPage", "Receipt", "RowPage", "Screening", "ScreeningQuestion", "SignedDirectory", "Vocabulary", "answer",
    "problems",
]  # fmt: skip

Shape = s.Serializer[Any]


def code_of(list_name: str, **options: Any) -> s.CharField:
    """A code of a vocabulary list. The codes are not in the document: a new row is no new schema."""
    return s.CharField(help_text=f"A code of the list `{list_name}` of /vocabulary.", **options)


class SubmittedIdentifier(Shape):
    """One identifier of a clue, as a token."""

    type = s.CharField(help_text="A code of the list `identifier-types` of /vocabulary.")
    epoch = s.IntegerField(min_value=1, help_text="Epoch of the key directory that the token was made in.")
    token = s.RegexField(TOKEN_PATTERN, help_text="43 characters of base64url. Never a raw identifier.")
    role = code_of("roles", default="actor")


class SubmittedClue(Shape):
    """One clue. Fields that do not exist are refused."""

    client_ref = s.RegexField(
        r"^[A-Za-z0-9._:/+=@-]{1,64}$", help_text="Yours, unique in your institution; never an identifier."
    )
    category = code_of("categories")
    grade = code_of("grades")
    identifiers = SubmittedIdentifier(many=True, help_text=f"1 to {MAX_IDENTIFIERS}.")
    level = code_of("levels", required=False, allow_null=True)
    channel = code_of("channels", required=False, allow_null=True)
    observed_at = s.DateTimeField(required=False, allow_null=True)
    region = code_of("regions", required=False, allow_null=True)
    amount_cny = s.RegexField(r"^[0-9]{1,15}(\.[0-9]{1,2})?$", required=False, allow_null=True)
    crime_indicator = s.BooleanField(required=False)
    indicators = s.ListField(child=code_of("indicators"), required=False)
    consumer_contacted = code_of("consumer-contacted", required=False, allow_null=True)
    tlp = code_of("tlp", required=False, default="amber+strict")
    evidence_sha256 = s.RegexField(r"^[0-9a-fA-F]{64}$", required=False, allow_null=True)
    basis = s.RegexField(
        r"^[a-z0-9-]{1,64}$", required=False, help_text="A code, never free text; absent: the institution's default."
    )


class BatchSubmission(Shape):
    """A batch. A row that is not right is refused alone; the rest lands."""

    clues = SubmittedClue(many=True, help_text=f"1 to {MAX_CLUES}; the whole body is 16 MiB at most.")


class ReceiptDigest(Shape):
    """What was stored: SHA-256 of the stored rows, and when; and the promise that the event stands in the log."""

    digest = s.RegexField(r"^[0-9a-f]{64}$")
    received_at = s.DateTimeField()
    event = s.CharField(required=False, help_text="The event in the transparency log, AE-…")
    leaf = s.RegexField(r"^[0-9a-f]{64}$", required=False, help_text="The hash of its leaf, in hex.")
    signed = s.CharField(
        required=False,
        help_text="A signed note (c2sp.org/signed-note): name, event, leaf, digest, received_at. `GET /log` has the key.",
    )


class BatchLinks(Shape):
    """Where to go on."""

    self = s.URLField()
    results = s.URLField()


class Receipt(Shape):
    """The acknowledgment of a batch."""

    batch = s.CharField(help_text="Opaque reference B-…")
    state = s.CharField(help_text="`received`; `held` if it is far more than usual; `rejected` when no row was taken.")
    clues = s.IntegerField(help_text="Rows taken.")
    rows_refused = s.IntegerField(help_text="Rows refused at the door; more may be refused later.")
    receipt = ReceiptDigest()
    links = BatchLinks()


class Batch(Shape):
    """State and counts of a batch."""

    batch = s.CharField()
    state = s.ChoiceField(["received", "processing", "done", "held", "rejected"])
    clues = s.IntegerField()
    accepted = s.IntegerField()
    duplicates = s.IntegerField(help_text="Same client_ref, same content: no effect.")
    refused = s.IntegerField()
    quarantined = s.IntegerField(help_text="Set aside by us, code `row-quarantined`: we try them again; send nothing.")
    matched = s.IntegerField(help_text="Clues with a match; 0 until released.")
    released = s.BooleanField(help_text="Everything is matched, and the tick of the last match is past.")


class ListedBatch(Batch):
    """A batch in the list."""

    received_at = s.DateTimeField()


class Row(Shape):
    """The outcome of one row."""

    row = s.IntegerField(help_text="Place in the submitted list, from 0.")
    client_ref = s.CharField(allow_null=True, help_text="Null for a row refused at the door: nothing of it is kept.")
    outcome = s.ChoiceField(["accepted", "duplicate", "refused", "quarantined"])
    code = s.CharField(
        allow_null=True,
        help_text="Refused: why, see /problems. Accepted: null, or `noise` (an identifier on a noise list, which does not "
        "count), or `noise-informed` (on a list that only informs), or `epoch-added` (a clue that was there gained the tokens "
        "of another key epoch).",
    )


class Own(Shape):
    """One of your own clues in a match."""

    client_ref = s.CharField()
    identifier = s.IntegerField(help_text="Place of the identifier in the clue, from 0.")


class ScoreTerm(Shape):
    """One part of a score."""

    term = s.CharField()
    points = s.IntegerField(help_text="Negative for `disputes`.")


class FeedbackGiven(Shape):
    """A verdict on a match. The last one counts."""

    verdict = code_of("feedback-verdicts")
    reason = code_of("feedback-reasons", required=False, allow_null=True)


class Feedback(FeedbackGiven):
    """The present verdict of your institution."""

    given_at = s.DateTimeField()


class MatchFeedback(Feedback):
    """The verdict as it was taken."""

    match = s.CharField()


class Match(Shape):
    """A match as one party sees it."""

    match = s.CharField(help_text="Opaque reference M-…")
    type = s.CharField()
    released_at = s.DateTimeField()
    mine = Own(many=True)
    band = s.ChoiceField(
        ["1", "2-4", "5+"], allow_null=True, help_text="Independent groups beside yours; null in a small alliance."
    )
    sectors = s.ListField(child=s.CharField(), help_text="Only sectors of three or more live institutions.")
    categories = s.ListField(child=s.CharField())
    best_grade = s.CharField()
    first_seen_month = s.RegexField(r"^\d{4}-\d{2}$")
    score = s.IntegerField(
        allow_null=True, min_value=0, max_value=100, help_text="The sum of `terms`; null until it is reckoned."
    )
    terms = ScoreTerm(many=True, help_text="What the score is made of; terms of zero points are left out.")
    my_feedback = Feedback(allow_null=True)


class AskedToken(Shape):
    """A token to screen."""

    type = s.CharField()
    epoch = s.IntegerField(min_value=1)
    token = s.RegexField(TOKEN_PATTERN)


class ScreeningQuestion(Shape):
    """A question about tokens, with its purpose."""

    purpose = code_of("purposes")
    case_ref = s.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Your case number, 1 to 64 of A-Z a-z 0-9 . _ : / # -",
    )
    basis = s.RegexField(r"^[a-z0-9-]{1,64}$", required=False, allow_null=True)
    tokens = AskedToken(many=True, help_text=f"1 to {MAX_SCREEN_TOKENS}; each is one unit of the daily quota.")


class ScreenedToken(Shape):
    """The answer for one token. What other institutions reported at grade B2 or better is a hit."""

    index = s.IntegerField(help_text="Place of the token in the question, from 0.")
    hit = s.BooleanField()
    band = s.ChoiceField(["1", "2-4", "5+"], allow_null=True)
    categories = s.ListField(child=s.CharField())
    best_grade = s.CharField(allow_null=True)
    score = s.IntegerField(allow_null=True, min_value=0, max_value=100)
    terms = ScoreTerm(many=True)


class LawfulUse(Shape):
    """The lawful-use matrix that the answer rests on, and what the purpose demands of whoever uses it."""

    matrix = s.CharField(help_text="LM- and its number.")
    title = s.CharField()
    human_review = s.BooleanField(help_text="A person must look before anything is decided.")
    never_sole_ground = s.BooleanField(help_text="Nothing may be decided on this answer alone.")


class Screening(Shape):
    """The answers in the order asked."""

    results = ScreenedToken(many=True)
    as_of = s.DateTimeField()
    lawful_use = LawfulUse()
    disclaimer = s.CharField()


class SignedDirectory(Shape):
    """The key directory, signed by the alliance."""

    signed = s.CharField(help_text="JSON text; the signature is over exactly these characters in UTF-8.")
    public_key = s.CharField(help_text="Ed25519, base64url. Compare it with the one you pinned.")
    signature = s.CharField(help_text="Ed25519, base64url.")


class VocabularyTerm(Shape):
    """One value of a list. Some lists have further members."""

    code = s.CharField()
    zh = s.CharField()
    en = s.CharField()


class VocabularyType(VocabularyTerm):
    """One identifier type."""

    form = s.CharField(help_text="The canonical form in one line.")
    personal = s.BooleanField()
    version = s.IntegerField()
    link = s.IntegerField(help_text="How far it joins clues into rings: 2 very strong, 1 strong, 0 not at all.")


Vocabulary = type(
    "Vocabulary",
    (s.Serializer,),
    {
        "__doc__": "All lists by name.",
        **{name: VocabularyTerm(many=True) for name in lists()},
        "identifier-types": VocabularyType(many=True),
    },
)


def _page_of(name: str, row: type[Shape]) -> type[Shape]:
    members = {
        "__doc__": "One page.",
        "results": row(many=True),
        "next": s.URLField(allow_null=True, help_text="Address of the next page; null on the last."),
    }
    return type(name, (s.Serializer,), members)


BatchPage = _page_of("BatchPage", ListedBatch)
RowPage = _page_of("RowPage", Row)
MatchPage = _page_of("MatchPage", Match)
