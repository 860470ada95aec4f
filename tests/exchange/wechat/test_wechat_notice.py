"""Notices of WeChat Pay: taken if everything is right, refused if anything is not. 微信支付通知"""

from __future__ import annotations

import datetime as dt
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.other_side import signed
from tests.exchange.wechat.conftest import (
    MERCHANT,
    NOW,
    ORDER,
    SERIALS,
    TRANSACTION,
    payment,
    refund,
    sealed,
    sign,
    write,
)
from yingbao.exchange.configured import gateways
from yingbao.exchange.gateway import Forged, RefundNotice
from yingbao.values.clock import CHINA

SECONDS = dt.timedelta(seconds=1)


def read(wechat, message, now=NOW):
    return wechat.read_notice(message.headers, message.body, now)


def refund_notice(state="SUCCESS", **changes):
    content = refund(status=None, refund_status=state, mchid=MERCHANT, create_time=None, **changes)
    content["amount"].pop("currency")
    return sealed(content, event=f"REFUND.{state}")


def test_a_true_notice_tells_who_paid_what_and_when(wechat):
    notice = read(wechat, sign(sealed(payment())))
    assert (notice.channel, notice.merchant) == ("wechat", MERCHANT)
    assert (notice.order_number, notice.transaction) == (ORDER, TRANSACTION)
    assert (notice.amount_fen, notice.state) == (24012, "succeeded")
    assert notice.paid_at == dt.datetime(2019, 11, 12, 9, 59, 30, tzinfo=CHINA)
    assert notice.payer == "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


def test_each_of_several_keys_is_chosen_by_its_serial(wechat):
    body = sealed(payment())
    notices = [read(wechat, sign(body, key=key)) for key in ("platform one", "platform two", "public")]
    assert len({notice.digest for notice in notices}) == 1


def test_a_key_under_the_serial_of_another_is_refused(wechat):
    with pytest.raises(Forged, match="wrong signature"):
        read(wechat, sign(sealed(payment()), key="platform two", serial=SERIALS["platform one"]))


def test_a_serial_that_is_not_configured_is_refused(wechat):
    with pytest.raises(Forged, match="unknown serial"):
        read(wechat, sign(sealed(payment()), key="stranger", serial="77" * 20))


def test_the_same_content_has_the_same_digest_and_another_amount_another(wechat):
    first = read(wechat, sign(sealed(payment()), nonce="a" * 32))
    again = read(wechat, sign(sealed(payment(), summary="again"), nonce="b" * 32))
    other = read(wechat, sign(sealed(payment(amount={"total": 24013, "currency": "CNY"}))))
    assert first.digest == again.digest
    assert first.digest != other.digest


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_a_timestamp_within_five_minutes_is_taken(wechat, age):
    assert read(wechat, sign(sealed(payment()), at=NOW - age * SECONDS)).state == "succeeded"


@pytest.mark.parametrize("age", [-301, 301, 86400])
def test_a_replayed_notice_with_an_old_timestamp_is_refused(wechat, age):
    with pytest.raises(Forged, match="five minutes"):
        read(wechat, sign(sealed(payment()), at=NOW - age * SECONDS))


def test_a_certificate_past_its_days_is_refused(wechat):
    later = NOW + dt.timedelta(days=401)
    with pytest.raises(Forged, match="not in force"):
        read(wechat, sign(sealed(payment()), at=later), now=later)


@given(st.data())
def test_any_changed_byte_of_the_body_is_refused(wechat, data):
    message = sign(sealed(payment()))
    at = data.draw(st.integers(0, len(message.body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != message.body[at]))
    message.body = message.body[:at] + bytes([other]) + message.body[at + 1 :]
    with pytest.raises(Forged):
        read(wechat, message)


@given(st.data())
def test_any_changed_character_of_a_header_is_refused(wechat, data):
    message = sign(sealed(payment()))
    name = data.draw(st.sampled_from(sorted(message.headers)))
    value = message.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters().filter(lambda sign: sign != value[at]))
    message.headers[name] = value[:at] + other + value[at + 1 :]
    with pytest.raises(Forged):
        read(wechat, message)


