"""Whom a list means and what it would do, before anything is written. 救助名单核对"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.enrolment.building import AT, clerk
from tests.spreadsheet.assisted_lists import AS_OF, body, committed, file_of, known, received, reviewed, row, views
from tests.spreadsheet.rosters import resident_id
from yingbao.agents.models import Desk
from yingbao.people.bulk import NewDocument
from yingbao.people.models import AssistedStatus
from yingbao.spreadsheet import assisted_review
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def civil_affairs(db):
    return body()


@pytest.fixture
def officer(civil_affairs):
    return clerk(civil_affairs, Desk.LIST_PROVIDER).user


def test_rows_are_matched_by_number_and_nothing_is_written_yet(civil_affairs, officer):
    found = reviewed(civil_affairs, officer, [row(known("王小明")), row()])
    assert found.state == "reviewed"
    assert views(found) == {"matched": 1, "unmatched": 1}
    assert AssistedStatus.objects.count() == 0


def test_a_number_that_belongs_to_another_name_waits_for_somebody_to_settle_it(civil_affairs, officer):
    one, other = known("王小明"), known("欧阳丽")
    found = reviewed(civil_affairs, officer, [row(one, 姓名="李大伟"), row(other, 姓名="歐陽麗")])
    assert views(found) == {"to_settle": 1, "matched": 1}
    doubtful = found.rows.get(match="name_differs")
    assert doubtful.person_id == one.pk


def test_a_newborns_new_number_is_shown_beside_the_child_with_the_certificate(civil_affairs, officer):
    number = resident_id(born="20190504")
    certificate = known("王宝宝", number=number, documents=(NewDocument("birth_certificate", "A190000001"),))
    known("王宝宝", number=number)
    stranger = resident_id(born="20190504")
    found = reviewed(civil_affairs, officer, [row(姓名="王宝宝", 证件号码=stranger)])
    assert views(found) == {"to_settle": 1}
    assert found.rows.get().candidates == [certificate.pk]


def test_each_row_says_what_it_would_do(civil_affairs, officer):
    same, earlier, new, off = (known(name) for name in ("王一", "王二", "王三", "王四"))
    committed(civil_affairs, officer, [row(same), row(earlier, 起始日期="2019-06-01")], as_of=date(2019, 9, 1))
    rows = [
        row(same, 变动="新增"), row(earlier, 变动="新增"), row(new, 变动="新增"), row(off, 变动="退出"),
        row(same, 变动="退出", 救助类别="孤儿"),
    ]  # fmt: skip
    found = reviewed(civil_affairs, officer, rows, kind="changes")
    effects = list(found.rows.order_by("row_number").values_list("effect", flat=True))
    assert effects == ["same", "changed", "new", "nothing", "nothing"]


def test_a_full_list_names_who_is_no_longer_on_it(civil_affairs, officer):
    stays, goes, other = (known(name) for name in ("王一", "王二", "王三"))
    committed(
        civil_affairs, officer, [row(stays), row(goes), row(other, 救助类别="孤儿")], as_of=date(2019, 9, 1)
    )  # fmt: skip
    found = reviewed(civil_affairs, officer, [row(stays)])
    assert views(found) == {"will_end": 1, "matched": 1}
    absent = found.rows.get(row_number__isnull=True)
    assert (absent.name, absent.category, absent.last) == ("王二", "minimum_living", AS_OF - timedelta(days=1))
    assert (found.counts["standing"], found.counts["elsewhere"]) == (2, 1)


def test_what_another_body_listed_is_never_ended_by_this_one(civil_affairs, officer):
    federation = body("disabled_federation", name="残联")
    child = known("王一")
    committed(federation, clerk(federation, Desk.LIST_PROVIDER).user, [row(child)], as_of=date(2019, 9, 1))
    found = reviewed(civil_affairs, officer, [row(known("王二"))])
    assert views(found) == {"matched": 1}


def test_nobody_loses_a_status_through_a_row_that_could_not_be_read_or_is_not_settled(civil_affairs, officer):
    mistyped, renamed, gone = (known(name) for name in ("王一", "王二", "王三"))
    committed(civil_affairs, officer, [row(mistyped), row(renamed), row(gone)], as_of=date(2019, 9, 1))
    wrong = mistyped.number[:-1] + ("1" if mistyped.number[-1] != "1" else "2")
    found = reviewed(civil_affairs, officer, [row(mistyped, 证件号码=wrong), row(renamed, 姓名="李大伟"), row()])
    assert views(found) == {"faulty": 1, "to_settle": 1, "will_end": 1, "unmatched": 1}
    assert found.rows.get(row_number__isnull=True).name == "王三"
    assert found.counts["spared"] == 1


def test_the_same_file_for_the_same_day_gives_the_answer_that_is_there(civil_affairs, officer):
    data = file_of([row(known("王小明"))])
    first = committed(civil_affairs, officer, data)
    assert received(civil_affairs, officer, data) == first
    assert received(civil_affairs, officer, data, as_of=AS_OF + timedelta(days=1)) != first
    other = body("union_federation", name="总工会")
    assert received(other, officer, data) != first


def test_a_discarded_file_can_be_sent_again(civil_affairs, officer):
    data = file_of([row(known("王小明"))])
    first = reviewed(civil_affairs, officer, data)
    gone = assisted_review.discard(assisted_list=first, by=officer, at=AT)
    assert (gone.state, gone.content_cipher, gone.rows.count()) == ("discarded", None, 0)
    assert reviewed(civil_affairs, officer, data).state == "reviewed"


@pytest.mark.parametrize("as_of", [None, date(2019, 11, 13), date(1919, 11, 1)])
def test_a_list_is_of_a_day_that_has_been(civil_affairs, officer, as_of):
    with pytest.raises(Refused, match="date is missing"):
        received(civil_affairs, officer, [row()], as_of=as_of)


def test_a_card_centre_sends_no_lists(officer):
    with pytest.raises(Refused, match="sends no lists"):
        received(body("card_centre"), officer, [row()])


def test_an_empty_file_and_one_of_no_kind_are_refused_at_once(civil_affairs, officer):
    for data, kind in ((b"", "full"), (b"x", "halves")):
        with pytest.raises(Refused):
            received(civil_affairs, officer, data, kind=kind)


def test_a_file_that_is_no_list_is_refused_and_not_kept(civil_affairs, officer):
    found = reviewed(civil_affairs, officer, b"\x00\x01 no workbook")
    assert (found.state, found.content_cipher) == ("refused", None)
    assert found.message["mend"]["zh"]


def test_numbers_lie_sealed_and_masked_in_the_database(civil_affairs, officer):
    child = known("王小明")
    found = reviewed(civil_affairs, officer, [row(child)])
    staged = AssistedRow.objects.filter(assisted_list=found).values().get()
    assert child.number not in str(staged)
    assert child.number[6:14] not in staged["number_masked"]
    assert child.number.encode() not in bytes(AssistedList.objects.get().content_cipher)
