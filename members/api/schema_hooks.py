"""What the OpenAPI document says of every operation alike: headers of answers, links from one call to the next.

A link says where a value of an answer goes on (`batch` of a submitted batch is the `batch` of its results), so that
programs, testing ones among them, find their way without a person.
"""

from __future__ import annotations

import json
from typing import Any

from aif_share.wire.problems import CONTENT_TYPE
from members.api.problem_shapes import problems_of_writes

_HEADERS: dict[str, str] = {
    "X-Request-ID": "Name it when you ask us about an answer.",
    "RateLimit-Policy": 'Requests of your institution and the window in seconds: `"burst";q=200000;w=60`.',
    "RateLimit": 'What is left of them, and the seconds until the window ends: `"burst";r=199999;t=42`.',
    "Idempotency-Replayed": "`true`: this is the first answer to this Idempotency-Key, again.",
    "Retry-After": "Seconds to wait.",
    "ETag": "The version, for If-Match.",
}

_FIRST = "$response.body#/results/0"
# (operation, status) -> (name in the path of the operations, where the answer has it, the operations)
LINKS: dict[tuple[str, str], tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    ("batch_submit", "202"): (("batch", "$response.body#/batch", ("batch", "batch_results")),),
    ("batches", "200"): (("batch", f"{_FIRST}/batch", ("batch", "batch_results")),),
    ("clues", "200"): (
        ("clue", f"{_FIRST}/clue", ("clue", "clue_history", "clue_correct", "clue_extend", "clue_withdraw")),
    ),
    ("matches", "200"): (("match", f"{_FIRST}/match", ("match", "match_feedback")),),
    ("rings", "200"): (("ring", f"{_FIRST}/ring", ("ring",)),),
    ("disposition_record", "201"): (
        ("disposition", "$response.body#/disposition", ("disposition", "disposition_act", "disposition_lift_answer")),
    ),
    ("dispositions", "200"): (("disposition", f"{_FIRST}/disposition", ("disposition", "disposition_act")),),
    ("content_report", "201"): (("content", f"{_FIRST}/content", ("content",)),),
    ("contents", "200"): (("content", f"{_FIRST}/content", ("content",)),),
    ("disputes", "200"): (("dispute", f"{_FIRST}/dispute", ("dispute",)),),
    ("disputes_received", "200"): (("dispute", f"{_FIRST}/disputed", ("dispute_answer",)),),
    ("dispute_open", "202"): (("dispute", "$response.body#/dispute", ("dispute",)),),
    ("watch_create", "201"): (
        ("watch", "$response.body#/watches/0/watch", ("watch", "watch_extend", "watch_cancel")),
    ),
    ("watches", "200"): (("watch", f"{_FIRST}/watch", ("watch", "watch_extend", "watch_cancel")),),
    ("noise", "200"): (("entry", f"{_FIRST}/entry", ("noise_remove",)),),
    ("events", "200"): (("event", f"{_FIRST}/event", ("event",)),),
    ("webhook_create", "201"): (
        ("webhook", "$response.body#/webhook",
         ("webhook", "webhook_change", "webhook_test", "webhook_deliveries", "webhook_rotate_secret", "webhook_delete")),
    ),
    ("webhooks", "200"): (("webhook", f"{_FIRST}/webhook", ("webhook", "webhook_deliveries", "webhook_replay")),),
    ("credential_register", "201"): (
        ("credential", "$response.body#/credential", ("credential", "credential_rotate", "credential_revoke")),
    ),
    ("credentials", "200"): (("credential", f"{_FIRST}/credential", ("credential",)),),
}  # fmt: skip


def only_the_api(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Leave out what the portal's own pages call."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add headers and links to every answer, and to every write the answers that its body may have."""
    operations = [
        (method, operation)
        for methods in result["paths"].values()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]
    result["components"]["headers"] = {
        name: {"schema": {"type": "string"}, "description": text} for name, text in _HEADERS.items()
    }
    known = {operation["operationId"] for _method, operation in operations}
    for method, operation in operations:
        if method in ("post", "put", "patch", "delete"):
            operation["responses"] = dict(sorted((problems_of_writes() | operation["responses"]).items()))
        for status, answer in operation["responses"].items():
            of_all = {name: {"$ref": f"#/components/headers/{name}"} for name in _headers(status, operation)}
            answer["headers"] = of_all | answer.get("headers", {})
            _link(operation["operationId"], status, answer, known)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _close(content.get("schema", {}), result["components"]["schemas"])
    _share(result, [operation["responses"] for _method, operation in operations])
    return result


def _close(shape: Any, components: dict[str, Any]) -> None:
    """Say of every object of a body that it has no other fields: one that does not exist is refused."""
    if isinstance(shape, list):
        for each in shape:
            _close(each, components)
    if not isinstance(shape, dict):
        return
    if "$ref" in shape:
        _close(components[shape["$ref"].rpartition("/")[2]], components)
    if "properties" in shape and "additionalProperties" not in shape:
        shape["additionalProperties"] = False
    for each in shape.values():
        _close(each, components)


def _share(result: dict[str, Any], all_responses: list[dict[str, Any]]) -> None:
    """Let problem answers that are the same in several operations stand in the document once."""
    shared: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for responses in all_responses:
        for status, answer in responses.items():
            if CONTENT_TYPE not in answer.get("content", {}):
                continue
            text = json.dumps(answer, sort_keys=True)
            if text not in names:
                names[text] = f"Problem{status}{chr(ord('A') + sum(name[7:10] == status for name in shared))}"
                shared[names[text]] = answer
            responses[status] = {"$ref": f"#/components/responses/{names[text]}"}
    result["components"]["responses"] = dict(sorted(shared.items()))


def _headers(status: str, operation: dict[str, Any]) -> list[str]:
    found = ["X-Request-ID"]
    if status != "401" and operation.get("security"):
        found += ["RateLimit-Policy", "RateLimit"]
    if status in ("429", "503"):
        found.append("Retry-After")
    if status.startswith("2") and any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ())):
        found.append("Idempotency-Replayed")
    if status == "304" or (status == "200" and "304" in operation["responses"]):
        found.append("ETag")
    return found


def _link(operation_id: str, status: str, answer: dict[str, Any], known: set[str]) -> None:
    for name, where, targets in LINKS.get((operation_id, status), ()):
        for target in targets:
            if target in known:
                links = answer.setdefault("links", {})
                links[target] = {"operationId": target, "parameters": {name: where}}
