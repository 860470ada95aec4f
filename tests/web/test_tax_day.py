"""Alarms, the day's reconciliation, the close, bills per body and sums at the tax desk. 对账、关账与清单"""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.enrolment.building import AT, at, clerk, organisation
from tests.web import tax_season as day
from yingbao.collection.alarming import remind_of_suspense
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Alarm, BillLine, Close, Obligation, Statement
from yingbao.collection.owing import end_unpaid, lock
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.ledger.closing import last_closed
from yingbao.people.models import Look
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(suzhou):
    return day.busy(suzhou, 6)


@pytest.fixture
def client(town, signed_in):
    return signed_in(town.officer)


def sheet(answer) -> list[tuple]:
    """The rows of a workbook that was downloaded."""
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_an_alarm_is_settled_with_a_note_and_kept(town, client):
    alarm = day.alarmed()
    assert client.post(f"/tax/alarms/{alarm.pk}/settle", {"note": ""}).status_code == 409
    said = client.post(f"/tax/alarms/{alarm.pk}/settle", {"note": "来源不明，未入账"}, follow=True).content.decode()
    assert "没有待处理的提醒" in said
    alarm.refresh_from_db()
    assert (alarm.settled_by, alarm.note) == (town.officer.user, "来源不明，未入账")
    assert "来源不明，未入账" in client.get("/tax/alarms/?settled=1").content.decode()


def test_an_alarm_leads_to_where_it_is_settled(town, client):
    day.paid(town.owed[0], 1)
    day.billed()
    day.transferred(town, 700)
    remind_of_suspense(at=AT)
    links = {row["one"].kind: row["link"] for row in client.get("/tax/alarms/").context["rows"]}
    assert links["difference"] == "/tax/days/2019-11-11/"
    assert client.get(links["suspense"]).status_code == 200


def test_alarms_narrow_by_kind(town, client):
    day.alarmed()
    assert len(client.get("/tax/alarms/?kind=forged").context["rows"]) == 1
    assert len(client.get("/tax/alarms/?kind=late").context["rows"]) == 0


def test_a_day_stands_beside_its_bill_account_by_account(town, client):
    day.paid(town.owed[0], 1)
    before = client.get("/tax/days/2019-11-11/")
    assert before.context["state"].zh == "缺账单"
    assert "还缺：" in before.content.decode()
    day.billed()
    Statement.objects.create(
        account=town.account, sha256=b"s", name="s", form="csv", first=day.DAY, last=day.DAY, opening_fen=0,
        closing_fen=0, taken_at=AT,
    )  # fmt: skip
    answer = client.get("/tax/days/2019-11-11/")
    assert (answer.context["state"].zh, answer.context["open"], answer.context["awaited"]) == ("有差异", 1, [])
    assert "账单缺少" in answer.content.decode()
    assert "王小" not in answer.content.decode()


def test_a_difference_is_explained_and_the_day_says_so(town, client):
    day.paid(town.owed[0], 1)
    day.billed()
    line = BillLine.objects.get()
    assert client.post(f"/tax/days/lines/{line.pk}/explain", {"said": " "}).status_code == 409
    said = client.post(f"/tax/days/lines/{line.pk}/explain", {"said": "渠道次日补入"}, follow=True).content.decode()
    assert "渠道次日补入（顾宁 2019-11-12）" in said
    assert Alarm.objects.get().settled_by == town.officer.user


def test_the_strip_tells_each_day_and_leads_to_it(town, client):
    day.paid(town.owed[0], 1)
    day.billed()
    strip = {str(one["day"]): one["word"] for one in client.get("/tax/days/2019-11-11/").context["strip"]}
    assert (strip["2019-11-11"], strip["2019-11-12"], strip["2019-11-10"]) == ("differs", "open", "quiet")
    assert client.get("/tax/days/")["Location"] == "/tax/days/2019-11-11/"


@pytest.mark.parametrize("address", ["2019-11-13", "2019-02-30", "nonsense", "1800-01-01", "20191111"])
def test_a_day_that_is_none_or_to_come_is_not_found(client, address):
    assert client.get(f"/tax/days/{address}/").status_code == 404
    assert client.get(f"/tax/days/{address}/workbook").status_code == 404


def test_the_day_goes_into_a_workbook_with_its_differences(town, client):
    day.paid(town.owed[0], 1)
    day.billed()
    rows = sheet(client.get("/tax/days/2019-11-11/workbook"))
    wechat = next(row for row in rows if row[0] == "微信")
    due = town.owed[0].due_fen / 100
    assert (wechat[2], wechat[6]) == (due, 0)
    assert any(row[9] == "账单缺少" and row[6] == due for row in rows)


