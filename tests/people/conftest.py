"""Keys for the run, a school or two, a clerk. 人员测试基础"""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from yingbao.agents.models import Organisation, User
from yingbao.people.keys import make_keys
from yingbao.values.clock import CHINA

os.environ.setdefault("YINGBAO_KEYS", make_keys())

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user(username="wang", name="王老师", password="a long enough word")


def _school(code: str, name: str, division: str = "320508") -> Organisation:
    return Organisation.objects.create(
        kind="school", pooling_area="320500", code=code, name=name, division=division, stages=["primary", "junior"]
    )


@pytest.fixture
def school(db: None) -> Organisation:
    return _school("S1", "星海学校")


@pytest.fixture
def other_school(db: None) -> Organisation:
    return _school("S2", "沧浪学校", "320506")
