"""The addresses at which payment channels speak: exact answers, nothing but their own signature counts. 渠道通知"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.enrolment.building import AT
from tests.simulators.running import Simulators, running
from yingbao.collection.models import Alarm, Arrival
from yingbao.enrolment.seasons import open_season

pytestmark = pytest.mark.django_db
PLACES = ["notice-wechat", "notice-wechat-refunds", "notice-alipay"]


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with running(tmp_path_factory.mktemp("notices") / "home") as simulators:
        yield simulators


@pytest.fixture
def configured(started, settings) -> None:
    settings.GATEWAYS = started.gateways_dir
    open_season(policy_id="500103/2020", at=AT)


def test_the_addresses_are_those_that_the_gateways_are_told():
    assert [reverse(name) for name in PLACES] == ["/notices/wechat", "/notices/wechat/refunds", "/notices/alipay"]


@pytest.mark.parametrize("place", PLACES)
def test_without_keys_a_channel_is_asked_to_come_again(place, settings, tmp_path: Path):
    settings.GATEWAYS = tmp_path
    answer = Client().post(reverse(place), b"{}", content_type="application/json")
    assert answer.status_code == 503


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=1&a=2", "application/x-www-form-urlencoded"),
        (b"a=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"x" * 60_000, "text/plain"),
    ],
)
def test_what_no_channel_signed_is_refused_and_nothing_is_posted(configured, place, body, kind):
    answer = Client().post(reverse(place), body, content_type=kind)
    assert answer.status_code == 400
    expected = b"failure" if place == "notice-alipay" else b'{"code": "FAIL", "message": "not accepted"}'
    assert answer.content == expected
    assert not Arrival.objects.exists()
    assert {one.kind for one in Alarm.objects.all()} == {"forged"}


def test_a_flood_of_forgeries_is_one_alarm(configured):
    for _ in range(20):
        Client().post(reverse("notice-wechat"), b"{}", content_type="application/json")
    assert Alarm.objects.count() == 1


@pytest.mark.parametrize("place", PLACES)
def test_more_than_64_kilobytes_is_refused_unread(configured, place):
    answer = Client().post(reverse(place), b"x" * (64 * 1024 + 1), content_type="application/json")
    assert answer.status_code == 413
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_channel_gets_no_session_and_needs_no_token(configured, place):
    answer = Client(enforce_csrf_checks=True).post(reverse(place), b"{}", content_type="application/json")
    assert answer.status_code == 400
    assert not answer.cookies
