"""Files of a bank come in and go out: uploaded and kept sealed, read by a job, taken by collection. 银行文件往来

`exchange.bank` reads and writes the files and knows no database; `collection` knows no files. Here they meet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from yingbao.agents.models import Appointment
from yingbao.collection import debiting, mandates
from yingbao.collection.advising import check_collector
from yingbao.collection.debit_results import AnswerFacts, ResultFacts, take_results
from yingbao.collection.matching import match_by_reference
from yingbao.collection.models import BankAccount, BankFile, DebitBatch, Statement
from yingbao.collection.statements import LineFacts, StatementFacts, take_statement
from yingbao.exchange.bank.debits import pain008
from yingbao.exchange.bank.files import DebitFile, DebitItem, StatementFile
from yingbao.exchange.bank.outgoing import plain_debits
from yingbao.exchange.bank.results import read_results
from yingbao.exchange.bank.statements import read_statement
from yingbao.sealing import sealed
from yingbao.values.plain import veiled
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LARGEST_FILE = 32 * 1024 * 1024
WHOLE = 100
_READ, _POSTED = 30, 80
"""hundredths of the way: the file is read, its lines are in the book; then they are matched"""
Progress = Callable[[int, int], None]
Form = Literal["pain008", "csv"]


class Outgoing(NamedTuple):
    """A file for the bank. 送银行文件"""

    name: str
    content: bytes


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def receive(
    *,
    kind: Literal["statement", "results"],
    name: str,
    content: bytes,
    by: Appointment,
    at: datetime,
    account: BankAccount | None = None,
    covers: tuple[date | None, date | None] = (None, None),
) -> BankFile:
    """Keep an uploaded file, sealed, until a job has read it. 接收银行文件

    `covers`: the officer's word on the statement's first and last day, where its form shows only days on which money
    moved. Raises Refused for an empty or oversized file, and for a statement without an account of the own area.
    """
    area = by.organisation.pooling_area
    check_collector(area, by)
    name = veiled(PurePosixPath(name.replace("\\", "/")).name)[-200:] or "file"
    if not 0 < len(content) <= LARGEST_FILE:
        what = Text("文件是空的或超过 32 MB", "the file is empty or larger than 32 MB")
        raise Refused(where=name, what=what, mend=Text("从银行重新导出", "export it from the bank again"))
    if kind == "statement" and (account is None or account.pooling_area != area):
        what = Text("没有选本统筹区的账户", "no account of the pooling area is chosen")
        raise Refused(where=name, what=what, mend=Text("选择对账单所属账户", "choose the statement's account"))
    first, last = covers
    if first is not None and last is not None and first > last:
        what = Text("起止日期颠倒", "it ends before it begins")
        raise Refused(where=name, what=what, mend=Text("更正对账单的起止日期", "put the days right"))
    return BankFile.objects.create(
        pooling_area=area, kind=kind, account=account, name=name, content_cipher=sealed.seal_bytes(content),
        covers_first=first, covers_last=last, uploaded_at=at, uploaded_by=by.user,
    )  # fmt: skip


def take(*, file: BankFile, by: Appointment, at: datetime, progress: Progress = _silent) -> BankFile:
    """Read a received file and take it, whole or not at all; why it was refused is kept with it. 导入银行文件

    Doing it again gives the answer that is there.
    """
    if file.state != "waiting":
        return file
    try:
        if file.kind == "statement":
            file.statement, said = _take_statement(file, by, at, progress)
        else:
            said = _take_results(file, by, at)
    except Refused as refused:
        file.state, file.message = "refused", {"zh": refused.said("zh"), "en": refused.said("en")}
    else:
        file.state, file.message = "taken", {"zh": said.zh, "en": said.en}
    file.save(update_fields=["state", "message", "statement"])
    progress(WHOLE, WHOLE)
    return file


def statement_facts(read: StatementFile, name: str, covers: tuple[date | None, date | None]) -> StatementFacts:
    """A checked file in the shapes that collection takes. 对账单内容"""
    lines = [
        LineFacts(
            key, line.ordinal, line.serial, line.booked_on, line.direction == "in", line.amount_fen, line.balance_fen,
            line.counterparty_name, line.counterparty_account, line.text,
        )
        for key, line in zip(read.keys(), read.lines, strict=True)
    ]  # fmt: skip
    first, last = covers
    return StatementFacts(
        read.account, read.sha256, name, read.form, read.number, min(read.first, first or read.first),
        max(read.last, last or read.last), read.opening_fen, read.closing_fen, lines,
    )  # fmt: skip


def batch_file(*, batch: DebitBatch, form: Form, by: Appointment, at: datetime) -> Outgoing:
    """The file of a batch for the bank, pain.008 or plain; the batch counts as handed out. 扣款文件

    Raises WrongFile if an item cannot stand in it; then nothing is marked.
    """
    check_collector(batch.pooling_area, by)
    write = {"pain008": pain008, "csv": plain_debits}[form]
    content = write(debit_file(batch))
    debiting.mark_sent(batch=batch, by=by, at=at)
    return Outgoing(f"{batch.number}.{'xml' if form == 'pain008' else 'csv'}", content)


def debit_file(batch: DebitBatch) -> DebitFile:
    """A batch in the shape of the bank's files, accounts in the clear. 扣款批次内容"""
    account = batch.account
    items = tuple(
        DebitItem(
            end_to_end_id=item.end_to_end, mandate_number=item.mandate.number,
            mandate_signed_on=item.mandate.signed_on, debtor_name=item.mandate.holder,
            debtor_account=mandates.account_of(item), debtor_bank=item.mandate.bank_code,
            amount_fen=item.amount_fen, text=f"城乡居民医保费 {item.declaration.reference}",
        )
        for item in debiting.items_of(batch)
    )  # fmt: skip
    return DebitFile(
        batch=batch.number, made_at=batch.made_at, creditor_name=account.holder, creditor_account=account.number,
        creditor_bank=account.bank_code, collect_on=batch.collect_on, items=items,
    )  # fmt: skip


