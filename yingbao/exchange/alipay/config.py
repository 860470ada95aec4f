"""What alipay.toml says: our app, our seller account, our key and Alipay's. 支付宝配置"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from yingbao.exchange.keyring import Folder, PlatformKey
from yingbao.values.text import Text

_NAMES = ("app_id", "seller_id", "app_key", "alipay_keys", "address", "notify_url", "return_url")


@dataclass(frozen=True, slots=True)
class Config:
    """The app, the seller, and Alipay's public keys that count now. 支付宝配置"""

    app_id: str
    seller_id: str
    app_key: RSAPrivateKey = field(repr=False)
    alipay_keys: tuple[PlatformKey, ...]
    address: str
    notify_url: str
    return_url: str


def read(folder: Folder) -> Config:
    """The configuration in a folder; Refused if anything of it is missing or wrong."""
    values = folder.values(_NAMES)
    names = values["alipay_keys"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise folder.refused(Text(zh="alipay_keys 中没有公钥文件", en="alipay_keys names no key file"))
    return Config(
        app_id=folder.text(values, "app_id"),
        seller_id=folder.text(values, "seller_id"),
        app_key=folder.private_key(folder.text(values, "app_key")),
        alipay_keys=tuple(folder.public_key(name) for name in names),
        address=folder.address(values, "address"),
        notify_url=folder.address(values, "notify_url"),
        return_url=folder.address(values, "return_url"),
    )
