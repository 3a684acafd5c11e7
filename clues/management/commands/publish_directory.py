"""`manage.py publish_directory`: build, sign and publish the key directory.

Run where the alliance's signing key lies, never on a web host. The canaries need a member key at
every custodian (`--ceremony-key-file`); on the embedded stack the command registers one for the
moment it runs.
"""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.client.session import Session
from aif_share.errors import AifShareError
from aif_share.wire.directory import to_signed
from aif_share.wire.keys import MemberKey
from clues.blinding import directory
from members.management.embedded import CustodianNotReady, ceremony_key
from members.permissions import Console

CEREMONY_REF = "ALLIANCE-CEREMONY"
CEREMONY_QUOTA = 100_000


class Command(BaseCommand):
    """Build, sign and publish the key directory, unless the published one says the same."""

    help = "Build, sign and publish the key directory."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the keys lie and who the custodians are, in the order of the chain."""
        parser.add_argument("--signing-key", type=Path, help="PEM file; made when missing (embedded)")
        parser.add_argument("--ceremony-key-file", type=Path, help="a member key all custodians know")
        parser.add_argument("--custodian", action="append", default=[], metavar="NAME=URL")
        parser.add_argument("--force", action="store_true", help="publish even without a change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish; every failure is one line that says what to do."""
        try:
            self._publish(options)
        except (AifShareError, CustodianNotReady) as error:
            raise CommandError(str(error)) from None

    def _publish(self, options: dict[str, Any]) -> None:
        hops = _hops(options["custodian"])
        signing_key = _signing_key(options["signing_key"])
        now = timezone.now()
        lent = _ceremony_key(options["ceremony_key_file"])
        with lent as key, Session(settings.AIF_PUBLIC_URL, key) as session:
            numbers = directory.epochs_to_publish()
            custodians = [
                directory.read_custodian(name=name, url=url, session=session, epochs=numbers) for name, url in hops
            ]
            if not options["force"] and directory.is_published(custodians):
                self.stdout.write("directory: nothing changed")
                return
            made = directory.build(custodians=custodians, session=session, now=now)
        document = to_signed(made, signing_key)
        count = directory.publish(document=document, by=Console("publish_directory"), now=now)
        self.stdout.write(f"directory: published {count} entries")


def _hops(given: list[str]) -> list[tuple[str, str]]:
    if given:
        pairs = [text.partition("=") for text in given]
        return [(name, url.rstrip("/")) for name, _, url in pairs]
    hops = [(each["name"], each["url"]) for each in settings.AIF_EMBEDDED_CUSTODIANS]
    if not hops:
        raise CommandError("Name the custodians in the order of the chain: --custodian NAME=URL")
    return hops


def _signing_key(path: Path | None) -> Ed25519PrivateKey:
    embedded = settings.AIF_ENV != "production"
    path = path or settings.AIF_DATA / "alliance" / "signing.key"
    if not path.exists():
        if not embedded:
            raise CommandError("Give the alliance's signing key: --signing-key FILE (Ed25519, PEM)")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        path.touch(mode=0o600)
        path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise CommandError("The signing key must be an Ed25519 key in PEM.")
    return key


def _ceremony_key(path: Path | None) -> AbstractContextManager[MemberKey]:
    if path is not None:
        return nullcontext(MemberKey.parse(path.read_text(encoding="ascii").strip()))
    if not settings.AIF_EMBEDDED_CUSTODIANS:
        raise CommandError("Give a member key that every custodian knows: --ceremony-key-file FILE")
    return ceremony_key(CEREMONY_REF, evaluate_quota=CEREMONY_QUOTA)
