"""Numbers of persons as the database keeps them: sealed, findable, masked. 加密存储

What is sealed says under which key: one byte with the length of the key's id, the id, a nonce of 12 bytes, then the
ciphertext with its tag of 16 bytes. The id is authenticated with it. See docs/adr/0006-sealed-numbers.md.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yingbao.sealing import keys
from yingbao.sealing.keys import make_keys
from yingbao.values import identity, phones

__all__ = [
    "NO_NUMBER", "Columns", "NotUnsealed", "index_of", "make_keys", "number", "phone", "seal", "seal_bytes", "unseal",
    "unseal_bytes",
]  # fmt: skip

_NONCE = 12
_TAG = 16


class NotUnsealed(Exception):
    """What lies there was not sealed under a key that we have, or was altered since. 无法解密"""


class Columns(NamedTuple):
    """The three columns in which a number is kept. 三列"""

    cipher: bytes | None
    blind_index: bytes | None
    masked: str


NO_NUMBER = Columns(None, None, "")


def seal(text: str) -> bytes:
    """Encrypt under the current key. 加密"""
    return seal_bytes(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """What was sealed. 解密

    Raises NotUnsealed if its key is unknown or a bit of it was altered.
    """
    return unseal_bytes(sealed).decode()


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt bytes, such as a whole file, under the current key. 加密"""
    ours = keys.loaded()
    head, encrypt, _ = _prepared(ours.current, ours.keys[ours.current])
    nonce = os.urandom(_NONCE)
    return head + nonce + encrypt(nonce, plain, head)


def unseal_bytes(sealed: bytes | memoryview) -> bytes:
    """Bytes that were sealed. Raises NotUnsealed as `unseal` does."""
    sealed = bytes(sealed)  # the database hands out a memoryview
    split = 1 + sealed[0] if sealed else 0
    if len(sealed) < split + _NONCE + _TAG or split < 2:
        raise NotUnsealed("too short to have been sealed")
    try:
        key_id = sealed[1:split].decode()
        head, _, decrypt = _prepared(key_id, keys.loaded().keys[key_id])
        return decrypt(sealed[split : split + _NONCE], sealed[split + _NONCE :], head)
    except (KeyError, InvalidTag, UnicodeDecodeError):
        raise NotUnsealed("sealed under an unknown key, or altered since") from None


def index_of(text: str) -> bytes:
    """The keyed blind index of a number: 32 bytes, equal for every way to write the same number. 盲索引"""
    return hmac.digest(keys.loaded().index, identity.cleaned(text).encode(), "sha256")


def number(text: str) -> Columns:
    """The columns of an identity or school-roll number; of an empty one, nothing. 证件号码"""
    return Columns(seal(text), index_of(text), identity.masked(text)) if text else NO_NUMBER


def phone(text: str) -> Columns:
    """The columns of a phone number; of an empty one, nothing. 联系电话"""
    return Columns(seal(text), index_of(text), phones.masked(text)) if text else NO_NUMBER


Sealing = Callable[[bytes, bytes, bytes], bytes]


class _Prepared(NamedTuple):
    head: bytes
    encrypt: Sealing
    decrypt: Sealing


@lru_cache(maxsize=64)
def _prepared(key_id: str, key: keys.Key) -> _Prepared:
    head = bytes([len(key_id)]) + key_id.encode()
    if key.cipher == "AES-GCM":
        aes = AESGCM(key.key)
        return _Prepared(head, aes.encrypt, aes.decrypt)
    return _Prepared(head, *_sm4_gcm(key.key))


def _sm4_gcm(key: bytes) -> tuple[Sealing, Sealing]:
    """SM4 in Galois/counter mode (GB/T 32907), shaped as AESGCM is. 国密"""
    algorithm = algorithms.SM4(key)

    def encrypt(nonce: bytes, plain: bytes, head: bytes) -> bytes:
        encryptor = Cipher(algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(head)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(nonce: bytes, sealed: bytes, head: bytes) -> bytes:
        decryptor = Cipher(algorithm, modes.GCM(nonce, sealed[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(head)
        return decryptor.update(sealed[:-_TAG]) + decryptor.finalize()

    return encrypt, decrypt
