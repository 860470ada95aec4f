"""Messages reach phones through the simulated providers, once each, whatever goes wrong in between. 消息发送"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import tomllib
from datetime import datetime, timedelta

import httpx
import pytest

from tests.enrolment.building import AT, at, child
from tests.simulators.running import NOW, Simulators, running
from yingbao.exchange import reporting, telling
from yingbao.exchange.carrier import Report
from yingbao.messages import following, moving
from yingbao.messages.models import Message, WechatFollower
from yingbao.messages.queueing import queue
from yingbao.messages.wording import approved_by
from yingbao.sealing import sealed
from yingbao.values import clock

pytestmark = pytest.mark.django_db

PHONE = "13912345678"
PAY = {"child": "张*", "year": "2020", "amount": "250", "deadline": "2019年11月30日", "how": "由学校代收。"}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with running(tmp_path_factory.mktemp("providers") / "home", speed=36_000) as simulators:
        yield simulators


@pytest.fixture
def providers(started: Simulators, settings):
    started.clock(NOW)
    clock.set_to(AT)
    for channel, via in (("sms", "sms"), ("wechat", "wechat_account")):
        started.templates(via, approved_by(channel))
    settings.GATEWAYS = started.gateways_dir
    yield started
    started.behave_again()
    clock.run_true()


_phones = iter(range(13_900_000_000, 13_900_100_000))


def new_phone() -> str:
    return str(next(_phones))


def code(phone: str = "", key: str = "", when: datetime = AT) -> Message:
    phone = phone or new_phone()
    made = queue(kind="family_code", phone=phone, values={"code": "481516", "minutes": "5"}, key=key or phone, at=when)
    assert made
    return made


def reminder(phone: str = "", key: str = "", when: datetime = AT) -> Message:
    phone = phone or new_phone()
    made = queue(kind="to_pay", phone=phone, values=PAY, key=key or phone, at=when)
    assert made
    return made


def follows(providers: Simulators, phone: str) -> str:
    openid = providers.follower()
    assert following.follow(openid=openid, scene=following.scene_of(sealed.index_of(phone)), at=AT)
    return openid


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def phone_of(message: Message) -> str:
    return sealed.unseal(message.phone_cipher)


def test_a_code_reaches_its_phone_and_is_erased_here(providers):
    message = code()
    assert telling.send_due(at=AT) == 1
    (text,) = providers.messages(recipient=phone_of(message))
    assert "481516是您查询孩子医保的验证码" in text["words"]
    message.refresh_from_db()
    assert (message.state, message.secret_cipher, message.provider_id) == ("sent", None, text["provider_id"])
    assert telling.send_due(at=AT) == 0


def test_a_reminder_carries_a_link_to_stop_that_names_no_phone(providers):
    message = reminder()
    telling.send_due(at=AT)
    (text,) = providers.messages(recipient=phone_of(message))
    assert text["words"].endswith(f" 拒收http://localhost:8000/messages/stop/{telling.token_of(message)}")
    assert phone_of(message) not in text["words"]


def test_no_phone_and_no_code_stands_in_a_log(providers, caplog):
    caplog.set_level(logging.DEBUG)
    message = code()
    providers.behave("sms", "timeout", order=phone_of(message), times=1)
    telling.send_due(at=AT)
    telling.settle_doubts(at=AT + timedelta(minutes=3))
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("yingbao", "http")))
    assert phone_of(message) not in said
    assert "481516" not in said
    assert "in doubt" in said


def test_a_lost_answer_is_asked_about_and_nothing_is_sent_twice(providers):
    message = reminder()
    providers.behave("sms", "timeout", order=phone_of(message), times=1)
    assert telling.send_due(at=AT) == 0
    assert state(message) == "sending"
    assert telling.settle_doubts(at=AT + timedelta(minutes=1)) == 0
    assert telling.settle_doubts(at=AT + timedelta(minutes=3)) == 1
    assert state(message) in ("sent", "delivered")
    assert len(providers.messages(recipient=phone_of(message))) == 1


def test_a_request_that_never_arrived_is_sent_again(providers):
    message = reminder()
    providers.behave("sms", "error", order=phone_of(message), times=1)
    telling.send_due(at=AT)
    assert state(message) == "sending"
    later = AT + timedelta(minutes=3)
    assert telling.settle_doubts(at=later) == 1
    assert state(message) == "queued"
    assert telling.send_due(at=later + timedelta(minutes=2)) == 1
    assert len(providers.messages(recipient=phone_of(message))) == 1


def test_a_provider_that_limits_us_is_tried_again_later(providers):
    message = reminder()
    providers.behave("sms", "refuse", order=phone_of(message), times=2)
    moment = AT
    for _ in range(8):
        telling.send_due(at=moment)
        if state(message) == "sent":
            break
        assert message.error == "通道暂不受理：isv.BUSINESS_LIMIT_CONTROL"
        moment += timedelta(minutes=3)
    assert state(message) == "sent"
    assert message.tries == 3


def test_a_provider_that_is_down_for_a_day_loses_nothing_and_nothing_is_told_twice(providers):
    message, one_time = reminder(), code(when=AT + timedelta(minutes=1))
    providers.process.send_signal(signal.SIGSTOP)
    try:
        assert telling.send_due(at=AT) == 0
        assert telling.settle_doubts(at=AT + timedelta(hours=3)) == 0
        assert state(message) == "sending"
        telling.send_due(at=AT + timedelta(hours=3))
    finally:
        providers.process.send_signal(signal.SIGCONT)
    providers.taken_in(recipient=phone_of(message))
    # Nobody wants a code of yesterday; the reminder was taken after all, or goes out now.
    assert (state(one_time), one_time.secret_cipher) == ("expired", None)
    day_after = AT + timedelta(days=1)
    telling.settle_doubts(at=day_after)
    telling.send_due(at=day_after + timedelta(minutes=30))
    assert state(message) in ("sent", "delivered")
    assert len(providers.messages(recipient=phone_of(message))) == 1


def test_a_number_that_nobody_can_text_fails_at_once_with_its_reason(providers):
    landline = queue(kind="to_pay", phone="051269820471", values=PAY, key="landline", at=AT)
    telling.send_due(at=AT)
    assert state(landline) == "failed"
    assert landline.error == "通道拒绝：not a mobile"


def test_without_any_configuration_messages_wait_and_the_operator_is_told(settings, tmp_path, caplog):
    settings.GATEWAYS = tmp_path
    message = reminder()
    assert telling.send_due(at=AT) == 0
    assert state(message) == "queued"
    assert "neither sms.toml nor wechat_account.toml" in caplog.text


def test_a_template_that_is_not_configured_waits_until_it_is(providers):
    message = reminder()
    file = providers.gateways_dir / "sms.toml"
    kept = file.read_text("utf-8")
    file.write_text("\n".join(line for line in kept.splitlines() if not line.startswith("to_pay")), "utf-8")
    telling.send_due(at=AT)
    assert (state(message), message.error) == ("queued", "通道暂不受理：template not configured")
    file.write_text(kept, "utf-8")
    os.utime(file)
    telling.send_due(at=AT + timedelta(minutes=5))
    assert state(message) == "sent"


def test_a_follower_gets_a_template_message_in_the_accounts_own_words(providers):
    phone = new_phone()
    openid = follows(providers, phone)
    message = reminder(phone)
    assert message.channel == "wechat"
    telling.send_due(at=AT)
    (text,) = providers.messages(recipient=openid)
    assert text["words"] == message.text
    assert "/messages/stop/" in text["url"]
    assert state(message) == "sent"
    assert providers.messages(recipient=phone) == []


def test_who_follows_no_longer_is_reached_by_sms_at_once_and_from_then_on(providers):
    phone = new_phone()
    openid = follows(providers, phone)
    httpx.post(f"{providers.url}/phones/leave/{openid}", trust_env=False, timeout=60)
    message = reminder(phone)
    telling.send_due(at=AT)
    assert (state(message), message.channel) == ("sent", "sms")
    assert len(providers.messages(recipient=phone)) == 1
    assert WechatFollower.objects.get(phone_index=sealed.index_of(phone)).left_at == AT
    assert reminder(phone, key="the next").channel == "sms"


def test_a_token_that_was_taken_away_is_fetched_anew(providers):
    phone = new_phone()
    follows(providers, phone)
    providers.behave("wechat_account", "token_gone", times=1)
    message = reminder(phone)
    telling.send_due(at=AT)
    assert (state(message), message.channel) == ("sent", "wechat")


def test_an_account_over_its_limit_is_asked_again_later(providers):
    phone = new_phone()
    openid = follows(providers, phone)
    providers.behave("wechat_account", {"refuse": 45009}, order=openid, times=1)
    message = reminder(phone)
    telling.send_due(at=AT)
    assert (state(message), message.error) == ("queued", "通道暂不受理：45009")
    telling.send_due(at=AT + timedelta(minutes=2))
    assert state(message) == "sent"


def test_a_template_message_whose_answer_was_lost_is_sent_again_under_the_same_id_and_arrives_once(providers):
    phone = new_phone()
    openid = follows(providers, phone)
    providers.behave("wechat_account", "timeout", order=openid, times=1)
    message = reminder(phone)
    telling.send_due(at=AT)
    assert state(message) == "sending"
    assert telling.settle_doubts(at=AT + timedelta(minutes=3)) == 1
    telling.send_due(at=AT + timedelta(minutes=5))
    assert state(message) == "sent"
    assert len(providers.messages(recipient=openid)) == 1


def test_a_template_message_long_in_doubt_is_not_sent_blindly(providers):
    phone = new_phone()
    openid = follows(providers, phone)
    providers.behave("wechat_account", "timeout", order=openid, times=1)
    message = reminder(phone)
    telling.send_due(at=AT)
    telling.settle_doubts(at=AT + timedelta(hours=1))
    assert (state(message), message.error) == ("failed", telling.UNKNOWN)
    assert len(providers.messages(recipient=openid)) == 1


def test_what_became_of_a_message_is_asked_where_no_report_comes(providers):
    arrived, failed = reminder(), reminder()
    providers.behave("sms", {"fail": "MK:0001"}, order=phone_of(failed))
    telling.send_due(at=AT)
    providers.clock("2019-11-12T10:20:00+08:00")
    clock.set_to(at("2019-11-12") + timedelta(minutes=20))
    assert telling.ask_reports(at=AT + timedelta(minutes=20)) == 2
    assert (state(arrived), state(failed)) == ("delivered", "failed")
    assert failed.error == "运营商回执：MK:0001"


def report_of(message: Message, *, success: bool = True) -> bytes:
    row = {"out_id": telling.own_id(message), "biz_id": "1^2", "success": success, "err_code": "DELIVERED"}
    return json.dumps([row]).encode()


def secret(providers: Simulators) -> str:
    return tomllib.loads((providers.gateways_dir / "sms.toml").read_text("utf-8"))["report_secret"]


def test_a_report_is_taken_once_and_only_at_the_address_we_gave(providers):
    message = reminder()
    telling.send_due(at=AT)
    assert reporting.hear_sms(secret="guessed", body=report_of(message), at=AT).status == 403
    assert state(message) == "sent"
    for _ in range(2):
        assert reporting.hear_sms(secret=secret(providers), body=report_of(message), at=AT).status == 200
    assert state(message) == "delivered"
    # A contradiction that comes later changes nothing any more.
    reporting.hear_sms(secret=secret(providers), body=report_of(message, success=False), at=AT)
    assert state(message) == "delivered"


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"out_id": "yb1-x", "success": 1}]', b"\xff", b"[" * 9000])
def test_nonsense_in_place_of_reports_is_refused_or_passed_over(providers, body):
    assert reporting.hear_sms(secret=secret(providers), body=body, at=AT).status in (200, 403)


def test_a_report_that_overtakes_our_answer_stands(providers):
    message = reminder()
    moving.claim(channels=["sms"], at=AT)
    message.refresh_from_db()
    report = Report(telling.own_id(message), "1^2", "arrived")
    assert telling.take_report(message=message, report=report, at=AT)
    stale = Message.objects.get(pk=message.pk)
    assert stale.state == "delivered"
    assert not moving.move(message=message, act=telling.Act.ACCEPT, at=AT)


KILLED = """
    import os, sys, django
    os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
    django.setup()
    from django.conf import settings
    from django.db import connection
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
    from yingbao.exchange import telling
    from yingbao.messages import moving
    def die(**_):
        os.kill(os.getpid(), 9)
    moving.move = die
    from tests.enrolment.building import AT
    from yingbao.values import clock
    clock.set_to(AT)
    telling.send_due(at=AT)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_sending_and_writing_it_down_sends_nothing_twice(providers):
    from django.db import connection

    message = reminder()
    environment = {**os.environ, "YINGBAO_GATEWAYS": str(providers.gateways_dir), "PYTHONPATH": os.getcwd()}
    program = [sys.executable, "-c", textwrap.dedent(KILLED), connection.settings_dict["NAME"]]
    ended = subprocess.run(program, env=environment, check=False, capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
    assert state(message) == "sending"
    assert len(providers.messages(recipient=phone_of(message))) == 1
    assert telling.send_due(at=AT + timedelta(minutes=3)) == 0
    assert telling.settle_doubts(at=AT + timedelta(minutes=3)) == 1
    assert state(message) in ("sent", "delivered")
    telling.send_due(at=AT + timedelta(hours=1))
    assert len(providers.messages(recipient=phone_of(message))) == 1


def test_a_phone_is_not_flooded_but_money_always_goes(providers):
    phone = new_phone()
    reminders = [reminder(phone, key=f"{phone}:{number}") for number in range(6)]
    returned = {name: PAY[name] for name in ("child", "year", "amount", "deadline")}
    money = [
        queue(kind="debit_returned", phone=phone, values=returned, key=f"{phone}:back:{number}", at=AT)
        for number in range(6)
    ]
    telling.send_due(at=AT)
    assert sorted(state(one) for one in reminders) == ["queued"] * 2 + ["sent"] * 4
    assert {state(one) for one in money} == {"sent"}
    waiting = next(one for one in reminders if one.state == "queued")
    assert (waiting.error, waiting.next_at) == (moving.TOO_MANY, AT + timedelta(hours=1))
    telling.send_due(at=AT + timedelta(days=1, hours=2))
    assert {state(one) for one in reminders} == {"sent"}


def test_what_was_queued_in_the_evening_rests_until_the_morning(providers):
    evening = at("2019-11-12", 20)
    message = reminder(when=evening)
    night = at("2019-11-12", 22)
    telling.send_due(at=night)
    assert state(message) == "queued"
    clock.set_to(at("2019-11-13", 9))
    providers.clock("2019-11-13T09:00:00+08:00")
    telling.send_due(at=at("2019-11-13", 9))
    assert state(message) == "sent"


def test_a_guardian_of_a_child_is_reached_like_a_bare_phone(providers):
    phone = new_phone()
    guardian = child(phone=phone).guardians.get()
    message = queue(kind="to_pay", guardian=guardian, values=PAY, key=phone, at=AT)
    telling.send_due(at=AT)
    assert len(providers.messages(recipient=phone)) == 1
    assert message.person_id == guardian.person_id
