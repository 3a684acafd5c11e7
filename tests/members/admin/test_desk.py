"""The desk's pages: who gets in, what can be done, and that nothing else can."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from aif_share.wire import keys
from members.admin.site import site
from members.models import Credential, Institution, InstitutionAgreement, User
from members.operations import institutions
from tests.factories import PASSWORD, PDF, VETTED, acting_as, make_institution, make_key, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/members/institution/"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def page(institution: Institution, name: str = "") -> str:
    return f"{LIST}{institution.pk}/" + (f"do/{name}/" if name else "change/")


def state(institution: Institution) -> str:
    institution.refresh_from_db()
    return institution.state


class TestLogin:
    def test_a_right_password_goes_on_to_the_second_factor(self, desk, trail):
        make_user("alliance-operator", name="olga", password=PASSWORD)
        trail()
        answer = desk.post("/admin/login/?next=/admin/", {"username": "olga", "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/factor/")
        assert trail() == []
        assert desk.get("/admin/").status_code == 302

    def test_members_do_not(self, desk, trail):
        make_user("member-admin", institution=make_institution(), name="mona", password=PASSWORD)
        trail()
        answer = desk.post("/admin/login/", {"username": "mona", "password": PASSWORD}, **ENGLISH)
        assert "User name or password is not right." in answer.content.decode()
        assert trail() == []

    @pytest.mark.parametrize("person", ["alice", "amir"])
    def test_a_session_of_a_member_opens_nothing(self, desk, cast, person):
        desk.force_login(getattr(cast, person))
        assert desk.get(LIST)["Location"].startswith("/admin/login/")
        assert desk.post(page(cast.birch, "suspend"), {"reason": "x"}).status_code == 302
        assert state(cast.birch) == "live"

    def test_the_own_password(self, desk, trail):
        desk.force_login(make_user("alliance-operator", name="olga", password=PASSWORD))
        trail()
        new = "another-harbor-17-lantern"
        form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert desk.post("/admin/password_change/", form).status_code == 302
        assert trail() == ["user.password.set"]
        assert User.objects.get(username="olga").check_password(new)


class TestReadOnly:
    def test_every_page_is_there_and_none_changes_anything(self, desk, cast):
        make_key(cast.aster)
        desk.force_login(cast.olga)
        assert len(site._registry) >= 6
        for model in site._registry:
            base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            assert desk.get(base).status_code == 200, base
            assert desk.get(f"{base}add/").status_code == 403, base
            row = model.objects.order_by("pk").only("pk").first()  # not what the desk may not read
            if row is None:
                continue
            assert desk.get(f"{base}{row.pk}/change/").status_code == 200, base
            assert desk.post(f"{base}{row.pk}/change/", {"name": "x", "state": "live"}).status_code == 403, base
            assert desk.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403, base

    def test_verifiers_are_not_shown(self, desk, cast):
        key = make_key(cast.aster)
        row = Credential.objects.get(key_id=key.id)
        desk.force_login(cast.olga)
        for address in ("/admin/members/credential/", f"/admin/members/credential/{row.pk}/change/"):
            body = desk.get(address).content.decode()
            assert key.id in body
            assert row.verifier not in body and row.custodian_verifier not in body

    def test_the_trail_is_searched_by_reference(self, desk, cast):
        desk.force_login(cast.olga)
        body = desk.get("/admin/members/auditevent/", {"q": cast.birch.ref}, **ENGLISH).content.decode()
        assert cast.birch.ref in body and cast.aster.ref not in body


class TestAdmit:
    @pytest.fixture
    def applied(self, cast) -> Institution:
        return institutions.apply(name="Dahlia", sector="bank", by=cast.olga, now=timezone.now())

    def upload(self, desk, institution, content=PDF):
        file = SimpleUploadedFile("agreement.pdf", content, "application/pdf")
        return desk.post(page(institution, "agree"), {"file": file}, **ENGLISH)

    def test_from_the_application_to_the_second_person(self, desk, cast, applied, trail):
        desk.force_login(cast.olga)
        assert "Vet" in desk.get(page(applied), **ENGLISH).content.decode()
        trail()
        assert desk.post(page(applied, "vet"), VETTED | {"contact_verified": ""}).status_code == 422
        assert state(applied) == "applied"
        assert desk.post(page(applied, "vet"), VETTED)["Location"] == page(applied)
        assert "multipart/form-data" in desk.get(page(applied, "agree")).content.decode()
        assert self.upload(desk, applied, b"MZ").status_code == 422
        assert self.upload(desk, applied).status_code == 302
        assert state(applied) == "agreed"
        assert "do/admit" not in desk.get(page(applied)).content.decode()
        assert desk.post(page(applied, "admit")).status_code == 403
        desk.force_login(cast.pavel)
        assert desk.get(page(applied, "admit")).status_code == 200
        assert state(applied) == "agreed", "looking changes nothing"
        assert desk.post(page(applied, "admit"))["Location"] == page(applied)
        assert state(applied) == "live"
        assert trail() == ["institution.vet", "institution.agree", "desk.refuse", "institution.admit"]

    def test_the_one_who_applied_reads_why_not(self, desk, cast, applied):
        desk.force_login(cast.olga)
        desk.post(page(applied, "vet"), VETTED)
        self.upload(desk, applied)
        User.objects.filter(pk=cast.olga.pk).update(role="alliance-approver")
        desk.force_login(User.objects.get(pk=cast.olga.pk))
        answer = desk.post(page(applied, "admit"), **ENGLISH)
        assert answer.status_code == 422
        assert "a second person has to admit it" in answer.content.decode()
        assert state(applied) == "agreed"

    def test_the_agreement_is_a_file_to_take_away(self, desk, cast, applied, trail):
        desk.force_login(cast.olga)
        desk.post(page(applied, "vet"), VETTED)
        self.upload(desk, applied)
        made = InstitutionAgreement.objects.get()
        address = f"/admin/members/institution/agreement/{made.pk}/"
        assert address in desk.get(page(applied)).content.decode()
        trail()
        answer = desk.get(address)
        assert answer.content == PDF and answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
        assert trail() == ["institution.agreement.read"]
        assert desk.get("/admin/members/institution/agreement/999999/").status_code == 404
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("UPDATE institution_agreement SET content = content || 'x'")
        answer = desk.get(address, follow=True, **ENGLISH)
        assert PDF not in answer.content and "differs from its SHA-256" in answer.content.decode()
        assert trail() == ["institution.agreement.differ"]
        desk.force_login(cast.amir)
        assert desk.get(address).status_code == 302

    def test_a_live_one_is_not_admitted(self, desk, cast):
        desk.force_login(cast.pavel)
        assert "do/admit" not in desk.get(page(cast.aster)).content.decode()
        answer = desk.post(page(cast.aster, "admit"), follow=True, **ENGLISH)
        assert "This is not open in the present state." in answer.content.decode()

    def test_leaving_is_announced_and_taken_back(self, desk, cast, trail):
        desk.force_login(cast.olga)
        trail()
        form = {"day": "2099-01-01", "clues": "keep", "reason": "merged"}
        assert desk.post(page(cast.aster, "leave"), form | {"clues": ""}).status_code == 422
        assert desk.post(page(cast.aster, "leave"), form).status_code == 302
        assert "leaves on 2099-01-01" in desk.get(LIST, {"leaving": "announced"}, **ENGLISH).content.decode()
        assert desk.post(page(cast.aster, "stay"), {"reason": "not merged"}).status_code == 302
        assert trail() == ["institution.leave.announce", "institution.leave.cancel"]

    def test_everything_known_of_one_is_on_its_page(self, desk, cast):
        make_key(cast.aster)
        desk.force_login(cast.olga)
        body = desk.get(page(cast.aster), **ENGLISH).content.decode()
        for text in ("Admission and leaving", "People", "alice", "Keys", "History", "Institution created",
                     "Quotas, and their use", "Quality as a source", "What it asked"):  # fmt: skip
            assert text in body, text


class TestSuspend:
    def test_it_works_with_a_reason_only(self, desk, cast, trail):
        desk.force_login(cast.olga)
        trail()
        assert desk.post(page(cast.aster, "suspend"), {"reason": " "}).status_code == 422
        assert state(cast.aster) == "live"
        assert trail() == []
        assert desk.post(page(cast.aster, "suspend"), {"reason": "audit"}).status_code == 302
        assert state(cast.aster) == "suspended"
        assert trail() == ["institution.suspend"]

    def test_and_back(self, desk, cast):
        other = make_institution(at="suspended")
        desk.force_login(cast.pavel)
        assert desk.post(page(other, "reinstate"), {"reason": "cleared"}).status_code == 302
        assert state(other) == "live"

    @pytest.mark.parametrize("name", ["explode", "apply"])
    def test_what_is_not_in_the_table_is_not_there(self, desk, cast, name):
        desk.force_login(cast.olga)
        assert desk.post(page(cast.aster, name)).status_code == 404

    def test_there_is_no_such_institution(self, desk, cast):
        desk.force_login(cast.olga)
        assert desk.post(f"{LIST}999999999/do/suspend/", {"reason": "x"}).status_code == 404


def test_apply_at_the_list(desk, cast, trail):
    desk.force_login(cast.olga)
    assert "do/apply" in desk.get(LIST).content.decode()
    form = {"name": "Elm", "sector": "telecom", "evaluate_quota": 1, "submit_quota": 2, "screen_quota": 3}
    trail()
    answer = desk.post(f"{LIST}do/apply/", form)
    made = Institution.objects.get(name="Elm")
    assert answer["Location"] == page(made)
    assert (made.state, made.applied_by, made.screen_quota) == ("applied", cast.olga, 3)
    assert trail() == ["institution.apply"]
    again = desk.post(f"{LIST}do/apply/", form, **ENGLISH)
    assert again.status_code == 422
    assert "already registered" in again.content.decode()


def test_a_key_is_registered_and_revoked(desk, cast, trail):
    key = keys.MemberKey.new()
    desk.force_login(cast.olga)
    trail()
    form = {
        "key_id": key.id,
        "verifier": keys.verifier(key.bearer_for("platform")),
        "scopes": ["read", "submit"],
        "cidrs": "192.0.2.0/24\n2001:db8::/32",
    }
    assert desk.post(page(cast.aster, "register-key"), form).status_code == 302
    row = Credential.objects.get(key_id=key.id)
    assert (row.institution, row.scopes) == (cast.aster, ["submit", "read"])
    assert row.cidrs == ["192.0.2.0/24", "2001:db8::/32"]
    revoke = f"/admin/members/credential/{row.pk}/do/revoke/"
    assert desk.post(revoke, {"reason": "lost"}).status_code == 302
    row.refresh_from_db()
    assert row.revoked_reason == "lost"
    assert trail() == ["credential.register", "credential.revoke"]


def test_the_secret_itself_is_not_taken(desk, cast):
    key = keys.MemberKey.new()
    desk.force_login(cast.olga)
    answer = desk.post(page(cast.aster, "register-key"), {"key_id": key.id, "verifier": key.text, "scopes": ["read"]})
    assert answer.status_code == 422
    assert Credential.objects.count() == 0


def test_an_account_is_made_and_shut(desk, cast, trail):
    desk.force_login(cast.olga)
    trail()
    form = {"username": "dora", "role": "auditor", "institution_id": cast.aster.pk, "password": PASSWORD}
    assert desk.post("/admin/members/user/do/create/", form).status_code == 302
    dora = User.objects.get(username="dora")
    assert dora.check_password(PASSWORD)
    assert desk.post(f"/admin/members/user/{dora.pk}/do/deactivate/", {"reason": "left"}).status_code == 302
    dora.refresh_from_db()
    assert not dora.is_active
    assert trail() == ["user.create", "user.deactivate"]


def test_pages_carry_no_inline_script(desk, cast):
    desk.force_login(cast.olga)
    for address in (page(cast.aster), page(cast.aster, "suspend"), LIST):
        body = desk.get(address).content.decode()
        for tag in re.findall(r"<script[^>]*>", body):
            assert "src=" in tag or 'type="application/json"' in tag, tag
