"""Guidance: what is shipped can be read, a text is checked row by row, and a version takes two people."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.vocabulary import authority_kinds, categories
from clues.guidance import queries, signing
from clues.guidance.rows import TextInvalid, parse
from clues.models import GuidanceRow, GuidanceVersion
from members.models import AuditEvent, User
from members.permissions import PermissionMissing
from tests.factories import acting_as, make_user

pytestmark = pytest.mark.django_db
LISTS = ("authorities", "charges", "playbooks")
AUTHORITY = '[[authority]]\ncode = "x"\nkind = "court"\nlevel = "county"\nzh = "甲法院"\nen = "Court A"\n'
STATUTES = {
    "extortion": "274", "fraud": "266", "illegal-business": "225", "personal-information": "253-1",
    "forged-seals": "280", "picking-quarrels": "293", "false-advertising": "222", "insurance-fraud": "198",
    "false-litigation": "307-1", "loan-fraud": "193", "assisting-cybercrime": "287-2", "concealing-proceeds": "312",
}  # fmt: skip


def propose(text: str = AUTHORITY, *, by: User, title: str = "Ours", list_code: str = "authorities") -> GuidanceVersion:
    with acting_as("aif_desk"):
        return signing.propose(list_code=list_code, title=title, text=text, by=by, now=timezone.now())


@pytest.fixture
def olga() -> User:
    return make_user("alliance-operator")


@pytest.fixture
def pavel() -> User:
    return make_user("alliance-approver")


def test_what_is_shipped_covers_the_product() -> None:
    assert {row.kind for row in queries.list_authorities()} == set(authority_kinds.BY_CODE)
    charges = queries.list_charges()
    assert {row.code: row.source.rpartition(" ")[2] for row in charges} == STATUTES
    assert all(len(row.elements) >= 4 and row.to_confirm for row in charges)
    covered = [code for row in queries.list_playbooks() for code in row.categories]
    assert sorted(covered) == sorted(categories.BY_CODE), "one playbook for each category"
    for name in LISTS:
        version = queries.get_version(name)
        assert version is not None and version.shipped
        assert [row.code for row in parse(name, version.text)] == list(
            version.rows.order_by("position").values_list("code", flat=True)
        )


def test_a_whole_round(olga: User, pavel: User) -> None:
    version = propose(by=olga)
    with acting_as("aif_desk"):
        added, changed, removed = signing.compare(version)
        assert (added, changed, len(removed) > 10) == (["x"], [], True)
        with pytest.raises(Refusal) as refused:
            queries.get_authority("x")
        assert refused.value.code == "field-invalid"
        signing.sign(version_id=version.pk, by=pavel, now=timezone.now())
    assert queries.get_authority("x").zh == "甲法院"
    assert [row.code for row in queries.list_authorities()] == ["x"]
    assert queries.find_authorities({"x", "platform"})["platform"].kind == "platform", (
        "what was recorded keeps its name"
    )
    with acting_as("aif_desk"):
        assert set(AuditEvent.objects.filter(verb__startswith="guidance").values_list("verb", flat=True)) == {
            "guidance.propose", "guidance.sign"
        }  # fmt: skip


def test_one_person_is_not_enough(olga: User, pavel: User) -> None:
    version = propose(by=olga)
    with acting_as("aif_desk"):
        with pytest.raises(PermissionMissing):
            signing.sign(version_id=version.pk, by=olga, now=timezone.now())
        User.objects.filter(pk=olga.pk).update(role="alliance-approver")
        olga.refresh_from_db()
        for decide in (signing.sign, lambda **names: signing.reject(reason="no", **names)):
            with pytest.raises(Refusal) as refused:
                decide(version_id=version.pk, by=olga, now=timezone.now())
            assert refused.value.code == "four-eyes"
        for wrong in (
            {"signed_by": olga, "signed_at": timezone.now(), "state": "rejected"},
            {"state": "in-force"},
            {"signed_by": pavel, "signed_at": timezone.now(), "state": "in-force"},  # beside the one in force
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                GuidanceVersion.objects.filter(pk=version.pk).update(**wrong)
        for reason, code in ((" ", "field-invalid"), ("ask 13800138000", "raw-identifier")):
            with pytest.raises(Refusal) as refused:
                signing.reject(version_id=version.pk, reason=reason, by=pavel, now=timezone.now())
            assert refused.value.code == code
        signing.reject(version_id=version.pk, reason="not ours", by=pavel, now=timezone.now())
        with pytest.raises(Refusal) as refused:
            signing.sign(version_id=version.pk, by=pavel, now=timezone.now())
        assert refused.value.code == "transition-refused"


def test_an_older_proposal_is_made_anew(olga: User, pavel: User) -> None:
    first, second = propose(by=olga), propose(by=olga, title="Later")
    with acting_as("aif_desk"):
        signing.sign(version_id=second.pk, by=pavel, now=timezone.now())
        with pytest.raises(Refusal) as refused:
            signing.sign(version_id=first.pk, by=pavel, now=timezone.now())
        assert refused.value.code == "conflict"


def test_rows_are_not_rewritten(olga: User) -> None:
    propose(by=olga)
    for change in (lambda: GuidanceRow.objects.update(code="y"), lambda: GuidanceVersion.objects.update(text="")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting_as("aif_desk"):
            change()


@pytest.mark.parametrize(
    ("text", "row", "name"),
    [
        ("", 0, "authority"),
        ("not toml", 0, ""),
        ('[[charge]]\ncode = "x"', 0, "authority"),
        (AUTHORITY + AUTHORITY, 2, "code"),
        (AUTHORITY.replace("court", "casino"), 1, "kind"),
        (AUTHORITY.replace("county", "village"), 1, "level"),
        (AUTHORITY.replace('"x"', '"X y"'), 1, "code"),
        (AUTHORITY.replace('zh = "甲法院"\n', ""), 1, "zh"),
        (AUTHORITY + 'branch = "economic-crime"\n', 1, "branch"),
        (AUTHORITY + 'phone = "1"\n', 1, "phone"),
        (AUTHORITY + "documents = [1]\n", 1, "documents"),
    ],
)
def test_a_wrong_text_is_named_by_row_and_field(olga: User, text: str, row: int, name: str) -> None:
    with pytest.raises(TextInvalid) as refused:
        propose(text, by=olga)
    assert (refused.value.extra["row"], refused.value.extra["name"]) == (row, name)


def test_a_list_within_a_list_of_codes_is_named_too() -> None:
    text = '[[playbook]]\ncode = "x"\nzh = "x"\nen = "x"\ncategories = [["telecom-fraud"]]\n'
    with pytest.raises(TextInvalid) as refused:
        parse("playbooks", text)
    assert (refused.value.extra["row"], refused.value.extra["name"]) == (1, "categories")
