"""A configured Alipay app, and the Alipay that signs for it. 支付宝测试"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug import Response

from tests.exchange.other_side import Server, private_pem, public_pem, signed
from yingbao.exchange.configured import gateways
from yingbao.values.clock import CHINA

NOW = dt.datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
APP, SELLER = "2014072300007148", "2088101106499364"
ORDER, TRADE = "YB20191112000001", "2019111222001104550500000001"


def write(
    folder: Path, *, keys=("alipay one",), address="http://127.0.0.1:9/alipay/gateway.do", **changes: str
) -> Path:
    """A folder with a configuration; `changes` replace values of alipay.toml."""
    (folder / "alipay").mkdir(exist_ok=True)
    (folder / "alipay" / "app_key.pem").write_bytes(private_pem("app"))
    files = [f"alipay/alipay_public_{number}.pem" for number in range(len(keys))]
    for name, file in zip(keys, files, strict=True):
        (folder / file).write_bytes(public_pem(name))
    values = {
        "app_id": APP,
        "seller_id": SELLER,
        "app_key": "alipay/app_key.pem",
        "address": address,
        "notify_url": "http://127.0.0.1:8000/notices/alipay",
        "return_url": "http://127.0.0.1:8000/pay/back",
        **changes,
    }
    lines = [f'{name} = "{value}"' for name, value in values.items()] + [f"alipay_keys = {json.dumps(files)}"]
    (folder / "alipay.toml").write_text("\n".join(lines), "utf-8")
    return folder


def content(**changes) -> dict[str, str]:
    """The fields of a notice of success; None takes one out."""
    fields = {
        "notify_time": "2019-11-12 09:59:31",
        "notify_type": "trade_status_sync",
        "notify_id": "4a91b7a78a503640467525113fb7d8bg8e",
        "charset": "utf-8",
        "version": "1.0",
        "app_id": APP,
        "auth_app_id": APP,
        "seller_id": SELLER,
        "trade_no": TRADE,
        "out_trade_no": ORDER,
        "buyer_id": "2088102122524333",
        "buyer_logon_id": "159****5620",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "240.12",
        "receipt_amount": "240.12",
        "subject": "居民医保 2020 & more=less",
        "body": "",
        "gmt_create": "2019-11-12 09:59:00",
        "gmt_payment": "2019-11-12 09:59:30",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def joined(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items())).encode()


def form(fields: dict[str, str], *, key="alipay one", with_hash=None, sign_type="RSA2", **late: str) -> bytes:
    """The body of a notice; `late` changes fields after they were signed."""
    told = {**fields, "sign": signed(key, joined(fields), with_hash), "sign_type": sign_type, **late}
    return urlencode(told).encode()


def spelled(method: str, fields: dict, *, key="alipay one", sign=None) -> bytes:
    """An answer's bytes, signed over the bytes of its object."""
    inner = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    name = method.replace(".", "_") + "_response"
    return f'{{"{name}":{inner},"sign":"{sign or signed(key, inner.encode())}"}}'.encode()


def reply(method: str, status=200, *, key="alipay one", sign=None, **fields):
    """An answer of the server; done unless `code` says otherwise."""
    body = spelled(method, {"code": "10000", "msg": "Success", **fields}, key=key, sign=sign)
    return lambda _: Response(body, status, content_type="text/html;charset=utf-8")


@pytest.fixture(scope="module")
def alipay(tmp_path_factory):
    """An app that knows two keys of Alipay."""
    return gateways(write(tmp_path_factory.mktemp("gateways"), keys=("alipay one", "alipay two")), now=lambda: NOW)[
        "alipay"
    ]


@pytest.fixture
def served(tmp_path):
    """An app whose Alipay is a real server: the gateway and the server."""
    server = Server()
    with server.running() as address:
        write(tmp_path, address=f"{address}/alipay/gateway.do")
        yield gateways(tmp_path, now=lambda: NOW)["alipay"], server
