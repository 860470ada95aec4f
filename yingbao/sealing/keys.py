"""The keys under which identity numbers and phones lie in the database. 密钥

They come from the environment and nowhere else: YINGBAO_KEYS holds them as JSON, or YINGBAO_KEYS_FILE names a
file that does. Several keys stand side by side, each with an id and its cipher; `current` seals, all of them unseal.

    {"current": "k1", "keys": {"k1": {"cipher": "AES-GCM", "key": "…base64…"}}, "index": "…base64…"}
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

VARIABLE = "YINGBAO_KEYS"
FILE_VARIABLE = "YINGBAO_KEYS_FILE"

Cipher = Literal["AES-GCM", "SM4-GCM"]
KeyId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
LENGTHS: dict[Cipher, tuple[int, ...]] = {"AES-GCM": (16, 32), "SM4-GCM": (16,)}
"""how many bytes a key of each cipher has"""
INDEX_LENGTH = 32

_MEND = Text(
    zh="设置 YINGBAO_KEYS 或 YINGBAO_KEYS_FILE：current 是 keys 中的一个编号，"
    "每个密钥写明 cipher 和 base64 的 key，index 为 32 字节",
    en="set YINGBAO_KEYS or YINGBAO_KEYS_FILE: `current` is one of the ids in `keys`, each key has its `cipher` "
    "and its `key` in base64, `index` has 32 bytes",
)


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key and the cipher it is for. 密钥"""

    cipher: Cipher
    key: bytes


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All keys of an installation. 密钥组"""

    current: KeyId
    keys: dict[KeyId, Key]
    index: bytes
    """the key of the blind index, which has no id: changing it means indexing everything anew"""


@cache
def loaded() -> Keys:
    """The keys of this installation, read once. 载入密钥

    Raises Refused naming the variable if there are none or they cannot be right; never says what a key is.
    """
    text, where = os.environ.get(VARIABLE, ""), VARIABLE
    if not text:
        path = os.environ.get(FILE_VARIABLE, "")
        if not path:
            raise Refused(where=VARIABLE, what=Text(zh="没有密钥", en="there are no keys"), mend=_MEND)
        where = FILE_VARIABLE
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refused(
                where=where, what=Text(zh="密钥文件无法读取", en="the file of keys cannot be read"), mend=_MEND
            ) from None
    return parsed(text, where=where)


_READER = msgspec.json.Decoder(Keys)
"""Made before any thread asks: the library cannot make two at once."""


def parsed(text: str, *, where: str) -> Keys:
    """Keys from their JSON. Raises Refused; its message and its cause hold nothing of the text."""
    try:
        keys = _READER.decode(text)
    except (msgspec.MsgspecError, ValueError):
        # The reader's own message may quote the value, which is a secret.
        raise Refused(
            where=where, what=Text(zh="密钥的写法不对", en="the keys are not written as they must be"), mend=_MEND
        ) from None
    if keys.current not in keys.keys:
        what = Text(zh="current 不在 keys 之中", en="`current` is not among `keys`")
        raise Refused(where=where, what=what, mend=_MEND)
    for key_id, key in keys.keys.items():
        if len(key.key) not in LENGTHS[key.cipher]:
            what = Text(
                zh="密钥 {id} 的长度不对：{cipher} 需要 {lengths} 字节",
                en="key {id} has the wrong length: {cipher} takes {lengths} bytes",
            ).filled(id=key_id, cipher=key.cipher, lengths="/".join(map(str, LENGTHS[key.cipher])))
            raise Refused(where=where, what=what, mend=_MEND)
    if len(keys.index) != INDEX_LENGTH:
        what = Text(zh="index 的长度不对：需要 32 字节", en="`index` has the wrong length: it takes 32 bytes")
        raise Refused(where=where, what=what, mend=_MEND)
    return keys


def make_keys(cipher: Cipher = "AES-GCM") -> str:
    """New random keys as JSON, for a new installation or a demonstration. 生成密钥"""
    key = secrets.token_bytes(max(LENGTHS[cipher]))
    return json.dumps(
        {
            "current": "k1",
            "keys": {"k1": {"cipher": cipher, "key": _base64(key)}},
            "index": _base64(secrets.token_bytes(INDEX_LENGTH)),
        }
    )


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()
