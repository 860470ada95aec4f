"""A configured WeChat Pay merchant, and the platform that signs for it. 微信支付测试"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from werkzeug import Response

from tests.exchange.other_side import Server, certificate_pem, private_pem, public_pem, signed
from yingbao.exchange.configured import gateways
from yingbao.values.clock import CHINA

NOW = dt.datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
SECRET = "0123456789abcdefghijklmnopqrstuv"
MERCHANT, APP = "1900000109", "wxd678efh567hg6787"
ORDER, TRANSACTION = "YB20191112000001", "4200000000201911120000000001"
SERIALS = {
    "platform one": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "platform two": "0A57F09EFDC096DE15EBE81A47057A72",
}
PUBLIC = "PUB_KEY_ID_0114232134912410000000000000"


def write(folder: Path, *, keys=("platform one",), address="http://127.0.0.1:9/wechat", **changes: str) -> Path:
    """A folder with a configuration; `changes` replace values of wechat.toml."""
    (folder / "wechat").mkdir(exist_ok=True)
    (folder / "wechat" / "merchant_key.pem").write_bytes(private_pem("merchant"))
    table = {}
    for number, name in enumerate(keys):
        file = f"wechat/platform_{number}.pem"
        table[SERIALS.get(name, PUBLIC)] = file
        if name in SERIALS:
            begins, ends = NOW - dt.timedelta(days=400), NOW + dt.timedelta(days=400)
            pem = certificate_pem(name, serial=int(SERIALS[name], 16), begins=begins, ends=ends)
        else:
            pem = public_pem(name)
        (folder / file).write_bytes(pem)
    values = {
        "app_id": APP,
        "merchant": MERCHANT,
        "merchant_serial": "3775B6A45ACD588826D15E583A95F5DD",
        "merchant_key": "wechat/merchant_key.pem",
        "api_v3_key": SECRET,
        "address": address,
        "notify_url": "http://127.0.0.1:8000/notices/wechat",
        "refund_notify_url": "http://127.0.0.1:8000/notices/wechat/refunds",
        **changes,
    }
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    lines += ["[platform_keys]", *(f'"{serial}" = "{file}"' for serial, file in table.items())]
    (folder / "wechat.toml").write_text("\n".join(lines), "utf-8")
    return folder


@dataclasses.dataclass
class Message:
    """A notice or an answer, signed by the platform."""

    headers: dict[str, str]
    body: bytes


def sign(body: bytes, *, key="platform one", at=NOW, nonce="c5ac7061fccab6bf3e254dcf98995b8c", serial=None) -> Message:
    stamp = str(int(at.timestamp()))
    return Message(
        {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signed(key, f"{stamp}\n{nonce}\n".encode() + body + b"\n"),
            "Wechatpay-Serial": serial or SERIALS.get(key, PUBLIC),
        },
        body,
    )


def payment(**changes) -> dict:
    content = {
        "mchid": MERCHANT,
        "appid": APP,
        "out_trade_no": ORDER,
        "transaction_id": TRANSACTION,
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "success_time": "2019-11-12T09:59:30+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": 24012, "payer_total": 24012, "currency": "CNY", "payer_currency": "CNY"},
        **changes,
    }
    return {name: value for name, value in content.items() if value is not None}


def refund(**changes) -> dict:
    content = {
        "out_refund_no": "YBR1",
        "refund_id": "50000000382019052709732678859",
        "transaction_id": TRANSACTION,
        "out_trade_no": ORDER,
        "create_time": "2019-11-12T09:00:00+08:00",
        "success_time": "2019-11-12T09:01:00+08:00",
        "status": "SUCCESS",
        "amount": {"total": 24012, "refund": 12, "payer_total": 24012, "payer_refund": 12, "currency": "CNY"},
        **changes,
    }
    return {name: value for name, value in content.items() if value is not None}


def sealed(
    content: dict, *, event="TRANSACTION.SUCCESS", secret=SECRET, nonce="fdasflkja484", resource=None, **changes
) -> bytes:
    """The body of a notice about this content."""
    plain = json.dumps(content).encode()
    packed = AESGCM(secret.encode()).encrypt(nonce.encode(), plain, b"transaction")
    message = {
        "id": "EV-2018022511223320873",
        "create_time": "2019-11-12T09:59:31+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "支付成功",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "original_type": "transaction" if event.startswith("TRANSACTION") else "refund",
            "ciphertext": base64.b64encode(packed).decode(),
            "associated_data": "transaction",
            "nonce": nonce,
            **(resource or {}),
        },
        **changes,
    }
    return json.dumps(message).encode()


def reply(content: object, status=200, **how):
    """An answer of the server, signed by the platform."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode() if content is not None else b""
    message = sign(body, **how)
    return lambda _: Response(message.body, status, headers=message.headers, content_type="application/json")


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    """A merchant that knows two keys of the platform and one public key by its id."""
    return write(tmp_path_factory.mktemp("gateways"), keys=("platform one", "platform two", "public"))


@pytest.fixture(scope="module")
def wechat(configured):
    return gateways(configured, now=lambda: NOW)["wechat"]


@pytest.fixture
def served(tmp_path):
    """A merchant whose platform is a real server: the gateway and the server."""
    server = Server()
    with server.running() as address:
        write(tmp_path, address=f"{address}/wechat")
        yield gateways(tmp_path, now=lambda: NOW)["wechat"], server
