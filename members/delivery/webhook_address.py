"""Where a webhook may go: https to a public address, and nowhere else.

Members choose the address, the platform's machine connects: unguarded, a member could make us call what only we can
reach. So an address is checked in form when it is registered, and at every delivery the name is looked up once, every
answer is checked, and the connection goes to one of the answers that were checked (docs/adr/0020).

Sources: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), RFC 6052, RFC 6666, RFC 7534, RFC 7535.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import ada_url
from django.conf import settings
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_URL = 500
HTTPS_PORT = 443
_NAME, _IPV4, _IPV6 = 0, 1, 2  # ada's host types
_PRINTABLE = re.compile(
    r"[!-\[\]-~]+"
)  # ASCII without spaces and without the backslash, which readers read differently
_START = re.compile(r"(https?)://([^/?#]+)", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")

# Of IPv6 only global unicast is considered at all; what is listed here lies inside of it.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # public, and yet answered by the host of an Azure machine
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip


class AddressBlocked(Exception):
    """The address is not one that webhooks may go to. The text is a code."""


class LookupFailed(Exception):
    """The name has no address now."""


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address in its normal form, taken apart."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def literal(self) -> Address | None:
        """The address, if the host is one and not a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


def parse(url: str) -> Target:
    """Return the target of a URL; Refusal `webhook-url-refused` for a form that no delivery would go to.

    One parser reads it, here and for the delivery. Names are not looked up: what they lead to can change at any time,
    and the answer would tell members which names there are inside.
    """
    if not (0 < len(url) <= MAX_URL and _PRINTABLE.fullmatch(url)):
        raise _refused()
    start = _START.match(url)
    if start is None or "@" in start[2] or "#" in url or "%" in start[2]:
        raise _refused()
    try:
        parts = ada_url.URL(url)
        port = int(parts.port) if parts.port else HTTPS_PORT if parts.protocol == "https:" else 80
    except ValueError:
        raise _refused() from None
    target = Target(parts.href, parts.protocol.rstrip(":"), parts.hostname.strip("[]"), port)
    if parts.host_type != _NAME:
        literal = target.literal
        if literal is None or not is_allowed(literal):
            raise _refused()
        return target
    if _HOST.fullmatch(target.host) is None:
        raise _refused()
    if allowed_networks():
        return target  # the name may lead into them; the delivery checks where it leads
    dotted = "." in target.host and not target.host.endswith(".")
    if target.scheme != "https" or target.port != HTTPS_PORT or not dotted:
        raise _refused()
    return target


def look_up(host: str, port: int) -> list[str]:
    """Return all addresses of a name, as text; LookupFailed if there is none now."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise LookupFailed from None
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def choose(target: Target, resolve: Callable[[str, int], Iterable[str]] = look_up) -> list[str]:
    """Return the addresses to connect to, each checked; AddressBlocked if a single answer may not be gone to."""
    literal = target.literal
    found = [str(literal)] if literal is not None else list(resolve(target.host, target.port))
    if not found:
        raise LookupFailed
    is_public_form = target.scheme == "https" and target.port == HTTPS_PORT and literal is None
    for text in found:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:  # with a zone, and so of one link
            raise AddressBlocked("blocked-address") from None
        if not (is_allowed(address) or (is_public_form and is_public(address))):
            raise AddressBlocked("blocked-address")
    return found


def is_public(address: Address) -> bool:
    """Whether an address belongs to nobody in particular, leads to no other network and is not of a special purpose."""
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not any(
        address in network for network in REFUSED if network.version == address.version
    )


def is_allowed(address: Address) -> bool:
    """Whether the operator lists the address in AIF_WEBHOOK_ALLOW_CIDRS."""
    return any(address in network for network in allowed_networks() if network.version == address.version)


def allowed_networks() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return the operator's list: where webhooks may go in spite of all, by http and to any port as well."""
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(settings.AIF_WEBHOOK_ALLOW_CIDRS)
    return networks


def _refused() -> Refusal:
    return Refusal(
        "webhook-url-refused",
        gettext_noop("Give https://name/path with a public name: port 443, no user, no address as a number."),
        field="url",
    )
