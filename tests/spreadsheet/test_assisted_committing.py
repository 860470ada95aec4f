"""A list takes effect, all of it or nothing; what nobody knows yet waits. 救助名单生效"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.enrolment.building import AT, clerk
from tests.spreadsheet.assisted_lists import AS_OF, body, committed, known, places, reviewed, row, views
from tests.spreadsheet.rosters import resident_id
from yingbao.agents.models import Desk
from yingbao.people import history
from yingbao.people.bulk import NewDocument
from yingbao.people.merging import merge
from yingbao.people.models import AssistedStatus, Person
from yingbao.spreadsheet import assisted_review
from yingbao.spreadsheet.assisted_committing import catch_up, commit, lists_waiting, settle
from yingbao.spreadsheet.assisted_undoing import take_back
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
JANUARY, SEPTEMBER = date(2019, 1, 1), date(2019, 9, 1)
BEFORE = AS_OF - timedelta(days=1)


@pytest.fixture
def civil_affairs(db):
    return body()


@pytest.fixture
def officer(civil_affairs):
    return clerk(civil_affairs, Desk.LIST_PROVIDER).user


def test_a_list_takes_effect_once_however_often_it_is_confirmed(civil_affairs, officer):
    child = known("王小明")
    found = reviewed(civil_affairs, officer, [row(child), row()])
    first = commit(assisted_list=found, by=officer, at=AT)
    again = commit(assisted_list=found, by=officer, at=AT)
    assert (first.person_ids, again.person_ids) == ([child.pk], [])
    assert first.assisted_list.state == again.assisted_list.state == "committed"
    assert places(civil_affairs) == [("王小明", "minimum_living", JANUARY, None)]
    change = history.of(child).get(table_name="people_assistedstatus")
    assert (change.source, change.actor) == (f"assisted list {found.pk}", officer)


def test_who_is_no_longer_on_a_full_list_has_lost_the_status_from_its_date(civil_affairs, officer):
    stays, goes = known("王一"), known("王二")
    committed(civil_affairs, officer, [row(stays), row(goes)], as_of=SEPTEMBER)
    found = reviewed(civil_affairs, officer, [row(stays)])
    assert commit(assisted_list=found, by=officer, at=AT).person_ids == [goes.pk]
    assert places(civil_affairs) == [
        ("王一", "minimum_living", JANUARY, None), ("王二", "minimum_living", JANUARY, BEFORE),
    ]  # fmt: skip


def test_changes_add_and_remove_and_leave_the_others_alone(civil_affairs, officer):
    one, other, new = known("王一"), known("王二"), known("王三")
    committed(civil_affairs, officer, [row(one), row(other)], as_of=SEPTEMBER)
    rows = [row(new, 变动="新增"), row(one, 变动="退出", 终止日期="2019-09-30")]
    committed(civil_affairs, officer, rows, kind="changes")
    assert {name: last for name, _, _, last in places(civil_affairs)} == {
        "王一": date(2019, 9, 30), "王二": None, "王三": None,
    }  # fmt: skip


def test_a_list_that_would_end_more_than_half_is_refused_unless_it_is_meant(civil_affairs, officer):
    people = [known(f"王{sign}") for sign in "一二三四"]
    committed(civil_affairs, officer, [row(each) for each in people], as_of=SEPTEMBER)
    found = reviewed(civil_affairs, officer, [row(people[0])])
    with pytest.raises(Refused, match="more than half"):
        commit(assisted_list=found, by=officer, at=AT)
    assert AssistedStatus.objects.filter(last__isnull=False).count() == 0
    half = reviewed(civil_affairs, officer, [row(people[0]), row(people[1])])
    assert commit(assisted_list=half, by=officer, at=AT).assisted_list.state == "committed"
    assert commit(assisted_list=found, by=officer, at=AT, meant=True).assisted_list.state == "reviewed"
    fewer = reviewed(civil_affairs, officer, [row(people[0], 起始日期="2019-02-01")], as_of=date(2019, 11, 12))
    again = commit(assisted_list=fewer, by=officer, at=AT, meant=True).assisted_list
    assert (again.state, again.meant) == ("committed", True)


def test_an_older_full_list_does_not_undo_a_newer_one(civil_affairs, officer):
    committed(civil_affairs, officer, [row(known("王一"))])
    older = reviewed(civil_affairs, officer, [row(known("王二"))], as_of=SEPTEMBER)
    with pytest.raises(Refused, match="in effect already"):
        commit(assisted_list=older, by=officer, at=AT)


def test_a_corrected_list_of_the_same_day_brings_back_who_was_left_out(civil_affairs, officer):
    one, other = known("王一"), known("王二")
    committed(civil_affairs, officer, [row(one), row(other)], as_of=SEPTEMBER)
    committed(civil_affairs, officer, [row(one)])
    committed(civil_affairs, officer, [row(one), row(other)])
    assert [last for *_, last in places(civil_affairs)] == [None, None]


def test_a_list_without_a_row_to_take_is_refused(civil_affairs, officer):
    committed(civil_affairs, officer, [row(known("王一"))], as_of=SEPTEMBER)
    found = reviewed(civil_affairs, officer, [row(姓名="", 证件号码="1")])
    with pytest.raises(Refused, match="no row of it"):
        commit(assisted_list=found, by=officer, at=AT, meant=True)
    assert len(places(civil_affairs)) == 1


def test_what_has_changed_since_the_review_is_shown_before_it_takes_effect(civil_affairs, officer):
    number = resident_id()
    found = reviewed(civil_affairs, officer, [row(known("王一")), row(姓名="王二", 证件号码=number)])
    known("王二", number=number)
    shown = commit(assisted_list=found, by=officer, at=AT).assisted_list
    assert (shown.state, views(shown)) == ("reviewed", {"matched": 2})
    assert "有了变动" in shown.message["zh"]
    assert commit(assisted_list=found, by=officer, at=AT).assisted_list.state == "committed"


def test_overlapping_lists_of_three_bodies_stand_side_by_side(civil_affairs, officer):
    child = known("王一")
    bodies = [civil_affairs, body("union_federation", name="总工会"), body("disabled_federation", name="残联")]
    for each in bodies:
        committed(each, officer, [row(child)], as_of=SEPTEMBER)
    committed(bodies[2], officer, [row(child, 变动="退出")], kind="changes")
    assert [len(places(each)) for each in bodies] == [1, 1, 1]
    assert AssistedStatus.objects.filter(person=child, last__isnull=True).count() == 2


def test_who_appears_later_is_listed_then_and_from_the_day_the_list_says(civil_affairs, officer):
    number = resident_id()
    found = committed(civil_affairs, officer, [row(姓名="王小明", 证件号码=number)])
    assert catch_up(list_id=found.pk, at=AT).person_ids == []
    child = known("王小明", number=number)
    assert lists_waiting() == lists_waiting(civil_affairs) == [found.pk]
    assert catch_up(list_id=found.pk, at=AT).person_ids == [child.pk]
    assert places(civil_affairs) == [("王小明", "minimum_living", JANUARY, None)]
    assert lists_waiting() == []
    assert views(AssistedList.objects.get(pk=found.pk)) == {"matched": 1}
    assert catch_up(list_id=found.pk, at=AT).person_ids == []


def test_a_number_stays_sealed_only_as_long_as_its_row_waits(civil_affairs, officer):
    number = resident_id()
    found = committed(civil_affairs, officer, [row(known("王一")), row(姓名="王二", 证件号码=number)])
    assert [bool(each.number_cipher) for each in found.rows.order_by("row_number")] == [False, True]
    assert found.content_cipher is None
    known("王二", number=number)
    catch_up(list_id=found.pk, at=AT)
    assert not found.rows.filter(number_cipher__isnull=False).exists()


def test_a_newer_list_takes_the_place_of_what_waits_from_an_older_one(civil_affairs, officer):
    gone, stays, removed = (resident_id() for _ in range(3))
    rows = [row(known("王一"))] + [row(姓名="陌生人", 证件号码=each) for each in (gone, stays, removed)]
    committed(civil_affairs, officer, rows, as_of=SEPTEMBER)
    committed(
        civil_affairs, officer, [row(姓名="陌生人", 证件号码=removed, 变动="退出")], kind="changes", as_of=SEPTEMBER
    )
    assert assisted_review.waiting().count() == 2
    newer = committed(civil_affairs, officer, [rows[0], rows[2]])
    assert list(assisted_review.waiting().values_list("assisted_list", flat=True)) == [newer.pk]
    for each in (gone, stays, removed):
        known("陌生人", number=each)
    for list_id in lists_waiting():
        catch_up(list_id=list_id, at=AT)
    assert [name for name, *_ in places(civil_affairs)] == ["王一", "陌生人"]


def test_a_doubtful_row_takes_effect_when_somebody_says_it_is_the_person(civil_affairs, officer):
    yes, no = known("王一"), known("王二")
    found = reviewed(civil_affairs, officer, [row(yes, 姓名="李一"), row(no, 姓名="李二")])
    one, other = found.rows.order_by("row_number")
    settle(row=one, accept=True, by=officer, at=AT)
    settled = settle(row=other, accept=False, by=officer, at=AT)
    assert (settled.verdict, settled.settled_by, settled.settled_at) == ("refused", officer, AT)
    found.refresh_from_db()
    assert views(found) == {"matched": 1, "not_meant": 1}
    assert commit(assisted_list=found, by=officer, at=AT).person_ids == [yes.pk]
    assert [name for name, *_ in places(civil_affairs)] == ["王一"]
    with pytest.raises(Refused, match="needs no settling"):
        settle(row=one, accept=False, by=officer, at=AT)


def test_a_row_that_is_settled_after_the_list_took_effect_follows(civil_affairs, officer):
    child = known("王一")
    found = committed(civil_affairs, officer, [row(child, 姓名="李一")])
    assert places(civil_affairs) == []
    doubtful = found.rows.get()
    settle(row=doubtful, accept=False, by=officer, at=AT)
    assert catch_up(list_id=found.pk, at=AT).person_ids == []
    settle(row=doubtful, accept=True, by=officer, at=AT)
    assert catch_up(list_id=found.pk, at=AT).person_ids == [child.pk]
    assert len(places(civil_affairs)) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_a_row_that_was_taken_back_is_settled_no_more(civil_affairs, officer, whole):
    child = known("王一")
    found = committed(civil_affairs, officer, [row(child, 姓名="李一")])
    doubtful = found.rows.get()
    take_back(assisted_list=found, row=None if whole else doubtful, because="名单传错了", by=officer, at=AT)
    with pytest.raises(Refused, match="taken back"):
        settle(row=doubtful, accept=True, by=officer, at=AT)
    doubtful.refresh_from_db()
    assert doubtful.verdict == ""


def test_of_several_children_of_one_name_and_birthday_one_has_to_be_named(civil_affairs, officer):
    born = resident_id(born="20190504")
    twins = [
        known("王宝宝", number=born, documents=(NewDocument("birth_certificate", f"A19000000{n}"),)) for n in (1, 2)
    ]
    found = reviewed(civil_affairs, officer, [row(姓名="王宝宝", 证件号码=resident_id(born="20190504"))])
    doubtful = found.rows.get()
    stranger = known("王五")
    for wrong in (None, stranger.pk):
        with pytest.raises(Refused, match="which person"):
            settle(row=doubtful, accept=True, person_id=wrong, by=officer, at=AT)
    settle(row=doubtful, accept=True, person_id=twins[1].pk, by=officer, at=AT)
    assert commit(assisted_list=found, by=officer, at=AT).person_ids == [twins[1].pk]


def test_a_row_of_a_person_who_was_merged_follows_the_person(civil_affairs, officer):
    gone, kept = known("王一"), known("王一")
    found = committed(civil_affairs, officer, [row(gone, 姓名="李一")])
    settle(row=found.rows.get(), accept=True, by=officer, at=AT)
    merge(kept=kept, gone=gone, reason="同一人", by=None, at=AT)
    assert catch_up(list_id=found.pk, at=AT).person_ids == [kept.pk]
    assert Person.objects.get(assisted_statuses__isnull=False) == kept


def test_what_nobody_came_back_to_is_erased_and_what_waits_stays_a_season(civil_affairs, officer):
    reviewed(civil_affairs, officer, [row(known("王零"))])
    rows = [row(known("王一")), row(), row(姓名="", 证件号码="1")]
    found = committed(civil_affairs, officer, rows)
    assert assisted_review.purge(at=AT + timedelta(days=30)) == 0
    assert assisted_review.purge(at=AT + timedelta(days=61)) == 2
    assert assisted_review.purge(at=AT + timedelta(days=62)) == 0
    assert list(found.rows.values_list("match", flat=True)) == ["unmatched"]
    assert not AssistedList.objects.filter(content_cipher__isnull=False).exists()
    assisted_review.purge(at=AT + timedelta(days=401))
    assert AssistedRow.objects.count() == 0