def _take_statement(file: BankFile, by: Appointment, at: datetime, progress: Progress) -> tuple[Statement, Text]:
    if file.account is None:
        raise AssertionError("a statement has its account")
    progress(1, WHOLE)
    read = read_statement(name=file.name, content=sealed.unseal_bytes(file.content_cipher))
    progress(_READ, WHOLE)
    facts = statement_facts(read, file.name, (file.covers_first, file.covers_last))

    def posting(done: int, total: int) -> None:
        progress(_READ + (_POSTED - _READ) * done // total, WHOLE)

    def matching(done: int, total: int) -> None:
        progress(_POSTED + (WHOLE - 1 - _POSTED) * done // total, WHOLE)

    taken = take_statement(account=file.account, file=facts, by=by, at=at, progress=posting)
    matched = match_by_reference(pooling_area=file.pooling_area, at=at, progress=matching)
    if not taken.fresh:
        said = Text("这份对账单先前已导入，没有新的流水。", "It was taken before; there is nothing new in it.")
    else:
        said = Text(
            "导入 {n} 笔流水；自动匹配 {m} 笔，{c} 名学生。",
            "{n} lines were taken; {m} transfers matched for {c} children.",
        ).filled(n=sum(taken.counts.values()), m=matched.arrivals, c=matched.children)
    notes = [said, *read.notes]
    return taken.statement, Text("\n".join(one.zh for one in notes), "\n".join(one.en for one in notes))


def _take_results(file: BankFile, by: Appointment, at: datetime) -> Text:
    read = read_results(name=file.name, content=sealed.unseal_bytes(file.content_cipher))
    lines = [
        ResultFacts(line.end_to_end_id, line.outcome, line.reason.zh, line.on, line.amount_fen, line.row)
        for line in read.lines
    ]
    refused = read.batch_refused.zh if read.batch_refused else ""
    facts = AnswerFacts(read.sha256, file.name, read.form, lines, read.batch, refused, len(read.waiting))
    taken = take_results(pooling_area=file.pooling_area, file=facts, by=by, at=at)
    if not taken.fresh:
        return Text("这份回盘先前已导入。", "It was taken before.")
    answer = taken.answer
    return Text(
        "成功 {s} 笔，失败 {f} 笔，退回 {r} 笔，先前已知 {k} 笔，银行处理中 {w} 笔。",
        "{s} succeeded, {f} failed, {r} returned, {k} known before, {w} under way at the bank.",
    ).filled(s=answer.succeeded, f=answer.failed, r=answer.returned, k=answer.known, w=answer.waiting)
