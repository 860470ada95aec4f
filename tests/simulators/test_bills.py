"""Bills add up, and what they say arrives at the bank. 对账单与结算"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zipfile
from urllib.parse import urlsplit

import httpx
import pytest

from tests.simulators.merchant import Alipay, Wechat
from tests.simulators.running import running

DAY, NEXT = "2019-11-12", "2019-11-13"
HOME = "32050161000000088001"
SUMS = [10_000, 33_333, 1, 84]
REFUNDED = 3_333


def fen(text):
    return round(float(text.strip("`")) * 100)


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """A day with four payments and a refund on each channel, seen from 11:00 of the next day."""
    with running(tmp_path_factory.mktemp("bills") / "home", speed=3600) as simulators:
        wechat, alipay = Wechat(simulators), Alipay(simulators)
        orders = {
            "wechat": [wechat.order(amount) for amount in SUMS],
            "alipay": [alipay.order(f"{amount // 100}.{amount % 100:02d}") for amount in SUMS],
        }
        for channel, numbers in orders.items():
            for number in numbers:
                simulators.pay(channel, number, at=f"{DAY}T09:{len(number):02d}:00+08:00")
        refund = "R" + orders["wechat"][1]
        wechat.refund(orders["wechat"][1], REFUNDED, SUMS[1], refund)
        simulators.control("refund", {"channel": "wechat", "refund": refund})
        asked = {"out_trade_no": orders["alipay"][1], "refund_amount": "33.33", "out_request_no": "R"}
        assert alipay.call("alipay.trade.refund", **asked)["fund_change"] == "Y"
        early = wechat.call("GET", f"/v3/bill/tradebill?bill_date={DAY}")
        simulators.clock(f"{NEXT}T09:59:00+08:00")
        still_early = wechat.call("GET", f"/v3/bill/tradebill?bill_date={DAY}")
        none_yet = alipay.call(BILL, bill_type="trade", bill_date=DAY)
        simulators.clock(f"{NEXT}T11:00:00+08:00")
        simulators.control("notices", method="DELETE")
        yield simulators, wechat, alipay, orders, (early, still_early, none_yet)


BILL = "alipay.data.dataservice.bill.downloadurl.query"


@pytest.fixture
def day(paid):
    yield paid
    paid[0].behave_again()


def wechat_bill(wechat, kind="tradebill", query=f"bill_date={DAY}&bill_type=ALL"):
    answer = wechat.call("GET", f"/v3/bill/{kind}?{query}").json()
    address = urlsplit(answer["download_url"])
    content = wechat.call("GET", f"{address.path.removeprefix('/wechat')}?{address.query}").content
    plain = gzip.decompress(content) if "GZIP" in query else content
    assert hashlib.sha1(plain).hexdigest() == answer["hash_value"]
    lines = [line.split(",") for line in plain.decode("utf-8-sig").splitlines()]
    split = next(place for place, line in enumerate(lines[1:], 1) if not line[0].startswith("`"))
    named = [dict(zip(lines[0], line, strict=True)) for line in lines[1:split]]
    return named, dict(zip(lines[split], lines[split + 1], strict=True))


def alipay_bill(alipay):
    told = alipay.call(BILL, bill_type="trade", bill_date=DAY)
    content = httpx.get(told["bill_download_url"], trust_env=False).content
    with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="gbk") as archive:
        files = {re.sub(r".*_", "", name): archive.read(name).decode("gbk").splitlines() for name in archive.namelist()}
    tables = {
        name: list(csv.DictReader(line for line in lines if not line.startswith("#"))) for name, lines in files.items()
    }
    return tables["业务明细.csv"], tables["业务明细(汇总).csv"], files["业务明细.csv"]


def test_no_bill_is_there_before_ten_of_the_next_day(day):
    *_, (early, still_early, none_yet) = day
    assert (early.status_code, early.json()["code"]) == (400, "NO_STATEMENT_EXIST")
    assert still_early.json()["code"] == "NO_STATEMENT_EXIST"
    assert none_yet["sub_code"] == "isp.bill_not_exist"


def test_wechats_trade_bill_adds_up_and_marks_every_field(day):
    _, wechat, _, orders, _ = day
    rows, sums = wechat_bill(wechat)
    assert all(value.startswith("`") for row in rows for value in row.values())
    payments = {row["商户订单号"][1:]: fen(row["订单金额"]) for row in rows if row["交易状态"] == "`SUCCESS"}
    assert payments == dict(zip(orders["wechat"], SUMS, strict=True))
    refunds = [row for row in rows if row["交易状态"] == "`REFUND"]
    assert [fen(row["退款金额"]) for row in refunds] == [REFUNDED]
    assert fen(sums["订单总金额"]) == sum(SUMS)
    assert fen(sums["退款总金额"]) == REFUNDED
    assert fen(sums["手续费总金额"]) == sum(fen(row["手续费"]) for row in rows)
    assert sums["总交易单数"] == "`5"


def test_fees_are_six_in_a_thousand_rounded_half_up_per_payment(day):
    _, wechat, _, orders, _ = day
    fees = {
        row["商户订单号"][1:]: fen(row["手续费"]) for row in wechat_bill(wechat)[0] if row["交易状态"] == "`SUCCESS"
    }
    assert [fees[number] for number in orders["wechat"]] == [60, 200, 0, 1]


def test_a_packed_bill_holds_the_same_and_the_address_is_not_for_strangers(day):
    _, wechat, *_ = day
    assert wechat_bill(wechat, query=f"bill_date={DAY}&tar_type=GZIP") == wechat_bill(wechat)
    address = wechat.call("GET", f"/v3/bill/tradebill?bill_date={DAY}").json()["download_url"]
    assert httpx.get(address, trust_env=False).status_code == 401


def test_wechats_fund_flow_ends_with_what_is_settled(day):
    simulators, wechat, *_ = day
    rows, sums = wechat_bill(wechat, "fundflowbill", f"bill_date={DAY}")
    balance = fen(sums["收入金额"]) - fen(sums["支出金额"])
    assert fen(rows[-1]["账户结余(元)"]) == balance
    settled = [
        line for line in simulators.control("bank/lines", {"account": HOME}, "GET") if "财付通" in line["remark"]
    ]
    assert [(line["amount_fen"], line["remark"], line["day"]) for line in settled] == [
        (balance, "财付通结算 1900000109 20191112", NEXT)
    ]


def test_alipays_bill_adds_up_in_gbk_and_is_settled_net_of_fee(day):
    simulators, _, alipay, orders, _ = day
    details, summary, text = alipay_bill(alipay)
    payments = {row["商户订单号"].strip(): fen(row["商家实收（元）"]) for row in details if row["业务类型"] == "交易"}
    assert payments == dict(zip(orders["alipay"], SUMS, strict=True))
    refunds = [row for row in details if row["业务类型"] == "退款"]
    assert [fen(row["商家实收（元）"]) for row in refunds] == [-REFUNDED]
    assert refunds[0]["退款批次号/请求号"] == "R"
    net = sum(fen(row["商家实收（元）"]) + fen(row["服务费（元）"]) for row in details)
    assert fen(summary[0]["实收净额（元）"]) == net
    assert any(line.startswith("#交易合计：4笔") for line in text)
    settled = [
        line for line in simulators.control("bank/lines", {"account": HOME}, "GET") if "支付宝" in line["remark"]
    ]
    assert [(line["amount_fen"], line["remark"]) for line in settled] == [(net, "支付宝结算 2088102146225135 20191112")]


def test_a_bill_misses_a_line_has_one_too_many_or_tells_another_sum(day):
    simulators, wechat, alipay, orders, _ = day
    for channel in ("wechat", "alipay"):
        first, second = orders[channel][:2]
        simulators.behave(channel, "bill_missing", order=first)
        simulators.behave(channel, {"bill_amount": 7}, order=second, times=2)
        simulators.behave(channel, {"bill_extra": 555})
    rows, sums = wechat_bill(wechat)
    payments = {row["商户订单号"][1:]: fen(row["订单金额"]) for row in rows if row["交易状态"] == "`SUCCESS"}
    assert orders["wechat"][0] not in payments
    assert [amount for number, amount in payments.items() if number.startswith("STRANGE")] == [555]
    assert payments[orders["wechat"][1]] == SUMS[1] + 7
    assert fen(sums["订单总金额"]) == sum(payments.values())
    details, *_ = alipay_bill(alipay)
    paid = {row["商户订单号"].strip(): fen(row["商家实收（元）"]) for row in details if row["业务类型"] == "交易"}
    assert orders["alipay"][0] not in paid
    assert paid[orders["alipay"][1]] == SUMS[1] + 7
    assert sum(number.startswith("STRANGE") for number in paid) == 1


def test_a_day_without_trade_has_no_bill_and_settles_nothing(day):
    simulators, wechat, *_ = day
    answer = wechat.call("GET", "/v3/bill/tradebill?bill_date=2019-11-01")
    assert answer.json()["code"] == "NO_STATEMENT_EXIST"
    assert wechat.call("GET", "/v3/bill/tradebill?bill_date=yesterday").json()["code"] == "PARAM_ERROR"
    days = {line["day"] for line in simulators.control("bank/lines", {"account": HOME}, "GET")}
    assert days == {NEXT}


def test_a_payment_that_turns_up_after_the_settlement_follows_with_the_day_it_belongs_to(tmp_path):
    with running(tmp_path / "home") as simulators:
        wechat = Wechat(simulators)
        first, late = wechat.order(10_000), wechat.order(20_000)
        simulators.pay("wechat", first)
        simulators.clock(f"{NEXT}T09:00:00+08:00")
        simulators.pay("wechat", late, at=f"{DAY}T23:59:59+08:00")
        simulators.clock("2019-11-15T12:00:00+08:00")
        lines = simulators.control("bank/lines", {"account": HOME}, "GET")
        # The second one is booked when it is found, on the day that the clock shows then.
        assert [(line["amount_fen"], line["remark"][-8:]) for line in lines] == [
            (9_940, "20191112"),
            (19_880, "20191112"),
        ]
        assert lines[0]["day"] == NEXT <= lines[1]["day"]


def test_a_day_with_more_refunds_than_payments_is_carried_over(tmp_path):
    with running(tmp_path / "home", speed=1e7) as simulators:
        alipay = Alipay(simulators)
        order, later = alipay.order("100.00", timeout_express="9d"), alipay.order("150.00", timeout_express="9d")
        simulators.pay("alipay", order)
        simulators.clock("2019-11-13T10:00:00+08:00")
        alipay.call("alipay.trade.refund", out_trade_no=order, refund_amount="100.00", out_request_no="r")
        simulators.clock("2019-11-14T10:00:00+08:00")
        simulators.pay("alipay", later)
        simulators.clock("2019-11-15T10:00:00+08:00")
        lines = simulators.control("bank/lines", {"account": HOME}, "GET")
        assert [(line["day"], line["amount_fen"]) for line in lines] == [("2019-11-13", 9_940), ("2019-11-15", 4_970)]


def test_another_fee_can_be_asked_for(tmp_path):
    with running(tmp_path / "home", fee="38") as simulators:
        wechat = Wechat(simulators)
        assert simulators.pay("wechat", wechat.order(10_000))["fee_fen"] == 38
        simulators.clock(f"{NEXT}T09:00:00+08:00")
        assert [row["amount_fen"] for row in simulators.control("bank/lines", {"account": HOME}, "GET")] == [9_962]