def test_other_spellings_of_the_same_signature_are_refused(wechat):
    message = sign(sealed(payment()))
    text = message.headers["Wechatpay-Signature"]
    assert text.endswith("==")
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        if last != text[-3]:
            message.headers["Wechatpay-Signature"] = text[:-3] + last + "=="
            with pytest.raises(Forged):
                read(wechat, message)


@given(st.binary(max_size=300), st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=6))
def test_whatever_a_stranger_sends_is_refused_and_nothing_else_happens(wechat, body, headers):
    with pytest.raises(Forged):
        wechat.read_notice(headers, body, NOW)


@pytest.mark.parametrize("missing", ["Timestamp", "Nonce", "Signature", "Serial"])
def test_a_notice_that_lacks_a_signature_header_is_refused(wechat, missing):
    message = sign(sealed(payment()))
    del message.headers[f"Wechatpay-{missing}"]
    with pytest.raises(Forged, match="missing"):
        read(wechat, message)


def test_header_names_may_come_in_any_case(wechat):
    message = sign(sealed(payment()))
    message.headers = {name.lower(): value for name, value in message.headers.items()}
    assert read(wechat, message).state == "succeeded"


def test_a_notice_above_64_kilobytes_is_refused_unread(wechat):
    with pytest.raises(Forged, match="64 KB"):
        read(wechat, sign(sealed(payment(), summary="x" * 65536)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"resource_type":NaN}',
        b"[" * 60000,
        b'{"resource_type":"a","resource_type":"encrypt-resource"}',
        b'{"resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","resource":[]}',
        b'{"a":' + b"9" * 6000 + b"}",
    ],
)
def test_a_signed_body_without_the_right_form_is_refused(wechat, body):
    with pytest.raises(Forged):
        read(wechat, sign(body))


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000110"},
        {"mchid": None},
        {"appid": "wx0000000000000000"},
        {"appid": None},
        {"trade_state": "NOTPAY"},
        {"trade_state": "ANYTHING"},
        {"success_time": None},
        {"success_time": "2019-11-12T09:59:30"},
        {"success_time": "yesterday"},
        {"transaction_id": ""},
        {"transaction_id": "a\x00b"},
        {"transaction_id": "\ud800"},
        {"out_trade_no": 7},
        {"out_trade_no": "x" * 33},
        {"amount": None},
        {"amount": {"total": 24012}},
        {"amount": {"total": 24012, "currency": "USD"}},
        {"amount": {"total": 24012, "currency": "CNY", "payer_currency": "HKD"}},
        {"amount": {"total": 240.12, "currency": "CNY"}},
        {"amount": {"total": "24012", "currency": "CNY"}},
        {"amount": {"total": True, "currency": "CNY"}},
        {"amount": {"total": -1, "currency": "CNY"}},
        {"amount": {"total": 0, "currency": "CNY"}},
    ],
)
def test_a_payment_of_another_or_without_sense_is_refused(wechat, changes):
    with pytest.raises(Forged):
        read(wechat, sign(sealed(payment(**changes))))


@pytest.mark.parametrize(
    "changes",
    [
        {"resource_type": "plain-resource"},
        {"event_type": "COUPON.USE"},
        {"event_type": "REFUND.SUCCESS"},
        {"resource": {"algorithm": "AEAD_SM4_GCM"}},
        {"resource": {"algorithm": None}},
        {"resource": {"nonce": "fdasflkja48"}},
        {"resource": {"nonce": "fdasflkja485"}},
        {"resource": {"associated_data": "other"}},
        {"resource": {"associated_data": ""}},
        {"resource": {"ciphertext": "AAAA"}},
        {"resource": {"ciphertext": "no base64"}},
        {"resource": {"original_type": "refund"}},
    ],
)
def test_a_notice_sealed_or_named_otherwise_is_refused(wechat, changes):
    with pytest.raises(Forged):
        read(wechat, sign(sealed(payment(), **changes)))


