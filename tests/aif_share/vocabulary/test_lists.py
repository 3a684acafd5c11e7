"""The vocabulary is complete, labeled in both languages, and cannot be changed at run time."""

import dataclasses
import json
import re

import pytest

from aif_share import vocabulary
from aif_share.vocabulary import (
    categories,
    channels,
    dispositions,
    grades,
    indicators,
    purposes,
    regions,
    roles,
    tlp,
    tracks,
)
from aif_share.vocabulary.term import Term, by_code

# Typed from the product's description, not read from the tables.
EXPECTED = {
    "sectors": "bank consumer-finance micro-lender insurer payment telecom internet-platform association",
    "categories": """
        illegal-agency-complaint anti-collection organized-debt-evasion malicious-complaint credit-repair-scam
        illegal-surrender-agency telecom-fraud loan-broker-fraud account-theft counterfeit-site-app gray-advertising
        harassing-call spam-sms false-advertising document-forgery personal-data-trading partner-misconduct
        professional-debt-bearing insurance-claim-fraud insider-collusion illegal-deposit-loan-broking bonus-abuse
        malware extortion illegal-gambling""",
    "indicators": """
        unlawful-representation agent-accompanies-complaint instigated-repeated-complaint
        false-evidence-consumer-refuses-contact individual-not-gray-industry""",
    "consumer-contacted": "confirmed-authority did-not-know refused unreachable",
    "levels": "primary secondary",
    "grades": "A B1 B2 C",
    "roles": """
        actor organizer recruiter agent forger mule insider professional partner-institution tool victim
        represented-consumer recognized-representative""",
    "stages": "advertising teaching scripting forging negotiating cash-out",
    "channels": """
        own-desk regulator-transfer petition hotline-12345 third-party-complaint-site consumer-association inbound-call
        outbound-call sms short-video live-stream social-post im-group search-ad app website e-commerce-shop email
        postal-letter litigation in-person model""",
    "purposes": """
        inbound-call complaint-handling agent-verification transaction-risk investigation police-assistance
        content-takedown onboarding""",
    "dispositions": """
        internal-tag dissuasion consumer-warned call-flagged call-blocked number-suspended sms-blocked content-takedown
        site-or-app-takedown account-restriction stop-payment-by-police freeze-by-authority contract-terminated
        partner-removed mediation report-to-police report-to-regulator""",
    "platforms": """
        douyin kuaishou xiaohongshu bilibili weibo weixin qq toutiao zhihu baidu douban xianyu taobao jd pinduoduo
        apple-app-store huawei-appgallery other-web""",
    "takedown-refusals": "not-unlawful not-found evidence-missing wrong-platform rights-holder",
    "lift-causes": "withdrawn refuted lapsed expired undone dismissed weakened",
    "keep-reasons": "own-clue-stands rest-suffices own-evidence authority-order contract-ground customer-request",
    "authority-kinds": """
        public-security nfra pbc local-financial-administration cac communications-administration market-regulation
        procuratorate court justice-bureau bar-association platform telecom-operator registrar mediation-body""",
    "authority-levels": "national provincial municipal county organization",
    "outcome-counters": """
        cases-pushed cases-in-preparation cases-reported cases-accepted cases-filed cases-refused cases-administrative
        cases-police cases-gang cases-withdrawn cases-judged regulator-accepted regulator-penalties civil-settled
        persons-coercive persons-detained persons-penalized persons-sent persons-prosecuted persons-convicted gangs
        provinces content-requested content-removed content-re-appeared calls-flagged persons-warned dissuasions
        amount-prevented-by-dispositions amount-claimed amount-lost amount-prevented
        amount-claimed-self-reported amount-lost-self-reported amount-prevented-self-reported""",
    "funnel-stages": "clue match warned disposed reported outcome",
    "tracks": "police-criminal police-administrative regulator platform-telecom civil",
    "statement-lines": """
        outcomes given given-by-category received unique speed met-by-sector met-by-role period year all
        batches clues duplicates rows-refused content dispositions requests-answered matches screened
        screening-hits watch-hits answers first-reported only-ours only-ours-share review-time
        acknowledgment-time answer-time""",
    "tlp": "red amber+strict amber green clear",
    "case-close-reasons": """
        concluded not-taken-up withdrawn-by-authority settled removed no-further-lead unfounded""",
    "withdrawal-reasons": "mistake wrong-person resolved duplicate legal-request",
    "extension-reasons": "new-activity ongoing-investigation case-open",
    "return-reasons": """
        evidence-missing grade-too-high document-unclear wrong-category wrong-identifier wrong-role not-a-clue""",
    "feedback-verdicts": "confirm false-positive acted no-action enriched",
    "feedback-reasons": """
        same-actor different-person recycled-number shared-identifier already-handled insufficient other""",
    "dispute-reasons": """
        wrong-person recycled-number shared-device victim-not-actor legally-cleared consumer-complaint other""",
    "maintain-reasons": "evidence-held verified-again authority-confirmed dispute-unfounded",
    "request-kinds": "request provide alert complaint-referral",
    "request-clocks": "urgent normal",
    "request-answers": """
        no-record found found-and-handled found-and-referred cannot-disclose noted settled-by-mediation refunded explained
        agent-without-authority number-handled rejected""",
    "request-declines": "not-ours no-legal-basis not-enough asked-before other",
    "complaint-handlings": "contact-consumer verify-agent stop-calls review-fees mediate tell-result",
    "evidence-kinds": """
        physical documentary witness-statement victim-statement suspect-statement expert-opinion examination-record
        audiovisual electronic-data""",
    "evidence-media": """
        pdf png jpg gif bmp tif webp heic svg mp3 wav m4a amr ogg flac mp4 mov avi webm txt csv json html eml docx xlsx msg
        doc xls zip pcapng""",
    "evidence-time-sources": "synchronized-clock time-stamp-service device-clock system-log person",
    "custody-actions": "collected added opened shared unshared packaged hold-placed hold-lifted destroyed",
    "task-kinds": """
        provide-evidence confirm-amounts contact-victims confirm-identifiers check-dispositions draft-facts other""",
    "official-kinds": "assistance evidence",
    "official-bases": """
        criminal-procedure police-notice telecom-fraud data-security public-order civil-procedure banking-supervision
        insurance-supervision anti-money-laundering administrative-penalty""",
    "official-items": """
        case-facts clue-records match-analysis identifiers evidence-items disposition-records aggregate-figures
        account-transactions communications-records screening-records keys bulk-data""",
    "scope-findings": """
        not-of-the-alliance authority-may-not kind-does-not-carry basis-does-not-cover subjects-missing too-many-subjects
        period-missing period-too-long document-too-old""",
    "officer-checks": "called-back in-person official-system unit-letter",
    "official-refusals": "out-of-scope officers-not-verified document-invalid basis-missing not-addressed-to-us",
    "official-answers": "package no-records",
    "noise-lists": "hotline own-number own-domain link-shortener shared-host dummy-value",
    "regions": """
        CN-11 CN-12 CN-13 CN-14 CN-15 CN-21 CN-22 CN-23 CN-31 CN-32 CN-33 CN-34 CN-35 CN-36 CN-37 CN-41 CN-42 CN-43
        CN-44 CN-45 CN-46 CN-50 CN-51 CN-52 CN-53 CN-54 CN-61 CN-62 CN-63 CN-64 CN-65 CN-71 CN-81 CN-82""",
}
STATES = {
    "police-criminal": """
        in-preparation submitted accepted filed refused reconsideration supervision transferred coercive-measures
        sent-for-prosecution prosecuted not-prosecuted judgment acquitted withdrawn""",
    "police-administrative": "accepted penalty no-penalty turned-criminal penalty-revoked",
    "regulator": "accepted refused filed penalty measures transferred-to-police penalty-revoked",
    "platform-telecom": "requested confirmed removed blocked re-appeared",
    "civil": "mediation suit agreement judgment",
}
OPENS = {
    "police-criminal": "in-preparation submitted",
    "police-administrative": "accepted",
    "regulator": "accepted refused",
    "platform-telecom": "requested",
    "civil": "mediation suit",
}


