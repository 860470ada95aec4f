"""A signing authority of one's own making, for the demonstration and the tests. 自建签名机构

Elsewhere the key and its certificate come from an authority that people trust; nothing here is used then.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yingbao.values.clock import CHINA

KEY, CERTIFICATE, AUTHORITY = "key.pem", "certificate.pem", "authority.pem"
"""The files of a signing folder: the key, its certificate, and the authority's that vouches for it."""
SINCE, UNTIL = datetime(2019, 1, 1, tzinfo=CHINA), datetime(2039, 1, 1, tzinfo=CHINA)
"""The demonstration's clock stands in 2019."""


def make_authority(
    home: Path, *, signs_for: str = "应保演示票据签名", since: datetime = SINCE, until: datetime = UNTIL
) -> Path:
    """Make a key, its certificate and the authority's in a folder, unless they are there. 建立演示签名机构

    The authority's own key is thrown away: it has signed the one certificate that it ever will.
    """
    if (home / KEY).exists():
        return home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = _named("应保演示签名机构（自建，不可信）")
    above = _certificate(authority, name, name, authority, is_authority=True, since=since, until=until)
    below = _certificate(signer, _named(signs_for), name, authority, is_authority=False, since=since, until=until)
    plain = serialization.NoEncryption()
    _write(home / AUTHORITY, above.public_bytes(serialization.Encoding.PEM))
    _write(home / CERTIFICATE, below.public_bytes(serialization.Encoding.PEM))
    # Last, so that a folder with a key is a whole one.
    _write(home / KEY, signer.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return home


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    key: ec.EllipticCurvePrivateKey,
    subject: x509.Name,
    issuer: x509.Name,
    issuers_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
    since: datetime,
    until: datetime,
) -> x509.Certificate:
    """A certificate that may sign certificates, or one that may sign documents, and nothing else."""
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key()), critical=False)
        .sign(issuers_key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
