"""Schemathesis against a running stack's own OpenAPI document: generated requests, good and bad, alone and in chains.

Good requests are made to be good for more than their form: references are ones that answers have shown, codes are of
the vocabulary, tokens are known ones, versions are the present ones. Bad requests stay as they were made. What an answer
may be is the document's business: any 5xx, any status or shape that it does not name, is a failure.
"""

from __future__ import annotations

import random
import re
import secrets
import time
import uuid
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import orjson
import schemathesis
from schemathesis import engine
from schemathesis.engine import Status, events

from aif_share.wire.keys import PLATFORM, MemberKey
from config.stack import Stack
from members.api.repeat import KEY_FORM
from tests.clues.alliance import clue, token

PLENTY = {"evaluate_quota": 1_000_000_000, "submit_quota": 1_000_000_000, "screen_quota": 1_000_000_000}
TOKENS = 200
TYPES = ("domain", "url")  # not personal: cleared for every purpose as shipped
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "ignored_auth", "unsupported_method", "negative_data_rejection",
)  # fmt: skip
DONE = frozenset({200, 201, 202, 204, 304})
NAMES = {
    "batch": "B", "clue": "C", "match": "M", "ring": "R", "dispute": "D", "watch": "W", "webhook": "H", "event": "E",
    "credential": "K", "entry": "Q", "delivery": "WD",
}  # fmt: skip
_TAG = re.compile(r'"[1-9][0-9]{0,8}"')
_REFERENCE = re.compile(rb'"(B|C|M|R|D|W|H|E|K|Q|WD)-[A-Z2-7]{26}"')


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


