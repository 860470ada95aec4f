"""What the providers of messages tell us, over the real line: reports, followers, forgeries. 回执与关注"""

from __future__ import annotations

import hashlib
import time
import tomllib
from collections.abc import Callable

import httpx
import pytest

from tests.enrolment.building import AT
from tests.simulators.running import NOW, Simulators, running
from yingbao.exchange import reporting, telling
from yingbao.messages import following
from yingbao.messages.models import Message, WechatFollower
from yingbao.messages.queueing import queue
from yingbao.messages.wording import approved_by
from yingbao.sealing import sealed
from yingbao.values import clock
from yingbao.web.messages.family import account_code

pytestmark = pytest.mark.django_db(transaction=True)

PAY = {"child": "张*", "year": "2020", "amount": "250", "deadline": "2019年11月30日", "how": "由学校代收。"}
PHONE = "13912345678"
INDEX = sealed.index_of(PHONE)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with running(tmp_path_factory.mktemp("providers") / "home", speed=36_000) as simulators:
        yield simulators


@pytest.fixture
def providers(started: Simulators, live_server, settings):
    started.clock(NOW)
    clock.set_to(AT)
    started.control("platform", {"platform": live_server.url})
    for channel, via in (("sms", "sms"), ("wechat", "wechat_account")):
        started.templates(via, approved_by(channel))
    settings.GATEWAYS = started.gateways_dir
    yield started
    started.behave_again()
    time.sleep(0.3)  # what is on its way arrives while somebody listens
    clock.run_true()


def reminder(key: str = "k") -> Message:
    made = queue(kind="to_pay", phone=PHONE, values=PAY, key=key, at=AT)
    assert made
    return made


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def follows(providers: Simulators) -> str:
    """Somebody scans the code that the family's page shows; gives the openid."""
    address = account_code(INDEX)
    assert "关注公众号" in httpx.get(address, trust_env=False, timeout=60).text
    assert "平台已收到" in httpx.post(address, trust_env=False, timeout=60).text
    return following.openid_of(INDEX)


def test_a_report_of_the_sms_provider_ends_a_message(providers):
    providers.behave("sms", "duplicate", order=PHONE)
    message = reminder()
    telling.send_due(at=AT)
    until(lambda: state(message) == "delivered")


def test_a_report_that_the_phone_did_not_get_it_is_a_failure_with_its_reason(providers):
    providers.behave("sms", {"fail": "MK:0010"}, order=PHONE)
    message = reminder()
    telling.send_due(at=AT)
    until(lambda: state(message) == "failed")
    assert message.error == "运营商回执：MK:0010"


def test_whoever_scans_the_code_of_the_own_phone_gets_messages_by_wechat_and_by_sms_after_leaving(providers):
    openid = follows(providers)
    assert openid
    message = reminder()
    assert message.channel == "wechat"
    telling.send_due(at=AT)
    until(lambda: state(message) == "delivered")
    httpx.post(f"{providers.url}/phones/leave/{openid}", trust_env=False, timeout=60)
    until(lambda: WechatFollower.objects.get().left_at is not None)
    assert reminder("next").channel == "sms"


def test_a_template_message_that_the_follower_blocked_goes_by_sms(providers):
    openid = follows(providers)
    providers.behave("wechat_account", {"fail": "user block"}, order=openid)
    before = len(providers.messages(recipient=PHONE))
    message = reminder()
    telling.send_due(at=AT)
    until(lambda: state(message) == "queued")
    assert (message.channel, message.error) == ("sms", "微信未送达：failed:userblock")
    telling.send_due(at=clock.now())
    assert len(providers.messages(recipient=PHONE)) == before + 1


def test_an_event_that_a_stranger_signed_binds_and_ends_nothing(providers):
    openid = providers.follower()
    providers.behave("wechat_account", "forged_signature")
    address = account_code(INDEX)
    assert "平台没有收到" in httpx.post(address, trust_env=False, timeout=60).text
    assert openid
    assert not WechatFollower.objects.exists()


def signed(providers: Simulators, *, at: float | None = None, token: str = "", **more: str) -> dict[str, str]:
    settings = tomllib.loads((providers.gateways_dir / "wechat_account.toml").read_text("utf-8"))
    stamp = str(int(at or AT.timestamp()))
    parts = sorted([token or settings["token"], stamp, "n"])
    signature = hashlib.sha1("".join(parts).encode()).hexdigest()
    return {"timestamp": stamp, "nonce": "n", "signature": signature, **more}


def test_the_accounts_console_gets_its_echo_and_a_stranger_nothing(providers):
    echo = reporting.hear_account(query=signed(providers, echostr="314159"), body=None, at=AT)
    assert (echo.status, echo.body) == (200, b"314159")
    for wrong in (signed(providers, token="of a stranger"), signed(providers, at=AT.timestamp() - 600), {}):
        assert reporting.hear_account(query=wrong | {"echostr": "1"}, body=None, at=AT).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"{}",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><MsgType>&e;</MsgType></xml>',
        b"<xml><MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_AAAA</EventKey></xml>",
        b"<xml><MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID></xml>",
    ],
)
def test_nonsense_in_place_of_an_event_changes_nothing(providers, body):
    assert reporting.hear_account(query=signed(providers), body=body, at=AT).status in (200, 403)
    assert not WechatFollower.objects.exists()


def test_a_scene_made_for_one_phone_binds_no_other(db):
    other = sealed.index_of("13700001111")
    scene = following.scene_of(INDEX)
    assert len(scene) <= 64
    assert not following.follow(openid="o1", scene=following.scene_of(other)[:43] + scene[43:], at=AT)
    assert following.follow(openid="o1", scene=scene, at=AT)
    assert following.openid_of(INDEX) == "o1"
    assert following.openid_of(other) == ""
