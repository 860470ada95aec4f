"""A pooling area in the middle of its season, as the tax desk sees it: money, refunds, alarms, bills. 税务测试数据"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import NamedTuple

from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.arriving import Told, hold, take
from yingbao.collection.models import Alarm, Arrival, BankAccount, Obligation, Refund, Statement, StatementLine
from yingbao.collection.owing import Owed, assess
from yingbao.collection.reconciling import DayBill, Line, keep
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment, Season
from yingbao.ledger.posting import AccountName, Role, digest_of
from yingbao.sealing.sealed import seal

AREA = "320500"
DAY = date(2019, 11, 11)
MERCHANT = "1900000001"
ACCOUNTS = {"wechat": AccountName(Role.CHANNEL, "wechat"), "alipay": AccountName(Role.CHANNEL, "alipay"),
            "card": AccountName(Role.CHANNEL, "card")}  # fmt: skip


class Town(NamedTuple):
    """Two officers, a school whose children owe, and our bank account."""

    officer: Appointment
    second: Appointment
    clerk: Appointment
    school: Organisation
    account: BankAccount
    owed: list[Obligation]


def busy(season: Season, count: int = 12) -> Town:
    """Children of a school under a sub-district owe; some are paid for, some twice, some are exempt."""
    street = organisation("sub_district", name="枕河街道")
    school = organisation(name="枕波小学", parent=street)
    clerk = clerk_of(school, Desk.SCHOOL, name="孙颖")
    bureau = organisation("tax_authority", name="苏州市税务局")
    officer, second = clerk_of(bureau, Desk.TAX, name="顾宁"), clerk_of(bureau, Desk.TAX, name="陆青")
    account = BankAccount.objects.create(
        pooling_area=AREA, holder="国家税务总局苏州市税务局", number="6222020000001", bank="农业银行苏州分行"
    )
    names = [f"王小{sign}" for sign in "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"]
    people = [child(school, name=names[place % len(names)]) for place in range(count)]
    rows = listed(school, season, *people)
    confirm(enrolments=rows, by=clerk, at=AT)
    rows = list(Enrolment.objects.filter(pk__in=[one.pk for one in rows]).order_by("pk"))
    keys = assess(season=season, owed=[Owed(one.pk, one.self_paid_fen, 0) for one in rows], at=at("2019-11-04"))
    owed = list(Obligation.objects.filter(pk__in=keys).order_by("pk"))
    exempt(season, school, clerk)
    return Town(officer, second, clerk, school, account, owed)


def exempt(season: Season, school: Organisation, clerk: Appointment) -> None:
    """Three children whom two bodies list."""
    bodies = [organisation("civil_affairs", name="苏州市民政局"), organisation("union_federation", name="苏州市总工会")]
    people = [child(school, name=name, assisted="orphan") for name in ("周安", "吴宁", "郑和平")]
    rows = listed(school, season, *people)
    confirm(enrolments=rows, by=clerk, at=AT)
    for body, own in zip(bodies, (rows[:2], rows[2:]), strict=True):
        owed = [Owed(one.pk, 0, one.premium_fen, "treasury", "orphan", body.pk) for one in own]
        assess(season=season, owed=owed, at=at("2019-11-05"))


def paid(
    one: Obligation, number: int, *, way: str = "wechat", when: datetime | None = None, payer: str = ""
) -> Arrival:
    """Somebody pays for a child."""
    key = f"{way}:{MERCHANT}:4200{number}"
    told = Told(AREA, way, key, digest_of(key), ACCOUNTS[way], one.due_fen, when or at(f"{DAY}"), payer)
    return take(told, wanted={one.pk: one.due_fen}, at=when or at(f"{DAY}")).arrival


def twice(town: Town, place: int = 0, way: str = "alipay") -> Refund:
    """A child paid for through two channels; the second payment waits for its payer."""
    one = town.owed[place]
    paid(one, 10 * place)
    paid(one, 10 * place + 1, way=way, payer="王建国")
    return Refund.objects.get(obligation=one)


def transferred(town: Town, fen: int, number: int = 1, *, day: str = "2019-11-01", known: bool = True) -> Arrival:
    """A line of the bank's statement that nobody can place: its payer, and the account that it came from."""
    bank = AccountName(Role.BANK, str(town.account.pk))
    key = f"line:{number}"
    told = Told(AREA, "transfer", key, digest_of(key), bank, fen, at(day), "苏州枕波文化有限公司", "医保费")
    arrival = hold(told, why="unidentified", at=at(day)).arrival
    statement = Statement.objects.create(
        account=town.account, sha256=hashlib.sha256(key.encode()).digest(), name="流水.csv", form="csv",
        first=date.fromisoformat(day), last=date.fromisoformat(day), opening_fen=0, closing_fen=fen, taken_at=at(day),
    )  # fmt: skip
    StatementLine.objects.create(
        statement=statement, key=f"{number}", digest=digest_of(key), ordinal=1, booked_on=date.fromisoformat(day),
        incoming=True, amount_fen=fen, counterparty="苏州枕波文化有限公司" if known else "",
        counterparty_cipher=seal("6228480400001234567") if known else None,
        counterparty_masked="6228****4567" if known else "", meaning="arrival", arrival=arrival,
    )  # fmt: skip
    return arrival


def billed(*lines: Line, day: date = DAY, channel: str = "wechat") -> None:
    """The channel's bill of a day."""
    digest = hashlib.sha256(repr(lines).encode()).digest()
    keep(bill=DayBill(channel, MERCHANT, day, digest, lines), at=at("2019-11-12", 11))


def line(number: int, fen: int, *, day: date = DAY) -> Line:
    """A payment on a bill."""
    return Line("payment", f"4200{number}", f"order{number}", "", fen, 0, at(f"{day}"))


def declared(town: Town, season: Season) -> Declaration:
    """A declaration that waits for a decision."""
    return Declaration.objects.create(
        season=season, organisation=town.school, ordinal=1, reference="SB320500000001", method="transfer",
        state="submitted", heads=12, payers=12, exempt=0, self_paid_fen=sum(one.due_fen for one in town.owed),
        subsidised_fen=0, digest=hashlib.sha256().digest(), frozen_at=at("2019-11-08"), frozen_by=town.clerk.user,
        submitted_at=at("2019-11-08"), submitted_by=town.clerk.user,
    )  # fmt: skip


def alarmed() -> Alarm:
    """A notice that was not what it claimed to be."""
    said = "收到一条未通过核验的微信通知：签名不符"
    raise_alarm(AREA, kind="forged", key="wechat:signature", said=said, at=at("2019-11-10"))
    return Alarm.objects.get(kind="forged")