class World:
    """An institution among others on a running stack, and everything an answer has shown of it."""

    def __init__(self, stack: Stack) -> None:
        self.url, self.random = stack.url, random.Random(1)
        self.found: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=300))
        made = [stack.create_institution(f"schema {uuid.uuid4().hex[:8]}", sector, **PLENTY)
                for sector in ("bank", "telecom", "payment")]  # fmt: skip
        self.key, *self.others = (MemberKey.parse(each["api_key"]) for each in made)
        self.http = httpx.Client(base_url=f"{self.url}/api/v1/", headers=bearer(self.key), timeout=30)
        self.vocabulary = {
            name: [term["code"] for term in terms] for name, terms in self.http.get("vocabulary").json().items()
        }
        self.tokens = [token(number, kind=TYPES[number % len(TYPES)]) for number in range(TOKENS)]
        self._seed()

    def _seed(self) -> None:
        """Three institutions report the same, so that there are matches, rings, disputes, watches."""
        rows = [clue(each | {"role": "actor"}, grade="B2") for each in self.tokens]
        # Two strong identifiers in one clue, and one of them in another: rings.
        cards, phones = ([token(n, kind=kind) for n in range(21)] for kind in ("bank-card", "cn-mobile"))
        rows += [clue(*(each | {"role": "actor"} for each in pair)) for n in range(20)
                 for pair in ((cards[n], phones[n]), (cards[n], phones[n + 1]))]  # fmt: skip
        for key in (self.key, *self.others):
            sent = {"clues": [row | {"client_ref": uuid.uuid4().hex[:22]} for row in rows]}
            self._post(key, "batches", sent)
        until = time.monotonic() + 60
        while not self.http.get("matches?limit=1").json()["results"] and time.monotonic() < until:
            time.sleep(0.2)
        self._post(self.key, "watches", {"purpose": self.vocabulary["purposes"][0], "tokens": self.tokens[:20]})
        self._post(self.key, "webhooks", {"url": f"{self.url}/healthz", "kinds": []})
        matches = self.http.get("matches?limit=20").json()["results"]
        for match in matches[:4]:
            self._post(self.key, "disputes", {"match": match["match"], "reason": "wrong-person"})
        theirs = httpx.get(f"{self.url}/api/v1/matches?limit=20", headers=bearer(self.others[0])).json()["results"]
        for match in theirs[8:12]:
            self._post(self.others[0], "disputes", {"match": match["match"], "reason": "wrong-person"})
        for name in ("batches", "clues", "matches", "rings", "disputes", "disputes/received", "watches", "webhooks",
                     "credentials", "events", "noise"):  # fmt: skip
            self.learn(self.http.get(name).content)

    def _post(self, key: MemberKey, path: str, body: Any) -> None:
        headers = bearer(key) | {"Idempotency-Key": uuid.uuid4().hex}
        answer = httpx.post(f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=30)
        if answer.status_code >= 300:
            raise RuntimeError(f"seeding {path}: {answer.status_code} {answer.text[:300]}")

    def learn(self, content: bytes) -> None:
        """Keep the references that stand in an answer."""
        for reference in _REFERENCE.finditer(content):
            text = reference[0][1:-1].decode()
            self.found[text.partition("-")[0]].append(text)

    def reference(self, name: str) -> str | None:
        """Return a reference that fits the name of a field or parameter, most likely a new one."""
        known = self.found.get(NAMES.get(name, ""))
        return self.random.choice(list(known)[-100:]) if known else None

    def fit(self, case: Any) -> None:
        """Make a good case good for more than its form."""
        if not isinstance(case.path_parameters, dict) and case.path_parameters:
            return
        parameters = dict(case.path_parameters or {})
        for name in parameters:
            if self.random.random() < 0.95 and (reference := self.reference(name)):
                parameters[name] = reference
        case.path_parameters = parameters
        query = dict(case.query or {})
        query.pop("cursor", None)
        for name, list_name in (("category", "categories"), ("list", "noise-lists")):
            if name in query:
                query[name] = self.random.choice(self.vocabulary[list_name])
        case.query = query
        if isinstance(case.body, dict | list) and case.media_type == "application/json":
            case.body = self._fit(case.body, operation=case.operation.definition.raw["operationId"])

    def precede(self, case: Any) -> None:
        """Give a well-formed Idempotency-Key or If-Match of any case the value that lets it go on, most of the time."""
        headers, chance = dict(case.headers or {}), self.random.random()
        if KEY_FORM.fullmatch(headers.get("Idempotency-Key") or "") and chance < 0.9:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        if _TAG.fullmatch(headers.get("If-Match") or "") and chance < 0.85:
            entity = re.sub(r"/(withdraw|extend|cancel)$", "", case.formatted_path)
            headers["If-Match"] = self.http.get(f"{self.url}{quote(entity)}").headers.get("ETag", '"1"')
        case.headers = headers

    def _fit(self, value: Any, *, operation: str, name: str = "") -> Any:
        if isinstance(value, list):
            return [self._fit(each, operation=operation, name=name) for each in value]
        if isinstance(value, dict):
            known = {key: self._fit(each, operation=operation, name=key) for key, each in value.items()}
            if {"type", "epoch", "token"} <= known.keys():
                known |= self.random.choice(self.tokens)
            return known
        maker = self._makers(operation).get(name)
        return value if maker is None or value is None else maker()

    def _makers(self, operation: str) -> dict[str, Any]:
        def code(list_name: str) -> Any:
            return lambda: self.random.choice(self.vocabulary[list_name])

        soon = datetime.now(tz=UTC) + timedelta(days=self.random.randint(1, 100))
        reasons = {
            "clue_withdraw": "withdrawal-reasons", "clue_extend": "extension-reasons", "dispute_open": "dispute-reasons",
            "match_feedback": "feedback-reasons", "dispute_answer": "maintain-reasons",
        }  # fmt: skip
        made = {
            "category": code("categories"), "level": code("levels"), "channel": code("channels"),
            "region": code("regions"), "tlp": code("tlp"), "purpose": code("purposes"), "role": code("roles"),
            "consumer_contacted": code("consumer-contacted"), "indicators": code("indicators"),
            "verdict": code("feedback-verdicts"), "list": lambda: "own-domain",
            "grade": lambda: self.random.choice(["B2", "C"]),
            "client_ref": lambda: uuid.uuid4().hex[:22],
            "observed_at": lambda: "2026-11-01T08:00:00Z",
            "expires_at": lambda: soon.isoformat(), "since": lambda: "2026-11-01T08:00:00Z",
            "kinds": lambda: "match.released",
            # The worker calls it: it must not leave this machine, nor be anybody's port.
            "url": lambda: f"{self.url}/healthz",
            "match": lambda: self.reference("match"), "clue": lambda: self.reference("clue"),
            "key_id": lambda: MemberKey.new().id,
            "verifier": lambda: secrets.token_hex(32), "custodian_verifier": lambda: secrets.token_hex(32),
            "cidrs": lambda: "127.0.0.0/8",
            "confirm_self": lambda: False,  # the key of this run has to last
        }  # fmt: skip
        if operation in reasons and reasons[operation] in self.vocabulary:
            made["reason"] = code(reasons[operation])
        return made


def bearer(key: MemberKey) -> dict[str, str]:
    """Return the header with which a key calls the platform."""
    return {"Authorization": f"Bearer {key.bearer_for(PLATFORM)}"}


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
            # A row that is not right is refused alone: the answer to its batch is 202.
            "operations": [
                {"include-operation-id": "batch_submit", "checks": {"negative_data_rejection": {"enabled": False}}}
            ],
            "phases": {name: {"enabled": False} for name in ("examples", "coverage", "fuzzing", "stateful")} | phases,
        }
    )


ON: dict[str, Any] = {"enabled": True}


def run(stack: Stack, *, cases: int, seed: int = 1) -> Outcome:
    """Send at least `cases` requests: good and bad ones mixed, edge cases among them, then good ones, alone and in chains.

    Below 5,000 the edge cases, which are more than two thousand by themselves, are left out.
    """
    world, outcome = World(stack), Outcome()
    schemathesis.hooks.unregister_all()
    register(world)
    operations = len(
        list(_schema(world, configure(world, phases={}, mode="all", examples=1, seed=seed)).get_all_operations())
    )
    mixed = {"examples": ON, "fuzzing": ON} | ({"coverage": ON} if cases >= 5_000 else {})
    rounds = (
        ("all", mixed, cases // 12 // operations),
        ("positive", {"fuzzing": ON, "stateful": ON | {"max-steps": 8}}, cases // 3 // operations),
    )
    turn = 0
    while outcome.cases < cases and turn < 40:
        mode, phases, examples = rounds[min(turn, 1)]
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
