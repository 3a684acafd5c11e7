"""STIX 2.1 as one bundle (OASIS standard of 2021): ids that stay the same from one export to the next, TLP 2.0 markings.

A clue is an `incident` and holds no value: the platform has none, only tokens, which are never given. A match is one
`sighting` of each of the own clues in it, by an institution that is not named. Content, shared in clear, is an `indicator`
with its pattern. What STIX has no place for stands in a property extension, whose definition comes in every bundle. Objects
that are the same in every bundle are made by `stix2`, which checks them; rows are plain dicts, a hundred times faster.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import orjson

from aif_share.vocabulary import categories, platforms, tlp
from clues.content.queries import ContentView
from clues.exports.record import CLUES, CONTENT, MATCHES, Format, MatchRow, Source, Write
from clues.submissions.clues import ClueView

NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:aif-share:stix")
# The extension in which TLP 2.0 markings are written, and when the markings came: fixed by OASIS (cti-stix-common-objects).
TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_SINCE: Final = "2022-10-01T00:00:00.000Z"
SINCE: Final = "2026-11-01T00:00:00.000Z"
"""Since when the objects exist that are the same in every bundle."""
SECTORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bank": "financial-services", "consumer-finance": "financial-services", "micro-lender": "financial-services",
        "payment": "financial-services", "insurer": "insurance", "telecom": "telecommunications",
        "internet-platform": "technology", "association": "non-profit",
    }
)  # fmt: skip
"""Our sector -> the code of STIX's industry-sector-ov."""

Object = dict[str, Any]


def _id(kind: str, *names: object) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, '|'.join((kind, *map(str, names))))}"


ALLIANCE: Final = _id("identity", "alliance")
EXTENSION: Final = _id("extension-definition", "aif-share")


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def _fixed() -> tuple[Object, ...]:
    import stix2  # takes half a second: whoever exports nothing does not wait for it

    alliance = stix2.v21.Identity(
        id=ALLIANCE, created=SINCE, modified=SINCE, name="打击金融领域黑产联盟", identity_class="organization",
        description="The AIF alliance: members, who stay unnamed, report what its objects say.",
    )  # fmt: skip
    extension = stix2.v21.ExtensionDefinition(
        id=EXTENSION, created=SINCE, modified=SINCE, created_by_ref=ALLIANCE, name="aif-share",
        description="Fields of clues, matches and content of AIF-Share; codes are those of its vocabulary.",
        schema="urn:aif-share:stix:1", version="1.0.0", extension_types=["property-extension"],
    )  # fmt: skip
    return tuple(orjson.loads(each.serialize()) for each in (alliance, extension))


def _marking(code: str) -> Object:
    row = tlp.BY_CODE[code]
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": row.mappings["stix"],
        "created": TLP_SINCE,
        "name": row.en,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": code}},
    }


def _institution(source: Source) -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _id("identity", source.institution),
        "created": SINCE,
        "modified": _at(source.made_at),
        "name": source.name,
        "identity_class": "organization",
        "sectors": [SECTORS[source.sector]],
    }


