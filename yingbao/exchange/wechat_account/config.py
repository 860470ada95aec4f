"""What wechat_account.toml says: which official account, the key of its events, its templates. 公众号配置

app_id = "wx…"
app_secret = "…"
token = "…"                    # agreed with the account's console; its events are signed with it
address = "https://api.weixin.qq.com"

[templates.to_pay]             # one table per kind: the template's id, and what each value is called in it
id = "…"
child = "thing1"
amount = "amount2"
"""

from __future__ import annotations

from dataclasses import dataclass, field

from yingbao.exchange.keyring import Folder
from yingbao.values.text import Text

_NAMES = ("app_id", "app_secret", "token", "address", "templates")


@dataclass(frozen=True, slots=True)
class AccountTemplate:
    """A template of the account: its id, and its own name for each of our values. 公众号模板"""

    id: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Config:
    """The account and its templates. 公众号配置"""

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    address: str
    templates: dict[str, AccountTemplate]


def read(folder: Folder) -> Config:
    """The configuration in a folder; Refused if anything of it is missing or wrong."""
    values = folder.values(_NAMES)
    return Config(
        app_id=folder.text(values, "app_id"),
        app_secret=folder.text(values, "app_secret"),
        token=folder.text(values, "token"),
        address=folder.address(values, "address").rstrip("/"),
        templates=_templates(folder, values["templates"]),
    )


def _templates(folder: Folder, table: object) -> dict[str, AccountTemplate]:
    wrong = folder.refused(
        Text(zh="[templates] 中每类应为一张表，写明 id", en="[templates] must hold a table with an id for each kind")
    )
    if not isinstance(table, dict):
        raise wrong
    found = {}
    for kind, entries in table.items():
        if not isinstance(entries, dict) or "id" not in entries:
            raise wrong
        fields = {name: folder.text(entries, name) for name in entries if name != "id"}
        found[kind] = AccountTemplate(folder.text(entries, "id"), fields)
    return found
