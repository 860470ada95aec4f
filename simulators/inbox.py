"""Phones and followers, what reached them, and the templates that both providers know. 收件箱

The platform's own files for both providers are written here, beside those of the payment channels.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from simulators import rsa
from simulators.clock import stamped
from simulators.rows import Follower, Text, Wording
from simulators.world import World

SIGN_NAME = "应保演示"
ACCESS_KEY = "LTAI5tSimulatedKey00"
ACCOUNT_APP = "wx0123456789abcdef"
VIAS = ("sms", "wechat_account")
REPORTED_AFTER = 5
"""simulated seconds until a provider knows what became of a message"""
_GAP = re.compile(r"\{(\w+)\}")


def prepare(world: World) -> None:
    """Make the secrets of both providers once. 准备"""
    if not world.store.setting("sms account"):
        world.store.remember(
            "sms account", {"secret": secrets.token_urlsafe(24), "report_secret": secrets.token_urlsafe(24)}
        )
    if not world.store.setting("official account"):
        world.store.remember("official account", {"secret": secrets.token_hex(16), "token": secrets.token_urlsafe(18)})


def sms_secret(world: World) -> str:
    """With which requests to the SMS provider are signed."""
    return str(world.store.setting("sms account")["secret"])


def report_secret(world: World) -> str:
    """The last part of the address to which its reports go."""
    return str(world.store.setting("sms account")["report_secret"])


def account_secret(world: World) -> str:
    """With which the official account's token is asked for."""
    return str(world.store.setting("official account")["secret"])


def account_token(world: World) -> str:
    """With which the official account's events are signed."""
    return str(world.store.setting("official account")["token"])


def register(world: World, via: str, words: Mapping[str, str]) -> list[Wording]:
    """Have templates approved: kind by kind, with `{name}` where a value goes. 登记模板"""
    if via not in VIAS:
        raise ValueError(f"via is one of {', '.join(VIAS)}")
    made = []
    for kind, text in words.items():
        known = world.store.one(Wording, via=via, kind=kind)
        number = world.store.next("wording") if known is None else 0
        if known is None:
            code = f"SMS_{154_000_000 + number}" if via == "sms" else f"{number:04d}{secrets.token_urlsafe(30)}"
            known = Wording(f"{via}:{code}", via, code, kind, text)
        known.words = text
        made.append(known)
    world.store.put(*made)
    write_configuration(world)
    return made


def names(wording: Wording) -> list[str]:
    """The values that a template has places for."""
    return list(dict.fromkeys(_GAP.findall(wording.words)))


def filled(wording: Wording, values: Mapping[str, str]) -> str:
    """The template's words with the values. Raises KeyError for one that is missing."""
    return _GAP.sub(lambda gap: str(values[gap[1]]), wording.words)


def field_of(name: str, place: int) -> str:
    """What the official account's template calls a value: its kind and its place."""
    return f"{'amount' if name == 'amount' else 'thing'}{place}"


def write_configuration(world: World) -> None:
    """Both files that the platform reads. 配置"""
    templates = {via: world.store.find(Wording, via=via) for via in VIAS}
    sms = [
        f'access_key_id = "{ACCESS_KEY}"',
        f'access_key_secret = "{sms_secret(world)}"',
        f'sign_name = "{SIGN_NAME}"',
        f'address = "{world.address}/sms"',
        f'report_secret = "{report_secret(world)}"',
        "",
        "[templates]",
        *(f'{one.kind} = "{one.code}"' for one in templates["sms"]),
    ]
    account = [
        f'app_id = "{ACCOUNT_APP}"',
        f'app_secret = "{account_secret(world)}"',
        f'token = "{account_token(world)}"',
        f'address = "{world.address}/wechat_account"',
        "",
        "[templates]",
    ]
    for one in templates["wechat_account"]:
        account += ["", f"[templates.{one.kind}]", f'id = "{one.code}"']
        account += [f'{name} = "{field_of(name, place)}"' for place, name in enumerate(names(one), 1)]
    _write(world.keys.gateways / "sms.toml", sms)
    _write(world.keys.gateways / "wechat_account.toml", account)


def _write(file: Path, lines: list[str]) -> None:
    rsa.write(file, ("\n".join(lines) + "\n").encode())


def deliver(world: World, via: str, to: str, own_id: str, code: str, words: str, url: str = "") -> Text:
    """A message reaches a phone or a follower, or fails to, as a rule has it. 送达"""
    numbers = [to, own_id, code]
    failure = world.rules.take(via, numbers, "fail")
    silent = bool(world.rules.take(via, numbers, "silent"))
    late = float(world.rules.take(via, numbers, "late") or 0)
    copies = 1 + int(world.rules.take(via, numbers, "duplicate") or 0)
    number = world.store.next("text")
    wait = REPORTED_AFTER + late
    text = Text(
        key=f"{number:09d}",
        via=via,
        recipient=to,
        own_id=own_id,
        provider_id=f"{secrets.randbelow(10**15):015d}^{number}" if via == "sms" else str(200_000_000 + number),
        template=code,
        words=words,
        url=url,
        at=world.clock.stamp(),
        outcome="failed" if failure else "arrived",
        code="" if not failure else ("MK:0001" if failure is True else str(failure)),
        due_true=time.time() + wait / world.speed,
        due_moved=stamped(world.clock.now() + timedelta(seconds=wait)),
        reports_left=0 if silent else copies,
    )
    world.store.put(text)
    return text


def known(world: World, text: Text) -> bool:
    """Whether the provider knows by now what became of it."""
    return text.due_true <= time.time() or text.due_moved <= world.clock.stamp()


def follower(world: World, openid: str) -> Follower | None:
    """Somebody who follows the account now."""
    return world.store.one(Follower, key=openid, following=1)


def new_follower(world: World, name: str) -> Follower:
    """Somebody follows the account. 关注"""
    made = Follower("o" + secrets.token_urlsafe(20)[:27], name, 1)
    world.store.put(made)
    return made
