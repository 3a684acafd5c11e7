"""Real blocklists and numbers: every host normalizes, and the overlap is exactly the recorded truth."""

import csv
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize

REALDATA = Path(__file__).resolve().parents[4] / "shared" / "realdata"
pytestmark = pytest.mark.skipif(not REALDATA.is_dir(), reason="the folder shared/realdata is not beside the repository")


def lines(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_every_phishing_host_normalizes_and_the_overlap_is_the_truth():
    sources = defaultdict(set)
    for path in sorted(REALDATA.glob("phish_*.txt")):
        for line in lines(path):
            canonical = normalize("domain", line)
            assert canonical == line  # the lists hold canonical hosts
            assert normalize("domain", f" {line.upper()}. ") == canonical
            sources[canonical].add(path.stem)
    with (REALDATA / "truth_phish.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["identifier"]: set(row["sources"].split("|")) for row in csv.DictReader(file)}
    assert len(sources) == 42_426
    assert len(truth) == 90
    assert {host: by for host, by in sources.items() if len(by) > 1} == truth


def test_the_receive_sms_numbers_are_mobile_numbers_but_for_four():
    outcomes = Counter()
    for line in lines(REALDATA / "phone_cn_receive_sms.txt"):
        try:
            assert normalize("cn-mobile", line) == line
            outcomes["cn-mobile"] += 1
        except InvalidIdentifier as refusal:
            # Written with +86 and a landline's area code; one has a digit too many for any number.
            outcomes[refusal.suggested_type] += 1
    assert outcomes == {"cn-mobile": 10_747, "cn-landline": 3, None: 1}


def test_ten_thousand_hosts_or_numbers_take_well_under_a_second():
    hosts = lines(REALDATA / "phish_metamask.txt")[:10_000]
    phones = lines(REALDATA / "phone_cn_receive_sms.txt")[:10_000]
    normalize("domain", hosts[0])
    started = time.process_time()
    for host in hosts:
        normalize("domain", host)
    for phone in phones:
        try:
            normalize("cn-mobile", phone)
        except InvalidIdentifier:
            pass
    assert time.process_time() - started < 1
