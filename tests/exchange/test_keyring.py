"""A gateway's configuration: refused with file and reason if wrong, read again when it changes. 渠道配置"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.exchange.alipay import conftest as alipay
from tests.exchange.other_side import certificate_pem, private_pem
from tests.exchange.wechat import conftest as wechat
from yingbao.exchange.configured import gateways
from yingbao.values.refusal import Refused


def refused(folder) -> Refused:
    with pytest.raises(Refused) as no:
        gateways(folder)
    return no.value


def test_channels_without_a_file_are_not_configured(tmp_path):
    assert gateways(tmp_path) == {}
    alipay.write(tmp_path)
    assert set(gateways(tmp_path)) == {"alipay"}
    wechat.write(tmp_path)
    found = gateways(tmp_path)
    assert {name: gateway.merchant for name, gateway in found.items()} == {
        "alipay": alipay.SELLER,
        "wechat": wechat.MERCHANT,
    }
    assert all(gateway.channel == name for name, gateway in found.items())


def test_a_missing_and_an_unknown_entry_are_named(tmp_path):
    file = wechat.write(tmp_path) / "wechat.toml"
    file.write_text(file.read_text("utf-8").replace("app_id", "appid"), "utf-8")
    assert "app_id is missing" in refused(tmp_path).said("en")
    wechat.write(tmp_path, extra="1")
    assert "unknown entry extra" in refused(tmp_path).said("en")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"app_id": ""}, "app_id"),
        ({"api_v3_key": "too short"}, "32 characters"),
        ({"address": "http://pay.example.org"}, "https"),
        ({"address": "https://user@pay.example.org"}, "https"),
        ({"notify_url": "https://pay.example.org?a=b"}, "https"),
        ({"notify_url": "https://[pay"}, "https"),
        ({"merchant_key": "wechat/nothing.pem"}, "nothing.pem cannot be read"),
        ({"merchant_key": "wechat/platform_0.pem"}, "no RSA private key"),
        ({"merchant_key": "../outside.pem"}, "inside the folder"),
        ({"merchant_key": "/etc/hostname"}, "inside the folder"),
    ],
)
def test_a_wrong_value_of_wechat_is_refused_by_file_and_reason(tmp_path, changes, what):
    no = refused(wechat.write(tmp_path, **changes))
    assert no.where == "wechat.toml"
    assert what in no.said("en")
    assert wechat.SECRET not in no.said("en") + no.said("zh")


def test_what_is_no_toml_is_refused_without_quoting_it(tmp_path):
    (tmp_path / "alipay.toml").write_text("app_id = 'a\nsecret", "utf-8")
    no = refused(tmp_path)
    assert "not valid TOML" in no.said("en")
    assert "secret" not in no.said("en")


def test_a_key_of_the_platform_that_is_none_is_refused(tmp_path):
    wechat.write(tmp_path)
    (tmp_path / "wechat" / "platform_0.pem").write_text("-----BEGIN", "utf-8")
    assert "no certificate" in refused(tmp_path).said("en")
    wechat.write(tmp_path, keys=())
    assert "names no key" in refused(tmp_path).said("en")
    wechat.write(tmp_path, keys=("public",))
    (tmp_path / "wechat" / "platform_0.pem").write_bytes(private_pem("merchant"))
    assert "no RSA public key" in refused(tmp_path).said("en")


def test_a_certificate_under_another_serial_is_refused(tmp_path):
    wechat.write(tmp_path)
    days = {"begins": wechat.NOW, "ends": wechat.NOW + dt.timedelta(days=1)}
    (tmp_path / "wechat" / "platform_0.pem").write_bytes(certificate_pem("platform one", serial=77, **days))
    assert "another serial" in refused(tmp_path).said("en")


def test_a_short_key_is_refused(tmp_path):
    alipay.write(tmp_path)
    (tmp_path / "alipay" / "app_key.pem").write_bytes(private_pem("short", 1024))
    assert "2048" in refused(tmp_path).said("en")


def test_alipay_needs_at_least_one_key(tmp_path):
    assert "names no key" in refused(alipay.write(tmp_path, keys=())).said("en")


def test_a_change_that_cannot_be_read_stops_the_channel_until_it_is_mended(tmp_path):
    gateway = gateways(alipay.write(tmp_path))["alipay"]
    (tmp_path / "alipay.toml").write_text("app_id =", "utf-8")
    for _ in range(2):
        with pytest.raises(Refused):
            gateway.read_notice({}, b"", alipay.NOW)
    alipay.write(tmp_path, seller_id="2088101106499365")
    assert gateway.merchant == "2088101106499365"


def test_a_key_file_replaced_by_renaming_is_read_again(tmp_path):
    gateway = gateways(alipay.write(tmp_path))["alipay"]
    first = gateway._config.now()
    assert gateway._config.now() is first
    (tmp_path / "new.pem").write_bytes(private_pem("another app"))
    (tmp_path / "new.pem").replace(tmp_path / "alipay" / "app_key.pem")
    assert gateway._config.now().app_key.private_numbers() != first.app_key.private_numbers()


def test_no_secret_shows_when_a_configuration_is_printed(tmp_path):
    found = gateways(wechat.write(tmp_path))["wechat"]._config.now()
    assert wechat.SECRET not in repr(found)
    assert "merchant_key=" not in repr(found)
