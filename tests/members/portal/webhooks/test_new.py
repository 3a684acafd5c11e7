"""Register a webhook: its secret is shown once, and a form that is sent twice makes one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from members.delivery.webhook_message import unseal_secret
from members.models import WebhookEndpoint
from members.operations.webhooks import known_kinds
from tests.members.portal.keeper import events_of, everything

NEW = "/portal/webhooks/new"
URL = "https://hooks.aster.example/aif"


def form_key(browser: Any) -> str:
    return re.search(r'name="form_key" value="([^"]+)"', browser.get(NEW).content.decode())[1]


def test_it_registers_and_shows_the_secret_once(keeper: Any) -> None:
    sent = {"url": URL, "description": "desk", "kinds": ["match.released", "batch.done"], "form_key": "one"}
    answer = keeper.browser.post(NEW, sent)
    row = WebhookEndpoint.objects.get()
    address = answer["Location"]
    assert (row.url, row.kinds, row.description) == (URL, ["batch.done", "match.released"], "desk")
    assert row.key_id == keeper.person.audit_ref
    secret = unseal_secret(row.secret, institution_id=row.institution_id)
    assert secret not in str(dict(keeper.browser.session)), "in the session it is sealed"
    page = keeper.browser.get(address).content.decode()
    assert secret in page and "webhooks.verify" in page
    again = keeper.browser.get(address).content.decode()
    assert secret not in again and "It was shown already" in again
    assert events_of("webhook.create")[-1].actor_ref == keeper.person.audit_ref


def test_every_kind_is_in_words(keeper: Any) -> None:
    page = keeper.browser.get(NEW).content.decode()
    chinese = keeper.browser.get(NEW, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    for kind in known_kinds():
        for text, form in ((page, r"^[A-Z][a-z ]+"), (chinese, r"[一-鿿]")):
            label = re.search(rf'value="{re.escape(kind)}"[^>]*> <span>([^<]+)</span>', text)
            assert label and re.search(form, label[1]), kind


def test_sent_twice_it_makes_one(keeper: Any) -> None:
    sent = {"url": URL, "form_key": form_key(keeper.browser)}
    keeper.browser.post(NEW, sent)
    before, hook = everything(), WebhookEndpoint.objects.get()
    assert keeper.browser.post(NEW, sent)["Location"] == f"/portal/webhooks/{hook}"
    assert everything() == before
    keeper.browser.post(NEW, sent | {"form_key": form_key(keeper.browser)})
    assert WebhookEndpoint.objects.count() == 2, "a new form is a new webhook"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://hooks.aster.example/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://hooks.aster.example:8443/"},
        {"url": ""},
        {"kinds": ["match.lost"]},
        {"description": "x" * 101},
    ],
)
def test_a_refusal_stores_nothing_and_keeps_the_form(keeper: Any, change: dict[str, Any]) -> None:
    before = everything()
    answer = keeper.browser.post(NEW, {"url": URL, "description": "desk", "form_key": "k"} | change)
    assert answer.status_code == 422 and "field__error" in answer.content.decode()
    assert everything() == before


def test_there_is_a_limit(keeper: Any, make_hook: Any) -> None:
    for number in range(10):
        make_hook(url=f"https://hooks{number}.aster.example/")
    before = everything()
    answer = keeper.browser.post(NEW, {"url": URL, "form_key": "k"})
    assert answer.status_code == 422 and "Delete a webhook first." in answer.content.decode()
    assert everything() == before
