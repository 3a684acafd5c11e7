"""Keys: that every one which something stored needs is installed, and that no epoch runs out unseen."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from clues.doctor.finding import Finding, good, unsure, wrong
from clues.doctor.rights import unless_denied
from clues.models import KeyDirectory, KeyEpoch
from clues.packages.signing import SignerMissing, load_signer
from clues.vault import keys
from clues.vault.failures import HolderUnavailable
from members.models import sealing
from members.operations import seals

SOON: Final = timedelta(days=60)
SIGNER_SOON: Final = timedelta(days=30)


def look() -> Iterator[Finding]:
    """Yield what was found."""
    yield _peppers()
    yield from _epochs()
    yield _key_keys()
    yield from _holders()
    yield from unless_denied("keys.seals", _seals)
    yield _signer()
    yield _evidence_folder()
    yield _directory()


def _peppers() -> Finding:
    asked = set(KeyEpoch.objects.exclude(state=KeyEpoch.RETIRED).values_list("pepper_id", flat=True))
    if gone := sorted(asked - settings.AIF_PEPPERS.keys()):
        return wrong(
            "keys.peppers", f"AIF_PEPPERS lacks {', '.join(gone)}, under which tokens are stored",
            "Restore it from the backup of the secrets; without it nothing stored under it is ever found again.",
        )  # fmt: skip
    return good("keys.peppers", "every key of stored tokens is installed")


def _epochs() -> Iterator[Finding]:
    now = timezone.now()
    active = KeyEpoch.objects.filter(state=KeyEpoch.ACTIVE)
    if not active.exists():
        yield wrong("keys.epoch", "no key epoch is open", "Run `manage.py open_epoch`.")
    elif ends := active.filter(not_after__lt=now + SOON).order_by("not_after").first():
        yield unsure(
            "keys.epoch", f"epoch {ends.epoch} of {ends.type} ends on {ends.not_after:%Y-%m-%d}",
            "Announce the next epoch, so that members report anew in time.",
        )  # fmt: skip
    else:
        yield good("keys.epoch", "key epochs are open")


def _key_keys() -> Finding:
    if not settings.AIF_KEKS:
        return unsure(
            "keys.keks", "AIF_KEKS is not given to this process, so it cannot be compared with what is stored",
            "Run the doctor with the environment of web or worker.",
        )  # fmt: skip
    stored = keys.count_by_kek()
    if gone := sorted(stored.keys() - settings.AIF_KEKS.keys()):
        return wrong(
            "keys.keks", f"AIF_KEKS lacks {', '.join(gone)}, which wraps {sum(stored[each] for each in gone)} keys",
            "Restore it from the backup of the secrets; without it that evidence never opens again.",
        )  # fmt: skip
    old = sum(count for kid, count in stored.items() if kid != keys.newest())
    if old:
        return unsure("keys.keks", f"{old} keys stand under an older KEK", "Run `manage.py rotate_keks`.")
    return good("keys.keks", "every key of evidence stands under the newest KEK")


def _holders() -> Iterator[Finding]:
    for kid in (kid for kid, held in settings.AIF_KEKS.items() if isinstance(held, str)):
        try:
            does = keys.probe(kid)
        except HolderUnavailable:
            yield wrong(
                "keys.holder", f"whoever holds the KEK {kid} does not answer, so no evidence under it opens",
                "See the log for what AIF_KEK_HOLDER ended with, and run it by hand.",
            )  # fmt: skip
        else:
            yield good("keys.holder", f"whoever holds the KEK {kid} wraps and unwraps") if does else wrong(
                "keys.holder", f"whoever holds the KEK {kid} does not give back the key that it wrapped",
                "Take another adapter at once, before evidence is stored under this KEK.",
            )  # fmt: skip


def _seals() -> Iterator[Finding]:
    under = seals.count_by_key()
    if gone := sorted(under.keys() - settings.AIF_SEALS.keys() - {sealing.REFERENCE_KEY}):
        yield wrong(
            "keys.seals", f"AIF_SEALS lacks {', '.join(gone)}, under which second factors or webhook secrets are sealed",
            "Restore it from the backup of the secrets; without it those people cannot log in.",
        )  # fmt: skip
    elif under.keys() - {sealing.newest()}:
        yield unsure(
            "keys.seals",
            "second factors or webhook secrets are sealed under an older key",
            "Run `manage.py rotate_seals`.",
        )
    else:
        yield good("keys.seals", "second factors and webhook secrets are sealed under the newest key")


def _signer() -> Finding:
    if not settings.AIF_PACKAGE_SIGNER:
        return unsure(
            "keys.signer", "AIF_PACKAGE_SIGNER is not given to this process, so its certificate cannot be looked at",
            "Run the doctor with the environment of the worker; without one there, no report package is made.",
        )  # fmt: skip
    now = timezone.now()
    try:
        ends = load_signer(now=now).certificate.not_valid_after_utc
    except SignerMissing:
        return wrong(
            "keys.signer", "no report package can be signed: the certificate has run out, or does not fit its key",
            "Make another one and publish its fingerprint (docs/secrets.md); what was signed before stays valid.",
        )  # fmt: skip
    if ends < now + SIGNER_SOON:
        return unsure(
            "keys.signer", f"the certificate that signs report packages ends on {ends:%Y-%m-%d}",
            "Make the next one and publish its fingerprint before (docs/secrets.md).",
        )  # fmt: skip
    return good("keys.signer", "report packages can be signed for a month and longer")


def _evidence_folder() -> Finding:
    folder = Path(settings.AIF_EVIDENCE)
    if not folder.exists():
        return good("keys.evidence", "there is no evidence yet")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return wrong("keys.evidence", "others may look into the folder of evidence", "chmod 0700 AIF_EVIDENCE.")
    return good("keys.evidence", "the folder of evidence is closed to others")


def _directory() -> Finding:
    if not KeyDirectory.objects.exists():
        return wrong(
            "keys.directory", "no key directory is published, so no member can make a token",
            "Run `manage.py publish_directory` where the signing key lies.",
        )  # fmt: skip
    return good("keys.directory", "a signed key directory is published")
