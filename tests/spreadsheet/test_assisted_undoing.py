"""A body takes back what it sent by mistake; what later lists said stays. 撤回救助名单"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.collection.building import owed, pay
from tests.enrolment.building import AT, clerk
from tests.spreadsheet.assisted_lists import AS_OF, body, committed, known, places, row
from yingbao.agents.models import Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.enrolment.actions import confirm_ready
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.jobs.assisted import after_statuses
from yingbao.ledger.audit import examine
from yingbao.people import history
from yingbao.spreadsheet.assisted_undoing import take_back
from yingbao.web.lists.outcome import became_of

pytestmark = pytest.mark.django_db
JANUARY = date(2019, 1, 1)


@pytest.fixture
def civil_affairs(db):
    return body()


@pytest.fixture
def officer(civil_affairs):
    return clerk(civil_affairs, Desk.LIST_PROVIDER).user


def test_who_was_listed_by_mistake_was_never_listed(civil_affairs, officer):
    child = known("王小明")
    found = committed(civil_affairs, officer, [row(child)])
    taken = take_back(assisted_list=found, because="传错了", by=officer, at=AT)
    assert taken.person_ids == [child.pk]
    assert places(civil_affairs) == []
    assert history.of(child).filter(table_name="people_assistedstatus", actor=officer).count() == 2


def test_who_was_ended_by_mistake_stands_as_before(civil_affairs, officer):
    stays, left = known("王一"), known("王二")
    committed(civil_affairs, officer, [row(stays), row(left)], as_of=AS_OF - timedelta(days=30))
    found = committed(civil_affairs, officer, [row(stays)], meant=True)
    assert places(civil_affairs)[1][3] is not None or places(civil_affairs)[0][3] is not None
    take_back(assisted_list=found, because="漏了一页", by=officer, at=AT)
    assert {name: last for name, _, _, last in places(civil_affairs)} == {"王一": None, "王二": None}


def test_days_that_were_changed_are_as_they_were(civil_affairs, officer):
    child = known("王一")
    committed(civil_affairs, officer, [row(child)], as_of=AS_OF - timedelta(days=30))
    changed = [row(child, 起始日期="2018-01-01", 变动="新增")]
    found = committed(civil_affairs, officer, changed, kind="changes")
    assert places(civil_affairs)[0][2] == date(2018, 1, 1)
    take_back(assisted_list=found, because="写错", by=officer, at=AT)
    assert places(civil_affairs) == [("王一", "minimum_living", JANUARY, None)]


def test_what_a_later_list_has_said_stays(civil_affairs, officer):
    child = known("王一")
    first = committed(civil_affairs, officer, [row(child, 终止日期="2019-12-31")], as_of=AS_OF - timedelta(days=30))
    committed(civil_affairs, officer, [row(child, 变动="新增")], kind="changes")
    take_back(assisted_list=first, because="旧名单有误", by=officer, at=AT)
    assert places(civil_affairs) == [("王一", "minimum_living", JANUARY, None)]


def test_one_row_is_taken_back_and_the_others_stand(civil_affairs, officer):
    one, other = known("王一"), known("王二")
    found = committed(civil_affairs, officer, [row(one), row(other)])
    take_back(assisted_list=found, row=found.rows.get(person=one), because="同名弄错", by=officer, at=AT)
    found.refresh_from_db()
    assert [name for name, *_ in places(civil_affairs)] == ["王二"]
    assert (found.withdrawn_at, found.counts["taken_back"], found.counts["matched"]) == (None, 1, 1)


def test_money_follows_a_list_that_comes_after_payment_and_is_taken_back(season, school, civil_affairs, officer):
    person = known("王一", school)
    list_and_determine(season=season, organisation=school, at=AT)
    confirm_ready(season=season, organisation=school, by=clerk(school), at=AT)
    one = Enrolment.objects.get(person=person)
    (debt,) = owed(season, [one])
    pay(debt)
    found = committed(civil_affairs, officer, [row(person)])
    after_statuses(season=season, person_ids=[person.pk], at=AT, by=officer)
    one.refresh_from_db()
    assert (one.state, Refund.objects.get().reason) == ("exempt", "exempted")
    (sum_,) = [figure.fen for figure in became_of(civil_affairs, season, found) if figure.name.en == "of whom exempt"]
    assert sum_ == debt.due_fen
    take_back(assisted_list=found, because="弄错了人", by=officer, at=AT)
    after_statuses(season=season, person_ids=[person.pk], at=AT, by=officer)
    one.refresh_from_db()
    assert (one.state, one.self_paid_fen) == ("declared", debt.due_fen)
    assert examine(INVARIANTS) == []
