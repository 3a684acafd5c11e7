"""IP addresses."""

import ipaddress

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType
from ..text import refang

# Addresses that say nothing outside one network: two institutions that report one have nothing in common.
_MEANINGLESS = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)


def rule(text: str) -> str:
    address = _parse(refang(text).removeprefix("[").removesuffix("]"))
    if address is None:
        raise InvalidIdentifier("an IP address is four numbers with dots or an IPv6 address, without port and mask")
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            raise InvalidIdentifier("leave the zone behind % away")
        address = address.ipv4_mapped or address
    if any(address in network for network in _MEANINGLESS):
        raise InvalidIdentifier("a private, local or multicast address identifies nobody; leave it away")
    return str(address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


IDENTIFIER = IdentifierType(
    code="ip",
    zh="IP 地址",
    en="IP address",
    form="IPv4 with dots, or IPv6 as in RFC 5952; an IPv4-mapped address is its IPv4 address",
    rule=rule,
    examples={
        "203.0.113.7": "203.0.113.7",
        "203[.]0[.]113[.]7": "203.0.113.7",
        "２０３．０．１１３．７": "203.0.113.7",
        "::ffff:203.0.113.7": "203.0.113.7",
        "2001:0DB8:0:0:0:0:0:1": "2001:db8::1",
        "[2001:db8::1]": "2001:db8::1",
    },
    rejects=(
        "203.0.113",
        "203.0.113.256",
        "203.0.113.7:80",
        "192.168.1.1",
        "10.0.0.1",
        "::1",
        "fe80::1%eth0",
        "example.com",
    ),
)
