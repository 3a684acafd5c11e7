"""From a case to the contents of its package: what the parties approved, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation

from aif_share.identifiers import get_type
from aif_share.vocabulary import (
    authority_kinds,
    categories,
    custody_actions,
    evidence_kinds,
    evidence_media,
    evidence_time_sources,
    roles,
    sectors,
    tlp,
)
from aif_share.vocabulary.term import Term
from clues.cases import part_identifiers
from clues.cases.pseudonyms import code_of, name_of
from clues.cases.workflow import ACTION_LABELS, STATES
from clues.checklists.queries import get_checklist
from clues.evidence import announcing, custody
from clues.models import (
    Case,
    CaseNaming,
    CasePart,
    CasePartExcuse,
    CaseParty,
    CaseStep,
    CaseUnmasking,
    Clue,
    CustodyEntry,
    EvidenceItem,
    Package,
    PartIdentifier,
)
from clues.packages import contents as c
from clues.packages.standing import Sources
from members.models import User, reference

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

DESK: Final = c.Words("联盟", "The alliance")


def gather(package: Package, sources: Sources, *, now: datetime) -> c.Contents:
    """Return what the package holds. Raise KekMissing, IntegrityFailed where something sealed does not open."""
    case = Case.objects.only("id", "opened_at", "approved_at", "lead").get(pk=package.case_id)
    parties = list(CaseParty.objects.filter(case=case).select_related("institution").order_by("pseudonym"))
    codes = {party.institution_id: code_of(party.pseudonym) for party in parties}
    named = _named(case.pk, parties, now)
    names = {
        party.institution_id: party.institution.name if party.institution_id in named else _pseudonym(party.pseudonym)
        for party in parties
    }
    parts = {row.institution_id: row for row in CasePart.objects.filter(case=case, state=CasePart.APPROVED)}
    clues = list(Clue.objects.filter(pk__in=sources.clues).order_by("id"))
    evidence = list(
        EvidenceItem.objects.filter(pk__in=sources.evidence)
        .select_related("object__key")
        .order_by("institution_id", "id")
    )
    return c.Contents(
        package=package.ref,
        case=case.ref,
        version=package.version,
        receiver=package.receiver,
        receiver_name=_words(authority_kinds.BY_CODE[package.receiver]),
        unit=package.unit,
        made_at=now,
        case_opened_at=case.opened_at,
        case_approved_at=case.approved_at or now,
        tlp=_marking(clues),
        categories=tuple(_words(categories.BY_CODE[code]) for code in dict.fromkeys(clue.category for clue in clues)),
        parties=tuple(_party(party, names, named, parts.get(party.institution_id), case) for party in parties),
        reports=tuple(_report(clue, codes) for clue in clues),
        identifiers=tuple(_identifiers(parts, codes)),
        evidence=tuple(_item(item, codes) for item in evidence),
        custody=tuple(entry for item in evidence for entry in _chain(item, names)),
        elements=tuple(_elements(package)),
        steps=tuple(_steps(case.pk, names)),
    )


def _words(term: Term) -> c.Words:
    return c.Words(term.zh, term.en)


def _pseudonym(number: int) -> str:
    with translation.override("zh-hans"):
        return name_of(number)


def _named(case: int, parties: Iterable[CaseParty], now: datetime) -> set[int]:
    """Return who stands by its name: all that the alliance named, and whoever agreed with every other party to be named."""
    told = list(CaseUnmasking.objects.filter(case_id=case, released_at__lte=now).values_list("at", flat=True))
    by_alliance = {each.institution_id for each in parties if any(at >= each.released_at for at in told)}
    pairs = {
        frozenset(pair)
        for pair in CaseNaming.objects.filter(case_id=case, named_at__lte=now).values_list("first_id", "second_id")
    }
    everybody = {each.institution_id for each in parties}
    by_consent = {
        one
        for one in everybody
        if everybody - {one} and all(frozenset((one, other)) in pairs for other in everybody - {one})
    }
    return by_alliance | by_consent


def _marking(clues: Iterable[Clue]) -> c.Words:
    rows = [tlp.BY_CODE[clue.tlp] for clue in clues] or [tlp.BY_CODE[tlp.DEFAULT]]
    row = min(rows, key=lambda each: each.rank)
    return c.Words(f"{row.en} {row.zh}", row.en)


def _party(party: CaseParty, names: dict[int, str], named: set[int], part: CasePart | None, case: Case) -> c.Party:
    said: dict[str, Any] = {}
    if part is not None:
        columns = ("facts", *c.AMOUNTS, *c.COUNTS, "from_date", "until_date", "approved_at")
        said = {name: getattr(part, name) for name in columns}
    elif CasePartExcuse.objects.filter(case=case, institution_id=party.institution_id).exists():
        # The reason is the step's, told to the parties; which of several excuses it was for the trail alone knows.
        said = {"excused": "联盟决定不再等待该单位的材料。"}
    return c.Party(
        party=code_of(party.pseudonym),
        name=names[party.institution_id],
        sector=_words(sectors.BY_CODE[party.institution.sector]),
        is_lead=party.institution_id == case.lead_id,
        is_named=party.institution_id in named,
        **said,
    )


def _report(clue: Clue, codes: dict[int, str]) -> c.Report:
    return c.Report(
        clue=reference.encode("C", clue.pk),
        party=codes[clue.institution_id],
        category=clue.category,
        category_name=_words(categories.BY_CODE[clue.category]),
        grade=clue.grade,
        channel=clue.channel or "",
        observed_at=clue.observed_at,
        received_at=clue.received_at,
        region=clue.region or "",
        amount_cny=clue.amount_cny,
        is_disputed=clue.state == Clue.DISPUTED,
    )


def _identifiers(parts: dict[int, CasePart], codes: dict[int, str]) -> Iterable[c.Identifier]:
    numbers = [part.pk for part in parts.values()]
    rows = PartIdentifier.objects.filter(part_id__in=numbers).select_related("part", "key")
    for row in rows.order_by("part__institution_id", "type", "id"):
        kind = get_type(row.type)
        yield c.Identifier(
            party=codes[row.part.institution_id],
            type=row.type,
            type_name=c.Words(kind.zh, kind.en),
            role=row.role,
            role_name=_words(roles.BY_CODE[row.role]),
            value=part_identifiers.read_value(row),
        )


def _item(item: EvidenceItem, codes: dict[int, str]) -> c.Evidence:
    details = announcing.unseal(bytes(item.sealed_details), item.object)
    media = evidence_media.BY_TYPE.get(item.media_type)
    suffix = media.extensions[0] if media is not None and not media.active else "bin"
    return c.Evidence(
        evidence=item.ref,
        party=codes[item.institution_id],
        kind=item.kind,
        kind_name=_words(evidence_kinds.BY_CODE[item.kind]),
        title=details.title,
        file=f"evidence/{item.ref}.{suffix}",
        file_name=details.file_name,
        media_type=item.media_type,
        size=item.size,
        sha256=item.sha256,
        sm3=item.sm3,
        collected_at=item.collected_at,
        time_source=evidence_time_sources.BY_CODE[item.time_source].zh,
        collected_by=details.collected_by,
        device=details.device,
        witness=details.witness,
        note=details.note,
        added_at=item.added_at,
    )


def _chain(item: EvidenceItem, names: dict[int, str]) -> Iterable[c.Custody]:
    for row in CustodyEntry.objects.filter(item=item).order_by("seq"):
        yield c.Custody(
            evidence=item.ref,
            number=row.seq,
            at=row.at,
            action=row.action,
            action_name=_words(custody_actions.BY_CODE[row.action]),
            by=DESK.zh if row.institution_id is None else names.get(row.institution_id, ""),
            note=row.note,
            actor=custody.actor_digest(row, item),
            previous=row.previous,
            digest=row.digest,
        )


def _elements(package: Package) -> Iterable[c.Element]:
    asker = User.objects.only("id", "institution", "role", "is_active").get(pk=package.asked_by_id)
    for charge in get_checklist(case=reference.encode("CASE", package.case_id), viewer=asker).charges:
        for each in charge.elements:
            supports = [support for support in each.supports if support.is_approved]
            yield c.Element(
                charge=charge.charge.code,
                charge_name=_words(charge.charge),
                source=charge.charge.source,
                element=each.element.code,
                element_name=_words(each.element),
                evidence=tuple(item.evidence for support in supports for item in support.evidence),
                stated_by=tuple(support.party.party for support in supports if support.facts),
                missing=not supports,
                could_supply=() if supports else tuple(party.party for party in each.suppliers),
                to_confirm=charge.charge.to_confirm,
            )


def _steps(case: int, names: dict[int, str]) -> Iterable[c.Step]:
    rows = CaseStep.objects.filter(case_id=case).order_by("id")
    for action, state, at, institution in rows.values_list("action", "to_state", "at", "institution_id"):
        yield c.Step(
            at=at,
            action=_both(ACTION_LABELS.get(action, action)),
            state=_both(STATES.get(state, state)),
            by=DESK.zh if institution is None else names.get(institution, ""),
        )


def _both(label: StrPromise | str) -> c.Words:
    with translation.override("zh-hans"):
        chinese = str(label)
    with translation.override("en"):
        return c.Words(chinese, str(label))
