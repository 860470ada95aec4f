"""Messages that are not what they claim to be: forged, replayed, altered, oversized, to the wrong address. 坏通知

The gateway's own signed bytes are caught on their way and sent on changed. Nothing of them may be posted, and nothing
secret or personal may stand in a log or an alarm.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from werkzeug import Response

from tests.collection.orders import pupils, school_of_yuzhong
from tests.enrolment.building import AT
from tests.exchange.other_side import Server
from tests.exchange.season import CHANNELS, fresh, gateways, later, owed_by, placed, started
from yingbao.collection.models import Alarm, Arrival, Payment
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.models import Journal
from yingbao.values import clock

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["gateways", "started"]
SAID_YES = {"wechat": (200, 204), "alipay": (200,)}


class Caught:
    """A real notice, caught before it reached the platform."""

    def __init__(self, gateways, platform: str, payment: Payment) -> None:
        self.channel, self.platform = payment.channel, platform
        server = Server()
        server.replies.extend([lambda _: Response("busy", 500)] * 50)
        with server.running() as address:
            gateways.control("platform", {"platform": address})
            placed_there = placed(
                *Enrolment.objects.filter(pk=payment.lines.get().obligation.enrolment_id), channel=payment.channel
            )
            gateways.pay(payment.channel, placed_there.number)
            gateways.delivered(1, order=placed_there.number)
            gateways.control("notices", method="DELETE")
        self.payment = placed_there
        _, self.path, self.headers, self.body = server.asked[0]
        gateways.control("platform", {"platform": platform})

    def sent(self, *, path: str = "", body: bytes | None = None, **headers: str) -> httpx.Response:
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        content = self.body if body is None else body
        return httpx.post(self.platform + (path or self.path), content=content, headers=kept | headers, trust_env=False)

    def taken(self, answer: httpx.Response) -> bool:
        """Whether the channel would send it no more."""
        if self.channel == "alipay":
            return answer.text == "success"
        return answer.status_code in SAID_YES[self.channel]


@pytest.fixture
def child(gateways) -> Enrolment:
    return pupils(open_season(policy_id="500103/2020", at=AT), school_of_yuzhong(), name="诸葛慕云")[0]


@pytest.fixture
def caught(gateways, live_server, child, request):
    return Caught(gateways, live_server.url, placed(child, channel=request.param))


both = pytest.mark.parametrize("caught", CHANNELS, indirect=True)


def changed(caught: Caught) -> list[httpx.Response]:
    """The caught notice in every way in which somebody could change it."""
    body = caught.body
    places = range(0, len(body), max(1, len(body) // 12))
    answers = [caught.sent(body=body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]) for at in places]
    answers += [caught.sent(body=one) for one in (b"", b"{}", body + b"&a=1", body[:-1], body * 2, b"\xff\xfe" * 40)]
    other = "/notices/alipay" if caught.channel == "wechat" else "/notices/wechat"
    answers.append(caught.sent(path=other))
    for name in [name for name in caught.headers if name.lower().startswith("wechatpay-")]:
        answers += [caught.sent(**{name: value}) for value in ("", "0", "A" * 344, "PUB_KEY_ID_0")]
    return answers


@both
def test_whatever_is_changed_in_a_notice_it_is_refused_without_posting_or_secrets(gateways, caught, child, caplog):
    caplog.set_level("DEBUG")
    answers = changed(caught)
    assert not any(caught.taken(answer) for answer in answers)
    assert {answer.status_code for answer in answers} <= {400, 413}
    assert (Arrival.objects.count(), Journal.objects.exclude(event="assessed").count()) == (0, 0)
    assert fresh(caught.payment).state == "pending"
    alarms = list(Alarm.objects.all())
    assert alarms
    assert {alarm.kind for alarm in alarms} == {"forged"}
    # One for each reason, not one for each try.
    assert len(alarms) < len(answers) / 2
    said = caplog.text + "".join(alarm.said + alarm.key for alarm in alarms)
    for secret in (*secrets_of(gateways), child.person.name, "王女士", *pieces_of(caught)):
        assert secret not in said
        assert all(secret not in answer.text for answer in answers)
    # After all that the true one is still taken.
    assert caught.taken(caught.sent())
    assert owed_by(child).is_paid


def secrets_of(gateways) -> list[str]:
    """What stands in the platform's configuration of its gateways and is nobody's business."""
    found = []
    for file in filter(Path.is_file, gateways.gateways_dir.rglob("*")):
        text = file.read_text()
        if "PRIVATE KEY" in text:
            found += [line for line in text.splitlines() if len(line) == 64]
        if file.suffix == ".toml":
            found += re.findall(r'(?:secret|key|api\w*)\w*\s*=\s*"(\w{32})"', text)
    assert len(found) > 20
    return found


def pieces_of(caught: Caught) -> list[str]:
    """Ciphertext, signatures and the numbers that a notice holds."""
    if caught.channel == "wechat":
        sealed = json.loads(caught.body)["resource"]
        return [sealed["ciphertext"][:40], sealed["nonce"], caught.headers["Wechatpay-Signature"][:40]]
    form = dict(httpx.QueryParams(caught.body.decode()))
    return [form["sign"][:40], form["trade_no"], form["notify_id"]]


@both
def test_the_same_bytes_again_are_one_posting_and_an_old_message_is_refused(gateways, caught, child):
    assert all(caught.taken(caught.sent()) for _ in range(5))
    assert (Arrival.objects.count(), Journal.objects.filter(event="succeeded").count()) == (1, 1)
    assert not Alarm.objects.exists()
    later(gateways, clock.now() + timedelta(hours=26))
    if caught.channel == "wechat":
        assert caught.sent().status_code == 400
        assert Alarm.objects.get().kind == "forged"
    else:
        # Alipay sends the bytes of the first day for 25 hours; whoever repeats them later changes nothing.
        caught.sent()
    assert (Arrival.objects.count(), Journal.objects.filter(event="succeeded").count()) == (1, 1)


@both
def test_a_message_of_more_than_64_kilobytes_is_refused_unread_whatever_it_holds(gateways, caught, caplog):
    for body in (caught.body + b" " * 70_000, b"a=" + b"1" * 3_000_000, b"{" * 66_000):
        assert caught.sent(body=body).status_code == 413
    assert not Alarm.objects.exclude(kind="forged").exists()
    assert Arrival.objects.count() == 0
    assert "ciphertext" not in caplog.text
    for method in ("GET", "PUT", "DELETE"):
        assert httpx.request(method, caught.platform + caught.path, trust_env=False).status_code == 405


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "how", ["forged_signature", "unknown_serial", "stale_timestamp", "wrong_merchant", "wrong_app"]
)
def test_a_gateway_that_signs_wrongly_is_not_believed_until_it_signs_rightly(gateways, child, channel, how):
    payment = placed(child, channel=channel)
    gateways.behave(channel, how, times=1)
    gateways.pay(channel, payment.number)
    # Alipay's moment of sending says nothing of the age of its signature.
    is_wrong = (channel, how) != ("alipay", "stale_timestamp")
    tries = gateways.delivered(1 + is_wrong, channel=channel, order=payment.number)
    assert [one["taken"] for one in tries] == ([0, 1] if is_wrong else [1])
    assert list(Alarm.objects.values_list("kind", flat=True)) == ["forged"] * is_wrong
    assert fresh(payment).state == "succeeded"
    assert Arrival.objects.count() == 1
