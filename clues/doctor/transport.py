"""TLS: of browsers and members' systems to the platform, and of the platform to its mail server and its database."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from django.conf import settings
from django.db import connection
from django.utils import timezone

from clues.doctor.finding import Finding, good, unsure, wrong

YEAR: Final = 365 * 24 * 3600
SOON: Final = timedelta(days=14)
TIMEOUT: Final = httpx.Timeout(5.0, connect=2.0)
# What browsers are told in production; nothing in the environment changes it.
INSISTS: Final[Mapping[str, Any]] = {
    "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_HTTPONLY": True, "CSRF_COOKIE_SECURE": True, "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
}  # fmt: skip


def look(*, database: bool = True) -> Iterator[Finding]:
    """Yield what was found; without the way to the database if there is none."""
    yield _address()
    if settings.PRODUCTION:
        yield _insists()
        yield _proxy()
        if settings.AIF_PUBLIC_URL.startswith("https://"):
            yield _from_outside(settings.AIF_PUBLIC_URL)
    yield _mail(settings.EMAIL_HOST, encrypted=settings.EMAIL_USE_TLS)
    if database:
        yield _database()


def _address() -> Finding:
    if settings.AIF_PUBLIC_URL.startswith("https://"):
        return good("address", "members come by https")
    if settings.PRODUCTION:
        return wrong("address", "AIF_PUBLIC_URL is not https", "Put a proxy that ends TLS before web, and say so here.")
    return unsure("address", "members come by plain http", "Fine on one machine for trying; never for members' data.")


def _insists() -> Finding:
    lax = [name for name, value in INSISTS.items() if getattr(settings, name) != value]
    if settings.SECURE_HSTS_SECONDS < YEAR:
        lax.append("SECURE_HSTS_SECONDS")
    if lax:
        return wrong(
            "tls.browsers", f"browsers are not held to TLS: {', '.join(sorted(lax))}",
            "Restore config/settings.py of this release: no variable changes these.",
        )  # fmt: skip
    return good("tls.browsers", "browsers are held to TLS for a year, and cookies go by nothing else")


def _proxy() -> Finding:
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return wrong(
            "tls.proxy", "web does not learn from the proxy that a request came by TLS, so it sends every page to itself",
            "Set AIF_TRUST_PROXY=1, behind a proxy that always sets X-Forwarded-Proto itself.",
        )  # fmt: skip
    return good("tls.proxy", "web learns from the proxy how a request came")


def _from_outside(url: str) -> Finding:
    """As a browser sees it: the certificate holds for a while, and the answer holds the browser to TLS."""
    try:
        with (
            httpx.Client(verify=ssl.create_default_context(), timeout=TIMEOUT, trust_env=False) as client,
            client.stream("GET", f"{url}/healthz") as answer,
        ):
            held = answer.headers.get("strict-transport-security", "")
            certificate = answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        if _is_of_certificate(error):
            return wrong(
                "tls.address", "the certificate of AIF_PUBLIC_URL is not valid, so no member's system connects",
                "Renew it, for this name and with its whole chain.",
            )  # fmt: skip
        return unsure(
            "tls.address", "AIF_PUBLIC_URL cannot be reached from here, so its TLS was not looked at",
            "Run the doctor where members come from as well.",
        )  # fmt: skip
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    if "max-age" not in held:
        return wrong(
            "tls.address", "the proxy's answers do not hold browsers to TLS (Strict-Transport-Security)",
            "Let the proxy set X-Forwarded-Proto and pass the headers of the answer on.",
        )  # fmt: skip
    if ends < timezone.now() + SOON:
        return unsure("tls.address", f"the certificate of AIF_PUBLIC_URL ends on {ends:%Y-%m-%d}", "Renew it.")
    return good("tls.address", "AIF_PUBLIC_URL has a valid certificate and holds browsers to TLS")


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _mail(host: str, *, encrypted: bool) -> Finding:
    """Mails hold links of invitations: who reads one on its way may use it first."""
    if not host:
        return good("mail.way", "no e-mail is sent from here")
    if _is_loopback(host):
        return good("mail.way", "the way to the mail server stays on this machine")
    if encrypted:
        return good("mail.way", "the way to the mail server is encrypted, and the server proves its name")
    do = "Remove AIF_EMAIL_TLS=0; a mail server that knows no STARTTLS may be reached through a relay on this machine."
    if _is_of_containers(host):
        return unsure(
            "mail.way", "e-mail is sent without TLS; the mail server's name is one that a network of containers knows",
            f"Fine within one host; else: {do}",
        )  # fmt: skip
    say = wrong if settings.PRODUCTION else unsure
    return say("mail.way", "e-mail, with the links of invitations, leaves this machine without TLS", do)


def _database() -> Finding:
    connection.ensure_connection()
    said = connection.connection.info.dsn_parameters
    with connection.cursor() as cursor:
        cursor.execute("SELECT host(inet_server_addr())")
        (address,) = cursor.fetchone()
    return database_way(said.get("host", ""), said.get("sslmode", ""), address)


def database_way(host: str, sslmode: str, address: str | None) -> Finding:
    """Return what is to be said of a way to PostgreSQL: host and sslmode of the client, the address that the server sees.

    That address is None where the server was come to by a socket: by us, or by a pooler on another machine, whose name `host`
    then is. So it does not say that the way is short.
    """
    if host.startswith("/") or _is_loopback(host or "localhost"):
        return good("database.way", "the way to the database stays on this machine")
    if sslmode == "verify-full":
        return good("database.way", "the way to the database is encrypted, and the server proves its name")
    do = "Add sslmode=verify-full (and sslrootcert=…) to DATABASE_URL."
    if _is_of_containers(host) and (address is None or ipaddress.ip_address(address).is_private):
        return unsure(
            "database.way", "the way to the database is not verified; its name is one that a network of containers knows",
            f"Fine within one host; else: {do}",
        )  # fmt: skip
    say = wrong if settings.PRODUCTION else unsure
    return say(
        "database.way", f"the way to the database leaves this machine, and its sslmode is {sslmode or 'none'}", do
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_of_containers(host: str) -> bool:
    return "." not in host and ":" not in host