def test_there_are_exactly_the_lists_of_the_product():
    assert set(vocabulary.lists()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_list_holds_exactly_the_codes_of_the_product(name):
    assert [row.code for row in vocabulary.lists()[name]] == EXPECTED[name].split()


@pytest.mark.parametrize("track", STATES)
def test_a_track_holds_its_states_and_every_state_can_be_reached(track):
    states = tracks.BY_CODE[track].states
    assert [state.code for state in states] == STATES[track].split()
    reached = {state.code for state in states if state.opens}
    assert reached == set(OPENS[track].split())
    for _ in states:
        reached |= {state.code for state in states if reached & set(state.after)}
    assert reached == set(STATES[track].split())
    assert {before for state in states for before in state.after} <= reached


def every_row():
    for rows in vocabulary.lists().values():
        for row in rows:
            yield row
            yield from getattr(row, "states", ())
            yield from getattr(row, "branches", ())


def test_every_row_has_a_stable_code_and_labels_in_both_languages():
    for row in every_row():
        assert re.fullmatch(r"[a-z0-9]+([-+][a-z0-9]+)*|CN-\d\d|[ABC]\d?", row.code), row.code
        assert row.zh.strip() and row.en.strip()
        # Latin alone is no Chinese label, but for words that Chinese writes in Latin letters.
        assert re.search(r"[\u4e00-\u9fff]", row.zh) or row.zh == "App", row.code
        assert not re.search(r"[\u4e00-\u9fff]", row.en), row.code


def test_rows_are_frozen_and_json_ready():
    with pytest.raises(dataclasses.FrozenInstanceError):
        categories.ROWS[0].code = "other"
    with pytest.raises(TypeError):
        tlp.ROWS[0].mappings["misp"] = "tlp:clear"
    with pytest.raises(TypeError):
        categories.BY_CODE["telecom-fraud"] = None
    for row in every_row():
        assert json.loads(json.dumps(row.as_row()))["code"] == row.code


def test_a_changed_answer_of_lists_changes_no_list():
    vocabulary.lists().clear()
    assert vocabulary.lists()


def test_a_code_cannot_stand_twice():
    with pytest.raises(ValueError, match="twice"):
        by_code([Term("one", "一", "One"), Term("one", "壹", "Another")])


def test_flags_that_rules_read():
    assert [row.code for row in indicators.ROWS if row.blocks] == ["individual-not-gray-industry"]
    assert {row.code for row in roles.ROWS if not row.scoring} == {
        "victim",
        "represented-consumer",
        "recognized-representative",
    }
    assert {row.code for row in categories.ROWS if row.rights_claim} == {
        "illegal-agency-complaint",
        "anti-collection",
        "malicious-complaint",
        "credit-repair-scam",
        "illegal-surrender-agency",
    }
    assert [row.source for row in categories.ROWS].count("governance-report-2024") == 10
    assert all(6 <= row.retention_months <= 120 for row in categories.ROWS)
    assert [row.code for row in channels.ROWS if row.needs_confirmation] == ["model"]
    assert [row.code for row in dispositions.ROWS if row.document_required] == ["freeze-by-authority"]
    assert {row.code for row in dispositions.ROWS if row.lift} == {
        "internal-tag", "call-flagged", "call-blocked", "number-suspended", "sms-blocked", "content-takedown",
        "site-or-app-takedown", "account-restriction", "partner-removed",
    }  # fmt: skip
    assert {row.code for row in dispositions.open_to("telecom") if row.sectors} == {
        "call-flagged", "call-blocked", "number-suspended", "sms-blocked", "site-or-app-takedown",
    }  # fmt: skip
    assert {row.code for row in dispositions.open_to("association")} == {
        row.code for row in dispositions.ROWS if not row.sectors
    }
    assert {(track.code, state.code) for track in tracks.ROWS for state in track.states if state.lowers_grade} == {
        ("police-criminal", "withdrawn"),
        ("police-criminal", "not-prosecuted"),
        ("police-criminal", "acquitted"),
        ("police-administrative", "penalty-revoked"),
        ("regulator", "penalty-revoked"),
    }
    assert tlp.DEFAULT == "amber+strict" and tlp.DEFAULT in tlp.BY_CODE


def test_deadlines_have_a_statute_and_are_met_by_states_of_their_track():
    found = {}
    for track in tracks.ROWS:
        codes = {state.code for state in track.states}
        for state in track.states:
            if state.deadline is not None:
                assert state.deadline.source and state.deadline.days and set(state.deadline.met_by) <= codes
                found[track.code, state.code] = (state.deadline.days, state.deadline.runs_from, state.deadline.whose)
            assert state.raises_grade in ("", "B1", "A") and not (state.raises_grade and state.lowers_grade)
            assert state.document_required or not state.raises_grade, "a grade rises by a document"
    assert found == {
        ("police-criminal", "accepted"): (7, "date", "authority"),
        ("police-criminal", "refused"): (7, "receipt", "ours"),
        ("police-criminal", "reconsideration"): (30, "date", "authority"),
        ("police-criminal", "supervision"): (7, "receipt", "authority"),
        ("police-administrative", "accepted"): (30, "date", "authority"),
    }


def test_grades_are_ordered_from_the_best():
    assert [row.rank for row in grades.ROWS] == [0, 1, 2, 3]
    assert grades.is_at_least("A", "B2") and grades.is_at_least("B2", "B2") and not grades.is_at_least("C", "B2")
    assert grades.best(["C", "B1", "B2"]) == "B1"


def test_onboarding_is_the_one_restricted_purpose_and_collection_is_none():
    restricted = [row for row in purposes.ROWS if row.only_categories or row.grade_floor or row.never_sole_ground]
    assert [row.code for row in restricted] == ["onboarding"]
    (onboarding,) = restricted
    assert set(onboarding.only_categories) == {"account-theft", "telecom-fraud", "loan-broker-fraud"}
    assert set(onboarding.only_categories) <= set(categories.BY_CODE)
    assert (onboarding.grade_floor, onboarding.human_review, onboarding.never_sole_ground) == ("B2", True, True)
    assert not [row for row in purposes.ROWS if "collect" in row.code or "催收" in row.zh]


def test_regions_carry_their_iso_name():
    assert regions.BY_CODE["CN-31"].zh == "上海市"
    assert len({row.mappings["iso-3166-2"] for row in regions.ROWS}) == 34
