"""The KEK lies elsewhere (a vault, a cloud's KMS, a hardware module) and never leaves it: AIF_KEK_HOLDER asks it to wrap.

    <AIF_KEK_HOLDER> wrap   <key id> <associated data, base64>    input: base64 of the key    output: the wrap, one line of ASCII
    <AIF_KEK_HOLDER> unwrap <key id> <associated data, base64>    input: such a wrap          output: base64 of the key

Status 0 is an answer; 65 (EX_DATAERR of sysexits.h) says that the wrap does not open; any other, that the holder could not be
asked. docs/secrets.md has examples. The line is run without a shell and ends within ten seconds (aif_share.secret_source).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from django.conf import settings

from aif_share import secret_source
from clues.vault.holders import Holder, HolderSilent, WrapRefused

VARIABLE: Final = "AIF_KEK_HOLDER"
DOES_NOT_OPEN: Final = 65
MOST: Final = 4096


def _wrap(kid: str, secret: bytes, about: bytes) -> bytes:
    said = _ask("wrap", kid, base64.b64encode(secret), about)
    if not said or len(said) > MOST or not said.isascii() or len(said.split()) != 1:
        raise HolderSilent(f"{VARIABLE} answers `wrap` with something else than one line of ASCII")
    return said


def _unwrap(kid: str, wrapped: bytes, about: bytes) -> bytes:
    said = _ask("unwrap", kid, wrapped, about)
    try:
        return base64.b64decode(said, validate=True)
    except binascii.Error:
        raise HolderSilent(f"{VARIABLE} answers `unwrap` with something else than base64") from None


def _ask(what: str, kid: str, given: bytes, about: bytes) -> bytes:
    words = (what, kid, base64.b64encode(about).decode("ascii"))
    try:
        return secret_source.run(settings.AIF_KEK_HOLDER, *words, name=VARIABLE, given=given + b"\n").strip()
    except secret_source.CommandFailed as failed:
        if what == "unwrap" and failed.status == DOES_NOT_OPEN:
            raise WrapRefused from None
        raise HolderSilent(str(failed)) from None


HOLDER: Final = Holder(_wrap, _unwrap)
