"""Notices of Alipay: taken if everything is right, refused if anything is not. 支付宝通知"""

from __future__ import annotations

import datetime as dt
import logging
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.alipay.conftest import NOW, ORDER, SELLER, TRADE, content, form, write
from yingbao.exchange.configured import gateways
from yingbao.exchange.gateway import Forged, RefundNotice
from yingbao.values.clock import CHINA


def read(alipay, body):
    return alipay.read_notice({"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, body, NOW)


def refunded(**changes):
    return content(out_biz_no="YBR1", refund_fee="0.12", gmt_refund="2019-11-12 09:59:45.123", **changes)


def test_a_true_notice_tells_who_paid_what_and_when(alipay):
    notice = read(alipay, form(content()))
    assert (notice.channel, notice.merchant) == ("alipay", SELLER)
    assert (notice.order_number, notice.transaction) == (ORDER, TRADE)
    assert (notice.amount_fen, notice.state) == (24012, "succeeded")
    assert notice.paid_at == dt.datetime(2019, 11, 12, 9, 59, 30, tzinfo=CHINA)
    assert notice.payer == "2088102122524333"


@pytest.mark.parametrize("key", ["alipay one", "alipay two"])
def test_any_of_several_keys_may_have_signed(alipay, key):
    assert read(alipay, form(content(), key=key)).state == "succeeded"


@pytest.mark.parametrize("key", ["stranger", "app"])
def test_a_signature_by_nobody_we_know_is_refused(alipay, key):
    with pytest.raises(Forged, match="wrong signature"):
        read(alipay, form(content(), key=key))


@pytest.mark.parametrize("sign_type", ["RSA2", "RSA", "MD5", ""])
def test_the_message_never_chooses_the_hash_of_its_signature(alipay, sign_type):
    with pytest.raises(Forged):
        read(alipay, form(content(), with_hash=hashes.SHA1(), sign_type=sign_type))


@pytest.mark.parametrize("sign_type", ["RSA", "MD5", "", "rsa2"])
def test_another_kind_of_signature_is_refused_even_over_a_good_one(alipay, sign_type):
    with pytest.raises(Forged, match="kind of signature"):
        read(alipay, form(content(), sign_type=sign_type))


@given(st.data())
def test_any_changed_byte_is_refused_or_spells_the_same_content(alipay, data):
    body = form(content())
    at = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[at]))
    changed = body[:at] + bytes([other]) + body[at + 1 :]
    try:
        read(alipay, changed)
    except Forged:
        return
    assert parse_qsl(changed.decode(), keep_blank_values=True) == parse_qsl(body.decode(), keep_blank_values=True)


@given(st.sampled_from(sorted(content())), st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_changed_added_or_missing_field_is_refused(alipay, name, text):
    if text != content()[name]:
        with pytest.raises(Forged):
            read(alipay, form(content(), **{name: text}))
    with pytest.raises(Forged):
        read(alipay, form(content(), added_later=text))
    body = form(content())
    short = b"&".join(part for part in body.split(b"&") if not part.startswith(name.encode() + b"="))
    with pytest.raises(Forged):
        read(alipay, short)


@given(st.binary(max_size=400))
def test_whatever_a_stranger_sends_is_refused_and_nothing_else_happens(alipay, body):
    with pytest.raises(Forged):
        read(alipay, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"sign",
        b"sign=%ff&sign_type=RSA2",
        form(content()) + b"&total_amount=1.00",
        form(content()) + b"&sign_type=RSA2",
        b"&".join(b"a%d=1" % number for number in range(200)),
        form(content(body="x" * 65536)),
        form(content(), sign="AAAA"),
        form(content(), sign=""),
        form(content(charset="GBK")),
    ],
)
def test_a_body_without_the_right_form_is_refused(alipay, body):
    with pytest.raises(Forged):
        read(alipay, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"app_id": "2014072300007149"},
        {"app_id": None},
        {"auth_app_id": "2014072300007149"},
        {"seller_id": "2088101106499365"},
        {"seller_id": None},
        {"notify_type": "open_app_auth_notify"},
        {"trade_status": "TRADE_ANY"},
        {"trade_status": None},
        {"gmt_payment": None},
        {"gmt_payment": "2019-11-31 00:00:00"},
        {"gmt_payment": "2019-11-12T09:59:30+08:00"},
        {"trade_no": None},
        {"out_trade_no": ""},
        {"total_amount": None},
        {"total_amount": "0.00"},
        {"total_amount": "240.123"},
        {"total_amount": "-240.12"},
        {"total_amount": "2.4e2"},
        {"total_amount": "240,12"},
        {"total_amount": "２40.12"},
        {"trans_currency": "USD"},
    ],
)
def test_a_payment_of_another_or_without_sense_is_refused(alipay, changes):
    with pytest.raises(Forged):
        read(alipay, form(content(**changes)))


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        (content(trade_status="TRADE_FINISHED"), "succeeded"),
        (content(refund_fee="0.00"), "succeeded"),
        (content(out_biz_no="of the shop"), "succeeded"),
        (content(trade_status="WAIT_BUYER_PAY", gmt_payment=None), "pending"),
        (content(trade_status="TRADE_CLOSED", gmt_payment=None), "closed"),
    ],
)
def test_each_state_of_a_trade_is_told_apart(alipay, fields, state):
    assert read(alipay, form(fields)).state == state


