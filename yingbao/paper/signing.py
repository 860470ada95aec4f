"""Signs a paper so that anyone can see who issued it and that nothing was changed, and checks that. 电子签名

PAdES baseline B (ETSI EN 319 142-1) by pyHanko, as a certification that allows no change at all. There is no time-stamp
authority and nothing is fetched: the time in a signature is our own word.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import x509
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from yingbao.paper.authority import AUTHORITY, CERTIFICATE, KEY

# It tells every file that it does not trust, with a trace; we tell that ourselves.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

FIELD = "Signature"
CHAIN = "chain.pem"
"""certificates between ours and the authority's, if there are any"""


class Signer(NamedTuple):
    """A key ready to sign with, and the authorities that are trusted. 签名者"""

    key: SimpleSigner
    trusted: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...]


class Checked(NamedTuple):
    """What a file's signature is worth. 验签结果"""

    signed: bool
    intact: bool
    """every byte is as it was signed, and the signature fits its certificate"""
    trusted: bool
    """the certificate comes from an authority that we trust, and is valid"""
    signer: str = ""
    signed_at: datetime | None = None
    """by the signer's own word"""


NOT_SIGNED = Checked(False, False, False)


def load(folder: Path, *, passphrase: bytes | None = None) -> Signer:
    """Read the key and certificates of a signing folder. 载入签名密钥

    `key.pem`, `certificate.pem`, `authority.pem`, and `chain.pem` if there are certificates between. Raises OSError if
    a file is missing, ValueError if it cannot be read.
    """
    for name in (KEY, CERTIFICATE, AUTHORITY):
        (folder / name).stat()
    between = tuple(load_certs_from_pemder([str(folder / CHAIN)])) if (folder / CHAIN).exists() else ()
    key = SimpleSigner.load(
        str(folder / KEY),
        str(folder / CERTIFICATE),
        ca_chain_files=(str(folder / AUTHORITY),),
        key_passphrase=passphrase,
    )
    if key is None:
        raise ValueError(f"{folder}: the key or its certificate cannot be read")
    return Signer(key, (load_cert_from_pemder(str(folder / AUTHORITY)),), between)


def sign(pdf: bytes, *, signer: Signer, at: datetime, reason: str = "开具电子票据") -> bytes:
    """The paper with an invisible signature that certifies it; no change is allowed afterwards. 签名"""
    meta = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason, certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    signed = io.BytesIO()
    signs = _SignsAt(meta, signer=signer.key, at=at)
    _outside_any_loop(lambda: signs.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed))
    return signed.getvalue()


def check(pdf: bytes, *, signer: Signer) -> Checked:
    """Whether a file is signed, unchanged, and by someone whom our authority vouches for. 验签

    Whatever is in the file, nothing is fetched and nothing is raised: a file that cannot be read is not signed.
    """
    try:
        (embedded,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        context = ValidationContext(
            trust_roots=list(signer.trusted), other_certs=list(signer.between), allow_fetching=False
        )
        status = _outside_any_loop(lambda: validate_pdf_signature(embedded, signer_validation_context=context))
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        intact = bool(status.intact and status.valid and whole and status.docmdp_ok is not False)
        name = str(status.signing_cert.subject.native.get("common_name", ""))
        return Checked(True, intact, bool(status.trusted), name, status.signer_reported_dt)
    except Exception:
        # A hostile file can make a reader fail in any way.
        return NOT_SIGNED


def _outside_any_loop(work: Callable[[], Any]) -> Any:
    """Do what starts an event loop of its own, as pyHanko does, also where one is running already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(work).result()


class _SignsAt(PdfSigner):
    """Signs with the platform's own time, which the demonstration sets."""

    def __init__(self, *given: Any, at: datetime, **named: Any) -> None:
        super().__init__(*given, **named)
        self._at = at

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """The session, at our moment."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self._at
        return session
