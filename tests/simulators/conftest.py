"""One running simulator for the tests of this folder, and a platform that listens. 测试基础"""

from __future__ import annotations

import pytest

from tests.simulators.merchant import Alipay, Platform, Wechat, listening
from tests.simulators.running import NOW, Simulators, running


@pytest.fixture(scope="session")
def listener():
    with listening() as platform:
        yield platform


@pytest.fixture(scope="session")
def started(tmp_path_factory, listener):
    with running(tmp_path_factory.mktemp("simulators") / "home", listener.url, speed=3600) as simulators:
        yield simulators


@pytest.fixture
def platform(listener: Platform) -> Platform:
    listener.notices.clear()
    listener.refusals, listener.answer = 0, None
    return listener


@pytest.fixture
def simulators(started: Simulators, platform: Platform):
    started.clock(NOW)
    yield started
    started.behave_again()
    started.control("notices", method="DELETE")


@pytest.fixture
def wechat(simulators: Simulators) -> Wechat:
    return Wechat(simulators)


@pytest.fixture
def alipay(simulators: Simulators) -> Alipay:
    return Alipay(simulators)
