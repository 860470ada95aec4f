"""How far the money is when the demonstration begins: accounts, mandates, declarations. 演示资金

No money has moved yet: that happens through the simulated gateways and the simulated bank, while you watch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.collection import billing
from yingbao.collection.models import BankAccount, Mandate
from yingbao.declaration import deciding, freezing
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.enrolment.models import Season
from yingbao.sealing import sealed
from yingbao.values.clock import CHINA

DECLARED = datetime(2019, 11, 8, 9, 30, tzinfo=CHINA)
DECIDED = datetime(2019, 11, 8, 15, 0, tzinfo=CHINA)
SIGNED = date(2019, 10, 21)


class TaxAccount(NamedTuple):
    """An account of the simulated bank into which premiums are paid. 演示收款账户"""

    area: str
    holder: str
    number: str


ACCOUNTS = (
    TaxAccount(SUZHOU, "苏州市区税务征收分局（演示）社会保险费待报解专户", "32050161000000088001"),
    TaxAccount(YUZHONG, "渝中区税务局（演示）社会保险费待报解专户", "50010361000000088002"),
)
"""The simulated bank keeps accounts of these numbers."""
BANK, BANK_CODE = "模拟银行", "105000000000"
DEBITED_ACCOUNT, PAYING_ACCOUNT = "32050161000000100031", "32050161000000100032"
"""of the school that is debited and of the one that transfers"""


def prepare(schools: Sequence[Organisation], clerks: Mapping[int, Appointment], season: Season) -> None:
    """Declare for schools that are done, each a step less far than the one before it. 演示申报

    The first waits for its transfer, the second's debit can be sent, the third waits for the tax desk; the others
    still have to declare.
    """
    for account in ACCOUNTS:
        BankAccount.objects.create(
            pooling_area=account.area, holder=account.holder, number=account.number, bank=BANK, bank_code=BANK_CODE
        )
    collectors = _collectors(season)
    for place, school in enumerate(schools[:3]):
        by = clerks[school.pk]
        method: freezing.Method = "debit" if place == 1 else "transfer"
        if method == "debit":
            _sign(school, by, collectors)
        at = DECLARED + timedelta(minutes=10 * place)
        frozen = freezing.freeze(season=season, organisation=school, method=method, by=by, at=at)
        freezing.submit(declaration=frozen, by=by, at=at)
        if place < 2:
            deciding.accept(declaration=frozen, by=collectors[0], at=DECIDED)
            billing.bill(declaration=frozen, at=DECIDED, by=collectors[0].user)


def _collectors(season: Season) -> list[Appointment]:
    held = Appointment.objects.filter(desk=Desk.TAX, organisation__pooling_area=season.pooling_area)
    return list(held.select_related("user", "organisation").order_by("pk"))


def _sign(school: Organisation, by: Appointment, collectors: Sequence[Appointment]) -> None:
    """The school's agreement with its bank, verified before it is used."""
    Mandate.objects.create(
        organisation=school, number="SZ2019100012", signed_on=SIGNED, bank=BANK, bank_code=BANK_CODE,
        holder=school.name,
        account_cipher=sealed.seal(DEBITED_ACCOUNT), account_masked=f"{DEBITED_ACCOUNT[:4]}****{DEBITED_ACCOUNT[-4:]}",
        state="verified", entered_at=DECLARED - timedelta(days=10), entered_by=by.user,
        verified_at=DECLARED - timedelta(days=8), verified_by=collectors[0].user,
    )  # fmt: skip
