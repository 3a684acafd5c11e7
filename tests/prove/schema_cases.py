"""Schemathesis against a running stack's own OpenAPI document: generated requests, good and bad, alone and in chains.

Good requests are made to be good for more than their form: references are ones that answers have shown, codes are of
the vocabulary, tokens are known ones, versions are the present ones. Bad requests stay as they were made. What an answer
may be is the document's business: any 5xx, any status or shape that it does not name, is a failure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import schemathesis
from schemathesis import engine
from schemathesis.engine import Status, events

from config.stack import Stack
from tests.prove.schema_world import World, bearer

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "ignored_auth", "unsupported_method", "negative_data_rejection",
)  # fmt: skip
DONE = frozenset({200, 201, 202, 204, 304})


@dataclass
class Outcome:
    """What a run found; statuses by operation, and every failure once."""

    requests: int = 0
    cases: int = 0
    past: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_operation: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    links_followed: int = 0


def guard(case: Any, world: World) -> None:
    """Whatever the case is: its webhooks stay on this machine, and it does not end the key of the run."""
    if isinstance(case.body, dict):
        if isinstance(case.body.get("url"), str):
            case.body["url"] = f"{world.url}/healthz"
        if case.body.get("confirm_self") is True:
            case.body["confirm_self"] = False


def configure(world: World, *, phases: dict[str, Any], mode: str, examples: int, seed: int) -> schemathesis.Config:
    """Return the configuration of one run."""
    checks: dict[str, Any] = {"enabled": False} | {name: {"enabled": True} for name in CHECKS}
    checks["negative_data_rejection"]["expected-statuses"] = [
        "400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429",
    ]  # fmt: skip
    return schemathesis.Config.from_dict(
        {
            "seed": seed,
            "workers": 2,
            "headers": bearer(world.key),
            "continue-on-failure": True,
            "request-timeout": 30,
            "generation": {"mode": mode, "max-examples": examples, "no-shrink": True, "database": "none"},
            "checks": checks,
            # A row or link that is not right is refused alone: the answer to its request is 202 or 201.
            "operations": [
                {"include-operation-id": each, "checks": {"negative_data_rejection": {"enabled": False}}}
                for each in ("batch_submit", "content_report")
            ],
            "phases": {name: {"enabled": False} for name in ("examples", "coverage", "fuzzing", "stateful")} | phases,
        }
    )


ON: dict[str, Any] = {"enabled": True}
ONE_LINK_IN = 200


def run(stack: Stack, *, cases: int, seed: int = 1) -> Outcome:
    """Send at least `cases` requests: good and bad ones mixed, edge cases among them, then good ones, alone and in chains.

    Below 5,000 the edge cases, which are more than two thousand by themselves, are left out. Chains go on until one request
    in 200 followed a link: how many do is by chance, for most chains end with a request that is refused.
    """
    world, outcome = World(stack), Outcome()
    schemathesis.hooks.unregister_all()
    register(world)
    operations = len(
        list(_schema(world, configure(world, phases={}, mode="all", examples=1, seed=seed)).get_all_operations())
    )
    mixed = {"examples": ON, "fuzzing": ON} | ({"coverage": ON} if cases >= 5_000 else {})
    chains = {"stateful": ON | {"max-steps": 8}}
    first = ("all", mixed, cases // 12 // operations)
    good, chained = (("positive", phases, cases // 3 // operations) for phases in ({"fuzzing": ON} | chains, chains))
    turn = 0
    while (outcome.cases < cases or outcome.links_followed < cases // ONE_LINK_IN) and turn < 40:
        mode, phases, examples = first if turn == 0 else good if outcome.cases < cases else chained
        config = configure(world, phases=phases, mode=mode, examples=max(1, examples), seed=seed + turn)
        drain(engine.from_schema(_schema(world, config)), outcome, world)
        turn += 1
    schemathesis.hooks.unregister_all()
    world.http.close()
    return outcome


def _schema(world: World, config: schemathesis.Config) -> Any:
    return schemathesis.openapi.from_url(f"{world.url}/api/v1/schema", config=config)


def register(world: World) -> None:
    """Let the world fit what is generated, and learn from what is answered."""

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if _is_good(case):
            world.fit(case)
        world.precede(case)
        guard(case, world)

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        if response.status_code < 300:
            world.learn(response.content[:100_000])

    @schemathesis.serializer("application/x-ndjson", "text/csv")
    def lines(context: Any, value: Any) -> bytes:
        rows = value if isinstance(value, list) else [value]
        return b"\n".join(each.encode() if isinstance(each, str) else orjson.dumps(each, default=str) for each in rows)


def drain(run: Any, outcome: Outcome, world: World) -> None:
    """Count what the engine tells."""
    for event in run.execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            outcome.errors.append(str(getattr(event, "value", None) or getattr(event, "exception", ""))[:500])
        recorder = getattr(event, "recorder", None)
        if recorder is None or not isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            continue
        for case_id, interaction in recorder.interactions.items():
            if interaction.response is None:
                outcome.errors.append(
                    f"no answer to {interaction.request.method} {urlsplit(interaction.request.uri).path}"
                )
                continue
            status = interaction.response.status_code
            node = recorder.cases.get(case_id)
            label = node.value.operation.label if node else recorder.label
            outcome.requests += 1
            if node and node.parent_id is not None and node.transition is None:
                continue  # a check asked again, without the key or with another method; its findings are among the failures
            outcome.cases += 1
            outcome.statuses[status] += 1
            outcome.by_operation[label][status] += 1
            outcome.past += is_past(interaction, world, good=bool(node and _is_good(node.value)))
            outcome.links_followed += bool(node and node.transition)
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.status == Status.FAILURE and check.failure_info is not None:
                    node = recorder.cases[case_id]
                    key = f"{node.value.operation.label} {check.name}: {check.failure_info.failure.title}"
                    if key not in outcome.failures:
                        outcome.failures[key] = describe(check.failure_info, recorder.interactions.get(case_id))


def is_past(interaction: Any, world: World, *, good: bool) -> bool:
    """Whether the request was authenticated and found valid: done, or refused for the state that things are in.

    404 counts for a reference that an answer has shown, 409 but for the Idempotency-Key, 412 for a good request.
    """
    status = interaction.response.status_code
    if status == 404:
        path = urlsplit(interaction.request.uri).path
        return any(part in world.found.get(part.partition("-")[0], ()) for part in path.split("/"))
    if status == 409:
        return b'"idempotency-' not in (interaction.response.content or b"")
    return status in DONE or (status == 412 and good)


def _is_good(case: Any) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def describe(info: Any, interaction: Any) -> str:
    """Return what is needed to see a failure again."""
    answer = interaction.response if interaction else None
    body = b"" if answer is None else (answer.content or b"")[:400]
    return f"{info.failure.message[:600]}\n{info.code_sample[:900]}\n-> {answer and answer.status_code} {body!r}"
