"""Pages of the configured portal may ask a custodian from a browser, refusals included; other pages read nothing."""

import pytest

from aif_share.custodian.home import make_home
from aif_share.custodian.origins import PortalOrigins, read_origin
from aif_share.errors import Refusal

from .conftest import NAME, blinded, run_command, start

PORTAL = "https://portal.example"
LOCAL = "http://127.0.0.1:8000"
STRANGERS = (
    "https://evil.example",
    "http://portal.example",
    "https://portal.example:8443",
    "https://portal.example.evil.example",
    "https://PORTAL.example",
    "https://portal.example/",
    "null",
    "*",
    "",
)
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture(scope="module")
def custodian(tmp_path_factory):
    folder = tmp_path_factory.mktemp("origins")
    home = make_home(folder / "home", name=NAME)
    with start(home, folder, "--portal-origin", PORTAL + "/", "--portal-origin", LOCAL) as running:
        yield running


def cors(answer):
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [PORTAL, LOCAL])
@pytest.mark.parametrize(("path", "method"), [("/evaluate", "POST"), ("/me", "GET")])
def test_a_preflight_of_the_portal_is_answered_without_a_key(custodian, origin, path, method):
    answer = custodian.ask(
        "OPTIONS", path, headers=PREFLIGHT | {"Origin": origin, "Access-Control-Request-Method": method}
    )
    assert (answer.status, answer.raw) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-methods"] == method
    assert answer.headers["access-control-allow-headers"] == "Authorization, Content-Type, Idempotency-Key"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


def test_the_portal_reads_the_answer(custodian):
    member = custodian.member()
    answer = member.evaluate(blinded(), headers={"Origin": PORTAL})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    quota = custodian.ask("GET", "/me", bearer=member.bearer, headers={"Origin": LOCAL})
    assert (quota.status, quota.headers["access-control-allow-origin"]) == (200, LOCAL)


def test_the_portal_reads_refusals_too(custodian):
    spent = custodian.member(quota=0).evaluate(blinded(), headers={"Origin": PORTAL})
    nobody = custodian.ask("GET", "/me", headers={"Origin": PORTAL})
    wrong_method = custodian.ask("DELETE", "/me", headers={"Origin": PORTAL})
    assert [answer.code for answer in (spent, nobody, wrong_method)] == [
        "quota-exhausted",
        "unauthenticated",
        "method-not-allowed",
    ]
    for answer in (spent, nobody, wrong_method):
        assert answer.headers["access-control-allow-origin"] == PORTAL
        assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert int(spent.headers["retry-after"]) > 0


@pytest.mark.parametrize("origin", STRANGERS, ids=lambda text: text or "empty")
def test_any_other_page_gets_no_such_header(custodian, origin):
    headers = {"Origin": origin}
    asked = custodian.ask("OPTIONS", "/evaluate", headers=PREFLIGHT | headers)
    assert (asked.status, asked.code) == (405, "method-not-allowed")
    answer = custodian.member().evaluate(blinded(), headers=headers)
    assert answer.status == 200, "a program may name any origin; it is the browser that keeps a page from reading"
    assert cors(asked) | cors(answer) == set()
    assert answer.headers["vary"] == "Origin", "no cache gives the portal's answer to another page, or the other way"


def test_programs_see_no_difference(custodian):
    answer = custodian.member().evaluate(blinded())
    assert (answer.status, cors(answer)) == (200, set())
    plain = custodian.ask("OPTIONS", "/evaluate", headers={"Origin": PORTAL})
    assert plain.code == "method-not-allowed", "without the method it would use, it is no preflight"


@pytest.mark.parametrize("path", ["/keys", "/healthz", "/operator/members/I-1", "/nothing"])
def test_the_rest_is_not_for_pages(custodian, path):
    assert cors(custodian.ask("GET", path, headers={"Origin": PORTAL})) == set()
    assert cors(custodian.ask("OPTIONS", path, headers=PREFLIGHT | {"Origin": PORTAL})) == set()


def test_without_an_origin_no_page_is_answered(tmp_path):
    home = make_home(tmp_path / "home", name=NAME)
    with start(home, tmp_path) as running:
        answer = running.ask("OPTIONS", "/evaluate", headers=PREFLIGHT | {"Origin": PORTAL})
        assert (answer.status, cors(answer)) == (405, set())
        assert "vary" not in answer.headers


def test_origins_also_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AIF_CUSTODIAN_PORTAL_ORIGINS", f"{PORTAL} {LOCAL}")
    home = make_home(tmp_path / "home", name=NAME)
    with start(home, tmp_path) as running:
        for origin in (PORTAL, LOCAL):
            assert running.ask("OPTIONS", "/me", headers=PREFLIGHT | {"Origin": origin}).status == 204


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Portal.Example", "https://portal.example"),
        ("https://portal.example:443/", "https://portal.example"),
        ("https://portal.example:8443", "https://portal.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        (" https://xn--fiq228c.example\n", "https://xn--fiq228c.example"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text, origin):
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "portal.example",
        "https://",
        "https://*.portal.example",
        "https://portal.example/portal",
        "https://portal.example?x",
        "https://user@portal.example",
        "https://门户.example",
        "https://portal.example:port",
        "http://portal.example",
        "ftp://127.0.0.1",
        "https://a.example,https://b.example",
    ],
)
def test_what_is_no_origin_stops_the_start(tmp_path, text):
    with pytest.raises(Refusal, match="portal origin"):
        PortalOrigins([text])
    home = make_home(tmp_path / "home", name=NAME)
    done = run_command("serve", "--home", home.path, "--bind", "127.0.0.1:0", "--portal-origin", text)
    assert done.returncode == 1
    assert "portal origin" in done.stderr
