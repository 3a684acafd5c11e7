"""An institution among others on a running stack: what generated requests may refer to."""

from __future__ import annotations

import hashlib
import json
import random
import re
import secrets
import time
import uuid
from base64 import urlsafe_b64encode
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from aif_share.wire.keys import PLATFORM, MemberKey
from config.stack import Stack
from tests.aif_share.client.members import admit
from tests.browser.people import order

PLENTY = {"evaluate_quota": 1_000_000_000, "submit_quota": 1_000_000_000, "screen_quota": 1_000_000_000}
TOKENS = 200
SEEN = 20
TYPES = ("domain", "url")  # not personal: cleared for every purpose as shipped
NAMES = {
    "batch": "B", "clue": "C", "match": "M", "ring": "R", "dispute": "D", "watch": "W", "webhook": "H", "event": "E",
    "credential": "K", "entry": "Q", "delivery": "WD", "request_ref": "RQ", "previous": "RQ", "case": "CASE",
    "task": "T", "evidence": "EV", "upload": "EU", "identifier": "PI", "content": "CT", "disposition": "DI",
}  # fmt: skip
KEY_FORM = re.compile(r"[!-~]([ -~]{0,253}[!-~])?")
_TAG = re.compile(r'"[1-9][0-9]{0,8}"')
_REFERENCE = re.compile(rb'"(B|C|CASE|M|R|D|W|H|E|K|Q|WD|RQ|T|EV|EU|PI|CT|DI)-[A-Z2-7]{26}"')


class World:
    """An institution among others on a running stack, and everything an answer has shown of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.url, self.random = stack, stack.url, random.Random(1)
        self.found: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=300))
        self.key, *self.others = (admit(stack, sector, **PLENTY) for sector in ("bank", "telecom", "payment"))
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
        while len(self._alone(self.key)) < SEEN and time.monotonic() < until:
            time.sleep(0.2)
        self._post(self.key, "watches", {"purpose": self.vocabulary["purposes"][0], "tokens": self.tokens[:20]})
        self._post(self.key, "webhooks", {"url": f"{self.url}/healthz", "kinds": []})
        to_open, *matches = self._alone(self.key)
        for match in matches[:4]:
            self._post(self.key, "disputes", {"match": match, "reason": "wrong-person"})
        for match in [each for each in self._alone(self.others[0]) if each not in (to_open, *matches[:4])][:4]:
            self._post(self.others[0], "disputes", {"match": match, "reason": "wrong-person"})
        self._seed_case(to_open)
        for name in ("batches", "clues", "cases", "content", "dispositions", "matches", "rings", "disputes", "disputes/received", "watches", "webhooks",
                     "credentials", "events", "noise", "requests", "requests/received"):  # fmt: skip
            self.learn(self.http.get(name).content)

    def _alone(self, key: MemberKey) -> list[str]:
        """Matches of clues with one identifier: a dispute about one of them ends no other."""
        found = httpx.get(f"{self.url}/api/v1/matches?limit=200", headers=bearer(key)).json()["results"]
        return [each["match"] for each in found if each["type"] in TYPES]

    def _seed_case(self, match: str) -> None:
        """A case that this institution leads, in joint work: with a task, and a piece of evidence on its way."""
        operator = f"operator-{uuid.uuid4().hex[:8]}"
        self._manage("create_user", "--name", operator, "--role", "alliance-operator")
        case = json.loads(self._manage("open_case", "--match", match, "--by", operator, "--json"))["case"]
        self._manage("move_case", "--case", case, "--action", "triage", "--by", operator)
        until = time.monotonic() + 60
        while self.http.get(f"cases/{case}").status_code == 404 and time.monotonic() < until:
            time.sleep(0.1)  # its parties know of it from the tick on
        for action in ("claim", "join-up"):
            version = self.http.get(f"cases/{case}").headers["ETag"]
            self._post(self.key, f"cases/{case}/actions", {"action": action}, version=version)
        link = {"link": "https://www.douyin.com/video/7300000000000000001", "category": "gray-advertising"}
        self._post(self.key, "content", {"links": [link]})
        begun = {"title": "A letter", "collected_by": "Desk 4", "file_name": "letter.pdf", "kind": self.vocabulary["evidence-kinds"][0], "size": 100,
                 "collected_at": "2026-11-01T08:00:00Z", "time_source": self.vocabulary["evidence-time-sources"][0]}  # fmt: skip
        self._post(self.key, f"cases/{case}/evidence", begun)

    def _manage(self, *arguments: str) -> str:
        """What a command of manage.py prints, run where others were: most of its time would be its start."""
        return str(order(self.stack, command={"arguments": arguments})["printed"])

    def _post(self, key: MemberKey, path: str, body: Any, *, version: str = "") -> None:
        headers = bearer(key) | {"Idempotency-Key": uuid.uuid4().hex} | ({"If-Match": version} if version else {})
        answer = httpx.post(f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=30)
        if answer.status_code >= 300:
            raise RuntimeError(f"seeding {path}: {answer.status_code} {answer.text[:300]}")
        self.learn(answer.content)

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
            if name == "what":
                parameters[name] = self.random.choice(["clues", "matches", "content"])
            elif self.random.random() < 0.95 and (reference := self.reference(name)):
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
            entity = re.sub(r"/(withdraw|extend|cancel|actions)$", "", case.formatted_path)
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


def token(value: object, *, kind: str) -> dict[str, Any]:
    """Return an identifier of a body; tokens are outputs of a hash, so to the platform any 32 bytes are as good."""
    digest = hashlib.sha256(f"{kind}|{value}".encode()).digest()
    return {"type": kind, "epoch": 1, "token": urlsafe_b64encode(digest).decode().rstrip("=")}


def clue(*identifiers: dict[str, Any], grade: str = "B2") -> dict[str, Any]:
    """Return a clue of a body with the required fields."""
    return {"category": "telecom-fraud", "grade": grade, "identifiers": list(identifiers)}


def bearer(key: MemberKey) -> dict[str, str]:
    """Return the header with which a key calls the platform."""
    return {"Authorization": f"Bearer {key.bearer_for(PLATFORM)}"}
