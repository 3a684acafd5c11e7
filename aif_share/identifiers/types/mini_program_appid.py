"""App ids of WeChat mini programs."""

import re

from ..base import IdentifierType, fullmatch

_SHAPE = re.compile(r"wx[0-9a-f]{16}")


def rule(text: str) -> str:
    return fullmatch(_SHAPE, text.lower(), "an app id is wx and 16 hexadecimal digits; a mini program's name is none")[
        0
    ]


IDENTIFIER = IdentifierType(
    code="mini-program-appid",
    zh="小程序 AppID",
    en="Mini program app id",
    form="wx and 16 hexadecimal digits, lower case",
    personal=False,
    rule=rule,
    examples={
        "wx0123456789ABCDEF": "wx0123456789abcdef",
        "wx0123456789abcdef": "wx0123456789abcdef",
        "ｗｘ0123456789abcdef": "wx0123456789abcdef",
    },
    rejects=("wx0123456789abcde", "0123456789abcdef", "wx0123456789abcdeg", "gh_0123456789ab"),
)
