"""What a bank says of debits: taken, failed, or returned days later. 扣款回盘

A file is taken whole or not at all. Being told again changes nothing; what a file contradicts keeps it out and calls a
person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from yingbao.agents.models import Appointment
from yingbao.collection import arriving, recognising, releasing
from yingbao.collection.accounts import clearing_of
from yingbao.collection.advising import check_collector
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.arriving import Told
from yingbao.collection.lifecycle import DebitState
from yingbao.collection.models import DebitAnswer, DebitBatch, DebitItem
from yingbao.collection.whole import whole
from yingbao.ledger.posting import digest_of
from yingbao.values import money
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class ResultFacts(NamedTuple):
    """What a bank says of one debit. 回盘明细"""

    end_to_end: str
    outcome: Literal["succeeded", "failed", "returned"]
    reason: str
    on: date
    amount_fen: int | None
    row: int


class AnswerFacts(NamedTuple):
    """A result file as it was read and checked. 回盘内容"""

    sha256: bytes
    name: str
    form: str
    lines: Sequence[ResultFacts]
    batch: str = ""
    """the number of our batch, where the file tells it; a bank that had a plain file tells a number of its own"""
    refused: str = ""
    """why the bank took nothing of the batch; there are no lines then"""
    waiting: int = 0
    """items that the bank has only accepted so far"""


class TakenAnswer(NamedTuple):
    """What became of a result file. 回盘结果"""

    answer: DebitAnswer
    fresh: bool
    """false if the same file was taken before"""


class Contradicts(Refused):
    """The file says otherwise than an earlier one. 回盘前后矛盾"""

    def __init__(self, file: AnswerFacts, line: ResultFacts, what: Text) -> None:
        self.key = line.end_to_end
        mend = Text("整份文件未导入，请向银行核实", "nothing was taken; ask the bank")
        super().__init__(where=f"{file.name} {line.row}", what=what, mend=mend)


def take_results(*, pooling_area: str, file: AnswerFacts, by: Appointment, at: datetime) -> TakenAnswer:
    """Take a result file. 导入回盘

    What succeeded pays its children; what failed can be debited anew; what is returned is reversed, and receipts for
    it are void. A failure of what had succeeded is a return. Raises Refused for ids and sums that are not ours.
    """
    try:
        return whole(lambda: _taken(pooling_area, file, by, at))
    except Contradicts as refused:
        said = "扣款回盘与先前的结果矛盾，整份文件未导入"
        raise_alarm(pooling_area, kind="conflict", key=f"debit:{refused.key}", said=said, at=at)
        raise


def _taken(pooling_area: str, file: AnswerFacts, by: Appointment, at: datetime) -> TakenAnswer:
    check_collector(pooling_area, by)
    asked = [line.end_to_end for line in file.lines] if file.lines else []
    rows = DebitItem.objects.filter(batch__pooling_area=pooling_area)
    rows = rows.filter(batch__number=file.batch) if file.refused else rows.filter(end_to_end__in=asked)
    locked = rows.order_by("pk").select_for_update(of=("self",)).select_related("batch__account", "declaration")
    items = {one.end_to_end: one for one in locked}
    if (before := DebitAnswer.objects.filter(sha256=file.sha256).first()) is not None:
        return TakenAnswer(before, False)
    lines = _of_whole(file, items, at) if file.refused else file.lines
    _check(file, lines, items)
    done = {"succeeded": 0, "failed": 0, "returned": 0, "known": 0}
    for line in lines:
        done[_one(file, line, items[line.end_to_end], by, at)] += 1
    answer = DebitAnswer.objects.create(
        pooling_area=pooling_area, sha256=file.sha256, name=file.name[:200], form=file.form, taken_at=at,
        taken_by=by.user, waiting=file.waiting, **done,
    )  # fmt: skip
    batches = {items[line.end_to_end].batch_id for line in lines}
    DebitBatch.objects.filter(pk__in=batches).update(result_sha256=file.sha256)
    recognising.recognise(pooling_area=pooling_area, at=at)
    return TakenAnswer(answer, True)


def _of_whole(file: AnswerFacts, items: dict[str, DebitItem], at: datetime) -> list[ResultFacts]:
    """The bank took nothing of a batch: every item of it has failed."""
    on = at.astimezone(CHINA).date()
    return [ResultFacts(key, "failed", file.refused, on, None, 0) for key in items]


def _check(file: AnswerFacts, lines: Sequence[ResultFacts], items: dict[str, DebitItem]) -> None:
    """Raises Refused for the first line that is not about a debit of ours."""
    if not lines and not file.waiting:
        what = Text("文件里没有本统筹区的扣款", "no debit of this pooling area is in the file")
        raise _refused(file.name, what, Text("核对批次号", "compare the number of the batch"))
    ours = bool(file.batch) and DebitBatch.objects.filter(number=file.batch).exists()
    for line in lines:
        where = f"{file.name} {line.row}"
        item = items.get(line.end_to_end)
        if item is None:
            what = Text("没有编号为{id}的扣款", "there is no debit {id}").filled(id=line.end_to_end)
            raise _refused(where, what, Text("核对是不是本批次的回盘", "is it the result of this batch?"))
        if ours and item.batch.number != file.batch:
            what = Text("扣款{id}不在批次{batch}中", "debit {id} is not in batch {batch}")
            mend = Text("请银行重新出具", "ask the bank for it anew")
            raise _refused(where, what.filled(id=line.end_to_end, batch=file.batch), mend)
        if item.batch.sent_at is None:
            what = Text("批次{batch}还没有送出", "batch {batch} was never handed out").filled(batch=item.batch.number)
            raise _refused(where, what, Text("核对文件来源", "look where the file comes from"))
        if line.amount_fen is not None and line.amount_fen != item.amount_fen:
            what = Text("金额{told}与批次中的{ours}不符", "the sum {told} is not the {ours} of the batch")
            what = what.filled(told=money.said(line.amount_fen), ours=money.said(item.amount_fen))
            raise _refused(where, what, Text("请银行核实", "ask the bank"))


def _one(file: AnswerFacts, line: ResultFacts, item: DebitItem, by: Appointment, at: datetime) -> str:
    """What a line comes to: succeeded, failed, returned, or known before."""
    state = DebitState(item.state)
    if line.outcome == "succeeded":
        if state == DebitState.PENDING:
            return _succeeded(line, item, at)
        if state == DebitState.SUCCEEDED or (
            state == DebitState.RETURNED and item.returned_on is not None and line.on <= item.returned_on
        ):
            return "known"
        what = Text("扣款{id}先前为失败或退回，现在又报成功", "debit {id} had failed or come back and now succeeds")
        raise Contradicts(file, line, what.filled(id=line.end_to_end))
    if state == DebitState.PENDING:
        # Also a return of what we were never told had been taken: nothing of it is here.
        return _failed(line, item)
    if state == DebitState.SUCCEEDED:
        return _returned(line, item, by, at)
    return "known"


def _succeeded(line: ResultFacts, item: DebitItem, at: datetime) -> str:
    account = item.batch.account
    told = Told(
        pooling_area=item.batch.pooling_area, way="debit", key=f"debit:{item.end_to_end}",
        digest=digest_of(item.end_to_end, item.amount_fen, line.on), account=clearing_of(account),
        amount_fen=item.amount_fen, paid_at=datetime.combine(line.on, time(), CHINA),
        payer=item.mandate.holder, text=item.declaration.reference,
    )  # fmt: skip
    wanted = dict(item.parts.values_list("obligation_id", "amount_fen"))
    taken = arriving.take(told, wanted=wanted, at=at)
    item.state, item.taken_on, item.arrival = DebitState.SUCCEEDED, line.on, taken.arrival
    item.save(update_fields=["state", "taken_on", "arrival"])
    return "succeeded"


def _failed(line: ResultFacts, item: DebitItem) -> str:
    item.state, item.reason = DebitState.FAILED, line.reason[:200]
    item.save(update_fields=["state", "reason"])
    return "failed"


def _returned(line: ResultFacts, item: DebitItem, by: Appointment, at: datetime) -> str:
    if item.arrival is None:
        raise AssertionError("a debit that succeeded has its arrival")
    key = f"return:{item.end_to_end}"
    releasing.reverse(arrival=item.arrival, key=key, returned_fen=item.amount_fen, at=at, by=by.user)
    item.state, item.returned_on, item.reason = DebitState.RETURNED, line.on, line.reason[:200]
    item.save(update_fields=["state", "returned_on", "reason"])
    return "returned"


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
