"""Questions: what may be written, when they are late, how they rise, and how their answers are found. 提问"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error
from hypothesis import given
from hypothesis import strategies as st

from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.cases import asking, finding, handing, lateness, publishing, succession
from yingbao.cases.due import working_days_from
from yingbao.cases.handing import Family
from yingbao.cases.models import AnswerEnd, Case, FamilyAsker, GeneralAnswer
from yingbao.cases.publishing import Wording
from yingbao.cases.sums import sums
from yingbao.cases.wording import checked, holds_a_number
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
PHONE = b"p" * 32


def asked(town, *, to=None, by=None, once="one", **more) -> Case:
    values = {"topic": "policy", "question": "截止以后还能缴吗", "season": town.season, "at": AT} | more
    return asking.ask(to=to or town.street, by=town.by(by or town.school), once=once, **values)


def of_family(town, person=None, *, once="family", **more) -> Case:
    values = {"topic": "payment", "question": "多缴的钱何时退", "season": town.season, "at": AT} | more
    return asking.ask_as_family(to=town.school, once=once, phone_index=PHONE, person=person, **values)


@pytest.mark.parametrize(
    "words",
    [
        "孩子320508201205060011的", "３２０５０８２０１２０５０６００１１", "320508 20120506 001X",
        "G320508201205060011",
        "打13812345678", "138-1234-5678", "+86 138 1234 5678", "通行证H12345678", "卡号6222 0202 0009 9887 766",
    ],
)  # fmt: skip
def test_a_persons_number_is_seen_however_it_is_written(words):
    assert holds_a_number(words)
    with pytest.raises(Refused):
        checked(words, where="question")


@pytest.mark.parametrize(
    "words",
    [
        "打0512-65123456或12333、12366", "2019-09-01至2019-11-30缴240元", "个案GA0000001234",
        "苏社基〔2019〕68号四(三)",
        "尾号5678的订单", "50人共12000元，2020年1月1日生效", "63500181",
    ],
)  # fmt: skip
def test_landlines_hotlines_dates_sums_and_clauses_are_nobodys_number(words):
    assert checked(words, where="question") == words


@given(st.text(max_size=1500))
def test_what_is_kept_is_never_empty_too_long_or_somebodys_number(words):
    try:
        kept = checked(words, where="question")
    except Refused:
        return
    assert 0 < len(kept) <= 1000
    assert not holds_a_number(kept)


@given(st.dates(min_value=AT.date().replace(year=1990), max_value=AT.date().replace(year=2090)), st.integers(1, 30))
def test_working_days_there_and_back_never_end_on_a_weekend(day, count):
    there = working_days_from(day, count)
    assert there.weekday() < 5
    assert (there - day).days >= count
    assert working_days_from(there, -count) <= max(day, there)


def test_a_question_may_be_about_nobody_and_a_case_about_a_place_may_not(town):
    assert asked(town).person is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="GA", kind="responsible", season=town.season, to_organisation=town.school, state_at=AT, question="x",
            asked_by_organisation=town.school, asked_at=AT, due_on=AT.date(),
        )  # fmt: skip


def test_it_goes_from_the_school_to_the_sub_district_to_the_agency_and_back_answered(town):
    case = asked(town)
    assert str(case.due_on) == str(working_days_from(AT.date(), 3))
    case = handing.pass_on(case=case, to=town.agency, reason="请定", by=town.by(town.street), at=AT)
    case = handing.settle(case=case, answer="不能。", by=town.by(town.agency), at=AT)
    assert (case.state, case.answer) == ("settled", "不能。")
    assert [step.act for step in case.steps.all()] == ["ask", "pass_on", "settle"]
    again = handing.reopen(case=case, reason="外地的呢", by=town.by(town.school), at=AT)
    assert (again.state, again.to_organisation) == ("open", town.agency)
    done = handing.settle(case=again, answer="也不能。", by=town.by(town.agency), at=AT)
    with pytest.raises(Refused):
        handing.reopen(case=done, reason="还有", by=town.by(town.school), at=AT)
    with pytest.raises(Refused):
        handing.withdraw(case=done, by=town.by(town.school), at=AT)


def test_withdrawn_twice_is_withdrawn_once_and_only_by_whoever_asked(town):
    case = asked(town)
    with pytest.raises(Refused):
        handing.withdraw(case=case, by=town.by(town.community), at=AT)
    for _ in range(2):
        case = handing.withdraw(case=case, by=town.by(town.school), at=AT)
    assert [step.act for step in case.steps.all()] == ["ask", "withdraw"]


def test_a_question_in_circles_goes_to_the_agency(town):
    case = asked(town, to=town.street)
    tax = organisation("tax_authority")
    seats = {tax.pk: clerk(tax)} | town.clerks
    for to in (tax, town.street, tax, town.street):
        case = handing.pass_on(case=case, to=to, reason="不归我们", by=seats[case.to_organisation_id], at=AT)
    assert case.to_organisation == case.raised_to == town.agency


def test_the_same_form_asks_once_and_another_askers_mark_is_refused(town, infant):
    assert asked(town) == asked(town)
    with pytest.raises(Refused):
        of_family(town, once="one")
    assert of_family(town, infant) == of_family(town, infant)
    with pytest.raises(Refused):
        asking.ask_as_family(topic="policy", question="别人的", season=town.season, to=town.school, once="family",
                             phone_index=b"q" * 32, at=AT)  # fmt: skip
    assert Case.objects.count() == 2


def test_a_phone_has_so_many_questions_open_and_no_more(town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_OPEN", 1)
    of_family(town)
    with pytest.raises(Refused):
        of_family(town, once="two")


def test_what_a_family_wrote_can_be_erased_and_stands_in_no_step(town, infant):
    case = of_family(town, infant)
    handing.turn_back(case=case, reason="哪天缴的", by=town.by(town.school), at=AT)
    case = handing.send_again(case=case, reason="十一月八日", by=Family(PHONE), at=AT)
    assert "十一月八日" in case.question
    assert set(case.steps.values_list("reason", flat=True)) == {"", "哪天缴的"}
    assert handing.possible(Family(b"x" * 32), case) == ()
    asking.erase(phone_index=PHONE, person=infant)
    case.refresh_from_db()
    assert case.question == asking.ERASED
    assert not FamilyAsker.objects.exists()


def test_late_it_goes_to_the_sub_district_then_to_the_agency_and_stays_there(town):
    case = of_family(town)
    assert lateness.raise_late(at=AT) == 0
    for day, place in (("2019-11-25", town.street), ("2019-12-10", town.agency), ("2019-12-20", town.agency)):
        lateness.raise_late(at=at(day))
        lateness.raise_late(at=at(day))
        case.refresh_from_db()
        assert case.to_organisation == place, day
    assert [step.act for step in case.steps.all()] == ["ask", "go_up", "go_up"]


def test_figures_tell_open_late_and_the_days_until_the_first_answer(town):
    first, _ = asked(town), asked(town, once="two", topic="card")
    handing.settle(case=first, answer="能。", by=town.by(town.street), at=at("2019-11-14"))
    told = sums(Case.objects.all(), on=at("2019-11-29").date())
    assert (told.whole.asked, told.whole.open, told.whole.late) == (2, 1, 1)
    assert told.whole.median_days is not None
    assert {one.key: one.open for one in told.by_topic} == {"policy": 0, "card": 1}
    assert [one.key for one in told.by_street] == [town.street.name]


def say(town, *, question="新生儿什么时候缴费", answer="出生三个月内到户籍所在社区缴。", case=None, once="a", **more):
    said = Wording("payment", question, answer, "苏社基〔2019〕68号 五(三)", True, True, 2020)
    return publishing.publish(said=said, once=once, by=town.by(town.agency), at=AT, case=case, **more)


def test_an_answer_is_found_by_what_it_shares_with_the_question(town):
    newborn = say(town)
    say(town, question="市民卡丢了怎么补办", answer="到市民卡窗口补。", once="b")
    rows = GeneralAnswer.objects.current().for_readers("320500", 2020, staff=False)
    assert finding.found(rows, "新生儿缴费")[0].answer == newborn
    assert finding.similar(rows, "我家新生儿什么时候去缴费呢") == [newborn]
    assert finding.found(rows, "") == finding.found(rows, "🙂 ！") == []
    other = GeneralAnswer.objects.current().for_readers("500103", 2020, staff=False)
    assert finding.found(other, "新生儿") == []


def test_a_published_answer_is_never_rewritten_and_its_end_is_told_once(town):
    one = say(town)
    assert say(town) == one
    newer = say(town, once="b", replaces=one)
    with pytest.raises(Refused):
        say(town, once="c", replaces=one)
    publishing.withdraw(answer=newer, reason="政策有变", by=town.by(town.agency), at=AT)
    assert AnswerEnd.objects.count() == 2
    assert not GeneralAnswer.objects.current().exists()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_generalanswer SET answer = ''")


def test_a_name_a_number_and_an_open_question_are_not_published(town, infant):
    case = asked(town, to=town.agency, person=infant)
    with pytest.raises(Refused):
        say(town, case=case)
    case = handing.settle(case=case, answer="好", by=town.by(town.agency), at=AT)
    for wrong in ({"answer": f"{infant.name}可以"}, {"question": "打13812345678"}, {"answer": " "}):
        with pytest.raises(Refused):
            say(town, case=case, **wrong)
    with pytest.raises(Refused):
        publishing.publish(said=Wording("payment", "问", "答", "", True, True, None), once="x",
                           by=town.by(town.school), at=AT)  # fmt: skip
    assert say(town, case=case).from_case == case


def test_a_reader_counts_once_whatever_is_said_the_second_time(town):
    one = say(town)
    assert publishing.say(answer=one, reader_index=PHONE, yes=True, at=AT)
    assert not publishing.say(answer=one, reader_index=PHONE, yes=False, at=AT)
    assert publishing.figures([one]) == {one.pk: (1, 0)}


def test_what_lay_with_a_closed_body_and_what_it_asked_are_its_successors(town):
    asked(town)
    held = of_family(town)
    to = organisation(parent=town.street)
    assert succession.hand_on(closing=town.school, successor=to, by=town.by(town.agency), at=AT) == 2
    assert succession.hand_on(closing=town.school, successor=to, by=town.by(town.agency), at=AT) == 0
    held.refresh_from_db()
    assert held.to_organisation == to
    assert Case.objects.get(once="one").asked_by_organisation == to
    assert held.steps.last().act == "hand_on"
    succession.hand_on(closing=to, successor=None, by=town.by(town.agency), at=AT)
    held.refresh_from_db()
    assert held.to_organisation == town.street