def test_a_nonce_of_another_length_is_refused_even_where_it_opens(wechat):
    with pytest.raises(Forged, match="12 bytes"):
        read(wechat, sign(sealed(payment(), nonce="fdasflkja4845678")))


def test_a_field_that_stands_twice_is_refused_though_signed(wechat):
    with pytest.raises(Forged, match="twice"):
        read(wechat, sign(sealed(payment()).replace(b'{"id"', b'{"id":"EV-0","id"', 1)))


def test_a_notice_sealed_with_another_key_is_refused(wechat):
    with pytest.raises(Forged, match="does not open"):
        read(wechat, sign(sealed(payment(), secret="x" * 32)))


@pytest.mark.parametrize(("state", "meant"), [("SUCCESS", "succeeded"), ("ABNORMAL", "abnormal"), ("CLOSED", "closed")])
def test_a_refund_notice_tells_what_became_of_it(wechat, state, meant):
    notice = read(wechat, sign(refund_notice(state)))
    assert isinstance(notice, RefundNotice)
    assert (notice.refund_number, notice.amount_fen, notice.state) == ("YBR1", 12, meant)
    assert (notice.transaction, notice.order_number, notice.cumulative) == (TRANSACTION, ORDER, False)


@pytest.mark.parametrize(
    "body",
    [
        refund_notice(transaction_id=None),
        refund_notice(success_time=None),
        refund_notice(amount={"total": 12, "refund": 13, "currency": "CNY"}),
        refund_notice(amount={"total": 12, "refund": 0, "currency": "CNY"}),
        refund_notice(amount={"total": 12, "refund": 12, "currency": "CNY"}).replace(
            b"REFUND.SUCCESS", b"REFUND.CLOSED"
        ),
        sealed(refund(refund_status="SUCCESS", mchid="1"), event="REFUND.SUCCESS"),
    ],
)
def test_a_refund_notice_without_sense_is_refused(wechat, body):
    with pytest.raises(Forged):
        read(wechat, sign(body))


def test_a_refused_notice_is_logged_without_any_of_its_content(wechat, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(Forged):
        read(wechat, sign(sealed(payment(mchid="1900000110"))))
    assert "another mchid" in caplog.text
    assert not any(word in caplog.text for word in (ORDER, TRANSACTION, "oUpF8", "1900000110", "ciphertext"))


def test_what_is_shown_of_a_notice_leaves_the_payer_out(wechat):
    assert "oUpF8" not in repr(read(wechat, sign(sealed(payment()))))


def test_a_key_added_while_running_counts_and_one_taken_away_does_not(tmp_path):
    wechat = gateways(write(tmp_path), now=lambda: NOW)["wechat"]
    body = sealed(payment())
    with pytest.raises(Forged, match="unknown serial"):
        read(wechat, sign(body, key="platform two"))
    write(tmp_path, keys=("platform one", "platform two"))
    assert read(wechat, sign(body)).digest == read(wechat, sign(body, key="platform two")).digest
    write(tmp_path, keys=("platform two",))
    with pytest.raises(Forged, match="unknown serial"):
        read(wechat, sign(body))


def test_answers_to_notices_are_what_wechat_waits_for(wechat):
    assert (wechat.accepted().status, wechat.accepted().body) == (204, b"")
    declined = wechat.declined("稍后再试")
    assert declined.status == 400
    assert json.loads(declined.body) == {"code": "FAIL", "message": "稍后再试"}


def test_the_merchants_own_key_does_not_sign_notices(wechat):
    message = sign(sealed(payment()))
    stamp, nonce = message.headers["Wechatpay-Timestamp"], message.headers["Wechatpay-Nonce"]
    message.headers["Wechatpay-Signature"] = signed("merchant", f"{stamp}\n{nonce}\n".encode() + message.body + b"\n")
    with pytest.raises(Forged, match="wrong signature"):
        read(wechat, message)
