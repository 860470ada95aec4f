"""The outbox, reminders in two steps, one's own messages, and the link by which anybody says stop. 消息页面"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.jobs.models import Job
from yingbao.jobs.work import run
from yingbao.messages import moving, stopping
from yingbao.messages.lifecycle import Act
from yingbao.messages.models import Message, OptOut
from yingbao.messages.queueing import queue
from yingbao.sealing import sealed
from yingbao.trail.models import Event

pytestmark = pytest.mark.django_db

PAY = {"child": "张*", "year": "2020", "amount": "250", "deadline": "2019年11月30日", "how": "由学校代收。"}
WORK = {"school": "星海学校", "year": "2020", "deadline": "11月30日", "days": "7", "missing": "12"}


@pytest.fixture
def system(suzhou):
    return clerk_of(organisation("operations"), Desk.SYSTEM)


@pytest.fixture
def officer(suzhou):
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY)


def reminder(phone: str = "13912345678", key: str = "k") -> Message:
    made = queue(kind="to_pay", phone=phone, values=PAY, key=key, at=AT)
    assert made
    return made


def failed(message: Message) -> Message:
    (claimed,) = moving.claim(channels=["sms"], at=AT)
    moving.move(message=claimed, act=Act.REFUSE, at=AT, said="通道拒绝：isv.MOBILE_NUMBER_ILLEGAL")
    message.refresh_from_db()
    return message


def test_the_outbox_shows_failures_with_their_reason_and_neither_words_nor_numbers(system, signed_in):
    failed(reminder())
    code = {"code": "481516", "minutes": "5"}
    queue(kind="family_code", phone="13700001111", values=code, key="code", at=AT)
    client = signed_in(system)
    page = client.get("/messages/").content.decode()
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    assert "139****5678" in page
    for state in ("queued", "failed"):
        shown = client.get(f"/messages/?state={state}").content.decode()
        for hidden in ("13912345678", "13700001111", "481516", "由学校代收"):
            assert hidden not in shown


def test_an_outbox_without_any_channel_says_what_to_do(system, signed_in, settings, tmp_path):
    settings.GATEWAYS = tmp_path
    page = signed_in(system).get("/messages/").content.decode()
    assert "没有配置任何发送通道" in page
    assert "sms.toml" in page


def test_a_failed_message_is_tried_again_once_and_the_deed_is_noted(system, signed_in):
    message = failed(reminder())
    client = signed_in(system)
    for _ in range(2):
        client.post(f"/messages/{message.pk}/again", {"seen": "failed"})
    message.refresh_from_db()
    assert (message.state, message.tries) == ("queued", 0)
    assert Event.objects.filter(what="message.again", about=f"message {message.pk}").count() == 1


def test_a_stale_page_stops_nothing_that_has_gone_meanwhile(system, signed_in):
    message = reminder()
    moving.claim(channels=["sms"], at=AT)
    answer = signed_in(system).post(f"/messages/{message.pk}/stop", {"seen": "queued"}, follow=True)
    assert "刚刚有了变化" in answer.content.decode()
    message.refresh_from_db()
    assert message.state == "sending"


def test_a_one_time_code_cannot_be_sent_a_second_time_by_hand(system, signed_in):
    code = {"code": "481516", "minutes": "5"}
    message = failed(queue(kind="family_code", phone="13700001111", values=code, key="code", at=AT))
    signed_in(system).post(f"/messages/{message.pk}/again", {"seen": "failed"})
    message.refresh_from_db()
    assert (message.state, message.secret_cipher) == ("failed", None)


def test_reminders_are_counted_shown_and_confirmed_before_they_run(officer, school, suzhou, signed_in):
    listed(school, suzhou, *(child(school, phone=f"1390000000{number}") for number in range(3)))
    listed(school, suzhou, child(school, phone=None, parent_hukou="320508"))
    OptOut.objects.create(phone_index=sealed.index_of("13900000001"), group="reminder", said_at=AT)
    client = signed_in(officer)
    page = client.get("/messages/reminders/?kind=to_pay").content.decode()
    assert "将发出 2 条消息" in page
    assert "张*2020年度居民医保应缴" in page
    assert "张小明" not in page
    stale = client.post("/messages/reminders/run", {"kind": "to_pay", "seen": "5"})
    assert stale.status_code == 409
    assert not Job.objects.exists()
    client.post("/messages/reminders/run", {"kind": "to_pay", "seen": "2"})
    second = client.post("/messages/reminders/run", {"kind": "to_pay", "seen": "2"})
    assert "正在进行" in second.content.decode()
    run(Job.objects.get().pk)
    assert Message.objects.filter(state="queued").count() == 2
    assert Message.objects.filter(state="suppressed").count() == 1
    nobody = client.post("/messages/reminders/run", {"kind": "to_pay", "seen": "0"})
    assert "现在没有人需要这条提醒" in nobody.content.decode()


def test_whoever_has_the_link_chooses_what_this_phone_gets(suzhou):
    message = reminder()
    later = reminder(key="later")
    address = f"/messages/stop/{stopping.token_of(message)}"
    client = Client()
    page = client.get(address).content.decode()
    assert "139****5678" in page
    assert "经办人" not in page
    answer = client.post(address, {"progress": "1"})
    assert "已保存" in answer.content.decode()
    later.refresh_from_db()
    assert (later.state, later.error) == ("suppressed", "已退订")
    assert stopping.stopped(sealed.index_of("13912345678")) == {"reminder"}
    client.post(address, {"progress": "1", "reminder": "1"})
    assert stopping.stopped(sealed.index_of("13912345678")) == set()
    assert OptOut.objects.count() == 1


@pytest.mark.parametrize("change", ["x", "0", "-", "1-", "99999999999999999999-a", "１-abc"])
def test_a_guessed_link_opens_nothing(suzhou, change):
    token = stopping.token_of(reminder())
    for guess in (change, f"{token}{change}", f"{int(token.split('-')[0]) + 1}-{token.split('-', 1)[1]}"):
        assert Client().get(f"/messages/stop/{guess}").status_code == 404


def test_a_clerk_reads_the_own_messages_and_nobody_elses(clerk, other_school, signed_in):
    other = clerk_of(other_school, Desk.SCHOOL)
    queue(kind="declaration_due", user=clerk.user, values=WORK, key="mine", at=AT)
    queue(kind="declaration_due", user=other.user, values=WORK | {"school": "沧浪学校"}, key="theirs", at=AT)
    page = signed_in(clerk).get("/messages/mine").content.decode()
    assert "星海学校2020年度居民医保申报" in page
    assert "沧浪学校" not in page


def test_a_system_administrator_sees_no_message_of_another_pooling_area(system, signed_in):
    far = clerk_of(organisation(area="500103"), Desk.SCHOOL)
    far.user.organisation = far.organisation
    far.user.save()
    message = queue(kind="declaration_due", user=far.user, values=WORK, key="far", at=AT)
    assert message.pooling_area == "500103"
    assert signed_in(system).post(f"/messages/{message.pk}/stop", {"seen": "delivered"}).status_code == 404
    Message.objects.filter(pk=message.pk).update(queued_at=AT - timedelta(hours=1))
    assert far.user.name not in signed_in(system).get("/messages/?state=delivered").content.decode().split("<main")[1]
