"""The simulated providers of messages: they verify, keep to their words, and misbehave only when asked. 模拟消息"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.simulators.merchant import Platform
from tests.simulators.running import Simulators

AT = datetime(2019, 11, 12, 2, 0, tzinfo=UTC)
LINE = httpx.Client(timeout=20, trust_env=False)
WORDS = {"code": "{code}是验证码", "due": "{child}应缴{amount}元"}


@dataclass
class Sender:
    """The platform's side, written once more for the tests. 发送方"""

    simulators: Simulators

    def settings(self, name: str) -> dict[str, Any]:
        return tomllib.loads((self.simulators.gateways_dir / name).read_text("utf-8"))

    def ask(self, action: str, *, secret: str = "", nonce: str = "", at: datetime = AT, **given: str) -> httpx.Response:
        told = self.settings("sms.toml")
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(given.items()))
        headers = {
            "host": told["address"].split("/")[2],
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": nonce or secrets.token_hex(8),
            "x-acs-version": "2017-05-25",
        }
        lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
        names = ";".join(sorted(headers))
        canonical = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        key = (secret or told["access_key_secret"]).encode()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={told['access_key_id']},SignedHeaders={names},Signature={signature}"
        )
        return LINE.post(f"{told['address']}/?{query}", headers=headers)

    def send(self, phone: str = "13912345678", out: str = "1", **changes: Any) -> dict[str, Any]:
        told = self.settings("sms.toml")
        given = {
            "PhoneNumbers": phone,
            "SignName": told["sign_name"],
            "TemplateCode": told["templates"]["code"],
            "TemplateParam": json.dumps({"code": "481516"}),
            "OutId": out,
        }
        return dict(self.ask("SendSms", **given | changes).json())

    def wechat(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return dict(LINE.post(f"{self.settings('wechat_account.toml')['address']}{path}", json=content).json())

    def token(self, **changes: Any) -> dict[str, Any]:
        told = self.settings("wechat_account.toml")
        content = {"grant_type": "client_credential", "appid": told["app_id"], "secret": told["app_secret"]}
        return self.wechat("/cgi-bin/stable_token", content | changes)

    def template(self, openid: str, own: str, token: str = "", **changes: Any) -> dict[str, Any]:
        known = self.settings("wechat_account.toml")["templates"]["due"]
        data = {known["child"]: {"value": "张*"}, known["amount"]: {"value": "250"}}
        content = {"touser": openid, "template_id": known["id"], "client_msg_id": own, "data": data} | changes
        token = token or self.token()["access_token"]
        return self.wechat(f"/cgi-bin/message/template/send?access_token={token}", content)


@pytest.fixture
def sender(simulators: Simulators) -> Sender:
    for via in ("sms", "wechat_account"):
        simulators.templates(via, WORDS)
    return Sender(simulators)


def phone() -> str:
    return f"139{secrets.randbelow(10**8):08d}"


def test_a_message_that_was_signed_rightly_reaches_its_phone(sender):
    number = phone()
    answer = sender.send(number)
    assert answer["Code"] == "OK"
    (text,) = sender.simulators.messages(recipient=number)
    assert text["words"] == "【应保演示】481516是验证码"
    assert text["provider_id"] == answer["BizId"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"secret": "guessed"}, "SignatureDoesNotMatch"),
        ({"at": AT - timedelta(hours=1)}, "InvalidTimeStamp.Expired"),
        ({"PhoneNumbers": "051269820471"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"SignName": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"TemplateCode": "SMS_1"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateParam": "{}"}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"TemplateParam": "["}, "isv.INVALID_JSON_PARAM"),
    ],
)
def test_what_is_not_right_is_refused_with_the_providers_own_word(sender, how, code):
    assert sender.send(phone(), **how)["Code"] == code


def test_a_nonce_counts_once(sender):
    assert sender.send(phone(), nonce="twice")["Code"] == "OK"
    assert sender.send(phone(), nonce="twice")["Code"] == "SignatureNonceUsed"


def test_what_became_of_a_message_is_listed_by_phone_and_day(sender):
    number = phone()
    sender.simulators.behave("sms", {"fail": "MK:0001"}, order="second")
    for out in ("first", "second"):
        sender.send(number, out=out)
    sender.simulators.clock("2019-11-12T10:10:00+08:00")
    asked = {"PhoneNumber": number, "SendDate": "20191112", "PageSize": "1", "CurrentPage": "1"}
    rows = [
        sender.ask("QuerySendDetails", **asked | {"CurrentPage": str(page)}).json()["SmsSendDetailDTOs"]
        for page in (1, 2, 3)
    ]
    told = [(row["OutId"], row["SendStatus"]) for page in rows for row in page["SmsSendDetailDTO"]]
    assert told == [("second", 2), ("first", 3)]
    other = sender.ask("QuerySendDetails", **asked | {"SendDate": "20191111"}).json()
    assert other["TotalCount"] == "0"


def test_a_report_comes_again_until_it_is_taken(sender, platform: Platform):
    def told() -> list[str]:
        mine = [one.path for one in platform.notices if b"told again" in one.body]
        assert len(mine) < 10
        return mine

    platform.answer = (200, b'{"code": 1}')
    sender.send(phone(), out="told again")
    end = time.monotonic() + 20
    while len(told()) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    platform.answer = (200, b'{"code": 0}')
    assert len(told()) >= 2
    assert told()[0] == f"/notices/sms/{sender.settings('sms.toml')['report_secret']}"


def test_the_accounts_token_stays_while_it_lasts_and_is_new_when_forced(sender):
    first = sender.token()["access_token"]
    assert sender.token()["access_token"] == first
    assert sender.token(force_refresh=True)["access_token"] != first
    assert sender.token(secret="guessed")["errcode"] == 40125
    assert sender.template("nobody", "x", token=first)["errcode"] == 40001


def test_an_expired_token_is_told_from_a_wrong_one(sender):
    token = sender.token(force_refresh=True)["access_token"]
    sender.simulators.clock("2019-11-12T13:00:00+08:00")
    assert sender.template("nobody", "x", token=token)["errcode"] == 42001


def test_a_template_message_reaches_a_follower_once_under_one_id(sender):
    openid = sender.simulators.follower()
    first, second = sender.template(openid, "own"), sender.template(openid, "own")
    assert first["errcode"] == second["errcode"] == 0
    assert first["msgid"] == second["msgid"]
    (text,) = sender.simulators.messages(recipient=openid)
    assert text["words"] == "张*应缴250元"
    assert sender.template(openid, "another")["msgid"] != first["msgid"]


def test_who_does_not_follow_an_unknown_template_and_missing_data_are_refused(sender):
    openid = sender.simulators.follower()
    assert sender.template("nobody", "x")["errcode"] == 43004
    assert sender.template(openid, "x", template_id="none")["errcode"] == 40037
    assert sender.template(openid, "x", data={})["errcode"] == 47003


def test_the_phones_page_shows_words_as_words(sender):
    number = phone()
    sender.send(number, TemplateParam=json.dumps({"code": "<b>https://example.org/a?b=1</b>"}))
    page = LINE.get(f"{sender.simulators.url}/phones/", params={"q": number}).text
    assert "&lt;b&gt;" in page
    assert "<b>" not in page.split("<main>")[1]
    assert 'href="https://example.org/a?b=1"' in page
