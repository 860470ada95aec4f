"""A signing authority made for the tests, once for each run. 测试用签名"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import Settings

from tests.collection.building import confirmed, owed, told
from tests.enrolment.building import AT, organisation
from yingbao.agents.models import Organisation
from yingbao.collection.arriving import take
from yingbao.collection.models import Obligation, Receipt
from yingbao.collection.receipting import issue_all
from yingbao.enrolment.models import Season
from yingbao.paper.authority import make_authority

COLLECTOR = "国家税务总局苏州市税务局"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and certificates of our own making."""
    home = tmp_path_factory.mktemp("signing")
    make_authority(home)
    return home


@pytest.fixture
def signing(authority: Path, settings: Settings) -> Path:
    """The platform signs with that key, and says where it is reached."""
    settings.SIGNING = authority
    settings.PLATFORM_URL = "https://yingbao.example"
    return authority


def paid(season: Season, school: Organisation, count: int = 1, *, key: str = "", **about: str) -> list[Obligation]:
    """So many children of a school whose money came in one debit."""
    if not Organisation.objects.filter(kind="tax_authority", pooling_area=season.pooling_area).exists():
        organisation("tax_authority", area=season.pooling_area, name=COLLECTOR)
    children = owed(season, confirmed(season, school, count, **about))
    wanted = {one.pk: one.due_fen for one in children}
    total = sum(wanted.values())
    take(told(key or f"debit:{children[0].pk}", total, way="debit", area=season.pooling_area), wanted=wanted, at=AT)
    return children


def receipted(season: Season, school: Organisation, count: int = 1, **about: str) -> list[Receipt]:
    """So many children of a school with their receipts."""
    children = paid(season, school, count, **about)
    issue_all(pooling_area=season.pooling_area, at=AT)
    return list(Receipt.objects.filter(obligation__in=children).order_by("pk"))
