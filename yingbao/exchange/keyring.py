"""Configuration and keys of a gateway, read from its folder and again whenever a file changes. 密钥配置"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SHORTEST_KEY = 2048
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """A gateway's public key, with the days within which it may be used where a certificate says so. 平台公钥"""

    key: RSAPublicKey
    begins: datetime | None = None
    ends: datetime | None = None

    def usable(self, at: datetime) -> bool:
        """Whether the certificate is in force at that moment; a bare public key always is."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at <= self.ends)


class Folder:
    """One configuration file and the files it names, remembered so that a change is seen. 配置目录"""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.read: list[Path] = []

    def values(self, names: Iterable[str]) -> dict[str, object]:
        """The file's values; Refused if it cannot be read, lacks one of these names or has others."""
        try:
            found: dict[str, object] = tomllib.loads(self._bytes(self.file).decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            # What cannot be parsed may be half a secret: only its place is told.
            place = str(error).rpartition("(")[2].rstrip(")") if "(at " in str(error) else ""
            raise self.refused(Text(zh=f"不是有效的 TOML {place}", en=f"not valid TOML {place}".rstrip())) from None
        wanted = set(names)
        for name in sorted(wanted - set(found)):
            raise self.refused(Text(zh=f"缺少 {name}", en=f"{name} is missing"))
        for name in sorted(set(found) - wanted):
            raise self.refused(
                Text(zh="有不认识的项 {name}", en="there is an unknown entry {name}").filled(name=name[:40])
            )
        return found

    def text(self, values: dict[str, object], name: str) -> str:
        """A value that must be a text which is not empty."""
        value = values[name]
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.refused(Text(zh=f"{name} 应为非空文字", en=f"{name} must be a text"))
        return value

    def address(self, values: dict[str, object], name: str) -> str:
        """A value that must be an https address, or a plain one on this machine."""
        value = self.text(values, name)
        try:
            parts = urlsplit(value)
            good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
            good = good and bool(parts.hostname) and not parts.username and not parts.query and not parts.fragment
            good = good and (parts.port is None or parts.port > 0)
        except ValueError:
            good = False
        if not good:
            raise self.refused(Text(zh=f"{name} 应为 https 地址", en=f"{name} must be an https address"))
        return value

    def private_key(self, name: str) -> RSAPrivateKey:
        """The RSA private key in a PEM file of the folder."""
        try:
            key = load_pem_private_key(self._bytes(self._inside(name)), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_KEY:
            raise self.refused(
                Text(zh=f"{name} 不是 2048 位以上的 RSA 私钥", en=f"{name} is no RSA private key of 2048 bits")
            )
        return key

    def public_key(self, name: str) -> PlatformKey:
        """The RSA public key in a PEM file of the folder."""
        try:
            key = load_pem_public_key(self._bytes(self._inside(name)))
        except ValueError:
            key = None
        if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
            raise self.refused(
                Text(zh=f"{name} 不是 2048 位以上的 RSA 公钥", en=f"{name} is no RSA public key of 2048 bits")
            )
        return PlatformKey(key)

    def certificate(self, name: str, serial: str) -> PlatformKey:
        """The RSA key of a certificate in the folder, whose serial must be the one it is configured under."""
        try:
            found = x509.load_pem_x509_certificate(self._bytes(self._inside(name)))
            key = found.public_key()
            same = found.serial_number == int(serial, 16)
        except ValueError:
            raise self.refused(Text(zh=f"{name} 不是证书", en=f"{name} is no certificate")) from None
        if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
            raise self.refused(
                Text(zh=f"{name} 的公钥不是 2048 位以上的 RSA", en=f"{name} holds no RSA key of 2048 bits")
            )
        if not same:
            raise self.refused(Text(zh=f"{name} 的序列号与配置不符", en=f"{name} has another serial than configured"))
        return PlatformKey(key, found.not_valid_before_utc, found.not_valid_after_utc)

    def refused(self, what: Text) -> Refused:
        """A refusal that names the configuration file."""
        mend = Text(
            zh="请按渠道配置说明改正该文件", en="Mend it as the description of the gateways' configuration says"
        )
        return Refused(where=self.file.name, what=what, mend=mend)

    def _inside(self, name: str) -> Path:
        path = (self.file.parent / name).resolve()
        if Path(name).is_absolute() or not path.is_relative_to(self.file.parent.resolve()):
            raise self.refused(Text(zh="密钥文件必须在配置目录之内", en="a key file must lie inside the folder"))
        return path

    def _bytes(self, path: Path) -> bytes:
        self.read.append(path)
        try:
            return path.read_bytes()
        except OSError:
            raise self.refused(Text(zh=f"读不到 {path.name}", en=f"{path.name} cannot be read")) from None


Settings = TypeVar("Settings")
_Marks = tuple[tuple[Path, tuple[int, int, int]], ...]


class Watched(Generic[Settings]):
    """Settings read from a file, read again as soon as it or a file it names has changed. 热更新配置

    A change that cannot be read is refused at each use rather than overlooked: a key that was taken away must not
    go on being trusted because of a slip elsewhere in the file.
    """

    def __init__(self, file: Path, read: Callable[[Folder], Settings]) -> None:
        self._file, self._read = file, read
        self._kept: tuple[Settings, _Marks] = self._fresh()

    def now(self) -> Settings:
        """The settings as the files have them at this moment."""
        settings, marks = self._kept
        if any(_mark(path) != mark for path, mark in marks):
            self._kept = self._fresh()
            settings = self._kept[0]
        return settings

    def _fresh(self) -> tuple[Settings, _Marks]:
        # Marks are taken before reading, so that a change in between is seen the next time.
        before = {self._file: _mark(self._file)}
        folder = Folder(self._file)
        settings = self._read(folder)
        marks = {path: before.get(path) or _mark(path) for path in folder.read}
        return settings, tuple(marks.items())


def _mark(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
