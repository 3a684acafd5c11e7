"""`manage.py load_noise --list L [FILE] --by NAME`: propose public identifiers for a noise list of the alliance.

The values are tokenized as any member's are, through the chain of custodians; raw values are neither stored nor printed.
What is proposed waits until a second person of the desk approves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.client.session import Session
from aif_share.client.tokenize import Canaries, Tokenizer
from aif_share.errors import AifShareError, Refusal
from aif_share.identifiers import normalize, types
from aif_share.vocabulary import noise_lists
from aif_share.wire.directory import open_signed
from aif_share.wire.keys import MemberKey
from aif_share.wire.limits import MAX_NOISE_ENTRIES
from clues import noise
from clues.blinding import directory
from clues.noise import propose
from clues.submissions.tokens import read_tokens
from members.management.embedded import CustodianNotReady, ceremony_key
from members.models import User

STARTER = Path(noise.__file__).parent / "starter"
REF, QUOTA = "ALLIANCE-NOISE", 100_000
Value = tuple[str, str]


class Command(BaseCommand):
    help = "Propose public identifiers for a noise list, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list, the values and the person."""
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE",
            help="one `type value` a line, # for comments; without it the values that come with the product",
        )  # fmt: skip
        parser.add_argument("--list", required=True, choices=sorted(noise_lists.BY_CODE))
        parser.add_argument("--mode", choices=(noise_lists.INFORM, noise_lists.BLOCK), help="by default the list's own")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--key-file", type=Path, help="a member key that every custodian knows")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tokenize and propose; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        values = list(_read(options["file"] or STARTER / f"{options['list']}.txt"))
        waiting = 0
        try:
            tokens = _tokenize(values, options["key_file"])
            for first in range(0, len(tokens), MAX_NOISE_ENTRIES):
                part = read_tokens(tokens[first : first + MAX_NOISE_ENTRIES], most=MAX_NOISE_ENTRIES, name="entries")
                found = propose.propose_public(
                    list_code=options["list"], tokens=part, by=person, now=timezone.now(), mode=options["mode"]
                )
                waiting += sum(1 for each in found if each.state == "proposed")
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        except (AifShareError, CustodianNotReady) as error:
            raise CommandError(str(error)) from None
        answer = {"list": options["list"], "values": len(values), "proposed": waiting}
        self.stdout.write(
            json.dumps(answer)
            if options["json"]
            else f"{options['list']}: {waiting} of {len(values)} wait for approval"
        )


def _read(path: Path) -> Iterator[Value]:
    """Yield (type, value); a line that is wrong is named by its number, never repeated."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise CommandError("the file cannot be read as UTF-8; a list of members comes with none") from None
    for number, line in enumerate(lines, start=1):
        kind, _space, value = line.strip().partition(" ")
        if not kind or kind.startswith("#"):
            continue
        if kind not in types():
            raise CommandError(f"line {number}: no such identifier type")
        try:
            normalize(kind, value)
        except AifShareError as error:
            raise CommandError(f"line {number}: {error.code}") from None
        yield kind, value


def _tokenize(values: list[Value], key_file: Path | None) -> list[dict[str, Any]]:
    by_type: dict[str, list[str]] = {}
    for kind, value in values:
        by_type.setdefault(kind, []).append(value)
    document = directory.get_directory()
    published = open_signed(document, document["public_key"])
    with _key(key_file) as key, Session(settings.AIF_PUBLIC_URL, key) as session:
        tokenizer = Tokenizer(session, published, canaries=Canaries())
        try:
            return [token.identifier() for kind, raws in by_type.items() for token in tokenizer.tokenize(kind, raws)]
        finally:
            tokenizer.close()


def _key(path: Path | None) -> AbstractContextManager[MemberKey]:
    if path is not None:
        return nullcontext(MemberKey.parse(path.read_text(encoding="ascii").strip()))
    if not settings.AIF_EMBEDDED_CUSTODIANS:
        raise CommandError("Give a member key that every custodian knows: --key-file FILE")
    return ceremony_key(REF, evaluate_quota=QUOTA)
