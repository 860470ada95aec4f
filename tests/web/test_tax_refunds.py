"""Refunds at the tax desk and on the child's page: seen, approved by another, handed to bank or card. 退费审批"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.enrolment.building import AT, at
from tests.web import tax_season as day
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.collection.refunding import approve, heard, send_back, submit
from yingbao.ledger.audit import examine
from yingbao.people.models import Look

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(suzhou):
    return day.busy(suzhou, 6)


@pytest.fixture
def client(town, signed_in):
    return signed_in(town.officer)


def own(town, number=1, **more) -> Refund:
    """One for which the officer asked."""
    line = day.transferred(town, 700, number, day=f"2019-11-{number:02}", **more)
    return send_back(arrival=line, reason="unidentified", note="付款人来函", by=town.officer, at=AT)


def state(refund: Refund) -> str:
    refund.refresh_from_db()
    return refund.state


def test_refunds_that_wait_come_first_and_children_are_masked(town, client):
    done, waits = day.twice(town, 0), day.twice(town, 1)
    approve(refund=done, by=town.second, at=AT)
    answer = client.get("/tax/refunds/")
    assert [row["one"].pk for row in answer.context["rows"]] == [waits.pk, done.pk]
    said = answer.content.decode()
    assert "王**" in said
    assert "王小二" not in said
    assert Look.objects.filter(what="list", count=2, user=town.officer.user).exists()
    assert len(said.encode()) < 100_000


def test_the_list_narrows_by_state_and_way(town, client):
    day.twice(town, 0)
    day.twice(town, 1, way="wechat")
    approve(refund=Refund.objects.first(), by=town.second, at=AT)
    assert len(client.get("/tax/refunds/?state=requested").context["rows"]) == 1
    assert len(client.get("/tax/refunds/?way=wechat").context["rows"]) == 1
    assert len(client.get("/tax/refunds/?way=debit").context["rows"]) == 0
    assert len(client.get("/tax/refunds/?state=nothing&page=x").context["rows"]) == 2


def test_the_whole_story_stands_on_one_page(town, client):
    refund = day.twice(town, 0)
    said = client.get(f"/tax/refunds/{refund.pk}/").content.decode()
    for words in (
        "这个孩子的有效缴费：",
        "微信 240元",
        "支付宝 240元",
        "王建国",
        "平台自动申请退费",
        "枕波小学",
        "王**",
    ):
        assert words in said
    assert "王小" not in said
    assert Look.objects.filter(what="page", person=town.owed[0].person, user=town.officer.user).count() == 1


def test_one_officer_approves_and_the_money_is_on_its_way(town, client):
    refund = day.twice(town, 0)
    assert client.post(f"/tax/refunds/{refund.pk}/approve", follow=True).status_code == 200
    assert state(refund) == "approved"
    assert refund.decided_by == town.officer.user
    assert examine(INVARIANTS) == []


def test_who_asked_reads_why_another_decides_and_is_refused_all_the_same(town, client):
    refund = own(town)
    said = client.get(f"/tax/refunds/{refund.pk}/").content.decode()
    assert "这笔退费是您申请的" in said
    assert "可以审批的人员：陆青" in said
    assert f"/tax/refunds/{refund.pk}/approve" not in said
    assert client.post(f"/tax/refunds/{refund.pk}/approve").status_code == 409
    assert state(refund) == "requested"


def test_a_refund_is_rejected_with_a_reason_only(town, client):
    refund = day.twice(town, 0)
    assert client.post(f"/tax/refunds/{refund.pk}/reject", {"note": " "}).status_code == 409
    client.post(f"/tax/refunds/{refund.pk}/reject", {"note": "家长要求抵缴兄弟的保费"})
    assert state(refund) == "rejected"
    assert "家长要求抵缴兄弟的保费" in client.get(f"/tax/refunds/{refund.pk}/").content.decode()


def test_what_was_not_approved_can_be_asked_for_again_and_another_decides(town, client, signed_in):
    refund = day.twice(town, 0)
    client.post(f"/tax/refunds/{refund.pk}/reject", {"note": "先核实"})
    client.post(f"/tax/refunds/{refund.pk}/again", {"note": "已核实，确为重复"})
    fresh = Refund.objects.get(state="requested")
    assert client.post(f"/tax/refunds/{fresh.pk}/approve").status_code == 409
    signed_in(town.second).post(f"/tax/refunds/{fresh.pk}/approve")
    assert state(fresh) == "approved"
    assert examine(INVARIANTS) == []


def test_many_are_approved_at_once_and_ones_own_is_named_not_approved(town, client):
    others, mine = [day.twice(town, place) for place in (0, 1)], own(town)
    rows = client.get("/tax/refunds/").context["rows"]
    assert {row["one"].pk for row in rows if row["pick"]} == {one.pk for one in others}
    keys = [one.pk for one in [*others, mine]]
    said = client.post("/tax/refunds/approve", {"refund": [*keys, "x", 2**70]}, follow=True).content.decode()
    assert "已批准 2 笔退费，共 480.00 元" in said
    assert f"{mine.number}: 申请人不能批准自己的申请" in said
    assert [state(one) for one in (*others, mine)] == ["approved", "approved", "requested"]
    assert "没有勾选任何一笔" in client.post("/tax/refunds/approve", follow=True).content.decode()


def test_the_bank_gets_a_file_of_what_is_approved_and_can_get_it_again(town, client):
    refund = own(town)
    approve(refund=refund, by=town.second, at=AT)
    (payout,) = client.get("/tax/refunds/").context["payouts"]
    assert (payout["number"], payout["fen"], payout["files"]) == (1, 700, [])
    first = client.post("/tax/refunds/payout", {"account": town.account.pk})
    assert first["Content-Type"].startswith("text/csv")
    assert "6228480400001234567" in first.content.decode()
    assert state(refund) == "submitted"
    assert Look.objects.filter(what="export", reason__startswith="TF").count() == 1
    (payout,) = client.get("/tax/refunds/").context["payouts"]
    (file,) = payout["files"]
    asked = {"account": town.account.pk, "again": file["at"].isoformat()}
    assert client.post("/tax/refunds/payout", asked).content == first.content
    assert client.post("/tax/refunds/payout", {"account": town.account.pk}).status_code == 409


def test_whose_account_is_unknown_stays_behind_and_does_not_hold_up_the_others(town, client):
    known, unknown = own(town, 1), own(town, 2, known=False)
    for refund in (known, unknown):
        approve(refund=refund, by=town.second, at=AT)
    assert client.post("/tax/refunds/payout", {"account": town.account.pk}).status_code == 200
    assert (state(known), state(unknown)) == ("submitted", "approved")
    said = client.post("/tax/refunds/payout", {"account": town.account.pk})
    assert said.status_code == 409
    assert unknown.number in said.content.decode()


def test_what_the_bank_could_not_pay_is_approved_anew(town, client, signed_in):
    refund = own(town)
    approve(refund=refund, by=town.second, at=AT)
    client.post("/tax/refunds/payout", {"account": town.account.pk})
    client.post(f"/tax/refunds/{refund.pk}/failed", {"reason": "账户已销户"})
    assert state(refund) == "abnormal"
    second = signed_in(town.second)
    said = second.get(f"/tax/refunds/{refund.pk}/").content.decode()
    assert "重新批准" in said
    assert "账户已销户" in said
    second.post(f"/tax/refunds/{refund.pk}/approve")
    assert state(refund) == "approved"


def test_a_card_refund_is_entered_from_its_slip(town, client):
    refund = day.twice(town, 0, way="card")
    approve(refund=refund, by=town.second, at=AT)
    assert "登记刷卡退款" in client.get(f"/tax/refunds/{refund.pk}/").content.decode()
    assert client.post(f"/tax/refunds/{refund.pk}/card", {"voucher": "1"}).status_code == 409
    client.post(f"/tax/refunds/{refund.pk}/card", {"voucher": "000123"})
    assert state(refund) == "succeeded"


def test_the_school_sees_who_paid_twice_and_how_far_the_refund_is(town, signed_in):
    refund = day.twice(town, 0, way="card")
    school = signed_in(town.clerk)
    address = reverse("pupil", args=[town.owed[0].person_id])
    said = school.get(address).content.decode()
    assert "重复缴费，退款中" in said
    assert "付款人 王建国" in said
    approve(refund=refund, by=town.officer, at=AT)
    submit(refunds=[refund.pk], at=AT)
    heard(number=refund.number, outcome="succeeded", at=at("2019-11-12", 12))
    assert "重复缴费，已退回" in school.get(address).content.decode()