def test_the_season_is_closed_by_two_officers_and_shows_what_came_of_it(town, client, signed_in):
    for place in (0, 1):
        day.paid(town.owed[place], place)
    said = client.get("/tax/close/").content.decode()
    assert "截止日2019-11-30还没有过" in said
    assert client.post("/tax/close/ask").status_code == 409
    clock.set_to(at("2019-12-02"))
    assert "对账单还没有导入" in client.get("/tax/close/").content.decode()
    town.account.active = False
    town.account.save()
    client.post("/tax/close/ask")
    asked = client.get("/tax/close/").content.decode()
    assert "申请人不能自己复核" in asked
    assert "陆青" in asked
    assert client.post("/tax/close/confirm").status_code == 409
    second = signed_in(town.second)
    assert "复核并关账" in second.get("/tax/close/").content.decode()
    second.post("/tax/close/confirm")
    done = client.get("/tax/close/")
    assert (Close.objects.get().lapsed, str(last_closed(day.AREA))) == (4, "2019-11-30")
    assert "4 名未缴费" in done.content.decode()
    assert {row["name"].zh for row in done.context["book"]} >= {"应缴国库", "支付渠道待结算"}
    assert examine(INVARIANTS) == []


def test_nobody_confirms_what_nobody_asked_for(client):
    answer = client.post("/tax/close/confirm")
    assert answer.status_code == 409
    assert "还没有人申请关账" in answer.content.decode()


def test_suspense_is_listed_before_the_close_with_its_age(town, client):
    day.transferred(town, 700)
    context = client.get("/tax/close/").context
    assert (context["held_count"], context["held_fen"], context["held"][0]["age"]) == (1, 700, 11)


def test_each_body_has_its_bill_and_the_ledger_says_the_same(town, client):
    answer = client.get("/tax/bodies/")
    (payer,) = answer.context["payers"]
    assert {row.listed_by_name: row.children for row in payer["rows"]} == {"苏州市民政局": 2, "苏州市总工会": 1}
    assert payer["net_fen"] == payer["book_fen"] > 0
    assert "与总账一致" in answer.content.decode()
    assert not Look.objects.exists()


def test_the_children_of_a_bill_are_masked_and_the_look_is_recorded(town, client):
    answer = client.get("/tax/bodies/?paid_by=treasury")
    said = answer.content.decode()
    assert sorted(row["one"].name for row in answer.context["lines"]) == ["吴*", "周*", "郑**"]
    assert "郑和平" not in said
    assert Look.objects.get().count == 3
    union = next(row.listed_by for row in answer.context["payers"][0]["rows"] if row.listed_by_name == "苏州市总工会")
    assert len(client.get(f"/tax/bodies/?paid_by=treasury&listed_by={union}").context["lines"]) == 1
    assert len(client.get("/tax/bodies/?paid_by=treasury&listed_by=none").context["lines"]) == 0


def test_a_bill_of_a_period_shows_what_was_taken_back_in_it(town, client):
    one = Obligation.objects.filter(body_fen__gt=0).first()
    end_unpaid(obligations=list(lock([one.pk]).values()), because="charged", at=at("2019-11-09"))
    (payer,) = client.get("/tax/bodies/?first=2019-11-09&last=2019-11-09").context["payers"]
    assert (payer["children"], payer["back"], payer["net_fen"]) == (0, 1, -one.body_fen)
    said = client.get("/tax/bodies/?paid_by=treasury&first=2019-11-09").content.decode()
    assert "恢复缴费" in said
    assert client.get("/tax/bodies/?first=nonsense&last=2019-99-99").status_code == 200


def test_the_bill_goes_into_a_workbook_and_that_is_recorded(town, client):
    rows = sheet(client.post("/tax/bodies/workbook", {"paid_by": "treasury"}))
    assert len(rows) == 4
    assert all("*" in row[3] and "*" in row[4] for row in rows[1:])
    assert sum(row[6] for row in rows[1:]) == sum(Obligation.objects.values_list("body_fen", flat=True)) / 100
    assert Look.objects.get(what="export").count == 3


def test_schools_add_up_to_sub_districts_to_the_district_to_the_ledger(town, client):
    day.paid(town.owed[0], 1)
    context = client.get("/tax/sums/").context
    assert context["adds_up"]
    assert context["book"].agrees
    (group,) = [each for each in context["groups"] if each["name"] == "枕河街道"]
    assert group["sums"] == context["total"]
    assert (context["total"].payers, context["total"].paid, context["total"].exempt) == (6, 1, 3)
    rows = sheet(client.post("/tax/sums/workbook"))
    assert rows[-1][0] == "合计"
    assert (rows[-1][4], rows[-1][6]) == (6, 1)


def test_of_many_schools_one_sub_district_at_a_time_is_opened(town, client):
    for number in range(90):
        organisation(name=f"第{number}小学")
    said = client.get("/tax/sums/").content.decode()
    assert "91 个单位" in said
    assert "第7小学" not in said
    assert "第7小学" in client.get("/tax/sums/?of=none").content.decode()
    assert "枕波小学" in client.get(f"/tax/sums/?of={town.school.parent_id}").content.decode()


def test_another_citys_officer_sees_none_of_it(town, signed_in):
    open_season(policy_id="500103/2020", at=AT)
    day.paid(town.owed[0], 1)
    day.billed()
    day.alarmed()
    far = signed_in(clerk(organisation("tax_authority", area="500103")))
    assert far.get("/tax/bodies/").context["payers"] == []
    assert far.get("/tax/sums/").context["total"].payers == 0
    assert far.get("/tax/alarms/").context["rows"] == []
    assert far.get("/tax/days/2019-11-11/").context["lines"] == []
    assert far.get("/tax/close/").context["book"] == []
