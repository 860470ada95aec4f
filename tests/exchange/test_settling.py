"""What the channels pay out the next day is known on the bank's statement: both channels, to the fen. 渠道结算"""

from __future__ import annotations

import pytest

from tests.collection.orders import pupils, school_of_yuzhong
from tests.enrolment.building import AT, at
from tests.exchange.season import CHANNELS, YUZHONG, gateways, later, officer, pay, placed, stands, started
from yingbao.collection.models import BankAccount, StatementLine
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import banking, bills
from yingbao.values import clock

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["gateways", "started"]
NUMBER = "50010361000000088002"


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_both_channels_payouts_are_recognised_and_leave_nothing_with_them_or_in_suspense(gateways, form):
    day, number = ("2019-11-13", "1") if form == "csv" else ("2019-11-14", "2")
    name = NUMBER[:-1] + number
    gateways.control("bank/accounts", {"number": name, "name": "税务专户", "kind": "authority", "home": True})
    account = BankAccount.objects.create(
        pooling_area=YUZHONG, holder="税务专户", number=name, bank="演示银行", bank_code="105305000018"
    )
    later(gateways, at(day))
    season = open_season(policy_id="500103/2020", at=AT)
    for channel, child in zip(CHANNELS, pupils(season, school_of_yuzhong(), 2), strict=True):
        pay(gateways, placed(child, channel=channel))
    morning = at(day, 11).replace(day=at(day).day + 1)
    later(gateways, morning)
    bills.fetch_bills(now=clock.now())
    content = gateways.download(f"statements/{name}.{form}")
    by = officer(YUZHONG)
    file = banking.receive(
        kind="statement", name=f"对账单.{form}", content=content, by=by, at=clock.now(), account=account
    )
    assert banking.take(file=file, by=by, at=clock.now()).state == "taken"
    assert set(StatementLine.objects.values_list("meaning", flat=True)) == {"settlement"}
    assert [stands(YUZHONG, name) for name in ("suspense", "channel:wechat", "channel:alipay")] == [0, 0, 0]
