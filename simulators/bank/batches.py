"""What becomes of a file's rows: done, refused, and later perhaps returned. 批量代扣与代付"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date

from simulators.bank import book, files
from simulators.rows import Account, Batch, Item
from simulators.world import World, yuan

DONE, FAILED, RETURNED = "成功", "失败", "退回"
RESULT_HEADER = ["端到端编号", "结果", "原因", "日期"]
TRANSIT = {"debit": ("代扣业务过渡户", "99990000000000000001"), "payout": ("代付业务过渡户", "99990000000000000002")}


class Known(Exception):
    """The same file came before; the argument is its batch."""


def take(world: World, kind: str, content: bytes, account: str = "") -> Batch:
    """Take a file whole and carry it out at once. Raises Malformed, Known, Impossible. 受理"""
    digest = hashlib.sha256(content).hexdigest()
    with world.store.changing():
        if known := world.store.one(Batch, kind=kind, digest=digest):
            raise Known(known.key)
        file = files.debits(content) if kind == "debit" else files.payouts(content)
        account = account or file.account or book.home_account(world)
        book.account_of(world, account)
        if file.message and world.store.find(Batch, "", kind=kind, message=file.message) != []:
            raise files.Malformed(f"报文编号 {file.message} 重复")
        for place, wanted in enumerate(file.wanted, 1):
            if world.store.find(Item, "end_to_end = ? AND batch LIKE ?", wanted.end_to_end, f"{kind}%"):
                raise files.Malformed(f"第{place}笔端到端编号 {wanted.end_to_end} 曾经提交过")
        today = world.day()
        day = max(today, date.fromisoformat(file.day[:10]).isoformat()) if file.day else today
        batch = Batch(f"{kind}{world.store.next('batch'):06d}", kind, account, digest, file.form, file.message, day)
        items = [_carried_out(world, batch, place, wanted) for place, wanted in enumerate(file.wanted, 1)]
        world.store.put(batch, *items)
        if kind == "debit":
            _book_debits(world, batch, items)
        else:
            _book_payouts(world, batch, items)
    return batch


def _carried_out(world: World, batch: Batch, place: int, wanted: files.Wanted) -> Item:
    names = [wanted.end_to_end, wanted.account, wanted.agreement]
    reason = world.rules.take("bank", names, "fail") or ""
    payer = world.store.one(Account, key=wanted.account) if batch.kind == "debit" else None
    if not reason and payer and book.balance_fen(world, payer.key) < wanted.amount_fen:
        reason = "余额不足"
    elif not reason and payer and payer.name != wanted.name:
        reason = "户名不符"
    if payer and not reason:
        name, number = TRANSIT["debit"]
        book.post(
            world,
            payer.key,
            day=batch.day,
            side=book.DEBIT,
            amount_fen=wanted.amount_fen,
            other_name=name,
            other_account=number,
            remark=f"代扣 {wanted.text}",
        )
    return Item(
        key=f"{batch.key}-{place:06d}",
        batch=batch.key,
        place=place,
        agreement=wanted.agreement,
        name=wanted.name,
        account=wanted.account,
        amount_fen=wanted.amount_fen,
        text=wanted.text,
        end_to_end=wanted.end_to_end,
        outcome=FAILED if reason else DONE,
        reason=str(reason),
        day=batch.day,
        lost=int(bool(world.rules.take("bank", names, "lost"))),
    )


def _book_debits(world: World, batch: Batch, items: list[Item]) -> None:
    """All that was collected arrives in one sum."""
    done = [item for item in items if item.outcome == DONE]
    name, number = TRANSIT["debit"]
    if done:
        book.post(
            world,
            batch.account,
            day=batch.day,
            side=book.CREDIT,
            amount_fen=sum(item.amount_fen for item in done),
            other_name=name,
            other_account=number,
            remark=f"批量代扣 {batch.message or batch.key} {len(done)}笔",
        )


def _book_payouts(world: World, batch: Batch, items: list[Item]) -> None:
    """Each payout leaves by itself. Raises Impossible where the account does not hold enough."""
    if book.balance_fen(world, batch.account) < sum(item.amount_fen for item in items if item.outcome == DONE):
        raise book.Impossible("账户余额不足，整批不受理")
    for item in items:
        if item.outcome == DONE:
            book.post(
                world,
                batch.account,
                day=batch.day,
                side=book.DEBIT,
                amount_fen=item.amount_fen,
                other_name=item.name,
                other_account=item.account,
                remark=f"{item.text} {item.end_to_end}",
            )


def give_back(world: World, end_to_end: str, reason: str, day: str = "", kind: str = "debit") -> Item:
    """A success is returned days later: the money moves back, with a line of its own. Raises Impossible. 退回"""
    with world.store.changing():
        found = world.store.find(Item, "end_to_end = ? AND batch LIKE ?", end_to_end, f"{kind}%")
        batch = world.store.one(Batch, key=found[0].batch) if found else None
        if batch is None or found[0].outcome != DONE:
            raise book.Impossible(f"没有可退回的明细 {end_to_end}")
        item = found[0]
        item.outcome, item.reason, item.day, item.lost = RETURNED, reason, day or world.day(), 0
        word = "代扣退回" if kind == "debit" else "退汇"
        book.post(
            world,
            batch.account,
            day=item.day,
            side=book.DEBIT if kind == "debit" else book.CREDIT,
            amount_fen=item.amount_fen,
            other_name=item.name,
            other_account=item.account,
            remark=f"{word} {item.end_to_end} {reason}",
        )
        world.store.put(item)
    return item


def items_of(world: World, batch: str, only: str = "") -> list[Item]:
    """The rows that a result file tells of."""
    return [item for item in world.store.find(Item, batch=batch) if not item.lost and only in ("", item.outcome)]


def result_csv(items: list[Item]) -> bytes:
    """Result or returns as plain CSV. 结果文件"""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(RESULT_HEADER)
    writer.writerows([item.end_to_end, item.outcome, item.reason, item.day] for item in items)
    return out.getvalue().encode()


def summary(world: World, batch: Batch) -> dict[str, object]:
    """A batch in numbers."""
    items = world.store.find(Item, batch=batch.key)
    return {
        "batch": batch.key,
        "kind": batch.kind,
        "account": batch.account,
        "form": batch.form,
        "message": batch.message,
        "day": batch.day,
        "count": len(items),
        **{
            word: {"count": len(some), "yuan": yuan(sum(item.amount_fen for item in some))}
            for word in (DONE, FAILED, RETURNED)
            if (some := [item for item in items if item.outcome == word])
        },
    }
