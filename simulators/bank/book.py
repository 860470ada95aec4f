"""The bank's book: accounts and the lines that moved on them. 账簿"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulators.rows import Account, Line
from simulators.world import World

FIRST_ACCOUNTS = (
    Account("32050161000000088001", "苏州市区税务征收分局（演示）社会保险费待报解专户", "authority", 0),
    Account("50010361000000088002", "渝中区税务局（演示）社会保险费待报解专户", "authority", 0),
    Account("32050161000000100011", "砚桥实验小学（演示）", "school", 10_000_000_00),
    Account("32050161000000100012", "枕河中学（演示）", "school", 10_000_000_00),
    Account("50010361000000100021", "渝中示范小学（演示）", "school", 10_000_000_00),
)
CREDIT, DEBIT = "贷", "借"


class Impossible(Exception):
    """What was asked of the bank cannot be done; the sentence says why."""


@dataclass(frozen=True)
class Booked:
    """A line with the balance after it. 流水与余额"""

    line: Line
    balance_fen: int


def open_first_accounts(world: World) -> None:
    """A fresh bank knows the authorities and a few schools."""
    if not world.store.find(Account):
        world.store.put(*FIRST_ACCOUNTS)


def home_account(world: World) -> str:
    """The account to which the channels settle."""
    return str(world.store.setting("home account", FIRST_ACCOUNTS[0].key))


def account_of(world: World, number: str) -> Account:
    """A known account. Raises Impossible."""
    found = world.store.one(Account, key=number)
    if found is None:
        raise Impossible(f"本行没有账户 {number}")
    return found


def signed_fen(line: Line) -> int:
    """What a line adds to the balance."""
    return line.amount_fen if line.side == CREDIT else -line.amount_fen


def balance_fen(world: World, number: str) -> int:
    """The balance after every line."""
    total = world.store.total(Line, "CASE side WHEN '贷' THEN amount_fen ELSE -amount_fen END", "account = ?", number)
    return account_of(world, number).opening_fen + total


def post(world: World, account: str, **given: object) -> Line:
    """Book one line; without a `serial` the bank gives it one, an empty one stays empty. 记账"""
    with world.store.changing():
        number = world.store.next("line")
        day = str(given.pop("day", "") or world.day())
        date.fromisoformat(day)
        serial = given.pop("serial", None)
        line = Line(
            key=f"{number:09d}",
            account=account_of(world, account).key,
            day=day,
            serial=f"{day.replace('-', '')}{number:010d}" if serial is None else str(serial),
            **given,  # type: ignore[arg-type]
        )
        if line.amount_fen < 1 or line.side not in (CREDIT, DEBIT):
            raise Impossible("金额须大于0，借贷须为“借”或“贷”")
        world.store.put(line)
    return line


def transfer(
    world: World,
    *,
    payer_name: str,
    payer_account: str,
    account: str,
    amount_fen: int,
    remark: str,
    day: str = "",
    serial: str | None = None,
    copies: int = 1,
    lost: bool = False,
) -> list[Line]:
    """A payer sends money to an account here; the payer may bank elsewhere. Equal copies are legal. 转账"""
    made = []
    with world.store.changing():
        payee = account_of(world, account)
        for _ in range(copies):
            known = world.store.one(Account, key=payer_account)
            if known and balance_fen(world, payer_account) < amount_fen:
                raise Impossible("付款账户余额不足")
            if known:
                post(
                    world,
                    payer_account,
                    day=day,
                    side=DEBIT,
                    amount_fen=amount_fen,
                    other_name=payee.name,
                    other_account=account,
                    remark=remark,
                )
            made.append(
                post(
                    world,
                    account,
                    day=day,
                    side=CREDIT,
                    amount_fen=amount_fen,
                    other_name=payer_name,
                    other_account=payer_account,
                    remark=remark,
                    serial=serial,
                    lost=int(lost),
                )
            )
    return made


def statement(world: World, account: str, first: str, last: str) -> tuple[int, list[Booked]]:
    """The opening balance and the lines from one day to another, both counted in. 对账单"""
    number = account_of(world, account)
    lines = sorted(world.store.find(Line, "day <= ?", last, account=account), key=lambda line: (line.day, line.key))
    balance = opening = number.opening_fen
    shown = []
    for line in lines:
        balance += signed_fen(line)
        if line.day < first:
            opening = balance
        else:
            shown.append(Booked(line, balance))
    return opening, shown
