"""Change, enable, disable: by the version that the page showed."""

from __future__ import annotations

from typing import Any

import pytest

from members.models import WebhookEndpoint
from tests.members.portal.keeper import events_of, everything


def page(hook: Any, end: str) -> str:
    return f"/portal/webhooks/{hook.webhook}/{end}"


def test_the_form_begins_with_what_is_there(keeper: Any, make_hook: Any) -> None:
    hook = make_hook(kinds=["match.released"], description="desk")
    text = keeper.browser.get(page(hook, "edit")).content.decode()
    assert 'value="match.released" checked' in text and text.count(" checked") == 1
    assert 'value="desk"' in text and f'name="version" value="{hook.version}"' in text


def test_it_changes_what_the_form_says(keeper: Any, hook: Any) -> None:
    sent = {"url": "https://new.aster.example/", "kinds": ["batch.done"], "description": "", "version": hook.version}
    assert keeper.browser.post(page(hook, "edit"), sent)["Location"] == f"/portal/webhooks/{hook.webhook}"
    row = WebhookEndpoint.objects.get()
    assert (row.url, row.kinds, row.version) == ("https://new.aster.example/", ["batch.done"], hook.version + 1)
    assert events_of("webhook.change")[-1].actor_ref == keeper.person.audit_ref


@pytest.mark.parametrize("version", ["0", "99", ""])
def test_two_tabs(keeper: Any, hook: Any, version: str) -> None:
    """The second tab is told that the first one changed it; nothing is overwritten."""
    before = everything()
    answer = keeper.browser.post(page(hook, "edit"), {"url": "https://late.aster.example/", "version": version})
    assert answer.status_code == 422 and "Read it again" in answer.content.decode()
    assert everything() == before


def test_disable_and_enable(keeper: Any, hook: Any) -> None:
    keeper.browser.post(page(hook, "state"), {"state": "disabled", "version": hook.version})
    row = WebhookEndpoint.objects.get()
    assert row.state == "disabled"
    text = keeper.browser.get(f"/portal/webhooks/{hook.webhook}").content.decode()
    assert "Disabled: nothing is sent." in text and 'value="enabled"' in text
    keeper.browser.post(page(hook, "state"), {"state": "enabled", "version": row.version})
    assert WebhookEndpoint.objects.get().state == "enabled"


@pytest.mark.parametrize("sent", [{"state": "gone"}, {"state": ""}, {"state": "disabled", "version": "77"}])
def test_nonsense_changes_nothing(keeper: Any, hook: Any, sent: dict[str, str]) -> None:
    before = everything()
    answer = keeper.browser.post(page(hook, "state"), {"version": str(hook.version)} | sent, follow=True)
    assert answer.status_code == 200 and "notice--error" in answer.content.decode()
    assert everything() == before
