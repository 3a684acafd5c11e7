"""SHA-256 digests of files."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch

_SHAPE = re.compile(r"[0-9a-f]{64}")
_EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def rule(text: str) -> str:
    digest = re.sub(r"[ :]", "", text.lower().removeprefix("sha256:"))
    fullmatch(_SHAPE, digest, "a SHA-256 digest has 64 hexadecimal digits; MD5 and SHA-1 are not accepted")
    if len(set(digest)) == 1 or digest == _EMPTY_FILE:
        raise InvalidIdentifier("the digest of an empty file, or a dummy, identifies nothing; leave it away")
    return digest


IDENTIFIER = IdentifierType(
    code="file-sha256",
    zh="文件 SHA-256",
    en="File (SHA-256)",
    form="64 hexadecimal digits, lower case",
    personal=False,
    rule=rule,
    examples={
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD": (
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad": (
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        "ｂａ7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad": (
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
    },
    rejects=(
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "0" * 64,
        "file.apk",
    ),
)
