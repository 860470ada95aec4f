"""A family pays: finds its child, chooses a tier, pays on a phone or by a code, and reads what came of it. 家长缴费"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.collection.orders import school_of_yuzhong
from tests.enrolment.building import AT, enter, organisation
from tests.simulators.running import Simulators
from tests.web.gateways import beside, named
from yingbao.agents.models import Organisation
from yingbao.collection.models import Obligation, Payment
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import AssistedStatus, Person
from yingbao.trail.models import Event
from yingbao.values import clock
from yingbao.web.family.finding import veiled_name
from yingbao.web.models import Miss

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, OTHER = "500103201205040013", "500103201205040021"
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"}


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with beside(tmp_path_factory.mktemp("family"), "http://127.0.0.1:9") as simulators:
        yield simulators


@pytest.fixture
def gateways(started, live_server, settings) -> Iterator[Simulators]:
    settings.GATEWAYS = started.gateways_dir
    started.clock(AT.isoformat())
    started.control("platform", {"platform": live_server.url})
    yield started
    started.control("notices", method="DELETE")
    started.behave_again()
    time.sleep(0.1)


@pytest.fixture
def nothing_open(settings, tmp_path: Path) -> None:
    settings.GATEWAYS = tmp_path / "none"


@pytest.fixture
def season() -> Season:
    return open_season(policy_id="500103/2020", at=AT)


@pytest.fixture
def town(season) -> Organisation:
    school = school_of_yuzhong()
    named(school, "张小明", NUMBER)
    named(school, "李华", OTHER)
    list_and_determine(season=season, organisation=school, at=AT)
    return school


def add(client: Client, name: str = "张小明", number: str = NUMBER):
    return client.post("/pay/add", {"name": name, "number": number, "year": "2020"}, follow=True)


def order(client: Client, channel: str = "wechat", **typed: str):
    token = client.get("/pay/").context["token"]
    return client.post("/pay/order", {"channel": channel, "token": token, **typed}, follow=True)


def test_a_family_reads_name_school_sum_tiers_and_cover_before_it_pays(town, gateways):
    said = add(Client()).content.decode()
    assert "张*明" in said
    assert "张小明" not in said
    assert "渝中小学" in said
    assert "250元" in said
    assert "625元" in said
    assert "2020年1月1日" in said
    assert "微信支付" in said
    assert "支付宝" in said
    assert NUMBER not in said


def test_another_tier_is_chosen_and_its_sum_shown_at_once(town, gateways):
    client = Client()
    add(client)
    key = Enrolment.objects.get(person__name="张小明").pk
    part = client.post("/pay/tier", {f"tier-{key}": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert '<strong class="big">625元</strong>' in part
    order(client, **{f"tier-{key}": "2"})
    assert Payment.objects.get().total_fen == 62500


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
def test_two_children_are_paid_for_by_a_code_at_a_desk(town, gateways, channel):
    client = Client()
    add(client)
    add(client, "李华", OTHER)
    page = order(client, channel, payer="王女士").content.decode()
    assert "等待付款" in page
    assert "data:image/svg+xml" in page
    assert 'hx-trigger="every 2s"' in page
    payment = Payment.objects.get()
    assert (payment.kind, payment.total_fen, payment.payer) == ("qr", 50000, "王女士")
    gateways.pay(channel, payment.number)
    gateways.delivered(1, channel=channel, order=payment.number)
    paid = client.get("/pay/waiting").content.decode()
    assert "缴费成功" in paid
    assert "hx-trigger" not in paid
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"paid"}
    assert client.get("/pay/").context["chosen"] == []


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
def test_on_a_phone_the_channels_own_page_opens(town, gateways, channel):
    client = Client(headers=PHONE)
    add(client)
    token = client.get("/pay/").context["token"]
    answer = client.post("/pay/order", {"channel": channel, "token": token}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith(gateways.url)
    assert ("redirect_url=" in answer["HX-Redirect"]) == (channel == "wechat")
    assert client.get("/pay/back", follow=True).context["payment"].kind == "page"


def test_a_second_click_makes_no_second_order(town, gateways):
    client = Client()
    add(client)
    token = client.get("/pay/").context["token"]
    for _ in range(3):
        client.post("/pay/order", {"channel": "wechat", "token": token})
    assert Payment.objects.count() == 1


def test_who_asks_after_paying_need_not_wait_for_a_notice(town, gateways):
    client = Client()
    add(client)
    order(client)
    payment = Payment.objects.get()
    gateways.behave("wechat", "silent")
    gateways.pay("wechat", payment.number)
    assert "缴费成功" in client.post("/pay/check", follow=True).content.decode()


def test_a_cancelled_order_lets_the_family_choose_another_tier(town, gateways):
    client = Client()
    add(client)
    order(client)
    assert "订单已关闭" in client.post("/pay/cancel", follow=True).content.decode()
    key = Enrolment.objects.get(person__name="张小明").pk
    order(client, **{f"tier-{key}": "2"})
    assert Payment.objects.latest("pk").total_fen == 62500
    assert Obligation.objects.filter(ended_because="repriced").count() == 1


def test_money_that_came_twice_is_said_to_go_back(town, gateways):
    first, second = Client(), Client()
    for client in (first, second):
        add(client)
    order(first)
    order(second, "alipay")
    for payment in Payment.objects.order_by("pk"):
        gateways.pay(payment.channel, payment.number)
        gateways.delivered(1, channel=payment.channel, order=payment.number)
    assert "缴费成功" in first.get("/pay/waiting").content.decode()
    assert "按原路退回" in second.get("/pay/waiting").content.decode()


def test_the_answer_is_the_same_whether_or_not_a_child_exists(town, nothing_open):
    unknown = add(Client(), "张小明", "500103201205049999")
    wrong_name = add(Client(), "张大明", NUMBER)
    nobody = add(Client(), "", "")
    answers = {one.context["refused"].said("zh") for one in (unknown, wrong_name, nobody)}
    assert len(answers) == 1
    assert "没有查到可在线缴费的孩子" in answers.pop()
    assert {one.status_code for one in (unknown, wrong_name, nobody)} == {422}


def test_a_name_may_be_written_in_another_way(town, nothing_open):
    assert add(Client(), " 张 小明", NUMBER.lower()).context["chosen"]


def test_after_five_misses_nothing_is_looked_up_for_a_quarter_of_an_hour(town, nothing_open):
    client = Client()
    for number in range(5):
        add(client, "张小明", f"50010320120504{number:04}")
    assert "暂时不能再查" in add(client).content.decode()
    clock.set_to(AT + timedelta(minutes=16))
    assert add(client).context["chosen"]


def test_five_misses_about_one_number_close_it_for_everyone(town, nothing_open):
    for guess in range(5):
        add(Client(REMOTE_ADDR=f"10.0.0.{guess}"), f"张{guess}", NUMBER)
    assert "暂时不能再查" in add(Client(REMOTE_ADDR="10.0.0.9")).content.decode()
    assert all(len(bytes(one.index)) == 32 for one in Miss.objects.all())


def test_slips_of_a_whole_network_close_it_only_after_hundreds_and_who_finds_a_child_is_not_counted(town, nothing_open):
    for which in range(22):
        assert "没有查到" in add(Client(), "张小明", f"50010320120504{which + 5000}").content.decode()
        assert add(Client()).context["chosen"]
    first = Miss.objects.filter(kind="address").first()
    Miss.objects.bulk_create(Miss(kind="address", index=first.index, at=AT) for _ in range(178))
    assert "15 分钟后再试" in add(Client()).content.decode()
    assert add(Client(REMOTE_ADDR="10.0.0.9")).context["chosen"]
    clock.set_to(AT + timedelta(minutes=20))
    assert add(Client()).context["chosen"]
    Miss.objects.bulk_create(Miss(kind="address", index=first.index, at=AT) for _ in range(400))
    assert "请明天再试" in add(Client()).content.decode()


def test_each_child_found_by_name_and_number_is_recorded_without_them(town, nothing_open):
    add(Client(), "张大明")
    assert not Event.objects.filter(what="family_found").exists()
    add(Client())
    row = Event.objects.get(what="family_found")
    assert row.about == f"person {Person.objects.get(name='张小明').pk}"
    assert row.said["page"] == "pay-add"
    assert NUMBER not in str(vars(row))


def test_a_first_timer_is_told_where_to_register(season, nothing_open):
    school = school_of_yuzhong()
    named(school, "张小明", NUMBER, registered=None)
    list_and_determine(season=season, organisation=school, at=AT)
    answer = add(Client())
    assert "还没有登记基本信息" in answer.content.decode()
    assert answer.context["chosen"] == []


def test_a_pupil_of_suzhou_is_told_that_the_school_pays(suzhou, school, nothing_open):
    person = named(None, "张小明", NUMBER, area="320500", hukou="320508")
    enter(person, school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert "由学校统一申报缴费" in add(Client()).content.decode()


def test_an_exempt_family_is_not_called_assisted_on_a_public_page(suzhou, school, nothing_open):
    person = named(school, "张小明", NUMBER, area="320500", hukou="320508")
    AssistedStatus.objects.create(
        person=person, category="orphan", provided_by=organisation("civil_affairs"), first=AT.date()
    )
    list_and_determine(season=suzhou, organisation=school, at=AT)
    said = add(Client()).content.decode()
    assert "不用再缴费" in said
    assert "孤儿" not in said
    assert "免缴" not in said


def test_a_child_is_taken_out_of_the_basket_again(town, nothing_open):
    client = Client()
    add(client)
    key = Enrolment.objects.get(person__name="张小明").pk
    client.post("/pay/remove", {"child": str(key)})
    assert client.get("/pay/").context["chosen"] == []
    client.post("/pay/remove", {"child": "x" * 40})


def test_without_channels_the_page_says_where_to_pay(town, nothing_open):
    assert "线上支付暂未开通" in add(Client()).content.decode()


def test_no_number_stands_in_an_address_and_nobody_sees_anothers_order(town, gateways):
    client = Client()
    add(client)
    answer = order(client)
    assert all(NUMBER not in url for url, _ in answer.redirect_chain)
    assert Client().get("/pay/waiting").status_code == 302


def test_the_guide_walks_through_each_way_of_the_policies_with_a_code(season, suzhou, nothing_open):
    said = Client().get("/pay/guide").content.decode()
    for words in ("微信", "支付宝", "渝快办", "重庆税务", "附1(一)", "data:image/svg+xml", "缴费年度选2020年"):
        assert words in said


def test_names_are_veiled_but_for_their_ends():
    assert [veiled_name(one) for one in ("张小明", "李华", "欧阳小明", "阿")] == ["张*明", "李*", "欧*明", "阿*"]


def test_merged_records_are_not_found_by_their_old_number(town, nothing_open):
    keeper = Person.objects.get(name="李华")
    Person.objects.filter(name="张小明").update(merged_into=keeper, merged_because="重复建档")
    assert add(Client()).context["chosen"] == []
