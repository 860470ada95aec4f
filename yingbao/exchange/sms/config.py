"""What sms.toml says: who we are to the provider, our signature line, our templates there. 短信配置

access_key_id = "…"            # an account of its own that may do nothing but send messages
access_key_secret = "…"
sign_name = "…"                # stands before every message, approved by the provider
address = "https://dysmsapi.aliyuncs.com"
report_secret = "…"            # the last part of the address at which delivery reports come in

[templates]
family_code = "SMS_123456"     # one line per kind; `yingbao message-templates` tells their words
"""

from __future__ import annotations

from dataclasses import dataclass, field

from yingbao.exchange.keyring import Folder
from yingbao.values.text import Text

_NAMES = ("access_key_id", "access_key_secret", "sign_name", "address", "report_secret", "templates")
SHORTEST_SECRET = 16


@dataclass(frozen=True, slots=True)
class Config:
    """The account, the signature line, and the provider's template of each kind. 短信配置"""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    address: str
    report_secret: str = field(repr=False)
    templates: dict[str, str]


def read(folder: Folder) -> Config:
    """The configuration in a folder; Refused if anything of it is missing or wrong."""
    values = folder.values(_NAMES)
    secret = folder.text(values, "report_secret")
    if len(secret) < SHORTEST_SECRET:
        raise folder.refused(Text(zh="report_secret 不足 16 个字符", en="report_secret has fewer than 16 characters"))
    return Config(
        access_key_id=folder.text(values, "access_key_id"),
        access_key_secret=folder.text(values, "access_key_secret"),
        sign_name=folder.text(values, "sign_name"),
        address=folder.address(values, "address").rstrip("/"),
        report_secret=secret,
        templates=_templates(folder, values["templates"]),
    )


def _templates(folder: Folder, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise folder.refused(Text(zh="[templates] 应为一张表", en="[templates] must be a table"))
    return {kind: folder.text(table, kind) for kind in table}
