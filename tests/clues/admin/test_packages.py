"""Report packages at the desk: asked for on a case's page, made by a worker, looked into, released by a second person."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from clues.models import Case, Package
from clues.packages import build
from clues.working_days import ZONE
from members.models import Approval, AuditEvent
from tests.clues.joint import Joint, last_refusal, make_joint, now, own
from tests.clues.packaged import UNIT, fill, make_approved
from tests.clues.scene import Scene
from tests.factories import acting_as


@pytest.fixture
def joint(scene: Scene, signer: Any, settings: Any, tmp_path: Path) -> Joint:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return make_joint(scene)


@pytest.fixture
def approved(joint: Joint) -> Joint:
    make_approved(joint)
    return joint


@pytest.fixture
def filled(joint: Joint) -> Joint:
    fill(joint)
    return joint


def case_page(name: str = "") -> str:
    case = Case.objects.get()
    if not name:
        return reverse("admin:clues_case_change", args=[case.pk])
    return reverse("admin:clues_case_do", args=[case.pk, name]) + f"?version={case.version}"


def page(package: Package, name: str = "") -> str:
    if not name:
        return reverse("admin:clues_package_change", args=[package.pk])
    return reverse("admin:clues_package_do", args=[package.pk, name])


def made() -> Package:
    with acting_as("aif_match"):
        build.make_pending()
    return Package.objects.latest("id")


def test_from_the_case_to_the_receipt(approved: Joint, desk: Any) -> None:
    joint = approved
    assert "make-package" in desk(joint.olga).get(case_page()).content.decode()
    assert "make-package" not in desk(joint.pavel).get(case_page()).content.decode()
    asked = {"receiver": "public-security", "unit": UNIT}
    assert desk(joint.olga).post(case_page("make-package"), asked).status_code == 302
    package = made()
    text = desk(joint.olga).get(case_page()).content.decode()
    assert package.sha256 in text and UNIT in text and package.ref in text
    answer = desk(joint.pavel).post(page(package, "take-to-check"), {"reason": "Before I decide."})
    assert answer.status_code == 200, re.findall("errorlist.*", answer.content.decode())
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/zip"
    assert answer["X-Content-Type-Options"] == "nosniff"
    content = b"".join(answer.streaming_content)
    assert len(content) == package.size and zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert [each.actor_ref for each in AuditEvent.objects.filter(verb="package.open")] == [joint.pavel.ref]
    assert (
        desk(joint.olga).post(page(package, "propose-release"), {"reason": "The unit asked for it."}).status_code == 302
    )
    approval = Approval.objects.get(kind="package-release")
    text = desk(joint.pavel).get(reverse("admin:members_approval_change", args=[approval.pk])).content.decode()
    assert package.ref in text and package.sha256 in text
    approve = reverse("admin:members_approval_do", args=[approval.pk, "approve"]) + f"?version={approval.version}"
    assert desk(joint.pavel).post(approve, {"version": approval.version}).status_code == 302
    package.refresh_from_db()
    assert (package.state, package.released_by, package.release_asked_by) == ("released", joint.pavel, joint.olga)
    today = datetime.now(ZONE).date().isoformat()
    receipt = {"receipt_no": "沪公受字〔2026〕7号", "received_date": today}
    assert desk(joint.olga).post(page(package, "receipt"), receipt).status_code == 302
    assert "沪公受字〔2026〕7号" in desk(joint.olga).get(page(package)).content.decode()
    listed = desk(joint.olga).get(reverse("admin:clues_package_changelist"))
    assert package.ref in listed.content.decode()


def test_why_one_was_not_made_stands_on_the_page(approved: Joint, desk: Any, settings: Any) -> None:
    olga = desk(approved.olga)
    olga.post(case_page("make-package"), {"receiver": "nfra", "unit": "x"})
    settings.AIF_KEKS = {}
    package = made()
    assert package.state == "failed" and "缺少解开该内容的主密钥" in olga.get(page(package)).content.decode()


def test_what_is_refused_stands_in_the_trail_of_the_case(filled: Joint, desk: Any) -> None:
    joint, case = filled, Case.objects.get()
    desk(joint.olga).post(case_page("make-package"), {"receiver": "nfra", "unit": "x"})
    assert last_refusal() == (joint.olga.ref, case.ref, "package-ask", "transition-refused")
    assert desk(joint.pavel).post(case_page("make-package"), {"receiver": "nfra", "unit": "x"}).status_code == 403
    assert last_refusal() == (joint.pavel.ref, case.ref, "package-ask", "permission-missing")


def test_a_clue_withdrawn_meanwhile(approved: Joint, desk: Any) -> None:
    joint, olga, case = approved, desk(approved.olga), Case.objects.get()
    olga.post(case_page("make-package"), {"receiver": "nfra", "unit": "x"})
    package = made()
    own("UPDATE clue SET state = 'withdrawn', ended_at = %s WHERE client_ref = 'aster-1'", now())
    answer = olga.post(page(package, "propose-release"), {"reason": "The unit asked for it."})
    assert answer.status_code == 422 and "线索已撤回或失效" in answer.content.decode()
    assert last_refusal() == (joint.olga.ref, case.ref, "package-release", "clue-withdrawn")
    assert not Approval.objects.exists()
