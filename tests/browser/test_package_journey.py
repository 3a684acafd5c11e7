"""Three members and the alliance's desk bring a case to its report package, and whoever receives it verifies it alone.

Each member adds evidence and a raw value to its part, a second person of it approves; two people of the alliance approve the
case, one asks for the package, another releases it. Then the ZIP is all there is: an empty folder, Python, openssl.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.bench.record import ROOT
from tests.browser.case_pages import (
    TODAY,
    Member,
    case_page,
    find,
    look_until,
    operate,
    release_package,
    step,
    submit,
    write_part,
)
from tests.browser.portal import Portal

UNIT = "杭州市公安局经济犯罪侦查支队"
LETTER = b"%PDF-1.7\n" + "投诉信：不退款就曝光。\n".encode() * 3000
NAMES = {"Aster Bank": "bank", "Birch Finance": "consumer-finance", "Cedar Pay": "payment"}
pypdfium2 = pytest.importorskip("pypdfium2")


def meet(portal: Portal, folder: Path) -> list[Member]:
    """Three institutions that report the same card."""
    mark, card = secrets.token_hex(2), f"622202{secrets.randbelow(10**10):010d}"
    places = [portal.institution(f"{name} {mark}", sector=sector) for name, sector in NAMES.items()]
    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(submit, portal, place, [f"{card},bank-card"], folder / place.institution) for place in places
        ]
        members = [
            Member(place, *(portal.page(place, role, language="en") for role in ("analyst", "approver")))
            for place in places
        ]
        for each in sent:
            each.result()
    return members


def open_case(portal: Portal, operator: Page, lead: Member) -> str:
    """From the match to the case, at the desk; return its reference."""
    page, link = lead.analyst, lead.analyst.locator("[data-list-row] a")
    page.goto(portal.url + "/portal/matches")
    look_until(page, lambda: link.count() >= 1)
    find(operator, str(link.first.get_attribute("href")).rpartition("/")[2])
    operate(operator, "Open a case", "The case is open")
    opened = operator.locator("a", has_text="CASE-").first
    case = opened.inner_text()
    opened.click()
    operate(operator, "Take up", "The case moved")
    return case


def add_evidence(member: Member, portal: Portal, case: str, file: Path, title: str) -> None:
    """Send a file on the page that people have for it."""
    page = member.analyst
    page.goto(f"{portal.url}/portal/cases/{case}/evidence/new")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Kind", exact=True).select_option("documentary")
    page.get_by_label("When", exact=True).fill(f"{TODAY.isoformat()}T00:00")
    page.get_by_label("Where the time comes from").select_option(index=1)
    page.get_by_label("By whom").fill("反欺诈岗 张某")
    page.get_by_label("Second person").fill("李某")
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url("**/portal/evidence/EV-*")


def add_value(member: Member, portal: Portal, case: str, kind: str, value: str) -> None:
    """Seal a raw value into the part, and look at it."""
    page = member.analyst
    page.goto(f"{portal.url}/portal/cases/{case}/part/identifiers")
    page.get_by_label("Type").select_option(kind)
    page.get_by_label("Role").select_option("actor")
    page.get_by_label("Value", exact=True).fill(value)
    page.get_by_label("We may hand this value").check()
    page.get_by_role("button", name="Seal it into our part").click()
    expect(page.get_by_role("status")).to_contain_text("sealed into your part")
    assert value not in page.content()
    page.get_by_role("button", name="Show the values").click()
    expect(page.get_by_role("main")).to_contain_text(value[-8:])


def work(portal: Portal, operator: Page, case: str, members: list[Member], folder: Path) -> dict[str, str]:
    """Each member brings what it has; return the SHA-256 of the evidence by its title."""
    lead = members[0]
    look_until(
        case_page(lead.analyst, case), lambda: lead.analyst.get_by_role("link", name="Take the lead").count() == 1
    )
    step(lead.analyst, case, "Take the lead")
    step(lead.analyst, case, "Start the joint work")
    find(operator, case)
    operate(operator, "Check against a charge", "The case is checked against it", charge="extortion")
    sent = {}
    for count, member in enumerate(members, 1):
        file = folder / f"投诉信 ({count}).pdf"
        file.write_bytes(LETTER + str(count).encode())
        title = f"投诉信第 {count} 封"
        add_evidence(member, portal, case, file, title)
        sent[title] = hashlib.sha256(file.read_bytes()).hexdigest()
        kind, value = [("cn-mobile", "13800138000"), ("domain", "tuifei.example"), ("phone", "+85291234567")][count - 1]
        add_value(member, portal, case, kind, value)
        facts = f"同一伙人以客户名义投诉并索要退款（第 {count} 家）。"
        write_part(member, case, facts, Lost=f"{count}0000", Victims=str(count))
    step(lead.analyst, case, "Declare the evidence ready")
    return sent


def release(portal: Portal, operator: Page, approver: Page, case: str, folder: Path) -> tuple[Path, str]:
    """Approve the case, have its package made, let a second person release it, and take it out; return it and its digest."""
    find(operator, case)
    operate(operator, "Propose approval", "The case moved", note="All three parts are approved.")
    find(approver, case)
    operate(approver, "Approve", "The case moved")
    package = release_package(portal, operator, approver, case, unit=UNIT)
    find(operator, package)
    operator.locator(".object-tools").get_by_role("link", name="Take it out to hand it over").click()
    operator.locator("[name=reason]").fill("Handed over in person.")
    with operator.expect_download() as download:
        operator.locator(".submit-row input[type=submit]").click()
    download.value.save_as(folder / "package.zip")
    return folder / "package.zip", hashlib.sha256((folder / "package.zip").read_bytes()).hexdigest()


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run something in a folder, with the project and its environment off every path."""
    clean = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=120, check=False)


