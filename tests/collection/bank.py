"""Our account, statements of it and declared schools, for the tests of bank money. 银行测试数据"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from tests.collection.building import confirmed
from tests.declaration.building import officer
from tests.enrolment.building import AT, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.collection.billing import bill
from yingbao.collection.mandates import Signed, enter, verify
from yingbao.collection.meanings import LineFacts
from yingbao.collection.models import BankAccount, Mandate, Obligation, Statement
from yingbao.collection.statements import StatementFacts, TakenStatement, take_statement
from yingbao.declaration.deciding import accept
from yingbao.declaration.freezing import freeze, submit
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day

NUMBER = "32050161000000088001"
ON = china_day(AT)
_serials = itertools.count(1)


def account(area: str = "320500", number: str = NUMBER) -> BankAccount:
    """The authority's account."""
    found, _ = BankAccount.objects.get_or_create(
        number=number,
        defaults={"pooling_area": area, "holder": "税务专户", "bank": "演示银行", "bank_code": "105305000018"},
    )
    return found


def line(amount_fen: int, text: str = "", *, on: date = ON, incoming: bool = True, **more) -> LineFacts:
    """One movement; its key is its serial, as a file would make it."""
    serial = more.pop("serial", f"S{next(_serials):06}")
    key = more.pop("key", hashlib.sha256(f"{on}{serial}".encode()).hexdigest())
    values = {"counterparty": "某学校", "counterparty_account": "6222020200012345678", "balance_fen": None} | more
    return LineFacts(key, 1, serial, on, incoming, amount_fen, text=text, **values)


def statement(
    *lines: LineFacts, opening: int | None = None, first: date | None = None, last: date | None = None, **more
) -> StatementFacts:
    """A file of these lines; it follows on the last one that was taken."""
    before = Statement.objects.filter(account__number=NUMBER).last()
    if opening is None:
        opening = before.closing_fen if before and before.closing_fen is not None else 0
    days = [one.booked_on for one in lines] or [ON]
    sha = hashlib.sha256(repr((lines, opening, first, last, more)).encode()).digest()
    begins = first or (min(min(days), before.last + timedelta(days=1)) if before else min(days))
    values = {
        "account": NUMBER, "sha256": sha, "name": "对账单.csv", "form": "csv", "number": "", "first": begins,
        "last": last or max(max(days), begins), "opening_fen": opening,
        "closing_fen": opening + sum(one.signed_fen for one in lines),
    }  # fmt: skip
    return StatementFacts(**values | more, lines=numbered(lines))


def numbered(lines: Sequence[LineFacts]) -> list[LineFacts]:
    """The lines in their order."""
    return [one._replace(ordinal=ordinal) for ordinal, one in enumerate(lines, 1)]


def booked(*lines: LineFacts, by: Appointment | None = None, **more) -> TakenStatement:
    """The bank books these, and an officer takes the statement of it."""
    return take_statement(account=account(), file=statement(*lines, **more), by=by or officer(), at=AT)


def declared(
    season: Season, count: int = 2, *, method: str = "transfer", school: Organisation | None = None
) -> Declaration:
    """A school's accepted declaration of so many children."""
    school = school or organisation()
    confirmed(season, school, count)
    by = clerk(school)
    made = freeze(season=season, organisation=school, method=method, by=by, at=AT)
    taken = accept(declaration=submit(declaration=made, by=by, at=AT), by=officer(), at=AT)
    bill(at=AT, declaration=taken)
    return taken


def owed(declaration: Declaration) -> list[Obligation]:
    """What is owed of it."""
    return list(Obligation.objects.filter(declaration=declaration).order_by("pk"))


def mandate(school: Organisation, number: str = "XY2019001", *, verified: bool = True) -> Mandate:
    """The school's direct-debit agreement."""
    signed = Signed(number, date(2019, 10, 8), "演示银行", "", school.name, "6222020200099887766")
    made = enter(signed=signed, by=clerk(school), at=AT)
    return verify(mandate=made, by=officer(), at=AT) if verified else made
