"""Files of the simulated bank are taken from bytes to the book, and what is wrong leaves nothing. 银行文件往来"""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from simulators.bank import batches, book, messages, statements
from simulators.world import World
from tests.collection.bank import NUMBER, account, declared, mandate, owed
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, organisation
from tests.exchange.bank.messages import pain002
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.debiting import items_of, make_batch
from yingbao.collection.models import Arrival, BankFile, DebitItem, Obligation, Statement, StatementLine
from yingbao.enrolment.seasons import open_season
from yingbao.exchange.banking import batch_file, receive, take
from yingbao.jobs import work
from yingbao.jobs.bank import settle_by_night
from yingbao.jobs.models import Job
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.sealing import sealed
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db
SCHOOL = book.FIRST_ACCOUNTS[2].key


@pytest.fixture(autouse=True)
def _sound(db):
    """Whatever a test does, the book has to be right at its end."""
    clock.set_to(AT)
    yield
    clock.run_true()
    assert examine(INVARIANTS) == []


@pytest.fixture
def suzhou(db):
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def by(suzhou):
    return officer()


def transfer(bank: World, amount_fen: int, remark: str, **more) -> None:
    book.transfer(
        bank, payer_name="砚桥实验小学（演示）", payer_account=SCHOOL, account=NUMBER, amount_fen=amount_fen,
        remark=remark, **more,
    )  # fmt: skip


def brought(content: bytes, by, *, kind: str = "statement", name: str = "对账单.csv", **more) -> BankFile:
    ours = account() if kind == "statement" else None
    return take(file=receive(kind=kind, name=name, content=content, by=by, at=AT, account=ours, **more), by=by, at=AT)


def download(bank: World, form: str = "csv", variant: str = "", first="2019-11-12", last="2019-11-12") -> bytes:
    return statements.download(bank, NUMBER, form, first, last, variant=variant)


@pytest.mark.parametrize("form", ["csv", "xlsx", "xml"])
def test_a_schools_transfer_comes_by_statement_and_pays_its_children(suzhou, bank, by, form):
    declaration = declared(suzhou, 3)
    transfer(bank, sum(one.due_fen for one in owed(declaration)), f"保费 {declaration.reference.lower()}")
    transfer(bank, 100, "误转", serial="", copies=2)
    file = brought(download(bank, form), by)
    assert (file.state, file.statement.form) == ("taken", {"xml": "camt053"}.get(form, form))
    assert "自动匹配 1 笔，3 名学生" in file.message["zh"]
    assert set(Obligation.objects.values_list("enrolment__state", flat=True)) == {"paid"}
    assert StatementLine.objects.filter(meaning="arrival").count() == 3


def test_the_same_day_in_another_form_adds_nothing(suzhou, bank, by):
    transfer(bank, 500, "保费   一（1）班")
    brought(download(bank), by)
    again = brought(download(bank, "xml"), by, name="camt.xml")
    assert (again.state, "没有新的流水" in again.message["zh"]) == ("taken", True)
    assert Arrival.objects.count() == 1


SPOILT = ["bad_amount", "bad_date", "wrong_balance", "other_account", "line_twice", "truncated", "html", "no_header"]


@pytest.mark.parametrize("variant", SPOILT)
def test_a_malformed_statement_leaves_nothing_but_its_refusal(suzhou, bank, by, variant):
    for amount_fen in (480_000, 500, 70):
        transfer(bank, amount_fen, "保费")
    file = brought(download(bank, variant=variant), by)
    assert (file.state, bool(file.message["zh"]), file.statement) == ("refused", True, None)
    assert not Statement.objects.exists()
    assert not Arrival.objects.exists()
    assert not any(balances("320500").values())


def test_the_file_is_kept_sealed(suzhou, bank, by):
    transfer(bank, 500, "保费")
    content = download(bank)
    file = brought(content, by)
    assert content not in bytes(file.content_cipher)
    assert sealed.unseal_bytes(file.content_cipher) == content


def test_an_officers_word_on_the_period_bridges_days_on_which_nothing_moved(suzhou, bank, by):
    transfer(bank, 500, "保费")
    brought(download(bank), by)
    book.post(
        bank, NUMBER, side=book.CREDIT, amount_fen=70, other_name="家长", other_account="", remark="x",
        day="2019-11-16",
    )  # fmt: skip
    later = download(bank, first="2019-11-16", last="2019-11-16")
    assert brought(later, by).state == "refused"
    told = brought(later, by, covers=(date(2019, 11, 13), date(2019, 11, 17)))
    assert (told.state, told.statement.first, told.statement.last) == ("taken", date(2019, 11, 13), date(2019, 11, 17))


def test_empty_and_foreign_uploads_are_refused_at_the_door(suzhou, by):
    foreign = account("500103", "50010361000000088002")
    for content, ours, covers in (
        (b"", account(), (None, None)),
        (b"x", foreign, (None, None)),
        (b"x", account(), (date(2019, 11, 2), date(2019, 11, 1))),
    ):
        with pytest.raises(Refused):
            receive(kind="statement", name="x.csv", content=content, by=by, at=AT, account=ours, covers=covers)
    assert not BankFile.objects.exists()