def python() -> str:
    """A Python that has none of the project's packages: the machine's own, else this one, isolated."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


def verify_alone(package: Path, folder: Path) -> dict[str, Any]:
    """Unpack it in an empty folder and check it there as its receiver does; return the manifest."""
    folder.mkdir()
    with zipfile.ZipFile(package) as opened:
        opened.extractall(folder)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    done = run(folder, python(), "-I", "verify.py", "--fingerprint", manifest["signer_sha256"])
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(folder, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.json.p7s", "-content",
               "manifest.json", "-CAfile", "signer.pem", "-out", "/dev/null")  # fmt: skip
    assert done.returncode == 0, done.stderr
    done = run(folder, python(), "-I", "-c", "import sys; print(sys.path); import django")
    assert done.returncode != 0 and str(ROOT) not in done.stdout, "the project is off every path"
    return manifest


def flip(folder: Path, count: int) -> list[str]:
    """Flip one bit of a file, `count` times over; each time the file is named. Return what was changed."""
    draw, names = random.Random(1), sorted(each for each in folder.rglob("*") if each.is_file())
    program = folder.parent / "verify.py"
    shutil.copy(folder / "verify.py", program)
    changed = []
    for number in range(count):
        path = names[number % len(names)]
        text = path.read_bytes()
        place = draw.randrange(len(text))
        path.write_bytes(text[:place] + bytes([text[place] ^ (1 << draw.randrange(8))]) + text[place + 1 :])
        done = run(folder.parent, python(), "-I", str(program), str(folder))
        name = path.relative_to(folder).as_posix()
        assert done.returncode == 1, name
        assert name in done.stdout or name in ("manifest.json", "manifest.json.p7s"), (name, done.stdout)
        path.write_bytes(text)
        changed.append(name)
    return changed


def draw_pages(pdf: Path, into: Path) -> str:
    """Render the report's pages to PNG; return its text without spaces."""
    into.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(pdf)
    text = ""
    for number, page in enumerate(document):
        page.render(scale=1.4).to_pil().save(into / f"page-{number + 1}.png")
        text += page.get_textpage().get_text_range()
    document.close()
    return "".join(text.split())


def test_three_members_and_a_second_person(portal: Portal, tmp_path: Path, scale: Any, request: Any) -> None:
    operator, approver = (portal.desk_page(role, language="en") for role in ("alliance-operator", "alliance-approver"))
    members = meet(portal, tmp_path)
    case = open_case(portal, operator, members[0])
    sent = work(portal, operator, case, members, tmp_path)
    package, digest = release(portal, operator, approver, case, tmp_path)
    for member in members:
        page = case_page(member.analyst, case)
        look_until(page, lambda page=page: digest in page.content())
        expect(page.locator("#packages")).to_contain_text(UNIT)

    folder = tmp_path / "empty"
    manifest = verify_alone(package, folder)
    kept = {row["sha256"] for row in manifest["files"] if row["path"].startswith("evidence/")}
    assert kept == set(sent.values())
    contents = json.loads((folder / "contents.json").read_text(encoding="utf-8"))
    assert {each["value"] for each in contents["identifiers"]} == {"+8613800138000", "tuifei.example", "+85291234567"}
    assert contents["unit"] == UNIT and len(contents["parties"]) == 3
    assert not [each.place.name for each in members if each.place.name in json.dumps(contents, ensure_ascii=False)]

    pictures = ROOT / "var" / "package" if request.config.getoption("--full-scale") else tmp_path / "pictures"
    text = draw_pages(folder / "report.pdf", pictures)
    for words in (
        "报案材料",
        UNIT,
        "证据目录与保管链",
        "同一伙人以客户名义投诉并索要退款（第2家）",
        "60,000.00",
        "敲诈勒索罪",
        "缺少",
        "Englishsummary",
    ):
        assert words in text, words
    changed = flip(folder, scale(20, full=100))
    assert len(set(changed)) >= 15
