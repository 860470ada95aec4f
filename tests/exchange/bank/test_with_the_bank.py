"""The simulated bank reads what we write, and we read what it writes, spoilt files too. 与模拟银行往来"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from simulators.bank import batches, book, messages, statements
from simulators.world import World
from yingbao.exchange.bank.debits import pain008
from yingbao.exchange.bank.faults import WrongFile
from yingbao.exchange.bank.files import DebitFile, DebitItem, PaymentItem
from yingbao.exchange.bank.outgoing import plain_debits, plain_payments
from yingbao.exchange.bank.results import read_results
from yingbao.exchange.bank.statements import read_statement
from yingbao.values.clock import CHINA
from yingbao.values.reference import found_in, make

OURS, SCHOOL = book.FIRST_ACCOUNTS[0].key, book.FIRST_ACCOUNTS[2].key
FORMS = [("csv", "08"), ("xlsx", "08"), ("xml", "02"), ("xml", "08")]


def paid(bank: World, amount_fen: int = 480_000, **more) -> None:
    book.transfer(
        bank, payer_name="砚桥实验小学（演示）", payer_account=SCHOOL, account=OURS, amount_fen=amount_fen,
        **({"remark": f"保费 {make('SB', 12).lower()}"} | more),
    )  # fmt: skip


def statement(bank: World, form: str, version: str = "08", variant: str = "") -> bytes:
    return statements.download(bank, OURS, form, "2019-11-01", "2019-11-30", version, variant)


@pytest.mark.parametrize(("form", "version"), FORMS)
def test_a_statement_is_the_same_in_every_form(bank, form, version):
    paid(bank)
    paid(bank, 1, serial="", copies=2, remark="")
    book.post(bank, OURS, side=book.DEBIT, amount_fen=70, other_name="国库", other_account="", remark="=缴库")
    found = read_statement(name="对账单", content=statement(bank, form, version))
    assert (found.account, found.closing_fen, found.opening_fen) == (OURS, 480_000 + 2 - 70, 0)
    assert [(each.amount_fen, each.direction) for each in found.lines] == [
        (480_000, "in"), (1, "in"), (1, "in"), (70, "out"),
    ]  # fmt: skip
    assert found_in(found.lines[0].text) == [make("SB", 12)]
    assert found.lines[3].text == "=缴库"
    assert len(set(found.keys())) == 4
    plain = read_statement(name="对账单", content=statement(bank, "csv"))
    assert [plain.keys()[at] for at in (0, 3)] == [found.keys()[at] for at in (0, 3)]


SPOILT = [(form, variant) for form in ("csv", "xml") for variant in statements.VARIANTS]
SPOILT += [("xlsx", variant) for variant in ("truncated", "bad_date", "wrong_balance")]
LEGAL = [("csv", "not_utf8"), ("csv", "entities")]
"""GB18030 is taken, and a text file has no entities to spoil"""


@pytest.mark.parametrize(("form", "variant"), SPOILT)
def test_a_spoilt_statement_is_refused_whole(bank, form, variant):
    for amount_fen in (480_000, 500, 70):
        paid(bank, amount_fen)
    content = statement(bank, form, variant=variant)
    if (form, variant) in LEGAL or content == statement(bank, form):
        assert len(read_statement(name="对账单", content=content).lines) == 3
        return
    with pytest.raises(WrongFile) as raised:
        read_statement(name="对账单", content=content)
    assert raised.value.faults[0].what.zh
    assert raised.value.faults[0].mend.zh


@pytest.mark.parametrize(("form", "version"), FORMS)
def test_a_line_that_the_bank_left_out_is_noticed(bank, form, version):
    paid(bank)
    paid(bank, 500, lost=True)
    paid(bank, 70)
    with pytest.raises(WrongFile):
        read_statement(name="对账单", content=statement(bank, form, version))


def debits() -> DebitFile:
    items = [
        DebitItem(
            end_to_end_id=f"DD1-{n}", mandate_number=f"M{n}", mandate_signed_on=date(2019, 9, 1), debtor_name=name,
            debtor_account=f"622202110201234567{n}", debtor_bank="", amount_fen=100 + n, text="医保费",
        )
        for n, name in enumerate(["张三", "李四", "王五"])
    ]  # fmt: skip
    return DebitFile(
        batch="DD1", made_at=datetime(2019, 11, 12, 10, 0, tzinfo=CHINA), creditor_name="税务局", creditor_account=OURS,
        creditor_bank="102305000019", collect_on=date(2019, 11, 13), items=tuple(items),
    )  # fmt: skip


@pytest.mark.parametrize("write", [pain008, plain_debits])
@pytest.mark.parametrize("answer", ["csv", "xml"])
def test_a_batch_goes_out_and_its_results_and_returns_come_back(bank, write, answer):
    bank.rules.add("bank", "DD1-1", [{"fail": "余额不足"}])
    batch = batches.take(bank, "debit", write(debits()), OURS)
    batches.give_back(bank, "DD1-2", "账户已销户", "2019-11-15")
    items = batches.items_of(bank, batch.key)
    content = batches.result_csv(items) if answer == "csv" else messages.pain_002(bank, batch, items)
    found = {each.end_to_end_id: each for each in read_results(name="回盘", content=content).lines}
    assert {key: each.outcome for key, each in found.items()} == {
        "DD1-0": "succeeded", "DD1-1": "failed", "DD1-2": "returned",
    }  # fmt: skip
    assert found["DD1-2"].reason.zh == "账户已销户"
    assert found["DD1-2"].on == date(2019, 11, 15)


def test_payments_go_out_and_their_results_come_back(bank):
    paid(bank)
    items = [
        PaymentItem(end_to_end_id="RF1-1", payee_name="张三", payee_account="6222021", amount_fen=32_000, text="退费")
    ]
    batch = batches.take(bank, "payout", plain_payments(batch="RF1", items=items), OURS)
    (line,) = read_results(name="回盘", content=batches.result_csv(batches.items_of(bank, batch.key))).lines
    assert (line.end_to_end_id, line.outcome) == ("RF1-1", "succeeded")
    assert read_statement(name="对账单", content=statement(bank, "csv")).lines[-1].amount_fen == 32_000
