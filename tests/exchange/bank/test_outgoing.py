"""Batches to a bank: pain.008 as the standard wants it, plain files that no spreadsheet runs. 发往银行"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.exchange.bank.schema import broken, definition, parsed
from yingbao.exchange.bank.debits import pain008
from yingbao.exchange.bank.faults import WrongFile
from yingbao.exchange.bank.files import DebitFile, DebitItem, PaymentItem
from yingbao.exchange.bank.outgoing import plain_debits, plain_payments
from yingbao.values.clock import CHINA
from yingbao.values.plain import spaced

words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=40).filter(
    lambda text: text == spaced(text)
)
ids = st.text("ABCXYZ0123456789-", min_size=1, max_size=35)
accounts = st.text("0123456789", min_size=8, max_size=24)
banks = st.text("0123456789", min_size=12, max_size=12)
sums = st.integers(1, 10**13)
days = st.dates(date(2020, 1, 1), date(2025, 10, 1))
debits = st.builds(DebitItem, ids, ids, days, words, accounts, banks | st.just(""), sums, words)
payments = st.builds(PaymentItem, ids, words, accounts, sums, words)
COLLECT_ON = date(2025, 10, 9)


def batch(*items: DebitItem, **more: Any) -> DebitFile:
    given: dict[str, Any] = {
        "batch": "DD20251009", "made_at": datetime(2025, 10, 8, 17, 0, tzinfo=CHINA), "creditor_name": "苏州市税务局",
        "creditor_account": "1102020409000123456", "creditor_bank": "102305000019", "collect_on": COLLECT_ON,
        "items": items,
    }  # fmt: skip
    return DebitFile(**(given | more))


def item(**more: Any) -> DebitItem:
    right: dict[str, Any] = {
        "end_to_end_id": "E1", "mandate_number": "M1", "mandate_signed_on": date(2024, 9, 1), "debtor_name": "张三",
        "debtor_account": "6222021102012345678", "debtor_bank": "", "amount_fen": 32_000, "text": "保费",
    }  # fmt: skip
    return DebitItem(**(right | more))


def payment(**more: Any) -> PaymentItem:
    right: dict[str, Any] = {
        "end_to_end_id": "R1", "payee_name": "张三", "payee_account": "6222021102012345678", "amount_fen": 32_000,
        "text": "退费",
    }  # fmt: skip
    return PaymentItem(**(right | more))


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def said(holder: Any, path: str) -> str:
    return holder.find("/".join("{*}" + step for step in path.split("/"))).text


@settings(max_examples=60, deadline=None)
@given(st.lists(debits, min_size=1, max_size=6, unique_by=lambda each: each.end_to_end_id))
def test_the_standards_own_classes_read_a_batch_as_it_was_given(items):
    message = parsed(pain008(batch(*items)), "pain_008_001_02").cstmr_drct_dbt_initn
    taken = [each for group in message.pmt_inf for each in group.drct_dbt_tx_inf]
    assert [(each.pmt_id.end_to_end_id, int(each.instd_amt.value * 100)) for each in taken] == [
        (item.end_to_end_id, item.amount_fen) for item in items
    ]
    assert message.grp_hdr.ctrl_sum * 100 == sum(item.amount_fen for item in items)


@settings(max_examples=60, deadline=None)
@given(st.lists(debits, min_size=1, max_size=6, unique_by=lambda each: each.end_to_end_id))
def test_a_batch_is_a_message_of_the_standard_and_says_what_was_given(items):
    root = etree.fromstring(pain008(batch(*items)))
    assert broken(root, definition("pain_008_001_02")) == []
    found = [
        DebitItem(
            end_to_end_id=said(each, "PmtId/EndToEndId"),
            mandate_number=said(each, "DrctDbtTx/MndtRltdInf/MndtId"),
            mandate_signed_on=date.fromisoformat(said(each, "DrctDbtTx/MndtRltdInf/DtOfSgntr")),
            debtor_name=said(each, "Dbtr/Nm"),
            debtor_account=said(each, "DbtrAcct/Id/Othr/Id"),
            debtor_bank=said(each, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
            amount_fen=int(said(each, "InstdAmt").replace(".", "")),
            text=said(each, "RmtInf/Ustrd"),
        )
        for each in root.iter("{*}DrctDbtTxInf")
    ]
    given_ = [msgspec.structs.replace(each, debtor_bank=each.debtor_bank or "102305000019") for each in items]
    assert found == given_
    message = root[0]
    for holder in ("GrpHdr", "PmtInf"):
        assert said(message, f"{holder}/NbOfTxs") == str(len(items))
        assert int(said(message, f"{holder}/CtrlSum").replace(".", "")) == sum(each.amount_fen for each in items)
    assert said(message, "PmtInf/ReqdColltnDt") == "2025-10-09"


@given(st.lists(debits, min_size=1, max_size=6, unique_by=lambda each: each.end_to_end_id))
def test_a_plain_batch_says_what_was_given(items):
    header, *found = rows(plain_debits(batch(*items)))
    assert ",".join(header) == "序号,协议号,付款户名,付款账号,金额,用途,端到端编号"
    assert [row[0] for row in found] == [str(n) for n in range(1, len(items) + 1)]
    for row, each in zip(found, items, strict=True):
        assert row[3] == each.debtor_account
        assert int(row[4].replace(".", "")) == each.amount_fen
        assert [row[1], row[2], row[5], row[6]] == [
            guarded(text) for text in (each.mandate_number, each.debtor_name, each.text, each.end_to_end_id)
        ]


@given(st.lists(payments, min_size=1, max_size=6, unique_by=lambda each: each.end_to_end_id))
def test_plain_payments_say_what_was_given(items):
    header, *found = rows(plain_payments(batch="RF1", items=items))
    assert ",".join(header) == "序号,收款户名,收款账号,金额,附言,端到端编号"
    for row, each in zip(found, items, strict=True):
        assert [row[1], row[4], row[5]] == [guarded(t) for t in (each.payee_name, each.text, each.end_to_end_id)]
        assert (row[2], int(row[3].replace(".", ""))) == (each.payee_account, each.amount_fen)


def guarded(text: str) -> str:
    return f"'{text}" if text[0] in "=+-@" else text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+86", "-1", "@SUM(A1)"])
def test_no_cell_of_a_plain_file_begins_like_a_formula(name):
    for content in (
        plain_debits(batch(item(debtor_name=name, text=name))),
        plain_payments(batch="RF1", items=[payment(payee_name=name, text=name)]),
    ):
        assert not [cell for row in rows(content) for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_sum_is_written_with_two_decimals_and_no_separators():
    (_, row) = rows(plain_payments(batch="RF1", items=[payment(amount_fen=123_456_705)]))
    assert row[3] == "1234567.05"


WRONG_ITEMS = {
    "端到端编号": [{"end_to_end_id": ""}, {"end_to_end_id": "E" * 36}, {"end_to_end_id": "编号"}],
    "金额": [{"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": 10**14}],
    "付款户名": [
        {"debtor_name": ""},
        {"debtor_name": "长" * 141},
        {"debtor_name": "张\n三"},
        {"debtor_name": "\uffff"},
    ],
    "付款账号": [{"debtor_account": ""}, {"debtor_account": "6222 0211"}, {"debtor_account": "=1+1+1"}],
    "付款行号": [{"debtor_bank": "工行"}],
    "协议号": [{"mandate_number": ""}, {"mandate_signed_on": COLLECT_ON + timedelta(days=1)}],
    "用途": [{"text": ""}, {"text": "长" * 141}],
}


@pytest.mark.parametrize("write", [pain008, plain_debits])
@pytest.mark.parametrize(
    ("column", "wrong"), [(column, wrong) for column, several in WRONG_ITEMS.items() for wrong in several]
)
def test_an_item_that_cannot_stand_in_a_file_is_told_before_anything_is_written(write, column, wrong):
    good = item(end_to_end_id="E0")
    with pytest.raises(WrongFile) as raised:
        write(batch(good, item(**wrong)))
    assert (raised.value.faults[0].row, raised.value.faults[0].column) == (2, column)
    assert raised.value.said("en")


def test_empty_batches_doubled_ids_and_an_unnamed_creditor_are_refused():
    for wrong in (batch(), batch(item(), item()), batch(item(), creditor_name=""), batch(item(), creditor_bank="")):
        with pytest.raises(WrongFile):
            pain008(wrong)
    for items in ([], [payment(), payment()], [payment(payee_account="")], [payment(amount_fen=0)]):
        with pytest.raises(WrongFile):
            plain_payments(batch="RF1", items=items)
