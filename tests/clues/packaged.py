"""A case on its way to its package: Aster and Birch with facts, evidence and raw values, approved, asked for, made, released."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from aif_share.errors import Refusal
from clues.cases import part_identifiers, parts
from clues.checklists import charges, showing
from clues.models import Case, EvidenceItem, Package, StoredObject
from clues.packages import asking, build, opening, release
from members.models import Approval, AuditEvent, User
from members.operations import approvals
from tests.clues.exhibits import PDF, TEXT, add
from tests.clues.joint import Joint, now, version_of, wait_for_tick, who, write
from tests.clues.scene import step
from tests.factories import acting_as

UNIT = "上海市公安局经济犯罪侦查总队"
PHONE = "+8613800138000"


def fill(joint: Joint) -> list[EvidenceItem]:
    """Let both parties write their parts, with evidence, a raw value, clues and what shows an element; return the evidence."""
    charges.add(case=joint.case, charge="extortion", by=who(joint.alice), now=now())
    wait_for_tick()
    write(joint.case, joint.alice, amount_lost="1200.50", victims=3, clues=["aster-1"])
    items = [add(joint.case, joint.alice, PDF, file_name="投诉信 (1).pdf", kind="documentary", title="投诉信原件")]
    part_identifiers.add(
        case=joint.case, type="cn-mobile", role="organizer", value="138 0013 8000", confirmed=True,
        version=version_of(joint.alice), by=who(joint.alice), now=now(),
    )  # fmt: skip
    showing.show(
        case=joint.case, charge="extortion", version=version_of(joint.alice), by=who(joint.alice), now=now(),
        request={"elements": [{"element": "threat", "facts": True, "evidence": [items[0].ref]}]},
    )  # fmt: skip
    write(joint.case, joint.bea, facts="Letters of the same wording.", amount_claimed="800.00", victims=2)
    items.append(add(joint.case, joint.bea, TEXT, file_name="calls.txt", kind="electronic-data", title="=通话记录"))
    return items


def approve_both(joint: Joint) -> None:
    """Let a second person of each party approve its part."""
    for writer, approver in ((joint.alice, joint.amir), (joint.bea, joint.bert)):
        row = parts.mark_ready(case=joint.case, version=version_of(writer), by=who(writer))
        parts.approve(case=joint.case, version=row.version, by=who(approver), now=now())
    wait_for_tick()


def approve_case(joint: Joint) -> None:
    """Lead the case from joint work to its approval."""
    case = Case.objects.only("id").get()
    for action, by in (("ready", joint.alice), ("propose", joint.olga), ("approve", joint.pavel)):
        case = step(case, action, by)


def make_approved(joint: Joint) -> list[EvidenceItem]:
    """Return the evidence of a case that is approved."""
    items = fill(joint)
    approve_both(joint)
    approve_case(joint)
    return items


def ask(joint: Joint, by: User | None = None, **more: Any) -> Package:
    """Ask for a package at the desk."""
    asked = {"receiver": "public-security", "unit": UNIT} | more
    with acting_as("aif_desk"):
        return asking.ask(case=joint.case, by=by or joint.olga, now=now(), **asked)


def make(package: Package) -> Package:
    """Let a worker make what waits; return the package as it is then."""
    with acting_as("aif_match"):
        build.make_pending()
        return Package.objects.get(pk=package.pk)


def propose(package: Package, by: User) -> Approval:
    """Propose the release at the desk."""
    with acting_as("aif_desk"):
        return release.propose(package=package.ref, reason="Asked for by the unit.", by=by, now=now())


def decide(approval: Approval, by: User) -> Approval:
    """Approve the release at the desk."""
    with acting_as("aif_desk"):
        return approvals.approve(approval_id=approval.pk, version=approval.version, by=by, now=now())


def make_released(joint: Joint) -> Package:
    """Return a package that was released, once its parties know."""
    make_approved(joint)
    package = make(ask(joint))
    decide(propose(package, joint.olga), joint.pavel)
    wait_for_tick()
    with acting_as("aif_desk"):
        return Package.objects.get(pk=package.pk)


def take(package: Package, by: User) -> zipfile.ZipFile:
    """Take the package out of the vault at the desk."""
    with acting_as("aif_desk"):
        opened = opening.open_package(package=package.ref, reason="To hand it over.", by=by, now=now())
        with opened.content as content:
            return zipfile.ZipFile(io.BytesIO(content.read()))


def contents_of(package: Package, by: User) -> dict[str, Any]:
    """Return contents.json of a package."""
    with take(package, by) as opened:
        found: dict[str, Any] = json.loads(opened.read("contents.json"))
        return found


def files(settings: Any) -> set[str]:
    """Return the names of every file of the vault."""
    return {path.name for path in Path(settings.AIF_EVIDENCE).rglob("*") if path.is_file()}


def events(verb: str) -> list[dict[str, Any]]:
    with acting_as("aif_owner"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("detail", flat=True))


def refused(code: str, call: Any, *given: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(*given, **named)
    assert caught.value.code == code
    return caught.value


def failed(package: Package, code: str, about: str = "") -> None:
    assert (package.state, package.failure) == ("failed", code)
    assert about == "" or package.failure_about == about
    assert package.object_id is None and package.sha256 == ""
    assert events("package.fail")[-1]["code"] == code
    with acting_as("aif_owner"):
        assert not StoredObject.objects.filter(kind="package").exists()
