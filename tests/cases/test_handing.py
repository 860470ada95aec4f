"""A case is handed over, turned away, goes up, and comes to its end. 转办个案"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.cases import handing
from yingbao.cases.due import take_up_by
from yingbao.cases.handing import accept, ask, pass_on, send_again, settle, turn_back
from yingbao.cases.kinds import AREAS, KINDS, REFER, RESPONSIBLE, kind_of
from yingbao.cases.lifecycle import Act, State
from yingbao.cases.models import Case, CaseStep
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.enrolment.taking_in import Seat
from yingbao.people.models import SchoolRoll
from yingbao.values import reference
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def asked(town, person, *, to=None, by=None, kind=RESPONSIBLE) -> Case:
    by = town.by(by or town.school)
    return ask(
        person=person, season=town.season, kind=kind, question="家长说没有上学", to=to or town.community, by=by, at=AT
    )


def test_a_case_has_a_number_with_a_check_a_day_and_a_first_step(town, infant):
    case = asked(town, infant)
    assert reference.is_reference(case.number)
    assert case.number.startswith("GA")
    assert case.due_on == (AT + timedelta(days=handing.DAYS)).date()
    (step,) = case.steps.all()
    assert (step.act, step.organisation, step.to_organisation, step.reason) == (
        "ask", town.school, town.community, "家长说没有上学",
    )  # fmt: skip


def test_a_case_that_changes_hands_keeps_its_first_day_and_stays_overdue(town, infant):
    case = asked(town, infant)
    late = AT + timedelta(days=handing.DAYS + 3)
    moved = pass_on(case=case, to=town.neighbour, reason="住在漱石里", by=town.by(town.community), at=late)
    assert moved.due_on == case.due_on == (AT + timedelta(days=handing.DAYS)).date()
    assert moved.is_overdue(late.date())
    assert Case.objects.overdue(late.date()).get() == case
    assert take_up_by(moved.state_at) > late.date()
    back = turn_back(case=moved, reason="也不是", by=town.by(town.neighbour), at=late)
    assert back.due_on == case.due_on


def test_it_is_not_passed_back_to_whoever_asked_but_returned_with_a_reason(town, infant):
    case = asked(town, infant)
    with pytest.raises(Refused) as refused:
        pass_on(case=case, to=town.school, reason="还是学校的", by=town.by(town.community), at=AT)
    assert refused.value.where == "to"
    assert "退回提出单位" in refused.value.mend.zh
    case.refresh_from_db()
    assert (case.state, case.to_organisation) == (State.OPEN, town.community)
    assert turn_back(case=case, reason="在园", by=town.by(town.community), at=AT).state == State.RETURNED


def test_the_body_above_may_decide_that_it_is_whoever_asked_after_all(town, infant):
    case = asked(town, infant)
    case = pass_on(case=case, to=town.neighbour, reason="另一个社区", by=town.by(town.community), at=AT)
    case = turn_back(case=case, reason="不是", by=town.by(town.neighbour), at=AT)
    case = pass_on(case=case, to=town.school, reason="孩子在园", by=town.by(town.street), at=AT)
    assert (case.to_organisation, case.raised_to) == (town.school, town.street)


def test_what_one_city_asks_of_another_stays_with_its_agency_and_goes_up_to_nobody(town, infant):
    other = organisation("insurance_agency", area="500103", name="渝中经办")
    there = clerk(other)
    season = open_season(policy_id="500103/2020", at=AT)
    case = ask(
        person=infant,
        season=season,
        kind=AREAS,
        question="学籍在苏州，请撤回",
        to=other,
        by=town.by(town.agency),
        at=AT,
    )
    with pytest.raises(Refused) as refused:
        pass_on(case=case, to=town.community, reason="你们办", by=there, at=AT)
    assert "只能由“渝中经办”办理" in refused.value.what.zh
    for _ in range(2):
        case = turn_back(case=case, reason="孩子住在渝中", by=there, at=AT)
        with pytest.raises(Refused):
            send_again(case=case, to=town.community, reason="再看", by=town.by(town.agency), at=AT)
        case = send_again(case=case, reason="学籍证明已核对", by=town.by(town.agency), at=AT)
    assert (case.state, case.to_organisation, case.raised_to) == (State.OPEN, other, None)
    assert Case.objects.visible_to(there).get() == case
    assert not Case.objects.visible_to(clerk(organisation("insurance_agency", area="321200"))).exists()


def test_the_last_day_of_the_season_is_never_passed_over(town, infant):
    case = ask(
        person=infant, season=town.season, kind=RESPONSIBLE, question="急", to=town.community, by=town.by(town.school),
        at=at("2019-11-29"),
    )  # fmt: skip
    assert str(case.due_on) == "2019-11-30"


def test_asked_a_second_time_by_the_same_body_it_is_the_same_case(town, infant):
    assert asked(town, infant) == asked(town, infant)
    assert Case.objects.count() == CaseStep.objects.count() == 1


def test_another_body_that_asks_the_same_is_told_where_it_lies(town, infant):
    case = asked(town, infant)
    with pytest.raises(Refused) as refused:
        asked(town, infant, by=town.far)
    assert case.number in refused.value.what.zh
    assert "枕河社区" in refused.value.what.zh


def test_two_cases_of_one_kind_about_a_child_cannot_stand_in_the_database(town, infant):
    case = asked(town, infant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="GA0000000000", kind=RESPONSIBLE, season=town.season, person=infant, question="x", asked_at=AT,
            asked_by_organisation=town.far, to_organisation=town.school, state_at=AT, due_on=case.due_on,
        )  # fmt: skip


def test_another_kind_of_question_may_stand_beside_it(town, infant):
    asked(town, infant)
    other = asked(town, infant, to=town.agency, kind=REFER)
    assert other.about is KINDS[REFER]


def test_an_unknown_kind_is_shown_by_its_word(town, infant):
    assert kind_of("hard").name.zh == "hard"


def test_a_community_that_accepts_has_the_child_on_its_own_list(town, infant):
    case = accept(case=asked(town, infant, to=town.neighbour), by=town.by(town.neighbour), at=AT)
    one = Enrolment.objects.get(person=infant)
    assert case.state == State.ACCEPTED
    assert one.organisation == town.neighbour
    assert one.agent == "community"
    done = settle(case=case, answer="已登记，家长下周来缴费", by=town.by(town.neighbour), at=AT)
    assert (done.state, done.answer) == (State.SETTLED, "已登记，家长下周来缴费")


def test_a_child_goes_from_one_community_to_another_of_the_same_division(town, infant):
    accept(case=asked(town, infant), by=town.by(town.community), at=AT)
    settle(case=Case.objects.get(), answer="已列入", by=town.by(town.community), at=AT)
    second = asked(town, infant, to=town.neighbour, by=town.community)
    accept(case=second, by=town.by(town.neighbour), at=AT)
    one = Enrolment.objects.get(person=infant)
    assert one.organisation == town.neighbour
    assert one.steps.filter(act="move").exists()


def test_a_community_of_another_division_cannot_take_the_child(town, infant):
    case = asked(town, infant, to=town.far)
    with pytest.raises(Refused) as refused:
        accept(case=case, by=town.by(town.far), at=AT)
    assert "不属于本社区" in refused.value.what.zh
    case.refresh_from_db()
    assert case.state == State.OPEN
    assert not Enrolment.objects.filter(person=infant).exists()


def test_a_community_cannot_take_a_pupil_from_a_school(town, pupil):
    case = asked(town, pupil, by=town.school, to=town.community)
    with pytest.raises(Refused) as refused:
        accept(case=case, by=town.by(town.community), at=AT)
    assert "枕波小学" in refused.value.what.zh


def test_a_school_that_accepts_puts_the_child_onto_its_roll(town, infant):
    case = asked(town, infant, to=town.school, by=town.community)
    with pytest.raises(Refused) as refused:
        accept(case=case, by=town.by(town.school), at=AT)
    assert refused.value.where == "grade"
    accept(case=case, by=town.by(town.school), at=AT, seat=Seat("primary", 1, "3班"))
    assert SchoolRoll.objects.get(person=infant).school == town.school
    assert Enrolment.objects.get(person=infant).organisation == town.school


def test_a_stranger_and_another_body_of_the_place_do_nothing(town, infant):
    case = asked(town, infant)
    stranger = clerk(organisation("community"))
    for by in (stranger, town.by(town.school), town.by(town.agency)):
        with pytest.raises(Refused):
            accept(case=case, by=by, at=AT)
        with pytest.raises(Refused):
            turn_back(case=case, reason="不是我们的", by=by, at=AT)
    assert CaseStep.objects.count() == 1


def test_the_sub_district_acts_for_its_community(town, infant):
    accept(case=asked(town, infant), by=town.by(town.street), at=AT)
    assert Enrolment.objects.get(person=infant).organisation == town.community


def test_a_second_click_is_told_and_changes_nothing(town, infant):
    case = accept(case=asked(town, infant), by=town.by(town.community), at=AT)
    with pytest.raises(Refused):
        accept(case=case, by=town.by(town.community), at=AT)
    assert case.steps.filter(act="accept").count() == 1


def test_turned_away_twice_it_goes_up_to_the_sub_district_of_both(town, infant):
    case = turn_back(case=asked(town, infant), reason="户口不在我们这里", by=town.by(town.community), at=AT)
    assert (case.state, case.raised_to) == (State.RETURNED, None)
    case = send_again(case=case, reason="户口本复印件已核对", by=town.by(town.school), at=AT)
    case = turn_back(case=case, reason="还是不对", by=town.by(town.community), at=AT)
    assert (case.state, case.to_organisation, case.raised_to) == (State.OPEN, town.street, town.street)
    assert [step.act for step in case.steps.all()] == ["ask", "return", "send_again", "return", "go_up"]
    assert case.steps.last().by is None


def test_without_a_common_sub_district_it_goes_up_to_the_agency(town, infant):
    case = pass_on(case=asked(town, infant), to=town.far, reason="户籍在吴中", by=town.by(town.community), at=AT)
    assert case.to_organisation == town.far
    case = turn_back(case=case, reason="也不在吴中", by=town.by(town.far), at=AT)
    assert (case.state, case.to_organisation) == (State.OPEN, town.agency)


def test_what_was_decided_above_is_neither_returned_nor_passed_on(town, infant):
    case = asked(town, infant)
    case = pass_on(case=case, to=town.neighbour, reason="另一个社区", by=town.by(town.community), at=AT)
    case = pass_on(case=case, to=town.community, reason="还是你们", by=town.by(town.neighbour), at=AT)
    assert case.to_organisation == town.street
    case = pass_on(case=case, to=town.neighbour, reason="由漱石里社区办", by=town.by(town.street), at=AT)
    assert (case.to_organisation, case.raised_to) == (town.neighbour, town.street)
    for refuse in (
        lambda: turn_back(case=case, reason="不办", by=town.by(town.neighbour), at=AT),
        lambda: pass_on(case=case, to=town.community, reason="不办", by=town.by(town.neighbour), at=AT),
    ):
        with pytest.raises(Refused) as refused:
            refuse()
        assert "枕河街道" in refused.value.what.zh
    assert accept(case=case, by=town.by(town.neighbour), at=AT).state == State.ACCEPTED


def test_an_officers_decision_is_asked_and_answered_without_moving_the_child(town, infant):
    case = asked(town, infant, to=town.agency, by=town.community, kind=REFER)
    case = accept(case=case, by=town.by(town.agency), at=AT)
    case = settle(case=case, answer="按次年参保办理", by=town.by(town.agency), at=AT)
    assert case.answer == "按次年参保办理"
    assert not Enrolment.objects.filter(person=infant).exists()


@pytest.mark.parametrize("words", ["", "   ", "长" * 301])
def test_what_has_to_be_written_is_written_and_fits(town, infant, words):
    case = asked(town, infant)
    with pytest.raises(Refused) as refused:
        turn_back(case=case, reason=words, by=town.by(town.community), at=AT)
    assert refused.value.where == "reason"


def test_a_case_is_not_handed_to_who_has_it_or_to_who_works_on_none(town, infant):
    case = asked(town, infant)
    for wrong in (town.community, organisation("tax_authority")):
        with pytest.raises(Refused) as refused:
            pass_on(case=case, to=wrong, reason="请收", by=town.by(town.community), at=AT)
        assert refused.value.where == "to"


def test_who_asked_who_holds_and_who_stands_above_see_it_and_nobody_else(town, infant):
    asked(town, infant, to=town.neighbour)
    seen = {
        place.name: Case.objects.visible_to(town.by(place)).count()
        for place in (town.street, town.school, town.community, town.neighbour, town.far, town.agency)
    }
    assert seen == {"枕河街道": 1, "枕波小学": 1, "枕河社区": 0, "漱石里社区": 1, "橘屿社区": 0, "社保中心": 1}
    assert not Case.objects.visible_to(clerk(organisation("tax_authority"))).exists()


def test_what_is_overdue_is_found_on_the_day_after_its_last(town, infant):
    case = asked(town, infant)
    assert not Case.objects.overdue(case.due_on).exists()
    assert Case.objects.overdue(case.due_on + timedelta(days=1)).get() == case
    assert case.is_overdue(case.due_on + timedelta(days=1))


def test_it_waits_for_the_holder_and_once_returned_for_the_asker(town, infant):
    case = asked(town, infant)
    assert Case.objects.waiting_for(town.community).get() == case
    turn_back(case=case, reason="不在本社区", by=town.by(town.community), at=AT)
    assert not Case.objects.waiting_for(town.community).exists()
    assert Case.objects.waiting_for(town.school).get() == case


def test_what_was_done_to_a_case_is_never_rewritten(town, infant):
    case = asked(town, infant)
    for sentence in ("UPDATE cases_casestep SET reason = ''", "DELETE FROM cases_casestep"):
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentence)
    assert Act(case.steps.get().act) == Act.ASK


def test_a_declined_child_that_is_taken_over_is_worked_on_again(town):
    person = child(name="谈沐辰", born=AT.date().replace(year=2018))
    case = accept(case=asked(town, person), by=town.by(town.community), at=AT)
    one = Enrolment.objects.get(person=person)
    Enrolment.objects.filter(pk=one.pk).update(state="declined", reason="家长放弃")
    settle(case=case, answer="家长放弃", by=town.by(town.community), at=AT)
    accept(case=asked(town, person, to=town.neighbour), by=town.by(town.neighbour), at=AT)
    one.refresh_from_db()
    assert (one.state, one.organisation) == ("determined", town.neighbour)


def test_no_step_of_a_case_stores_a_whole_number(town, infant):
    case = asked(town, infant)
    with pytest.raises(Refused, match="looks like"):
        turn_back(case=case, reason="号码是 500103201109129996", by=town.by(town.community), at=AT)
    case.refresh_from_db()
    assert case.state == "open"