@pytest.fixture
def batch(suzhou, bank, by):
    """A batch of two schools, the first of which has an account at the simulated bank."""
    for number, name in enumerate(["砚桥实验小学（演示）", "枕河中学（演示）"], 1):
        school = organisation(name=name)
        mandate(school, f"XY{number}")
        declared(suzhou, number, method="debit", school=school)
    return make_batch(pooling_area="320500", account=account(), collect_on=date(2019, 11, 12), by=by, at=AT)


@pytest.mark.parametrize("form", ["pain008", "csv"])
@pytest.mark.parametrize("answer", ["csv", "xml"])
def test_a_batch_goes_out_comes_back_and_is_returned_days_later(suzhou, bank, by, batch, form, answer):
    first, second = items_of(batch)
    out = batch_file(batch=batch, form=form, by=by, at=AT)
    bank.rules.add("bank", second.end_to_end, [{"fail": "余额不足"}])
    sent = batches.take(bank, "debit", out.content, NUMBER)

    def results(name: str) -> BankFile:
        items = batches.items_of(bank, sent.key)
        content = batches.result_csv(items) if answer == "csv" else messages.pain_002(bank, sent, items)
        return brought(content, by, kind="results", name=name)

    assert results("回盘.csv").state == "taken"
    assert list(DebitItem.objects.order_by("pk").values_list("state", flat=True)) == ["succeeded", "failed"]
    brought(download(bank), by)
    assert balances("320500")["320500:debit:105305000018"] == 0
    batches.give_back(bank, first.end_to_end, "账户已销户", "2019-11-15")
    assert "退回 1 笔" in results("退回.csv").message["zh"]
    first.refresh_from_db()
    assert (first.state, first.reason) == ("returned", "账户已销户")
    later = download(bank, first="2019-11-13", last="2019-11-15")
    assert brought(later, by, covers=(date(2019, 11, 13), None)).state == "taken"
    assert balances("320500")["320500:debit:105305000018"] == 0
    assert set(Obligation.objects.values_list("enrolment__state", flat=True)) == {"declared"}


def test_what_the_bank_has_only_accepted_is_no_success(suzhou, bank, by, batch):
    batch_file(batch=batch, form="pain008", by=by, at=AT)
    batch.refresh_from_db()
    assert batch.sent_at == AT
    message = pain002([(one.end_to_end, "ACCP", "") for one in items_of(batch)])
    content = etree.tostring(message.root).replace(b"DD20251009", batch.number.encode())
    file = brought(content, by, kind="results", name="pain002.xml")
    assert (file.state, "银行处理中 2 笔" in file.message["zh"]) == ("taken", True)
    assert set(DebitItem.objects.values_list("state", flat=True)) == {"pending"}
    assert not Arrival.objects.exists()


def test_a_malformed_result_file_leaves_nothing(suzhou, bank, by, batch):
    batch_file(batch=batch, form="csv", by=by, at=AT)
    one, two = items_of(batch)
    rows = f"端到端编号,结果,原因,日期\n{one.end_to_end},成功,,2019-11-12\n{two.end_to_end},也许,,2019-11-12\n"
    file = brought(rows.encode(), by, kind="results", name="回盘.csv")
    assert (file.state, "也许" in file.message["zh"]) == ("refused", True)
    assert set(DebitItem.objects.values_list("state", flat=True)) == {"pending"}


def test_the_job_takes_a_file_and_running_it_again_changes_nothing(suzhou, bank, by):
    transfer(bank, 500, "保费")
    file = receive(kind="statement", name="a.csv", content=download(bank), by=by, at=AT, account=account())
    job = work.start(
        task="bank.take", about=Text("对账单", "statement"), owner=by.user, organisation=by.organisation, at=AT,
        arguments={"bank_file": file.pk},
    )  # fmt: skip
    work.run_waiting()
    file.refresh_from_db()
    job.refresh_from_db()
    assert (file.state, job.state) == ("taken", Job.State.DONE)
    work.WORK["bank.take"].run(_Quiet(by), bank_file=file.pk)
    assert Arrival.objects.count() == 1


class _Quiet:
    """A running job that nobody watches."""

    def __init__(self, by) -> None:
        self.owner_id, self.organisation_id = by.user_id, by.organisation_id

    def progress(self, done: int, total: int) -> None:
        assert done <= total


def test_at_night_money_finds_the_declaration_that_was_accepted_after_it_came(suzhou, bank, by):
    declaration = declared(suzhou, 1)
    due = sum(one.due_fen for one in owed(declaration))
    transfer(bank, due - 1, f"{declaration.reference} 少一分")
    brought(download(bank), by)
    assert settle_by_night(at=at("2019-11-13")) == (0, 0)
    transfer(bank, due, declaration.reference)
    brought(download(bank), by)
    assert Obligation.objects.get(declaration=declaration).is_paid
