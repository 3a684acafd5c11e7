"""SMS ports: what a bulk message comes from."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType
from ..phones import NAMES, classify, sms_port
from ..text import ungroup

# A 95 number with a sub-number behind it; up to eight digits it is the service number itself.
_SERVICE_PORT = re.compile(r"95[0-9]{7,18}")


def rule(text: str) -> str:
    port = sms_port(text)
    if port is not None:
        return port
    if _SERVICE_PORT.fullmatch(ungroup(text)):
        return ungroup(text)
    kind = _phone_kind(text)
    if kind is not None:
        raise InvalidIdentifier(f"this is {NAMES[kind]}; use the type {kind}", suggested_type=kind)
    raise InvalidIdentifier("an SMS port is 106 and 5 to 18 digits, or a 95 number with its sub-number")


def _phone_kind(text: str) -> str | None:
    try:
        return classify(text)[0]
    except InvalidIdentifier:
        return None


IDENTIFIER = IdentifierType(
    code="sms-port",
    zh="短信端口号",
    en="SMS port",
    form="the digits with the sub-number, without country code",
    personal=False,
    rule=rule,
    examples={
        "1069 8009 5588": "106980095588",
        "10698009558812345": "10698009558812345",
        "+86 1069 8009 5588": "106980095588",
        "１０６９８００９５５８８": "106980095588",
        "95588-12345": "9558812345",
    },
    rejects=("95588", "13800138000", "106", "+86 10 69800955", "10698009558812345678901234"),
)
