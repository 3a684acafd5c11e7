"""Nothing that came in comes out again: not in an answer, a log, a store, a repr or a crash."""

import logging
import pickle

import pytest

from aif_share.custodian import app as app_module
from aif_share.custodian.app import Custodian
from aif_share.custodian.keyring import Keyring
from aif_share.custodian.store import Store
from aif_share.oprf import encoding

from .conftest import NAME, TOKEN, blinded

RAW = "13800138000"


def files(custodian):
    return b"".join(path.read_bytes() for path in custodian.home.path.glob("quota.sqlite*"))


def test_log_and_store_hold_no_content(custodian):
    member = custodian.member()
    elements = blinded("a", "b")
    sent = [encoding.encode(each) for each in elements]
    answer = member.evaluate(elements, headers={"Idempotency-Key": "planted-key"})
    received = [*answer.json["elements"], answer.json["proof"]]
    for bad in (RAW, "planted-text" * 9):
        member.evaluate([bad])
        member.evaluate([sent[0]], type=bad)
        member.evaluate([sent[0]], **{bad: bad})
        member.evaluate([sent[0]], bearer=bad)
        custodian.ask("GET", f"/{bad}?q={bad}", headers={"X-Note": bad, "Authorization": bad})
        custodian.ask("GET", f"/keys?epoch={bad}")
        custodian.ask("POST", "/evaluate", bad.encode(), bearer=member.bearer)
    member.evaluate(elements, bearer=member.key.text)
    framing = [
        f"{RAW}\x01 / HTTP/1.1\r\n\r\n",
        f"GET /{RAW} {RAW}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{RAW}({RAW}): x\r\n\r\n",
        f"GET / HTTP/1.1\r\nAuthorization: Bearer {member.bearer}\x00\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {RAW}\r\n\r\n",
        f"POST /evaluate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{RAW}{RAW}x\r\n",
        f"POST /evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {member.bearer}\r\n"
        f"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{RAW}{RAW}x\r\n",
        f"GET /{'9' * 9000} HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\nX-A: {RAW * 2000}\r\n\r\n",
    ]
    for request in framing:
        reply = custodian.send_bytes(request.encode())
        assert reply.startswith(b"HTTP/1.1 4"), reply[:80]
        assert b"application/problem+json" in reply
        assert RAW.encode() not in reply
        assert member.bearer.encode() not in reply
        assert reply.count(b"HTTP/1.1 ") == 1
    log = custodian.log.read_text()
    assert f"evaluated institution={member.ref} type=domain epoch=1 elements=2 charged=2" in log
    hidden = [*sent, *received, RAW, "planted", member.bearer, member.key.text, member.key.text[18:], TOKEN]
    hidden += [seed.hex() for seed in custodian.home.seeds().values()]
    kept = files(custodian)
    assert member.ref.encode() in kept
    for text in hidden:
        assert text not in log
        assert text.encode() not in kept
    for element in elements:
        assert element not in kept


def test_a_crash_tells_its_place_and_nothing_else(tmp_path, monkeypatch, caplog):
    store = Store(tmp_path / "quota.sqlite")
    store.prepare()
    application = Custodian(name=NAME, keyring=Keyring({1: bytes(32)}, ["domain"]), store=store)

    def fail(*arguments, **named):
        raise RuntimeError(RAW)

    monkeypatch.setattr(app_module.charging, "authenticate", fail)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/me",
        "HTTP_AUTHORIZATION": "Bearer aif_live_abcdefgh_" + "A" * 43,
    }
    statuses = []
    with caplog.at_level(logging.DEBUG):
        body = b"".join(application(environ, lambda status, headers: statuses.append(status)))
    store.close()
    assert statuses[0].startswith("500")
    assert b'"code":"internal"' in body
    assert "failed: RuntimeError at test_privacy.py:" in caplog.text
    assert RAW not in caplog.text + body.decode()
    assert "Traceback" not in caplog.text


def test_the_keyring_shows_and_gives_away_nothing():
    keyring = Keyring({1: b"s" * 32}, ["domain"])
    assert repr(keyring) == "Keyring(epochs=(1,), types=1)"
    with pytest.raises(TypeError):
        pickle.dumps(keyring)
    assert keyring.key("domain", 1).secret.hex() not in repr(keyring.key("domain", 1))
