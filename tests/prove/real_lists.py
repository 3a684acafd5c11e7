"""Five independent public lists of phishing hosts, submitted by five institutions: who is told of what.

The lists and the true overlap lie beside the repository, never in it (``../shared/realdata``, or AIF_REALDATA). Where
they are not at hand, lists of the same shape are generated, so that the journey always runs.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from config.demo.member import Member
from config.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("phish_adguard208_malicious_url_blocklist", "phish_adguard255_phishing_url_blocklist")
NAMES += ("phish_adguard256_scam_blocklist", "phish_adguard257_ubo_badware", "phish_metamask")
SECTORS = ("bank", "payment", "telecom", "internet-platform", "insurer")
QUOTAS = {"evaluate_quota": 500_000, "submit_quota": 500_000}
OPTIONS = ("--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2")
PLANTED = 90


@dataclass(frozen=True, slots=True)
class Lists:
    """The file of each list, and for each shared host the lists that hold it."""

    origin: str
    files: Mapping[str, Path]
    truth: Mapping[str, frozenset[str]]

    @property
    def hosts(self) -> int:
        return sum(len(read_hosts(path)) for path in self.files.values())


def read_hosts(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def find_lists() -> Lists | None:
    """The real lists, or None where they are not at hand."""
    folder = Path(os.environ.get("AIF_REALDATA") or ROOT.parent / "shared" / "realdata")
    files = {name: folder / f"{name}.txt" for name in NAMES}
    if not all(path.is_file() for path in files.values()):
        return None
    with (folder / "truth_phish.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["identifier"]: frozenset(row["sources"].split("|")) for row in csv.DictReader(file)}
    return Lists("real", files, truth)


def generate_lists(folder: Path, *, hosts: int) -> Lists:
    """Lists of the same shape: ``hosts`` each, and 90 hosts in two lists each."""
    random = Random(90)
    own = {name: [f"only-{number}-{index}.example" for index in range(hosts)] for number, name in enumerate(NAMES)}
    truth = {f"shared-{number}.example": frozenset(random.sample(NAMES, 2)) for number in range(PLANTED)}
    for host, names in truth.items():
        for name in names:
            own[name].insert(random.randrange(len(own[name])), host)
    return Lists("generated", _write(folder, own), truth)


def reduce_lists(lists: Lists, folder: Path, *, sample: int) -> Lists:
    """All shared hosts and a sample of the others: the overlap stays what it is."""
    random = Random(90)
    kept = {}
    for name, path in lists.files.items():
        hosts = read_hosts(path)
        others = [host for host in hosts if host not in lists.truth]
        chosen = set(random.sample(others, min(sample, len(others))))
        kept[name] = [host for host in hosts if host in lists.truth or host in chosen]
    return Lists(lists.origin, _write(folder, kept), lists.truth)


def _write(folder: Path, hosts: Mapping[str, list[str]]) -> dict[str, Path]:
    files = {name: folder / f"{name}.txt" for name in hosts}
    for name, path in files.items():
        path.write_text("".join(f"{host}\n" for host in hosts[name]), encoding="utf-8")
    return files


def admit_five(stack: Stack, folder: Path) -> dict[str, Member]:
    """One institution for each list, all independent."""
    members = {}
    for name, sector in zip(NAMES, SECTORS, strict=True):
        made = stack.create_institution(f"{name} of {folder.name}", sector, **QUOTAS)
        home = folder / "members" / name
        home.mkdir(parents=True)
        members[name] = Member(name, stack.url, made["api_key"], home)
    return members


def submit_lists(members: Mapping[str, Member], lists: Lists) -> dict[str, dict[str, object]]:
    """Every institution submits its list, two at a time; return what each was told."""
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda name: members[name].submit(lists.files[name], *OPTIONS), NAMES)
        return dict(zip(NAMES, answers, strict=True))


def compare(members: Mapping[str, Member], lists: Lists) -> tuple[list[str], dict[str, int]]:
    """What differs from the truth, without naming a host, and how many matches each institution sees."""
    faults, counts = [], {}
    for name, member in members.items():
        raws = [match["raw"] for match in member.list_matches()]
        counts[name] = len(raws)
        expected = {host for host, names in lists.truth.items() if name in names}
        if len(raws) != len(set(raws)):
            faults.append(f"{name} sees a match more than once")
        if missing := expected - set(raws):
            faults.append(f"{name} is not told of {len(missing)} of its {len(expected)} matches")
        if surplus := set(raws) - expected:
            faults.append(f"{name} is told of {len(surplus)} matches that are none of its")
    return faults, counts
