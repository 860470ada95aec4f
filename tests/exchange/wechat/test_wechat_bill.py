"""The trade bill of WeChat Pay: taken whole if it agrees with itself, refused whole with the line if not. 微信账单"""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Response

from tests.exchange.wechat.conftest import APP, MERCHANT, reply
from yingbao.exchange.gateway import NotFound, Unsure
from yingbao.exchange.sums import yuan
from yingbao.exchange.wechat import bill as bills
from yingbao.values.refusal import Refused

DAY = dt.date(2019, 11, 11)
NAMES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
HEADER = NAMES.split(",")
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
NOTHING = {"微信退款单号": "0", "商户退款单号": "0", "退款金额": "0.00", "申请退款金额": "0.00", "货币种类": "CNY"}


def paid(number=1, amount="240.12", fee="1.44000", **changes):
    return {
        **NOTHING,
        "交易时间": "2019-11-11 23:59:59",
        "公众账号ID": APP,
        "商户号": MERCHANT,
        "微信订单号": f"42000{number}",
        "商户订单号": f"YB{number:06d}",
        "交易状态": "SUCCESS",
        "应结订单金额": amount,
        "订单金额": amount,
        "手续费": fee,
        **changes,
    }


def given_back(number=1, amount="0.12", fee="0.00000", **changes):
    refund = {"交易状态": "REFUND", "订单金额": "0.00", "申请退款金额": amount, "退款状态": "PROCESSING"}
    return {
        **paid(number, "0.00", fee),
        **refund,
        "微信退款单号": f"50{number}",
        "商户退款单号": f"R{number}",
        **changes,
    }


def made(lines, count=None, fees="1.44000", gross="240.12", refunds="0.12", header=HEADER) -> bytes:
    rows = [",".join(header), *(",".join("`" + line.get(name, "") for name in header) for line in lines)]
    count = len(lines) if count is None else count
    rows += [TOTALS, f"`{count},`{gross},`{refunds},`0.00,`{fees},`{gross},`{refunds}"]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


@pytest.fixture
def read(wechat):
    return lambda raw: bills.read(raw, config=wechat._config.now(), day=DAY)


def test_a_bill_tells_payments_refunds_and_fees(read):
    raw = made([paid(), given_back()])
    bill = read(raw)
    payment, refund = bill.lines
    assert (payment.kind, payment.transaction, payment.order_number) == ("payment", "420001", "YB000001")
    assert (payment.amount_fen, payment.fee_fen, payment.refund_number) == (24012, 144, "")
    assert (refund.kind, refund.refund_number, refund.refund_id) == ("refund", "R1", "501")
    assert (refund.amount_fen, refund.fee_fen, refund.state) == (12, 0, "PROCESSING")
    assert (bill.gross_fen, bill.refunds_fen, bill.fees_fen) == (24012, 12, 144)
    assert bill.sha256 == hashlib.sha256(raw).digest()
    assert str(payment.at) == "2019-11-11 23:59:59+08:00"


def test_columns_are_found_by_name_wherever_they_stand(read):
    assert read(made([paid(), given_back()], header=HEADER[::-1])).lines == read(made([paid(), given_back()])).lines


def test_money_that_came_through_another_app_of_ours_stands_in_the_bill(read):
    assert read(made([paid(公众账号ID="wx0"), given_back(商品名称="a\u2028b")])).gross_fen == 24012


def test_a_fee_given_back_lowers_the_fees(read):
    assert read(made([paid(), given_back(fee="-0.01000")], fees="1.43000")).fees_fen == 143


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6)), min_size=1, max_size=20))
def test_every_fen_of_any_bill_is_counted(wechat, sums):
    lines = [paid(number, yuan(amount), yuan(fee) + "000") for number, (amount, fee) in enumerate(sums)]
    gross, fees = sum(amount for amount, _ in sums), sum(fee for _, fee in sums)
    raw = made(lines, gross=yuan(gross), fees=yuan(fees), refunds="0.00")
    bill = bills.read(raw, config=wechat._config.now(), day=DAY)
    assert [(line.amount_fen, line.fee_fen) for line in bill.lines] == sums
    assert (bill.gross_fen, bill.fees_fen) == (gross, fees)
    with pytest.raises(Refused, match="订单总金额"):
        wrong = made(lines, gross=yuan(gross + 1), fees=yuan(fees), refunds="0.00")
        bills.read(wrong, config=wechat._config.now(), day=DAY)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 0),
        (b"\xff\xff", 0),
        (b"<html>\nnot\nfound\n", 1),
        (made([paid()], header=HEADER[:-3]), 1),
        (made([paid(商户号="1900000110")]), 2),
        (made([paid(货币种类="USD")]), 2),
        (made([paid(交易状态="ELSE")]), 2),
        (made([paid(交易时间="2019-11-12 00:00:00")]), 2),
        (made([paid(交易时间="yesterday")]), 2),
        (made([paid(订单金额="240.125")]), 2),
        (made([paid(订单金额="2.4e2")]), 2),
        (made([paid(订单金额="-240.12")]), 2),
        (made([paid(手续费="1.44001")]), 2),
        (made([paid(微信订单号="")]), 2),
        (made([paid(微信退款单号="501")]), 2),
        (made([paid(), given_back(微信退款单号="0")]), 3),
        (made([paid(商户订单号="a,b")]), 2),
        (made([paid(), given_back()], count=3), 5),
        (made([paid(), given_back()], fees="1.45000"), 5),
        (made([paid(), given_back()], gross="240.13"), 5),
        (made([paid(), given_back()], refunds="0.13"), 5),
        (made([paid(), given_back()]).rsplit(b"\r\n", 2)[0], 4),
    ],
)
def test_a_bill_at_odds_with_itself_is_refused_with_its_line(read, raw, line):
    with pytest.raises(Refused) as no:
        read(raw)
    assert no.value.where == f"wechat 2019-11-11, line {line}"


def announced(server, raw, status=200, **changes):
    """Plan the signed announcement of a bill, and then the unsigned file."""

    def answer(request):
        address = f"http://{request.host}/wechat/v3/billdownload/file?token=abc"
        fields = {"hash_type": "SHA1", "hash_value": hashlib.sha1(raw).hexdigest(), "download_url": address, **changes}
        return reply(fields)(request)

    server.replies += [answer, lambda _: Response(raw, status, content_type="text/plain")]


def test_a_bill_is_downloaded_and_is_the_one_announced(served):
    wechat, server = served
    raw = made([paid(), given_back()])
    announced(server, raw)
    assert wechat.bill(DAY).raw == raw
    assert server.asked[0][1] == "/wechat/v3/bill/tradebill?bill_date=2019-11-11&bill_type=ALL"
    assert "Authorization" in server.asked[1][2]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": 404},
        {"hash_value": "0" * 40},
        {"hash_value": "é"},
        {"hash_type": "MD5"},
        {"download_url": "http://127.0.0.1:9/else"},
    ],
)
def test_a_bill_that_is_not_the_announced_one_is_not_taken(served, changes):
    wechat, server = served
    announced(server, made([paid(), given_back()]), **changes)
    with pytest.raises(Unsure):
        wechat.bill(DAY)


def test_a_day_without_a_bill_is_not_found_and_one_in_the_making_unknown(served):
    wechat, server = served
    server.replies += [
        reply({"code": "NO_STATEMENT_EXIST", "message": "账单文件不存在"}, status=400),
        reply({"code": "STATEMENT_CREATING", "message": "账单生成中"}, status=400),
    ]
    with pytest.raises(NotFound):
        wechat.bill(DAY)
    with pytest.raises(Unsure):
        wechat.bill(DAY)
