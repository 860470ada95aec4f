"""The community's counter: find the child, choose a tier, take card, WeChat or Alipay, hand out a slip. 社区现场收费"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tests.collection.orders import school_of_yuzhong
from tests.enrolment.building import AT, at, organisation
from tests.simulators.running import Simulators
from tests.web.conftest import clerk_of
from tests.web.gateways import beside, named
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.collection.models import Arrival, Obligation, Payment
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Look
from yingbao.values import clock

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "500103201205040013"


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with beside(tmp_path_factory.mktemp("counter"), "http://127.0.0.1:9") as simulators:
        yield simulators


@pytest.fixture
def gateways(started, live_server, settings) -> Iterator[Simulators]:
    settings.GATEWAYS = started.gateways_dir
    started.clock(AT.isoformat())
    started.control("platform", {"platform": live_server.url})
    yield started
    started.control("notices", method="DELETE")
    time.sleep(0.1)


@pytest.fixture(autouse=True)
def _no_channels(settings, tmp_path: Path) -> None:
    settings.GATEWAYS = tmp_path / "none"


@pytest.fixture
def season() -> Season:
    return open_season(policy_id="500103/2020", at=AT)


@pytest.fixture
def place(season) -> Organisation:
    return organisation("community", area="500103", name="七星岗社区")


@pytest.fixture
def worker(place) -> Appointment:
    return clerk_of(place, Desk.COMMUNITY, "李社工")


@pytest.fixture
def newcomer(season, worker) -> Enrolment:
    """A first-timer of a school, whom this community has registered."""
    school = school_of_yuzhong()
    person = named(school, "张小明", NUMBER, registered=None)
    list_and_determine(season=season, organisation=school, at=AT)
    one = Enrolment.objects.select_related("person", "season", "organisation").get(person=person)
    return actions.register(enrolment=one, channel="community", by=worker, at=AT)


@pytest.fixture
def client(worker, signed_in) -> Client:
    return signed_in(worker)


def chosen(client: Client, one: Enrolment) -> str:
    """Put the child into the basket; the form's token."""
    client.post("/community/counter/add", {"child": str(one.pk)})
    return str(client.get("/community/counter/").context["token"])


def card(client: Client, token: str, **typed: str):
    fields = {"channel": "card", "token": token, "terminal": "t0001", "voucher": "000123", "confirmed": "1"}
    return client.post("/community/counter/take", fields | typed, follow=True)


@pytest.mark.parametrize("term", ["张小明", "zhang xiaoming", NUMBER])
def test_a_child_that_pays_here_is_found_by_name_pinyin_or_number(client, newcomer, term):
    said = client.post("/community/counter/find", {"q": term}).content.decode()
    assert "张小明" in said
    assert NUMBER not in said
    assert f'value="{newcomer.pk}"' in said
    assert Look.objects.filter(what="search").exists()


def test_a_card_payment_is_taken_by_its_slip_and_the_slip_handed_out(client, newcomer):
    done = card(client, chosen(client, newcomer), payer="王女士").content.decode()
    assert "缴费成功" in done
    payment = Payment.objects.get()
    assert (payment.state, payment.terminal, payment.transaction, payment.taken_at.name) == (
        "succeeded", "T0001", "000123", "七星岗社区",
    )  # fmt: skip
    newcomer.refresh_from_db()
    assert newcomer.state == "paid"
    slip = client.post("/community/counter/slip", {"number": payment.number}).content.decode()
    for words in ("张小明", "贰佰伍拾元整", "000123", "李社工", "2020年1月1日"):
        assert words in slip
    assert NUMBER not in slip
    assert "250元" in client.get("/community/counter/").content.decode()


