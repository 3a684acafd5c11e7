"""Examples of the OpenAPI document. The tokens are made up; no identifier has them."""

from drf_spectacular.utils import OpenApiExample

_MADE_UP = "ExampleTokenExampleTokenExampleTokenExamplE"
_BATCH = "B-EXAMPLEEXAMPLEEXAMPLEEXAMP"

BATCH_REQUEST_EXAMPLE = OpenApiExample(
    "A phone that took part in a fraud",
    {
        "clues": [
            {
                "client_ref": "2026-000417",
                "category": "telecom-fraud",
                "grade": "B2",
                "channel": "sms",
                "observed_at": "2026-11-01T08:00:00Z",
                "region": "CN-31",
                "amount_cny": "1000.00",
                "identifiers": [{"type": "cn-mobile", "epoch": 1, "token": _MADE_UP, "role": "actor"}],
            }
        ]
    },
    request_only=True,
)
RECEIPT_EXAMPLE = OpenApiExample(
    "Stored",
    {
        "batch": _BATCH,
        "state": "received",
        "clues": 1,
        "rows_refused": 0,
        "receipt": {
            "digest": "0123456789abcdef" * 4,
            "received_at": "2026-11-01T08:00:01.250Z",
            "event": "AE-EXAMPLEEXAMPLEEXAMPLEEXAMP",
            "leaf": "fedcba9876543210" * 4,
            "signed": "share.example/log/receipts\nAE-…\nfedc…\n0123…\n2026-11-01T08:00:01.250000Z\n\n— share.example/log/receipts …\n",
        },
        "links": {
            "self": f"https://share.example/api/v1/batches/{_BATCH}",
            "results": f"https://share.example/api/v1/batches/{_BATCH}/results",
        },
    },
    response_only=True,
    status_codes=["202"],
)
BATCH_EXAMPLE = OpenApiExample(
    "Released",
    {
        "batch": _BATCH,
        "state": "done",
        "clues": 9998,
        "accepted": 9990,
        "duplicates": 8,
        "refused": 2,
        "quarantined": 0,
        "matched": 41,
        "released": True,
    },
    response_only=True,
    status_codes=["200"],
)
ROW_EXAMPLE = OpenApiExample(
    "A page",
    {
        "results": [
            {"row": 0, "client_ref": "2026-000417", "outcome": "accepted", "code": None},
            {"row": 1, "client_ref": None, "outcome": "refused", "code": "raw-identifier"},
        ],
        "next": None,
    },
    response_only=True,
    status_codes=["200"],
)
_MATCH = {
    "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "type": "domain",
    "released_at": "2026-11-01T08:00:03Z",
    "mine": [{"client_ref": "2026-000417", "identifier": 0}],
    "band": "2-4",
    "sectors": ["bank"],
    "categories": ["telecom-fraud"],
    "best_grade": "B2",
    "first_seen_month": "2026-11",
    "score": 67,
    "terms": [
        {"term": "independent-groups", "points": 24},
        {"term": "grade", "points": 16},
        {"term": "source-quality", "points": 5},
        {"term": "recency", "points": 20},
        {"term": "specificity", "points": 2},
    ],
    "my_feedback": {"verdict": "confirm", "reason": "same-actor", "given_at": "2026-11-02T01:30:00Z"},
}
FEEDBACK_EXAMPLE = OpenApiExample("The same actor", {"verdict": "confirm", "reason": "same-actor"}, request_only=True)
MATCH_EXAMPLE = OpenApiExample("A match", _MATCH, response_only=True, status_codes=["200"])
MATCH_PAGE_EXAMPLE = OpenApiExample(
    "The last page", {"results": [_MATCH], "next": None}, response_only=True, status_codes=["200"]
)
SCREENING_REQUEST_EXAMPLE = OpenApiExample(
    "A domain from a complaint",
    {
        "purpose": "complaint-handling",
        "case_ref": "2026-C-118",
        "basis": "user-agreement",
        "tokens": [{"type": "domain", "epoch": 1, "token": _MADE_UP}],
    },
    request_only=True,
)
SCREENING_EXAMPLE = OpenApiExample(
    "A hit",
    {
        "results": [
            {
                "index": 0,
                "hit": True,
                "band": "2-4",
                "categories": ["telecom-fraud"],
                "best_grade": "B2",
                "score": 67,
                "terms": [
                    {"term": "independent-groups", "points": 24},
                    {"term": "grade", "points": 16},
                    {"term": "source-quality", "points": 5},
                    {"term": "recency", "points": 20},
                    {"term": "specificity", "points": 2},
                ],
            }
        ],
        "as_of": "2026-11-01T08:05:00.017Z",
        "lawful_use": {
            "matrix": "LM-1",
            "title": "Shipped: types that are not personal",
            "human_review": False,
            "never_sole_ground": False,
        },
        "disclaimer": "A hit is a lead from other institutions, not a finding; decide on your own evidence.",
    },
    response_only=True,
    status_codes=["200"],
)
