"""The signature of a package: CMS (RFC 5652), detached over the manifest, checked by plain `openssl cms -verify`.

One key signs every package of the alliance. It lies with the worker alone, as PEM: the private key and its certificate.
Whoever receives a package compares the certificate's fingerprint with the one the alliance published elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

YEARS = 5


class SignerMissing(Refusal):
    """No key signs packages here, or the one there is cannot be used today."""

    def __init__(self) -> None:
        super().__init__(
            "signer-missing", gettext_noop("No package can be signed: its key or certificate is missing or not valid.")
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs packages, and the certificate that goes along."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return f"Signer({self.fingerprint[:16]})"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in DER, hexadecimal: what is published and compared."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as the package carries it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, manifest: bytes) -> bytes:
        """Return the detached signature in DER. The signing time in it is this machine's clock."""
        builder = PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        return builder.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])


def load_signer(*, now: datetime) -> Signer:
    """Return the signer of this installation. Raise SignerMissing: none, not readable, a pair that does not fit, expired."""
    text = settings.AIF_PACKAGE_SIGNER.encode()
    try:
        certificate, key = x509.load_pem_x509_certificate(text), load_pem_private_key(text, None)
    except (ValueError, TypeError):
        raise SignerMissing from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise SignerMissing
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SignerMissing
    return Signer(key, certificate)


def make_signer(*, name: str, now: datetime) -> str:
    """Return a new key (P-256) with a certificate that it signed itself, both as PEM in one text, for `YEARS` years."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        # `openssl cms -verify` asks for a certificate of mail unless it is told otherwise.
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + certificate.public_bytes(Encoding.PEM)).decode("ascii")
