"""What every test stands on: keys made for the run, and a clock inside the season. 测试基础"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import django.conf
import pytest
from django.db import transaction
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests import emptying
from yingbao.sealing.keys import make_keys

os.environ.setdefault("YINGBAO_KEYS", make_keys())
os.environ.setdefault("YINGBAO_SECRET_KEY", "only for tests")
# pytest-django has read the settings by now.
django.conf.settings.SECRET_KEY = os.environ["YINGBAO_SECRET_KEY"]
django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.conf.settings.SECOND_FACTOR = False  # the tests of it switch it on
# Every client without a window would read all static files anew before its first request.
django.conf.settings.WHITENOISE_AUTOREFRESH = True
# No test is about what is left when the power fails.
django.conf.settings.DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
os.environ.setdefault("YINGBAO_LANG", "en")
TransactionTestCase._fixture_teardown = emptying.empty

# No test is timed: machines are shared. Where a change is judged, the same examples are tried each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("judged", settings.get_profile("here"), derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "here")


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A transaction around all tests of a file: what is built in it (`with standing():`), each test finds as it was.

    Every test goes on in a transaction of its own inside it. It is not for tests that commit (`transaction=True`).
    """
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # what has to be durable may begin in a test
        around.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not walk through it again and again. 内存回收"""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
