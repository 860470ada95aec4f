"""What wechat.toml says: who we are to WeChat Pay, our keys and theirs. 微信支付配置"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from yingbao.exchange.keyring import Folder, PlatformKey
from yingbao.values.text import Text

PUBLIC_KEY_ID = "PUB_KEY_ID_"
_NAMES = (
    *("app_id", "merchant", "merchant_serial", "merchant_key", "api_v3_key"),
    *("address", "notify_url", "refund_notify_url", "platform_keys"),
)


@dataclass(frozen=True, slots=True)
class Config:
    """The merchant, its keys, and the platform keys that count now, by serial. 微信支付配置"""

    app_id: str
    merchant: str
    merchant_serial: str
    merchant_key: RSAPrivateKey = field(repr=False)
    api_v3_key: bytes = field(repr=False)
    address: str
    notify_url: str
    refund_notify_url: str
    platform_keys: dict[str, PlatformKey]


def read(folder: Folder) -> Config:
    """The configuration in a folder; Refused if anything of it is missing or wrong."""
    values = folder.values(_NAMES)
    secret = folder.text(values, "api_v3_key").encode()
    if len(secret) != 32:
        raise folder.refused(Text(zh="api_v3_key 应为 32 个字符", en="api_v3_key must have 32 characters"))
    return Config(
        app_id=folder.text(values, "app_id"),
        merchant=folder.text(values, "merchant"),
        merchant_serial=folder.text(values, "merchant_serial"),
        merchant_key=folder.private_key(folder.text(values, "merchant_key")),
        api_v3_key=secret,
        address=folder.address(values, "address").rstrip("/"),
        notify_url=folder.address(values, "notify_url"),
        refund_notify_url=folder.address(values, "refund_notify_url"),
        platform_keys=_platform_keys(folder, values["platform_keys"]),
    )


def _platform_keys(folder: Folder, table: object) -> dict[str, PlatformKey]:
    if not isinstance(table, dict) or not table:
        raise folder.refused(Text(zh="[platform_keys] 中没有公钥", en="[platform_keys] names no key"))
    keys: dict[str, PlatformKey] = {}
    for serial in table:
        name = folder.text(table, serial)
        known = serial.startswith(PUBLIC_KEY_ID)
        keys[serial] = folder.public_key(name) if known else folder.certificate(name, serial)
    return keys
