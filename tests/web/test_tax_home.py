"""The tax officer's first page: what waits and how much, the most urgent first. 税务首页"""

from __future__ import annotations

import re

import pytest

from tests.collection import bank
from tests.enrolment.building import AT, at, clerk, organisation
from tests.web import tax_season as day
from yingbao.collection.models import Mandate
from yingbao.collection.refunding import approve, heard, submit
from yingbao.enrolment.seasons import open_season
from yingbao.sealing.sealed import seal
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(suzhou):
    return day.busy(suzhou)


@pytest.fixture
def client(town, signed_in):
    return signed_in(town.officer)


def works(client) -> dict[str, tuple]:
    return {each.name.zh: (each.number, each.fen, each.tone) for each in client.get("/tax/").context["work"]}


def test_where_nothing_waits_the_page_says_so(suzhou, signed_in):
    said = signed_in(clerk(organisation("tax_authority"))).get("/tax/").content.decode()
    assert "没有等待办理的事项" in said
    assert "18 <small>天" in said


def test_what_waits_is_counted_with_its_sum(town, client, suzhou):
    due = town.owed[0].due_fen
    day.twice(town, 0)
    day.twice(town, 1)
    day.declared(town, suzhou)
    day.alarmed()
    day.transferred(town, 700, day="2019-11-08")
    Mandate.objects.create(
        organisation=town.school, number="M1", signed_on=AT.date(), bank="建设银行", holder="枕波小学",
        account_cipher=seal("6217"), account_masked="62****17", entered_at=AT, entered_by=town.clerk.user,
    )  # fmt: skip
    found = works(client)
    assert found["退费待审批"] == (2, 2 * due, "warn")
    assert found["申报待受理"] == (1, sum(one.due_fen for one in town.owed), "warn")
    assert found["异常提醒"] == (1, None, "bad")
    assert found["暂收款待认领"] == (1, 700, "warn")
    assert found["扣款协议待核验"] == (1, None, "accent")
    assert "批扣等待回盘" not in found


def test_what_can_be_debited_now_is_called_for(town, client, suzhou):
    filed = bank.declared(suzhou, 2, method="debit")
    assert "可以扣款的申报" not in works(client)
    bank.mandate(filed.organisation)
    assert works(client)["可以扣款的申报"] == (1, sum(one.due_fen for one in bank.owed(filed)), "warn")


def test_the_most_urgent_stands_first(town, client):
    day.twice(town, 0)
    day.alarmed()
    day.transferred(town, 700)
    tones = [each.tone for each in client.get("/tax/").context["work"]]
    assert tones == sorted(tones, key=["bad", "warn", "accent"].index)
    assert tones[0] == "bad"


def test_money_in_suspense_grows_urgent_with_its_age(town, client):
    day.transferred(town, 700, day="2019-11-08")
    assert works(client)["暂收款待认领"][2] == "warn"
    clock.set_to(at("2019-11-15"))
    assert works(client)["暂收款待认领"][2] == "bad"
    assert "最久 7 天" in client.get("/tax/").content.decode()


def test_every_count_leads_to_a_page_that_opens(town, client, suzhou):
    refund = day.twice(town, 0)
    day.declared(town, suzhou)
    day.alarmed()
    day.transferred(town, 700)
    day.billed(day.line(1, 5))
    approve(refund=refund, by=town.second, at=AT)
    submit(refunds=[refund.pk], at=AT)
    heard(number=refund.number, outcome="abnormal", at=AT, said="账户冻结")
    said = client.get("/tax/").content.decode()
    listed = said[said.index('class="worklist"') : said.index('id="came"')]
    links = re.findall(r'<a href="([^"]+)"><b>', listed)
    assert len(links) == len(client.get("/tax/").context["work"]) >= 6
    assert [client.get(link.replace("&amp;", "&")).status_code for link in links] == [200] * len(links)


def test_the_bar_shows_what_came_by_each_way_and_what_is_to_come(town, client):
    day.paid(town.owed[0], 1)
    day.paid(town.owed[1], 2, way="alipay")
    bar = client.get("/tax/").context["bar"]
    due = town.owed[0].due_fen
    assert {part["way"]: part["fen"] for part in bar["parts"]} == {"wechat": due, "alipay": due}
    assert (bar["sums"].paid_fen, bar["sums"].rest_fen) == (2 * due, 10 * due)
    said = client.get("/tax/").content.decode()
    assert "已收 16.6%，微信 240元，支付宝 240元" in said
    assert len(said.encode()) < 100_000


def test_nothing_of_another_city_is_counted(town, signed_in):
    open_season(policy_id="500103/2020", at=AT)
    day.twice(town, 0)
    day.alarmed()
    day.transferred(town, 700)
    far = signed_in(clerk(organisation("tax_authority", area="500103")))
    assert far.get("/tax/").context["work"] == []


def test_after_the_last_day_the_close_waits(town, client):
    clock.set_to(at("2019-12-02"))
    assert works(client)["本季待关账"] == (1, None, "warn")


def test_no_child_is_named_on_the_first_page(town, client):
    day.twice(town, 0)
    assert "王小" not in client.get("/tax/").content.decode()