def test_tier_two_is_chosen_and_charged(client, newcomer):
    token = chosen(client, newcomer)
    part = client.post(
        "/community/counter/tier", {f"tier-{newcomer.pk}": "2"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert '<strong class="big">625元</strong>' in part
    card(client, token, **{f"tier-{newcomer.pk}": "2"})
    assert Arrival.objects.get().amount_fen == 62500


def test_a_second_click_takes_nothing_twice(client, newcomer):
    token = chosen(client, newcomer)
    for _ in range(3):
        card(client, token)
    assert Arrival.objects.count() == Payment.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"voucher": ""}, {"voucher": "12"}, {"terminal": "T 1 !"}, {"confirmed": ""}])
def test_a_slip_that_is_incomplete_or_not_confirmed_takes_nothing(client, newcomer, wrong):
    answer = card(client, chosen(client, newcomer), **wrong)
    assert answer.status_code == 422
    assert answer.context["refused"]
    assert not Payment.objects.exists()
    assert not Obligation.objects.exists()


def test_a_voucher_of_another_payment_is_refused(client, newcomer, season, worker):
    card(client, chosen(client, newcomer))
    other = named(newcomer.organisation, "李华", "500103201205040021", registered=None)
    list_and_determine(season=season, organisation=newcomer.organisation, at=AT)
    second = actions.register(enrolment=Enrolment.objects.get(person=other), channel="community", by=worker, at=AT)
    answer = card(client, chosen(client, second))
    assert "已用于另一笔缴费" in answer.content.decode()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
def test_a_family_scans_the_code_on_the_workers_screen(client, newcomer, gateways, channel):
    token = chosen(client, newcomer)
    page = client.post("/community/counter/take", {"channel": channel, "token": token}, follow=True).content.decode()
    assert "data:image/svg+xml" in page
    payment = Payment.objects.get()
    gateways.pay(channel, payment.number)
    gateways.delivered(1, channel=channel, order=payment.number)
    assert "缴费成功" in client.get("/community/counter/payment").content.decode()
    assert client.get("/community/counter/").context["chosen"] == []


def test_an_infant_of_suzhou_and_a_newborn_pay_at_their_community(signed_in, suzhou):
    place = organisation("community", name="桂花社区")
    infant = named(None, "张小宝", NUMBER, area="320500", hukou="320508", born=date(2018, 3, 1))
    newborn = named(None, "张小贝", "500103201205040021", area="320500", hukou="320508", born=date(2020, 1, 20))
    list_and_determine(season=suzhou, organisation=place, at=AT)
    client = signed_in(clerk_of(place, Desk.COMMUNITY))
    card(client, chosen(client, Enrolment.objects.get(person=infant)))
    assert Enrolment.objects.get(person=infant).state == "paid"
    clock.set_to(at("2020-02-10"))
    list_and_determine(season=suzhou, organisation=place, at=clock.now())
    card(client, chosen(client, Enrolment.objects.get(person=newborn)), voucher="000999")
    paid = Enrolment.objects.get(person=newborn)
    assert (paid.state, paid.phase, paid.coverage_from) == ("paid", "newborn", date(2020, 3, 1))


def test_a_child_enrolled_before_is_not_found_at_the_counter(client, season, place):
    school = school_of_yuzhong()
    named(school, "李华", "500103201205040021")
    list_and_determine(season=season, organisation=school, at=AT)
    said = client.post("/community/counter/find", {"q": "李华"}).content.decode()
    assert "没有查到在本社区缴费的孩子" in said


def test_another_communitys_child_and_payment_are_out_of_reach(client, newcomer, season, signed_in):
    card(client, chosen(client, newcomer))
    payment = Payment.objects.get()
    far = organisation("community", area="500103", division="500101", name="万州社区")
    stranger = signed_in(clerk_of(far, Desk.COMMUNITY))
    assert stranger.post("/community/counter/add", {"child": str(newcomer.pk)}).status_code == 404
    assert stranger.post("/community/counter/slip", {"number": payment.number}).status_code == 302
    assert payment.number not in stranger.get("/community/counter/").content.decode()
    assert "张小明" not in stranger.post("/community/counter/find", {"q": "张小明"}).content.decode()
