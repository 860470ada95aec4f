"""The simulated bank: transfers, statements in three forms, debits, payouts, and what goes wrong with them. 模拟银行"""

from __future__ import annotations

import csv
import io
import zipfile

import httpx
import openpyxl
import pytest
from lxml import etree

from simulators.bank.statements import HEADER, VARIANTS
from tests.simulators.merchant import number

SCHOOL, SCHOOL_NAME = "32050161000000100011", "砚桥实验小学（演示）"
DEBIT_HEADER = "序号,协议号,付款户名,付款账号,金额,用途,端到端编号"
PAYOUT_HEADER = "序号,收款户名,收款账号,金额,附言,端到端编号"
DAY = "2019-11-12"


@pytest.fixture
def account(simulators):
    """A fresh account of the authority with a thousand yuan on it."""
    name = "62" + str(int(number()[1:], 16))[:17]
    opened = {"number": name, "name": "征收专户", "kind": "authority", "opening_fen": 100_000}
    simulators.control("bank/accounts", opened)
    return name


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def debit_file(*items):
    lines = [
        f"{place},A{place},{name},{payer},{sum_},医保,{key}" for place, (name, payer, sum_, key) in enumerate(items, 1)
    ]
    return "\r\n".join([DEBIT_HEADER, *lines, ""]).encode()


def transfer(simulators, account, fen, remark="DECL-1", **more):
    names = {"payer_name": SCHOOL_NAME, "payer_account": SCHOOL, "day": DAY, **more}
    return simulators.transfer(account=account, amount_fen=fen, remark=remark, **names)


def test_a_transfer_leaves_the_school_and_stands_on_both_statements(simulators, account):
    before = {row["key"]: row["balance_fen"] for row in simulators.control("bank/accounts", method="GET")}
    line = transfer(simulators, account, 123_456, "砚桥 DECL-1")[0]
    after = {row["key"]: row["balance_fen"] for row in simulators.control("bank/accounts", method="GET")}
    assert after[account] - before[account] == 123_456 == before[SCHOOL] - after[SCHOOL]
    (row,) = rows(simulators.download(f"statements/{account}.csv", day=DAY))
    assert list(row) == HEADER
    assert list(row.values()) == [
        account, DAY, line["serial"], "贷", "1234.56", "2234.56", SCHOOL_NAME, SCHOOL, "砚桥 DECL-1",
    ]  # fmt: skip


def test_a_page_makes_a_transfer_and_shows_it(simulators, account):
    form = {"payer": SCHOOL, "account": account, "amount": "88.80", "remark": "<b>附言</b>", "day": DAY}
    page = httpx.post(f"{simulators.url}/bank/transfers", data=form, follow_redirects=True, trust_env=False).text
    assert "88.80" in page
    assert "&lt;b&gt;附言" in page
    assert "没有真实资金" in httpx.get(f"{simulators.url}/bank", trust_env=False).text
    form["amount"] = "1.234"
    assert httpx.post(f"{simulators.url}/bank/transfers", data=form, trust_env=False).status_code == 400


def test_a_school_cannot_send_more_than_it_has(simulators, account):
    body = {"payer_name": "", "payer_account": SCHOOL, "account": account, "amount_fen": 10**12, "remark": ""}
    answer = simulators.client.post(f"{simulators.url}/control/bank/transfer", json=body)
    assert "余额不足" in answer.json()["error"]
    assert rows(simulators.download(f"statements/{account}.csv")) == []


