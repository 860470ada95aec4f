"""The registered list against the declared one. 名单比对"""

from __future__ import annotations

from datetime import date

import pytest

from tests.declaration.building import AT, accepted, at, confirmed, officer, organisation, submitted
from tests.enrolment.building import child, clerk
from yingbao.collection.billing import bill
from yingbao.declaration.comparing import MISMATCH_NAMES, Mismatch, counted, differences
from yingbao.declaration.deciding import accept_in_part
from yingbao.enrolment.actions import withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.taking import lapse

pytestmark = pytest.mark.django_db
LATER = at("2019-11-14")


def told(season, **more) -> list[tuple[str, str, int | None, int | None]]:
    """Kind, child, registered and declared sums of every mismatch."""
    return [
        (str(one.kind), one.name, one.registered_fen, one.declared_fen) for one in differences(season=season, **more)
    ]


def test_every_kind_has_a_name_in_both_languages():
    assert set(MISMATCH_NAMES) == set(Mismatch)
    assert all(kind.text.zh and kind.text.en for kind in Mismatch)


def test_what_agrees_is_not_told(suzhou, school, by):
    confirmed(suzhou, school, 2)
    bill(declaration=accepted(suzhou, school, by), at=AT)
    assert told(suzhou) == []
    assert counted(season=suzhou) == {}


def test_registered_children_who_are_on_no_list_are_told_until_they_are_in_hand(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    assert told(suzhou) == [("not_declared", "甲", one.self_paid_fen, None)]
    submitted(suzhou, school, by)
    assert told(suzhou) == []


def test_a_declared_child_that_was_withdrawn_is_told_until_the_removal_is_in_hand(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    fee = one.self_paid_fen
    bill(declaration=accepted(suzhou, school, by), at=AT)
    withdraw(enrolment=one, reason="转学", by=by, at=LATER)
    (found,) = differences(season=suzhou)
    assert (found.kind, found.registered_fen, found.declared_fen, found.reason) == ("left", None, fee, "转学")
    accepted(suzhou, school, by, LATER)
    assert told(suzhou) == []


def test_other_sums_and_another_agent_are_told_each_as_what_they_are(suzhou, school, by):
    one, two = *confirmed(suzhou, school, name="甲"), *confirmed(suzhou, school, name="乙")
    bill(declaration=accepted(suzhou, school, by), at=AT)
    Enrolment.objects.filter(pk=one.pk).update(
        self_paid_fen=0, subsidised_fen=one.premium_fen, paid_by="treasury", state="exempt"
    )
    Enrolment.objects.filter(pk=two.pk).update(organisation=organisation(name="沧浪学校"))
    fee = two.self_paid_fen
    assert sorted(told(suzhou)) == [("moved", "乙", fee, fee), ("sums", "甲", 0, fee)]


def test_a_child_on_two_schools_lists_is_told_for_both(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    accepted(suzhou, school, by)
    second = organisation(name="沧浪学校")
    Enrolment.objects.filter(pk=one.pk).update(organisation=second)
    accepted(suzhou, second, clerk(second))
    assert counted(season=suzhou) == {
        school.pk: {Mismatch.MOVED: 1, Mismatch.TWICE: 1}, second.pk: {Mismatch.TWICE: 1},
    }  # fmt: skip


def test_a_refused_child_is_told_as_refused_and_not_as_forgotten(suzhou, school, by):
    confirmed(suzhou, school, name="甲")
    confirmed(suzhou, school, name="乙")
    made = submitted(suzhou, school, by)
    accept_in_part(declaration=made, refused={made.lines.get(name="甲").pk: "号码有误"}, by=officer(), at=AT)
    (found,) = differences(season=suzhou)
    assert (found.kind, found.name, found.reason, found.reference) == ("refused", "甲", "号码有误", made.reference)


def test_whom_the_close_lapsed_is_no_mismatch_because_nobody_could_declare_them_off(suzhou, school, by):
    confirmed(suzhou, school, 1, name="甲")
    bill(declaration=accepted(suzhou, school, by), at=AT)
    assert lapse(season=suzhou, on=date(2019, 12, 2), at=at("2019-12-02")) == 1
    assert told(suzhou) == []


def test_a_refused_child_that_lapsed_is_not_sent_to_be_declared_again(suzhou, school, by):
    confirmed(suzhou, school, name="甲")
    confirmed(suzhou, school, name="乙")
    made = submitted(suzhou, school, by)
    accept_in_part(declaration=made, refused={made.lines.get(name="甲").pk: "号码有误"}, by=officer(), at=AT)
    assert [kind for kind, *_ in told(suzhou)] == ["refused"]
    lapse(season=suzhou, on=date(2019, 12, 2), at=at("2019-12-02"))
    assert told(suzhou) == []


def test_only_who_is_registered_and_for_whom_no_money_moved_is_told_as_not_declared(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    child(school, name="乙", hukou="320571", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert Enrolment.objects.get(person__name="乙").state == "draft"
    assert [name for _, name, *_ in told(suzhou)] == ["甲"]
    for state in ("declared", "paid", "exempt", "covered"):
        Enrolment.objects.filter(pk=one.pk).update(state=state)
        assert told(suzhou) == []


def test_one_agent_one_kind_and_one_page_can_be_asked_for(suzhou, school):
    other = organisation()
    confirmed(suzhou, school, 3)
    confirmed(suzhou, other, 2)
    assert counted(season=suzhou) == {school.pk: {Mismatch.NOT_DECLARED: 3}, other.pk: {Mismatch.NOT_DECLARED: 2}}
    assert len(differences(season=suzhou, organisation=other)) == 2
    assert differences(season=suzhou, kind=Mismatch.LEFT) == []
    pages = [differences(season=suzhou, limit=2, offset=start) for start in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({one.enrolment for page in pages for one in page}) == 5


def test_another_citys_children_are_never_told(suzhou, yuzhong, school):
    away = organisation(area="500103")
    confirmed(yuzhong, away, hukou="500103", area="500103")
    assert told(suzhou) == []


def test_where_families_pay_no_child_is_told_as_not_declared(yuzhong):
    confirmed(yuzhong, organisation(area="500103"), hukou="500103", area="500103")
    assert told(yuzhong) == []
    assert counted(season=yuzhong) == {}
