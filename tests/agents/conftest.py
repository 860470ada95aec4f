"""A city with a school, and someone to work there. 机构测试基础"""

from __future__ import annotations

from datetime import date

import pytest

from yingbao.agents.models import User

SINCE = date(2019, 9, 1)


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user(username="wang", name="王老师", password="a long enough word")