def test_the_three_forms_of_a_statement_say_the_same(simulators, account):
    transfer(simulators, account, 100, day="2019-11-10")
    transfer(simulators, account, 250, "甲" * 200)
    simulators.control(
        "bank/line", {"account": account, "side": "借", "amount_fen": 50, "remark": "上缴国库", "day": DAY}
    )
    span = {"from": DAY, "to": DAY}
    told = rows(simulators.download(f"statements/{account}.csv", **span))
    assert [(row["借贷"], row["金额"], row["余额"]) for row in told] == [
        ("贷", "2.50", "1003.50"),
        ("借", "0.50", "1003.00"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(simulators.download(f"statements/{account}.xlsx", **span)))
    cells = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert cells == [HEADER, *[list(row.values()) for row in told]]
    for version in ("02", "08"):
        root = etree.fromstring(simulators.download(f"statements/{account}.xml", version=version, **span))
        assert etree.QName(root).namespace == f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
        balances = dict(zip(texts(root, "Bal", "Cd"), texts(root, "Bal", "Amt"), strict=True))
        assert balances == {"OPBD": "1001.00", "CLBD": "1003.00"}
        assert texts(root, "Ntry", "Amt") == ["2.50", "0.50"]
        assert [node.text for node in root.iterfind(".//{*}Ntry/{*}CdtDbtInd")] == ["CRDT", "DBIT"]
        assert [node.text for node in root.iterfind(".//{*}Ntry/{*}AcctSvcrRef")] == [row["交易流水号"] for row in told]
        parts = texts(root, "RmtInf", "Ustrd")
        assert "".join(parts[:2]) == "甲" * 200
        assert max(map(len, parts)) <= 140


def texts(root, *names):
    path = ".//" + "//".join(f"{{*}}{name}" for name in names)
    return [node.text for node in root.iterfind(path)]


def test_two_equal_lines_may_carry_no_serial(simulators, account):
    transfer(simulators, account, 500, serial="", copies=2)
    first, second = rows(simulators.download(f"statements/{account}.csv"))
    assert first.pop("余额") != second.pop("余额")
    assert first == second
    assert first["交易流水号"] == ""
    assert b"AcctSvcrRef" not in simulators.download(f"statements/{account}.xml")


def test_a_lost_line_is_missing_while_the_balance_knows_it(simulators, account):
    lost, kept = transfer(simulators, account, 500)[0], transfer(simulators, account, 700)[0]
    simulators.control("bank/lose", {"serial": lost["serial"]})
    (row,) = rows(simulators.download(f"statements/{account}.csv"))
    assert (row["交易流水号"], row["余额"]) == (kept["serial"], "1012.00")
    simulators.control("bank/lose", {"serial": lost["serial"], "lost": False})
    assert len(rows(simulators.download(f"statements/{account}.csv"))) == 2


SPOILT = [(form, variant) for form in ("csv", "xml") for variant in VARIANTS]
SPOILT = [pair for pair in SPOILT if pair not in {("csv", "entities"), ("xml", "no_header")}]


@pytest.mark.parametrize(("form", "variant"), SPOILT)
def test_every_malformed_statement_is_spoilt_as_asked_and_then_right_again(simulators, account, form, variant):
    transfer(simulators, account, 500)
    transfer(simulators, account, 700)
    simulators.behave("bank", {"statement": variant}, order=account, times=1)
    wrong = simulators.download(f"statements/{account}.{form}")
    assert not sound(form, wrong, account)
    assert sound(form, simulators.download(f"statements/{account}.{form}"), account)


def sound(form, content, account):
    """Whether a reader that believes nothing would take this statement of two lines."""
    try:
        if form == "csv":
            told = [(row["账号"], row["记账日期"], row["金额"], row["余额"], row["附言"]) for row in rows(content)]
            wanted = [(account, DAY, "5.00", "1005.00", "DECL-1"), (account, DAY, "7.00", "1012.00", "DECL-1")]
            return told == wanted
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
        days = [node.text for node in root.iterfind(".//{*}Ntry/{*}BookgDt/{*}Dt")]
        return (
            texts(root, "Acct", "Othr", "Id") == [account]
            and (texts(root, "Ntry", "Amt"), days, texts(root, "Ntry", "CdtDbtInd"))
            == (["5.00", "7.00"], [DAY] * 2, ["CRDT"] * 2)
            and texts(root, "Bal", "Amt") == ["1000.00", "1012.00"]
            and texts(root, "Ustrd") == ["DECL-1"] * 2
        )
    except (UnicodeDecodeError, KeyError, etree.XMLSyntaxError):
        return False


def test_a_workbook_can_be_spoilt_too(simulators, account):
    transfer(simulators, account, 500)
    content = simulators.download(f"statements/{account}.xlsx", variant="bad_amount")
    assert openpyxl.load_workbook(io.BytesIO(content)).active["E2"].value == "12,34x"
    with pytest.raises(zipfile.BadZipFile):
        openpyxl.load_workbook(io.BytesIO(simulators.download(f"statements/{account}.xlsx", variant="truncated")))


def test_debits_are_collected_in_one_sum_and_the_poor_ones_fail(simulators, account):
    payer, key = "6230" + account[4:], number()
    simulators.control("bank/accounts", {"number": payer, "name": "王某", "kind": "payer", "opening_fen": 5_000})
    items = [
        ("李某", "62001", "30.00", key + "1"),
        ("王某", payer, "50.01", key + "2"),
        ("赵某", "62003", "20.00", key + "3"),
    ]
    simulators.behave("bank", {"fail": "协议不存在"}, order=key + "3")
    taken = simulators.bank_file("debits", debit_file(*items), account).json()
    assert taken["成功"] == {"count": 1, "yuan": "30.00"}
    results = rows(simulators.download(f"batches/{taken['batch']}/result.csv"))
    assert [tuple(row.values()) for row in results] == [
        (key + "1", "成功", "", DAY),
        (key + "2", "失败", "余额不足", DAY),
        (key + "3", "失败", "协议不存在", DAY),
    ]
    report = etree.fromstring(simulators.download(f"batches/{taken['batch']}/result.xml"))
    assert "pain.002.001." in etree.QName(report).namespace
    assert texts(report, "TxSts") == ["ACSC", "RJCT", "RJCT"]
    assert texts(report, "Rsn", "Cd") == ["AM04", "MD01"]
    (line,) = rows(simulators.download(f"statements/{account}.csv"))
    assert (line["金额"], line["附言"]) == ("30.00", f"批量代扣 {taken['batch']} 1笔")


def test_a_success_is_returned_days_later_with_its_own_file(simulators, account):
    key = number()
    batch = simulators.bank_file("debits", debit_file(("李某", "62001", "30.00", key)), account).json()["batch"]
    assert rows(simulators.download(f"batches/{batch}/returns.csv")) == []
    simulators.control("bank/return", {"end_to_end": key, "reason": "客户拒付", "day": "2019-11-15"})
    (row,) = rows(simulators.download(f"batches/{batch}/returns.csv"))
    assert tuple(row.values()) == (key, "退回", "客户拒付", "2019-11-15")
    report = etree.fromstring(simulators.download(f"batches/{batch}/returns.xml"))
    assert texts(report, "Rsn", "Cd") == ["MD06"]
    line = rows(simulators.download(f"statements/{account}.csv", day="2019-11-15"))[0]
    assert (line["借贷"], line["金额"]) == ("借", "30.00")
    assert key in line["附言"]
    again = simulators.client.post(f"{simulators.url}/control/bank/return", json={"end_to_end": key})
    assert again.status_code == 400


def test_a_row_is_lost_from_the_result_file(simulators, account):
    key = number()
    simulators.behave("bank", "lost", order=key + "2")
    items = [("李某", "62001", "30.00", key + "1"), ("王某", "62002", "30.00", key + "2")]
    batch = simulators.bank_file("debits", debit_file(*items), account).json()["batch"]
    assert [row["端到端编号"] for row in rows(simulators.download(f"batches/{batch}/result.csv"))] == [key + "1"]


def pain_008(account, key, *sums, count=None, total=None):
    one = "".join(
        f"<DrctDbtTxInf><PmtId><EndToEndId>{key}{place}</EndToEndId></PmtId><InstdAmt Ccy='CNY'>{sum_}</InstdAmt>"
        f"<DrctDbtTx><MndtRltdInf><MndtId>M{place}</MndtId></MndtRltdInf></DrctDbtTx><DbtrAgt><FinInstnId/></DbtrAgt>"
        f"<Dbtr><Nm>李某</Nm></Dbtr><DbtrAcct><Id><Othr><Id>6200{place}</Id></Othr></Id></DbtrAcct>"
        f"<RmtInf><Ustrd>医保</Ustrd></RmtInf></DrctDbtTxInf>"
        for place, sum_ in enumerate(sums)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08">'
        f"<CstmrDrctDbtInitn><GrpHdr><MsgId>{key}</MsgId><CreDtTm>2019-11-12T10:00:00</CreDtTm>"
        f"<NbOfTxs>{count or len(sums)}</NbOfTxs><CtrlSum>{total}</CtrlSum></GrpHdr>"
        f"<PmtInf><PmtInfId>P</PmtInfId><ReqdColltnDt>2019-11-13</ReqdColltnDt>"
        f"<CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>{one}</PmtInf></CstmrDrctDbtInitn></Document>"
    ).encode()


def test_an_iso_message_is_taken_with_its_day_and_account(simulators, account):
    key = number()
    taken = simulators.bank_file("debits", pain_008(account, key, "10.00", "12.50", total="22.50")).json()
    assert (taken["account"], taken["message"], taken["day"], taken["form"]) == (
        account, key, "2019-11-13", "pain.008.001.08",
    )  # fmt: skip
    assert taken["成功"] == {"count": 2, "yuan": "22.50"}
    report = etree.fromstring(simulators.download(f"batches/{taken['batch']}/result.xml"))
    assert texts(report, "OrgnlMsgId") == [key]
    assert texts(report, "OrgnlEndToEndId") == [key + "0", key + "1"]


def test_a_faulty_file_is_refused_whole_with_the_place_and_the_reason(simulators, account):
    key = number()
    good = ("李某", "62001", "30.00", key)
    faulty = {
        b"": "表头",
        DEBIT_HEADER.encode(): "没有明细",
        debit_file(good, ("李某", "62001", "3,0", key + "1")): "第3行",
        debit_file(good, ("李某", "62001", "0.00", key + "1")): "第3行",
        debit_file(good, good): "第3行端到端编号重复",
        debit_file(good).decode().encode("gbk"): "UTF-8",
        pain_008(account, key, "10.00", total="10.01"): "CtrlSum",
        pain_008(account, key, "10.00", total="10.00", count=2): "NbOfTxs",
        pain_008(account, key, "10.00", total="10.00")[:-9]: "XML",
        b"<x/>": "pain.008",
    }
    for content, reason in faulty.items():
        answer = simulators.bank_file("debits", content, account)
        assert answer.status_code == 422
        assert reason in answer.json()["error"]
    assert rows(simulators.download(f"statements/{account}.csv")) == []


def test_the_same_file_and_the_same_item_are_not_collected_twice(simulators, account):
    key = number()
    first = simulators.bank_file("debits", debit_file(("李某", "62001", "30.00", key)), account)
    again = simulators.bank_file("debits", debit_file(("李某", "62001", "30.00", key)), account)
    assert (again.status_code, again.json()["batch"]) == (409, first.json()["batch"])
    other = simulators.bank_file("debits", debit_file(("李某", "62001", "31.00", key)), account)
    assert "曾经提交过" in other.json()["error"]
    assert len(rows(simulators.download(f"statements/{account}.csv"))) == 1


def test_payouts_leave_one_by_one_and_may_fail_or_come_back(simulators, account):
    key = number()
    lines = [f"{place},家长{place},6210{place},{place}.00,退费,{key}{place}" for place in (1, 2, 3)]
    simulators.behave("bank", {"fail": "账号不存在"}, order=key + "2")
    taken = simulators.bank_file("payouts", "\n".join([PAYOUT_HEADER, *lines]).encode(), account).json()
    results = rows(simulators.download(f"batches/{taken['batch']}/result.csv"))
    assert [row["结果"] for row in results] == ["成功", "失败", "成功"]
    simulators.control("bank/return", {"end_to_end": key + "3", "kind": "payout", "day": "2019-11-14"})
    told = rows(simulators.download(f"statements/{account}.csv", **{"from": DAY, "to": "2019-11-30"}))
    assert [(row["借贷"], row["金额"], row["对方户名"]) for row in told] == [
        ("借", "1.00", "家长1"), ("借", "3.00", "家长3"), ("贷", "3.00", "家长3"),
    ]  # fmt: skip
    dear = f"{PAYOUT_HEADER}\n1,家长,6210,99999.00,退费,{key}9".encode()
    assert "余额不足" in simulators.bank_file("payouts", dear, account).json()["error"]


def test_files_are_handed_in_through_the_page_too(simulators, account):
    content = debit_file(("李某", "62001", "30.00", number()))
    given = {"files": {"file": ("debit.csv", content)}, "data": {"account": account}, "trust_env": False}
    taken = httpx.post(f"{simulators.url}/bank/debits", **given)
    assert taken.status_code == 303
    assert taken.headers["X-Batch"] in httpx.get(f"{simulators.url}/bank", trust_env=False).text
    assert httpx.post(f"{simulators.url}/bank/debits", **given).status_code == 409
    given["files"] = {"file": ("debit.csv", b"nonsense")}
    answer = httpx.post(f"{simulators.url}/bank/debits", **given)
    assert answer.status_code == 422
    assert "表头" in answer.text
