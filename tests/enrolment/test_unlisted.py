"""Children on nobody's list: found at once in a small division, kept as a queue of work in a large one. 未列入名单"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.enrolment.building import AT, child
from tests.web.community_town import infant, listed_at, town_of
from yingbao.enrolment import unlisted
from yingbao.enrolment.models import Unlisted

pytestmark = pytest.mark.django_db
HERE = ["320508"]


@pytest.fixture
def town(db):
    return town_of()


def found(town, at=AT, most=10):
    return unlisted.youngest(season=town.season, divisions=HERE, most=most, at=at)


def test_a_small_division_is_asked_at_once_the_youngest_first(town):
    elder, younger = infant("年长", born=date(2016, 1, 1)), infant("年幼", born=date(2018, 1, 1))
    child(town.school)
    listed_at(town, infant("已列"))
    assert found(town) == ([younger.pk, elder.pk], None, None)
    assert not Unlisted.objects.exists()


def test_a_large_division_is_looked_through_and_each_one_shown_is_asked_anew(town, monkeypatch):
    monkeypatch.setattr(unlisted, "FEW", 1)
    elder, younger = infant("年长", born=date(2016, 1, 1)), infant("年幼", born=date(2018, 1, 1))
    assert found(town) == ([younger.pk, elder.pk], AT, 2)
    listed_at(town, younger)
    newcomer = infant("新来", born=date(2019, 1, 1))
    assert found(town, AT + timedelta(minutes=1)) == ([elder.pk], AT, 2)
    later = AT + timedelta(minutes=11)
    assert unlisted.keep_up(at=later, seconds=60) == 1
    assert found(town, later) == ([newcomer.pk, elder.pk], later, 2)


def test_the_worker_leaves_small_divisions_and_fresh_lists_alone(town, monkeypatch):
    infant("年长"), infant("年幼")
    assert unlisted.keep_up(at=AT, seconds=60) == 0
    monkeypatch.setattr(unlisted, "FEW", 1)
    assert unlisted.keep_up(at=AT, seconds=0) == 0
    assert unlisted.keep_up(at=AT, seconds=60) == 1
    assert unlisted.keep_up(at=AT + timedelta(minutes=9), seconds=60) == 0


def test_a_list_is_no_longer_than_it_is_kept_and_says_how_many_there_are(town, monkeypatch):
    monkeypatch.setattr(unlisted, "FEW", 1)
    monkeypatch.setattr(unlisted, "KEPT", 2)
    for n in range(4):
        infant(f"孩子{n}")
    assert (len(found(town).persons), found(town).heads) == (2, 4)


def test_a_large_division_is_not_walked_through_for_a_page(town, monkeypatch):
    monkeypatch.setattr(unlisted, "FEW", 1)
    for n in range(5):
        listed_at(town, infant(f"孩子{n}"))
    found(town)
    with CaptureQueriesContext(connection) as asked:
        assert found(town).persons == []
    walked = [one["sql"] for one in asked.captured_queries if "NOT EXISTS" in one["sql"]]
    assert len(walked) == 1
    assert "FROM enrolment_unlisted" in walked[0]
