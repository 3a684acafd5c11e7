"""SHA-256 fingerprints of the certificates that sign apps."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch

_SHAPE = re.compile(r"[0-9a-f]{64}")


def rule(text: str) -> str:
    digest = re.sub(r"[ :]", "", text.lower().removeprefix("sha256:"))
    fullmatch(_SHAPE, digest, "a SHA-256 fingerprint has 64 hexadecimal digits, with or without colons")
    if len(set(digest)) == 1:
        raise InvalidIdentifier("one digit over and over is a dummy value; leave the identifier away")
    return digest


IDENTIFIER = IdentifierType(
    code="app-cert-sha256",
    zh="App 签名证书 SHA-256",
    en="App certificate (SHA-256)",
    form="64 hexadecimal digits, lower case, without colons",
    personal=False,
    link=1,
    rule=rule,
    examples={
        ":".join(["A4", "0D"] * 16): "a40d" * 16,
        "A40D" * 16: "a40d" * 16,
        "Ａ40d" + "a40d" * 15: "a40d" * 16,
        "SHA256: " + ":".join(["A4", "0D"] * 16): "a40d" * 16,
    },
    rejects=("a40d" * 15, "a40d" * 10, "g" * 64, "0" * 64),
)
