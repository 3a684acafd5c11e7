"""Row 31 of the threat table: a webhook leads to public addresses, whatever is written and whatever is answered."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from aif_share.errors import Refusal
from members.delivery import webhook_address, webhook_request
from members.delivery.webhook_address import AddressBlocked, LookupFailed, choose, parse
from tests.members.delivery.receiver import Receiver

# The same machine twelve times and more: as numbers of every kind, as names, in IPv6.
DISGUISES = (
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://017700000001/",
    "https://127.1/", "https://127.0.0.1./", "https://%31%32%37.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:1]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[fe80::1%25eth0]/", "https://localhost/", "https://LOCALHOST./",
    "https://user:secret@127.0.0.1/", "https://hooks.example@127.0.0.1/", "https://127.0.0.1\\@hooks.example/",
    "https://hooks.example:443@127.0.0.1/", "https:127.0.0.1", "https:///127.0.0.1/", "https:\\\\127.0.0.1/",
    "https://127.0.0.1:443/", "https://0/", "https://169.254.169.254/latest/meta-data/",
)  # fmt: skip
FORMS = (
    "", "x", "http://hooks.example/", "ftp://hooks.example/", "https://hooks.example:8443/", "https://hooks.example:80/",
    "https://hooks.example./", "https://hooks/", "https://hooks.example/#part", "https://hooks.example/\r\nX-A: b",
    "https://hooks.exam ple/", " https://hooks.example/", "https://hooks.example/\x00", "https://1.1.1.1/",
    "https://[2606:4700:4700::1111]/", "https://@hooks.example/", "https://-hooks-.example/", "https://hooks..example/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "https://hooks.example/" + "x" * 500, "//hooks.example/",
    "https://" + "a" * 64 + ".example/",
)  # fmt: skip
NOT_PUBLIC = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "not an address",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1")


@pytest.mark.parametrize("url", DISGUISES + FORMS)
def test_forms_that_are_refused(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(url)
    assert (refused.value.code, refused.value.extra) == ("webhook-url-refused", {"field": "url"})


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://hooks.example", "https://hooks.example/"),
        ("HTTPS://Hooks.Example:443/a?b=c", "https://hooks.example/a?b=c"),
        ("https://xn--r8jz45g.jp/", "https://xn--r8jz45g.jp/"),
        ("https://hooks.example/a/../b", "https://hooks.example/b"),
    ],
)
def test_forms_that_are_taken(url: str, normal: str) -> None:
    assert parse(url).url == normal


@pytest.mark.parametrize("answer", NOT_PUBLIC)
def test_one_answer_that_is_not_public_blocks_all(answer: str) -> None:
    for answers in ([answer], ["93.184.216.34", answer], [answer, "93.184.216.34"]):
        with pytest.raises(AddressBlocked):
            choose(parse("https://hooks.example/"), lambda *_, found=answers: found)


def test_public_answers_are_taken_as_they_come() -> None:
    assert choose(parse("https://hooks.example/"), lambda *_: list(PUBLIC)) == list(PUBLIC)
    with pytest.raises(LookupFailed):
        choose(parse("https://hooks.example/"), lambda *_: [])


def test_the_operators_list_opens_what_it_names_and_no_more(settings: Any) -> None:
    settings.AIF_WEBHOOK_ALLOW_CIDRS = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
    assert choose(parse("http://127.0.0.1:8000/"), lambda *_: []) == ["127.0.0.1"]
    assert choose(parse("http://[fd00::1]:80/"), lambda *_: []) == ["fd00::1"]
    assert choose(parse("http://inside:8000/"), lambda *_: ["127.0.0.9"]) == ["127.0.0.9"]
    for url in ("https://10.0.0.1/", "https://[::1]/", "https://1.1.1.1/"):
        with pytest.raises(Refusal):
            parse(url)
    for url, answer in (("http://hooks.example/", "93.184.216.34"), ("https://hooks.example:444/", "93.184.216.34"),
                        ("https://hooks.example/", "10.0.0.1")):  # fmt: skip
        with pytest.raises(AddressBlocked):
            choose(parse(url), lambda *_, found=answer: [found])


@pytest.fixture
def canary(monkeypatch: Any) -> Iterator[Receiver]:
    """A listener on 127.0.0.1 at the one port that deliveries go to."""
    with Receiver() as running:
        monkeypatch.setattr(webhook_address, "HTTPS_PORT", running.port)
        yield running


def test_no_disguise_reaches_the_machine(canary: Receiver, member: Any) -> None:
    """Rows that got past the form, from the table alone: blocked, audited, and not one connection."""
    from members.models import AuditEvent, WebhookDelivery, WebhookEndpoint
    from tests.factories import acting_as
    from tests.members.delivery.sending import queue, register, send

    made = register(member, f"https://hooks.example:{canary.port}/")
    resolve = {"hooks.example": "127.0.0.1"}
    for place, url in enumerate([*DISGUISES, f"https://hooks.example:{canary.port}/", "https://hooks.example/"]):
        if "hooks.example:" not in url:
            url = url.replace("127.0.0.1/", f"127.0.0.1:{canary.port}/").replace("[::1]/", f"[::1]:{canary.port}/")
        WebhookEndpoint.objects.update(url=url[:500], failures=0, open_until=None)
        (number,) = queue(made)
        send(
            lambda n=number: WebhookDelivery.objects.get(pk=n).state == "blocked",
            resolve=lambda host, port: [resolve.get(host, "127.0.0.1")],
        )
        assert canary.connections == 0, url
        with acting_as("aif_audit"):
            event = AuditEvent.objects.filter(verb="webhook.block").latest("id")
            assert AuditEvent.objects.filter(verb="webhook.block").count() == place + 1
            assert event.detail["code"] in ("blocked-address", "blocked-url") and event.actor_kind == "job"


def test_a_name_that_changes_its_mind(canary: Receiver, member: Any, monkeypatch: Any) -> None:
    """Public at the first look, 127.0.0.1 at every later one: there is one look a delivery, and it counts."""
    from members.models import WebhookDelivery
    from tests.members.delivery.sending import hurry, queue, register, send

    looked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "rebind.example":
            return real(host, port, *rest, **more)
        looked.append(name)
        answer = "192.0.9.9" if len(looked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    made = register(member, f"https://rebind.example:{canary.port}/")
    (number,) = queue(made)
    send(lambda: WebhookDelivery.objects.get(pk=number).last_error != "")
    first = WebhookDelivery.objects.get(pk=number)
    assert (first.state, looked) == ("pending", ["rebind.example"])
    hurry()
    send(lambda: WebhookDelivery.objects.get(pk=number).state == "blocked")
    assert (canary.connections, len(looked)) == (0, 2)


def test_tls_is_of_the_name_and_the_connection_of_the_address(tmp_path: Path, monkeypatch: Any, settings: Any) -> None:
    settings.AIF_WEBHOOK_ALLOW_CIDRS = (ipaddress.ip_network("127.0.0.1/32"),)
    context, asked = _certify("hooks.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    webhook_request._tls.cache_clear()
    resolve = {"hooks.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}

    def post(name: str) -> webhook_request.Result:
        target = parse(f"https://{name}:{receiver.port}/ok")
        return webhook_request.post(target, body=b"{}", headers={}, resolve=lambda host, _port: resolve[host])

    try:
        with Receiver(tls=context) as receiver:
            assert post("hooks.example") == webhook_request.Result("", 204)
            assert receiver.requests[0].headers["host"] == f"hooks.example:{receiver.port}"
            assert post("other.example").error == "tls" and len(receiver.requests) == 1
            assert asked == ["hooks.example", "other.example"]
    finally:
        webhook_request._tls.cache_clear()


def test_a_name_server_that_hangs() -> None:
    started = time.monotonic()
    result = webhook_request.post(
        parse("https://hooks.example/"), body=b"", headers={}, resolve=lambda *_: time.sleep(3) or [], seconds=0.3
    )
    assert result.error == "timeout" and time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"120", 120.0), (b"0", 0.0), (b"-1", None), (b"soon", None), (b"1e9", None), (b"9" * 30, None), (b"", None)],
)
def test_retry_after(value: bytes, expected: float | None) -> None:
    assert webhook_request._retry_after([(b"Retry-After", value)]) == expected


def test_retry_after_as_a_date() -> None:
    at = (timezone.now() + timedelta(seconds=90)).astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
    found = webhook_request._retry_after([(b"retry-after", at)])
    assert found is not None and 85 < found <= 90
    assert webhook_request._retry_after([(b"retry-after", b"Sun, 06 Nov 1994 08:49:37 GMT")]) == 0.0


def _certify(name: str, folder: Path) -> tuple[ssl.SSLContext, list[str]]:
    """Make a certificate of a name that vouches for itself; return a server's context, and the names it is asked for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    asked: list[str] = []
    context.sni_callback = lambda _socket, wanted, _context: asked.append(wanted)
    return context, asked
