"""The merchant's side, written once more for the tests: signs, verifies, opens, and receives notices. 商户"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from tests.simulators.running import Simulators

LINE = httpx.Client(timeout=20, trust_env=False)


@dataclass
class Notice:
    """What arrived. 通知"""

    path: str
    headers: dict[str, str]
    body: bytes
    moment: float


@dataclass
class Platform:
    """A platform that only listens: it writes down every notice and answers as told. 收通知的平台"""

    url: str = ""
    notices: list[Notice] = field(default_factory=list)
    refusals: int = 0
    """how many notices are still to be answered with 500"""
    answer: tuple[int, bytes] | None = None

    def wait(self, count: int, seconds: float = 20.0) -> list[Notice]:
        end = time.monotonic() + seconds
        while len(self.notices) < count:
            assert time.monotonic() < end, f"{len(self.notices)} of {count} notices"
            time.sleep(0.01)
        return self.notices


@contextmanager
def listening() -> Iterator[Platform]:
    """A platform on a free port."""
    platform, lock = Platform(), threading.Lock()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                platform.notices.append(Notice(self.path, dict(self.headers), body, time.monotonic()))
                refused, platform.refusals = platform.refusals > 0, max(0, platform.refusals - 1)
            status, text = platform.answer or (200, b"success")
            self.send_response(500 if refused else status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def number() -> str:
    """A fresh order number."""
    return "T" + secrets.token_hex(10)


class Wechat:
    """A merchant of WeChat Pay as its configuration makes it. 微信商户"""

    def __init__(self, simulators: Simulators) -> None:
        self.simulators, self.home = simulators, simulators.gateways_dir
        self.key = load_pem_private_key((self.home / self.configuration["merchant_key"]).read_bytes(), None)

    @property
    def configuration(self) -> dict[str, Any]:
        return tomllib.loads((self.home / "wechat.toml").read_text("utf-8"))

    def public_key(self, serial: str) -> Any:
        pem = (self.home / self.configuration["platform_keys"][serial]).read_bytes()
        if serial.startswith("PUB_KEY_ID_"):
            return load_pem_public_key(pem)
        certificate = x509.load_pem_x509_certificate(pem)
        assert f"{certificate.serial_number:040X}" == serial
        return certificate.public_key()

    def call(self, method: str, path: str, content: Any = None, **spoil: Any) -> httpx.Response:
        """A signed request; `spoil` may give another `key`, `timestamp`, `signed_body` or further `headers`."""
        told, body = self.configuration, json.dumps(content).encode() if content is not None else b""
        stamp, nonce = str(spoil.get("timestamp", int(time.time()))), secrets.token_hex(16)
        text = f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + spoil.get("signed_body", body) + b"\n"
        signature = base64.b64encode(spoil.get("key", self.key).sign(text, PKCS1v15(), SHA256())).decode()
        authorization = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{told["merchant"]}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{stamp}",serial_no="{told["merchant_serial"]}"'
        )
        headers = {"Authorization": authorization, "Content-Type": "application/json", **spoil.get("headers", {})}
        return LINE.request(method, told["address"] + path, content=body, headers=headers)

    def verified(self, headers: Any, body: bytes) -> bool:
        """Whether the four headers vouch for the body. A serial that nobody told is a KeyError."""
        text = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        try:
            self.public_key(headers["Wechatpay-Serial"]).verify(
                base64.b64decode(headers["Wechatpay-Signature"]), text, PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return False
        return True

    def open(self, body: bytes) -> dict[str, Any]:
        """The content of a notice."""
        sealed = json.loads(body)["resource"]
        plain = AESGCM(self.configuration["api_v3_key"].encode()).decrypt(
            sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"]), sealed["associated_data"].encode()
        )
        return dict(json.loads(plain))

    def wanted(self, order: str, fen: int, **more: Any) -> dict[str, Any]:
        told = self.configuration
        return {
            "appid": told["app_id"],
            "mchid": told["merchant"],
            "description": "2020年度居民医保",
            "out_trade_no": order,
            "notify_url": told["notify_url"],
            "amount": {"total": fen, "currency": "CNY"},
            **more,
        }

    def order(self, fen: int = 12_345, **more: Any) -> str:
        """Make an order and give its number."""
        order = number()
        answer = self.call("POST", "/v3/pay/transactions/native", self.wanted(order, fen, **more))
        assert answer.status_code == 200, answer.text
        return order

    def query(self, order: str) -> httpx.Response:
        merchant = self.configuration["merchant"]
        return self.call("GET", f"/v3/pay/transactions/out-trade-no/{order}?mchid={merchant}")

    def refund(self, order: str, fen: int, total: int, refund: str = "") -> httpx.Response:
        wanted = {
            "out_trade_no": order,
            "out_refund_no": refund or number(),
            "notify_url": self.configuration["refund_notify_url"],
            "amount": {"refund": fen, "total": total, "currency": "CNY"},
        }
        return self.call("POST", "/v3/refund/domestic/refunds", wanted)


class Alipay:
    """An application of Alipay as its configuration makes it. 支付宝应用"""

    def __init__(self, simulators: Simulators) -> None:
        self.simulators, self.home = simulators, simulators.gateways_dir
        self.key = load_pem_private_key((self.home / self.configuration["app_key"]).read_bytes(), None)

    @property
    def configuration(self) -> dict[str, Any]:
        return tomllib.loads((self.home / "alipay.toml").read_text("utf-8"))

    def form(self, method: str, content: dict[str, Any], **more: str) -> dict[str, str]:
        told = self.configuration
        form = {
            "app_id": told["app_id"],
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2019-11-12 10:00:00",
            "version": "1.0",
            "notify_url": told["notify_url"],
            "biz_content": json.dumps(content, ensure_ascii=False),
            **more,
        }
        text = "&".join(f"{name}={form[name]}" for name in sorted(form))
        form["sign"] = base64.b64encode(self.key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
        return form

    def raw(self, method: str, content: dict[str, Any], **more: str) -> httpx.Response:
        form = self.form(method, content, **more)
        return LINE.post(self.configuration["address"], data=form)

    def call(self, method: str, **content: Any) -> dict[str, Any]:
        """The signed answer, its signature verified over the raw bytes."""
        text = self.raw(method, content).text
        name = method.replace(".", "_") + "_response"
        start, end = text.index(f'"{name}":') + len(name) + 3, text.rindex(',"sign":"')
        assert self.verified(text[start:end], json.loads(text)["sign"])
        return dict(json.loads(text[start:end]))

    def verified(self, text: str, signature: str) -> bool:
        for path in self.configuration["alipay_keys"]:
            try:
                key: Any = load_pem_public_key((self.home / path).read_bytes())
                key.verify(base64.b64decode(signature), text.encode(), PKCS1v15(), SHA256())
            except InvalidSignature:
                continue
            return True
        return False

    def read(self, body: bytes) -> tuple[dict[str, str], bool]:
        """The fields of a notice and whether they are signed."""
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        kept = sorted((name, value) for name, value in form.items() if name not in ("sign", "sign_type"))
        return form, self.verified("&".join(f"{name}={value}" for name, value in kept), form["sign"])

    def order(self, yuan: str = "123.45", **more: Any) -> str:
        """Make an order for a QR code and give its number."""
        order = number()
        told = self.call(
            "alipay.trade.precreate", out_trade_no=order, total_amount=yuan, subject="2020年度居民医保", **more
        )
        assert told["code"] == "10000", told
        return order