@pytest.mark.parametrize("status", ["TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"])
def test_success_with_refund_fields_is_a_refund_and_no_payment(alipay, status):
    notice = read(alipay, form(refunded(trade_status=status)))
    assert isinstance(notice, RefundNotice)
    assert (notice.refund_number, notice.transaction, notice.order_number) == ("YBR1", TRADE, ORDER)
    assert (notice.amount_fen, notice.state, notice.cumulative) == (12, "succeeded", True)
    assert notice.at == dt.datetime(2019, 11, 12, 9, 59, 45, tzinfo=CHINA)


@pytest.mark.parametrize(
    "changes",
    [
        {"refund_fee": None},
        {"refund_fee": "240.13"},
        {"refund_fee": "0.00"},
        {"gmt_refund": None},
        {"trade_status": "X"},
    ],
)
def test_a_refund_notice_without_sense_is_refused(alipay, changes):
    with pytest.raises(Forged):
        read(alipay, form({name: value for name, value in {**refunded(), **changes}.items() if value is not None}))


def test_a_notice_a_day_old_is_taken_because_alipay_sends_for_25_hours(alipay):
    notice = alipay.read_notice({}, form(content()), NOW + dt.timedelta(hours=25))
    assert notice.state == "succeeded"


def test_the_same_content_has_the_same_digest_and_another_amount_another(alipay):
    first, again = (
        read(alipay, form(content())),
        read(alipay, form(content(notify_id="2", notify_time="2019-11-12 10:05:00"))),
    )
    assert first.digest == again.digest
    assert first.digest != read(alipay, form(content(total_amount="240.13"))).digest


def test_a_refused_notice_is_logged_without_any_of_its_content(alipay, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(Forged):
        read(alipay, form(content(seller_id="2088101106499365")))
    assert "another seller_id" in caplog.text
    assert not any(word in caplog.text for word in (ORDER, TRADE, "2088", "159****5620"))


def test_a_key_added_while_running_counts_and_one_taken_away_does_not(tmp_path):
    alipay = gateways(write(tmp_path), now=lambda: NOW)["alipay"]
    second = form(content(), key="alipay two")
    with pytest.raises(Forged):
        read(alipay, second)
    write(tmp_path, keys=("alipay one", "alipay two"))
    assert read(alipay, second).digest == read(alipay, form(content())).digest
    write(tmp_path, keys=("alipay two",))
    with pytest.raises(Forged):
        read(alipay, form(content()))


def test_answers_to_notices_are_what_alipay_waits_for(alipay):
    assert (alipay.accepted().status, alipay.accepted().body) == (200, b"success")
    assert alipay.declined("later").body == b"failure"