def _head(kind: str, *names: object, by: str, created: datetime, source: Source, marking: str) -> Object:
    """`modified` is the moment of the export: each is the newest that its own institution knows of the object."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, *names),
        "created_by_ref": by,
        "created": _at(created),
        "modified": max(_at(created), _at(source.made_at)),
        "object_marking_refs": [tlp.BY_CODE[marking].mappings["stix"]],
    }


def _extra(**fields: Any) -> Object:
    """Our fields as an extension, without those that are not known."""
    known = {name: _at(value) if isinstance(value, datetime) else value for name, value in fields.items()}
    known = {name: value for name, value in known.items() if value is not None and value != [] and value != ()}
    return {"extensions": {EXTENSION: {"extension_type": "property-extension", **known}}}


def _reference(name: str, number: str) -> Object:
    return {"source_name": name, "external_id": number}


def _clue(source: Source, clue: ClueView) -> Iterator[Object]:
    own = _id("identity", source.institution)
    head = _head("incident", clue.clue, by=own, created=clue.received_at, source=source, marking=clue.tlp)
    yield head | {
        "name": f"{categories.BY_CODE[clue.category].en}, grade {clue.grade}",
        "labels": [clue.category, f"grade-{clue.grade.lower()}", clue.state],
        "revoked": clue.state == "withdrawn",
        "external_references": [_reference("aif-share", clue.clue), _reference("client-ref", clue.client_ref)],
        **_extra(
            category=clue.category, grade=clue.grade, level=clue.level, channel=clue.channel, region=clue.region,
            observed_at=clue.observed_at, amount_cny=clue.amount_cny, crime_indicator=clue.crime_indicator,
            indicators=clue.indicators, consumer_contacted=clue.consumer_contacted, basis=clue.basis,
            evidence_sha256=clue.evidence_sha256, state=clue.state, review=clue.review, expires_at=clue.expires_at,
            answers_screenings=clue.answers_screenings,
            identifiers=[{"identifier_type": each.type, "role": each.role} for each in clue.identifiers],
        ),
    }  # fmt: skip


def _match(source: Source, row: MatchRow) -> Iterator[Object]:
    match, clues = row.match, {clue.client_ref: clue for clue in row.clues}
    for clue in row.clues:
        yield from _clue(source, clue)
    for own in match.mine:
        if own.client_ref not in clues:
            continue
        names = (match.match, own.client_ref, own.identifier)
        head = _head("sighting", *names, by=ALLIANCE, created=match.released_at, source=source, marking=tlp.DEFAULT)
        yield head | {
            "description": "An independent institution reported the same identifier.",
            "sighting_of_ref": _id("incident", clues[own.client_ref].clue),
            "external_references": [_reference("aif-share", match.match)],
            **_extra(
                identifier_type=match.type, identifier=own.identifier, band=match.band, sectors=match.sectors,
                categories=match.categories, best_grade=match.best_grade, score=match.score,
                first_seen_month=match.first_seen_month,
                my_verdict=match.my_feedback.verdict if match.my_feedback else None,
            ),
        }  # fmt: skip


def _pattern(content: ContentView) -> str:
    value = content.canonical if content.type == "domain" else content.link
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[domain-name:value = '{quoted}']" if content.type == "domain" else f"[url:value = '{quoted}']"


def _content(source: Source, content: ContentView) -> Iterator[Object]:
    own = _id("identity", source.institution)
    head = _head("indicator", content.content, by=own, created=content.reported_at, source=source, marking=tlp.DEFAULT)
    yield head | {
        "name": categories.BY_CODE[content.category].en,
        "description": f"Public content on {platforms.BY_CODE[content.platform].en}, {content.state}.",
        "labels": [content.category, content.platform, content.state],
        "indicator_types": ["malicious-activity"],
        "pattern": _pattern(content),
        "pattern_type": "stix",
        "valid_from": _at(content.reported_at),
        "external_references": [_reference("aif-share", content.content)],
        **_extra(
            category=content.category, platform=content.platform, state=content.state, reason=content.reason,
            capture_sha256=content.capture_sha256, observed_at=content.observed_at, removed_at=content.removed_at,
            requested_at=content.requested_at, reappeared_at=content.reappeared_at, band=content.band,
        ),
    }  # fmt: skip
    if content.note:
        note = _head("note", content.content, by=own, created=content.reported_at, source=source, marking=tlp.DEFAULT)
        yield note | {"content": content.note, "object_refs": [head["id"]]}


_OBJECTS: Final[Mapping[str, Callable[[Source, Any], Iterator[Object]]]] = MappingProxyType(
    {CLUES: _clue, MATCHES: _match, CONTENT: _content}
)


def _writer(what: str) -> Write:
    def write(source: Source, rows: Iterable[Any]) -> Iterator[bytes]:
        bundle = _id("bundle", source.institution, what, _at(source.made_at))
        opening = orjson.dumps({"type": "bundle", "id": bundle, "objects": []}).removesuffix(b"]}")
        frame = (*_fixed(), _institution(source), *(_marking(row.code) for row in tlp.ROWS))
        yield opening + b",\n".join(orjson.dumps(each) for each in frame)
        written: set[str] = set()  # a clue may be in several matches
        for row in rows:
            for each in _OBJECTS[what](source, row):
                if each["id"] not in written:
                    written.add(each["id"])
                    yield b",\n" + orjson.dumps(each)
        yield b"]}\n"

    return write


FORMAT: Final = Format(
    code="stix",
    label="STIX 2.1",
    media_type="application/stix+json",
    content_type="application/stix+json;version=2.1",
    suffix="stix.json",
    writers=MappingProxyType({what: _writer(what) for what in _OBJECTS}),
)
