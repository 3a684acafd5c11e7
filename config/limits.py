"""What production refuses of a variable that can be read: values with which a control would still stand and hold nothing."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from config.env import Misconfigured, Network

SHORTEST_TICK_S: Final = 1.0
"""A shorter tick tells by the moment of an answer which submission met another one."""
WIDEST: Final = {4: 16, 6: 48}
"""The shortest prefixes of networks inside which an operator may let webhooks go."""
# Whatever lies here answers whoever is on this machine: its own services, its neighbors by link, the cloud's metadata; and
# the forms of IPv6 in which an address of IPv4 is written, the metadata's among them.
NEVER: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "224.0.0.0/3",
        "::/3", "2001::/32", "2002::/16", "fd00:ec2::/32", "fd20:ce::/32", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip


def inner(name: str, networks: Iterable[Network]) -> None:
    """Raise Misconfigured if a network is wide, or holds what nobody but this machine may reach."""
    for network in networks:
        if network.prefixlen < WIDEST[network.version]:
            raise Misconfigured(f"{name} has a network wider than /{WIDEST[4]} (IPv6: /{WIDEST[6]})")
        if any(network.overlaps(each) for each in NEVER if each.version == network.version):
            raise Misconfigured(f"{name} has a network of this machine, of its links or of the cloud's metadata")


def tick(name: str, seconds: float) -> None:
    """Raise Misconfigured if the seconds are too few."""
    if seconds < SHORTEST_TICK_S:
        raise Misconfigured(f"{name} must be {SHORTEST_TICK_S:g} or more in production")
