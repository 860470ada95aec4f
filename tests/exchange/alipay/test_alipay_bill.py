"""The trade bill of Alipay: a zip of GBK tables, taken whole if it agrees with itself. 支付宝账单"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Response

from tests.exchange.alipay.conftest import SELLER, reply
from yingbao.exchange.alipay import bill as bills
from yingbao.exchange.gateway import NotFound, Unsure
from yingbao.exchange.sums import yuan
from yingbao.values.refusal import Refused

DAY = dt.date(2019, 11, 11)
NAMES = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
TOTALS = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,"
    "卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
)
ADDRESS = "alipay.data.dataservice.bill.downloadurl.query"


def line(
    number=1,
    amount="240.12",
    fee="-1.44",
    kind="交易",
    refund="",
    at="2019-11-11 23:59:59",
    order="YB000001",
    title="居民医保",
) -> str:
    return (
        f"2019{number}\t,{order}\t,{kind},{title},2019-11-11 23:59:00,{at}, , , , ,蔷*(159****5620),"
        f"{amount},{amount},{refund} ,{fee},0.00,"
    )


def given_back(**changes) -> str:
    return line(**{"amount": "-0.12", "fee": "0.00", "kind": "退款", "refund": "YBR1", **changes})


def framed(title: str, header: str, lines: list[str], *, seller=SELLER, day="2019年11月11日") -> bytes:
    rows = [
        f"#支付宝业务{title}查询",
        f"#账号：[{seller}0156]",
        f"#起始日期：[{day} 00:00:00]   终止日期：[2019年11月12日 00:00:00]",
        f"#-----------------业务{title}列表----------------",
        header,
        *lines,
        f"#-----------------业务{title}列表结束------------",
        "#导出时间：[2019年11月12日 09:00:00]",
    ]
    return "\r\n".join(rows).encode("gb18030")


def totals(payments=1, refunds=1, amount="240.00", fees="-1.44") -> str:
    return f"合计,,{payments},{refunds},{amount},{amount},0.00,0.00,0.00,{fees},0.00,238.56"


def zipped(*files: bytes, packing=zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", packing) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"{number}.csv", content)
    return kept.getvalue()


def made(lines=None, total=None, **how) -> bytes:
    lines = [line(), given_back()] if lines is None else lines
    return zipped(framed("明细", NAMES, lines, **how), framed("汇总", TOTALS, [total or totals()], **how))


@pytest.fixture
def read(alipay):
    return lambda raw: bills.read(raw, config=alipay._config.now(), day=DAY)


def test_a_bill_tells_payments_refunds_and_fees(read):
    raw = made()
    bill = read(raw)
    payment, refund = bill.lines
    assert (payment.kind, payment.transaction, payment.order_number) == ("payment", "20191", "YB000001")
    assert (payment.amount_fen, payment.fee_fen, payment.refund_number) == (24012, 144, "")
    assert (refund.kind, refund.amount_fen, refund.refund_number) == ("refund", 12, "YBR1")
    assert (bill.gross_fen, bill.refunds_fen, bill.fees_fen) == (24012, 12, 144)
    assert bill.sha256 == hashlib.sha256(raw).digest()
    assert str(payment.at) == "2019-11-11 23:59:59+08:00"


def test_the_files_may_stand_in_any_order(read):
    turned = zipped(framed("汇总", TOTALS, [totals()]), framed("明细", NAMES, [line(), given_back()]))
    assert read(turned).lines == read(made()).lines


def test_a_title_may_hold_wide_commas_and_odd_line_marks(read):
    assert read(made([line(title="医保，二〇二〇\u2028年（一档）"), given_back()])).gross_fen == 24012


def test_a_day_with_refunds_alone_has_a_bill(read):
    bill = read(made([given_back(fee="0.01")], totals(0, 1, "-0.12", "0.01")))
    assert (bill.gross_fen, bill.refunds_fen, bill.fees_fen) == (0, 12, -1)


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6)), max_size=20))
def test_every_fen_of_any_bill_is_counted(alipay, sums):
    lines = [line(number, yuan(amount), "-" + yuan(fee)) for number, (amount, fee) in enumerate(sums)]
    gross, fees = sum(amount for amount, _ in sums), sum(fee for _, fee in sums)
    raw = made(lines, totals(len(sums), 0, yuan(gross), "-" + yuan(fees)))
    bill = bills.read(raw, config=alipay._config.now(), day=DAY)
    assert [(found.amount_fen, found.fee_fen) for found in bill.lines] == sums
    assert (bill.gross_fen, bill.fees_fen) == (gross, fees)
    wrong = made(lines, totals(len(sums), 0, yuan(gross + 1), "-" + yuan(fees)))
    with pytest.raises(Refused, match="the sums are not"):
        bills.read(wrong, config=alipay._config.now(), day=DAY)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 0),
        (b"<html>", 0),
        (made()[:-30], 0),
        (made().replace(b"PK\x03\x04", b"PK\x03\x05"), 0),
        (zipped(framed("明细", NAMES, [line()])), 0),
        (zipped(*[framed("明细", NAMES, [line()])] * 2, framed("汇总", TOTALS, [totals()])), 0),
        (zipped(*[b""] * 9), 0),
        (zipped(b"\xff\xff", b"\xff"), 0),
        (made(seller="2088101106499365"), 2),
        (made(day="2019年11月10日"), 3),
        (made([line(kind="转账")]), 6),
        (made([line(amount="-240.12")]), 6),
        (made([line(), given_back(amount="0.12")]), 7),
        (made([line(amount="240.125")]), 6),
        (made([line(fee="x")]), 6),
        (made([line(at="2019-11-12 00:00:00")]), 6),
        (made([line(order="")]), 6),
        (made([line() + ",one more"]), 6),
        (made([line(), given_back(title='"open')]), 7),
        (made([line(), given_back(title="a\rb")]), 7),
        (made([line(title="x" * 200_000)]), 6),
        (made(total=totals(2)), 6),
        (made(total=totals(refunds=0)), 6),
        (made(total=totals(amount="240.01")), 6),
        (made(total=totals(fees="1.44")), 6),
        (made(total=totals(fees="")), 6),
        (made(total=totals().replace("合计", "总")), 6),
    ],
)
def test_a_bill_at_odds_with_itself_is_refused_with_its_line(read, raw, line):
    with pytest.raises(Refused) as no:
        read(raw)
    assert no.value.where == f"alipay 2019-11-11, line {line}"


def test_a_zip_that_unpacks_to_far_more_than_it_is_gets_refused(read):
    bomb = zipped(framed("明细", NAMES, [line(), "#" + " " * 50_000_000]), framed("汇总", TOTALS, [totals()]))
    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="zip"):
        read(bomb)


def test_a_zip_that_lies_about_its_sizes_gets_refused(read):
    raw = bytearray(made())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Refused):
        read(bytes(raw))


def announced(server, raw, status=200):
    def answer(request):
        return reply(ADDRESS, bill_download_url=f"http://{request.host}/alipay/bill?token=abc")(request)

    server.replies += [answer, lambda _: Response(raw, status, content_type="application/zip")]


def test_a_bill_is_downloaded_from_the_address_in_a_signed_answer(served):
    alipay, server = served
    announced(server, made())
    assert alipay.bill(DAY).raw == made()
    assert server.asked[1][1] == "/alipay/bill?token=abc"


def test_a_bill_that_cannot_be_downloaded_is_asked_for_again_later(served):
    alipay, server = served
    announced(server, made(), status=404)
    server.replies.append(reply(ADDRESS, bill_download_url="http://127.0.0.1:9/open"))
    for why in ("cannot be downloaded", "open address"):
        with pytest.raises(Unsure, match=why):
            alipay.bill(DAY)


def test_a_day_without_a_bill_is_not_found(served):
    alipay, server = served
    server.replies.append(reply(ADDRESS, code="40004", msg="Business Failed", sub_code="isp.bill_not_exist"))
    with pytest.raises(NotFound):
        alipay.bill(DAY)
