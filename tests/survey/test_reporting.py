"""Schools report, sub-districts review and sum: totals are the sums of their parts, whatever happens at once. 报送"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.survey.building import AFTER, AWAY, INSURED, LATER, NOT_PAID, NOT_YET, NOW, district, pupils
from yingbao.cases.models import Case
from yingbao.enrolment import dissolving
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import SchoolRoll
from yingbao.survey.answering import give
from yingbao.survey.composing import close
from yingbao.survey.following_up import FollowedUp, followed_up
from yingbao.survey.models import Answer, Count, Counted, Difference, ReportVersion, SchoolReport, Sum
from yingbao.survey.reporting import accept, hand_over, reopen, send_back, submit, sum_up
from yingbao.survey.summing import by_school, by_street, joined_since, latest, moved_since, of_sum, progress, total
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
SAID = (INSURED, NOT_PAID, NOT_YET, AWAY, None)


@pytest.fixture
def town():
    return district()


def tell(town, person, said, at=NOW):
    if said is not None:
        give(survey=town.survey, person=person, given=said, source="phone", by=None, at=at)


def report_of(town, number):
    return SchoolReport.objects.get(survey=town.survey, school=town.schools[number])


def filled(town, number, *said):
    people = pupils(town.schools[number], len(said))
    for person, one in zip(people, said, strict=True):
        tell(town, person, one)
    return people


def test_a_report_freezes_who_was_asked_who_answered_and_what_they_said(town):
    filled(town, 0, INSURED, NOT_PAID, NOT_YET, None)
    made = submit(survey=town.survey, by=town.clerks[0], at=LATER)
    assert (made.asked, made.answered, made.unanswered, made.by_phone, made.late) == (4, 3, 1, 3, False)
    counts = {(one.question, one.option): one.heads for one in made.counts.all()}
    assert counts["where", "here"] == 2
    assert counts["where", "none"] == 1
    assert counts["where", ""] == 3
    assert counts["why", "how"] == 1
    assert ("why_words", "") not in counts
    assert submit(survey=town.survey, by=town.clerks[0], at=LATER) == made
    assert ReportVersion.objects.count() == 1


def test_what_was_reported_is_never_rewritten(town):
    filled(town, 0, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    for rows in (ReportVersion.objects.all(), Count.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(**({"asked": 9} if rows.model is ReportVersion else {"heads": 9}))


def test_a_correction_leaves_the_version_before_with_its_reason_and_the_sums_follow(town):
    _, second = filled(town, 0, INSURED, None)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    sum_up(survey=town.survey, reason="新华小学未报", by=town.streets[0], at=LATER)
    reopen(survey=town.survey, reason="补一份纸质问卷", by=town.clerks[0], at=AFTER)
    tell(town, second, NOT_YET, at=AFTER)
    assert by_school(town.survey)[town.schools[0].pk].answered == 1
    submit(survey=town.survey, by=town.clerks[0], at=AFTER)
    versions = list(ReportVersion.objects.order_by("number"))
    assert [(one.answered, one.late, one.reason) for one in versions] == [(1, False, ""), (2, True, "补一份纸质问卷")]
    assert by_school(town.survey)[town.schools[0].pk].answered == 2
    assert moved_since(town.survey) == {town.streets[0].organisation_id}
    assert of_sum(latest(town.survey)[town.streets[0].organisation_id]).answered == 1
    accept(report=report_of(town, 0), seen=2, by=town.streets[0], at=AFTER)
    again = sum_up(survey=town.survey, reason="临江路小学更正", by=town.streets[0], at=AFTER)
    assert (again.number, again.late, of_sum(again).answered) == (2, True, 2)
    assert moved_since(town.survey) == set()


def test_a_report_that_is_sent_back_counts_nowhere_until_it_comes_again(town):
    filled(town, 0, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    send_back(report=report_of(town, 0), reason="人数不对", seen=1, by=town.streets[0], at=LATER)
    assert by_school(town.survey) == {}
    assert not Counted.objects.exists()
    made = submit(survey=town.survey, by=town.clerks[0], at=LATER)
    assert (made.number, made.reason) == (2, "人数不对")
    with pytest.raises(Refused, match="changed after"):
        accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)


def test_only_the_sub_district_above_reviews_and_only_with_a_reason_sends_back(town):
    filled(town, 0, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    for stranger in (town.streets[1], town.officer, town.clerks[0]):
        with pytest.raises(Refused):
            accept(report=report_of(town, 0), seen=1, by=stranger, at=LATER)
    with pytest.raises(Refused, match="reason"):
        send_back(report=report_of(town, 0), reason=" ", seen=1, by=town.streets[0], at=LATER)


def test_a_sum_needs_every_report_reviewed_and_says_why_schools_are_missing(town):
    filled(town, 0, INSURED)
    with pytest.raises(Refused, match="No school"):
        sum_up(survey=town.survey, reason="", by=town.streets[0], at=LATER)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    with pytest.raises(Refused, match="wait to be reviewed"):
        sum_up(survey=town.survey, reason="", by=town.streets[0], at=LATER)
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    pupils(town.schools[1], 1)
    with pytest.raises(Refused, match="reason"):
        sum_up(survey=town.survey, reason="", by=town.streets[0], at=LATER)
    made = sum_up(survey=town.survey, reason="新华小学停课", by=town.streets[0], at=LATER)
    assert (made.missing, made.number) == (1, 1)
    assert sum_up(survey=town.survey, reason="", by=town.streets[0], at=LATER) == made


def test_a_child_who_moved_counts_once_at_the_school_where_it_was_on_the_roll(town):
    moving, _ = filled(town, 0, INSURED, NOT_YET)
    filled(town, 1, INSURED)
    SchoolRoll.objects.filter(person=moving).update(school=town.schools[1])
    first = submit(survey=town.survey, by=town.clerks[0], at=LATER)
    second = submit(survey=town.survey, by=town.clerks[1], at=LATER)
    assert (first.asked, second.asked, second.answered) == (1, 2, 2)


def test_a_child_who_moved_after_its_school_reported_is_not_counted_a_second_time(town):
    moving, _ = filled(town, 0, INSURED, NOT_YET)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    SchoolRoll.objects.filter(person=moving).update(school=town.schools[1])
    second_people = filled(town, 1, INSURED)
    second = submit(survey=town.survey, by=town.clerks[1], at=LATER)
    assert (second.asked, second.counted_elsewhere) == (1, 1)
    assert total(by_school(town.survey).values()).asked == 3
    with pytest.raises(Refused, match="reported"):
        tell(town, moving, AWAY, at=LATER)
    reopen(survey=town.survey, reason="有学生转走", by=town.clerks[0], at=LATER)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    assert joined_since(town.survey, town.schools[1]) == 1
    reopen(survey=town.survey, reason="有学生转入", by=town.clerks[1], at=LATER)
    assert submit(survey=town.survey, by=town.clerks[1], at=LATER).asked == 2
    assert len(second_people) == 1


def test_a_school_that_closes_after_its_report_goes_on_to_count_and_one_before_is_not_awaited(town):
    filled(town, 0, INSURED)
    people = filled(town, 1, NOT_YET, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    SchoolRoll.objects.filter(person__in=people).update(school=town.schools[2])
    for school in town.schools[:2]:
        type(school).objects.filter(pk=school.pk).update(active=False)
    merged = submit(survey=town.survey, by=town.clerks[2], at=LATER)
    assert (merged.asked, merged.answered) == (2, 2)
    made = sum_up(survey=town.survey, reason="", by=town.streets[0], at=LATER)
    assert (made.missing, of_sum(made).asked) == (0, 1)
    assert total(by_street(town.survey).values()).asked == 3


def test_a_child_on_two_rolls_counts_at_one_of_them(town):
    (torn,) = filled(town, 0, INSURED)
    roll = SchoolRoll.objects.get(person=torn)
    roll.pk, roll.school, roll.contested = None, town.schools[1], True
    roll.save()
    filled(town, 1, NOT_YET)
    assert submit(survey=town.survey, by=town.clerks[1], at=LATER).asked == 1
    assert submit(survey=town.survey, by=town.clerks[0], at=LATER).asked == 1


def test_nothing_is_reported_without_pupils_or_after_the_close(town):
    with pytest.raises(Refused, match="roll"):
        submit(survey=town.survey, by=town.clerks[0], at=LATER)
    filled(town, 0, INSURED)
    close(survey=town.survey, by=town.officer, at=LATER)
    with pytest.raises(Refused, match="closed"):
        submit(survey=town.survey, by=town.clerks[0], at=LATER)


def test_accepting_asks_the_school_about_each_child_once_and_leaves_help_to_the_school(town):
    from tests.survey.building import enrolled

    paid, twice, needy = filled(town, 0, INSURED, AWAY, NOT_YET)
    enrolled(town.season, town.schools[0], twice, "confirmed")
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    found = {(one.person_id, one.kind) for one in Difference.objects.all()}
    assert found == {(paid.pk, "paid"), (twice.pk, "twice"), (needy.pk, "help")}
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    assert set(Case.objects.values_list("person", "to_organisation", "kind")) == {
        (one.pk, town.schools[0].pk, "survey") for one in (paid, twice)
    }
    hand_over(survey=town.survey, person=needy, question="家长不会用手机缴费", by=town.clerks[0], at=LATER)
    reopen(survey=town.survey, reason="再核对", by=town.clerks[0], at=LATER)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    accept(report=report_of(town, 0), seen=2, by=town.streets[0], at=LATER)
    assert Case.objects.count() == 3
    assert not Difference.objects.filter(case__isnull=True).exists()


def test_differences_of_a_closed_school_are_asked_of_the_school_where_each_child_is(town):
    moved, stays, gone = filled(town, 0, INSURED, INSURED, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    SchoolRoll.objects.filter(person=moved).update(school=town.schools[1])
    SchoolRoll.objects.filter(person=gone).update(left_on=LATER.date(), leave_reason="transferred")
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    asked = dict(Case.objects.values_list("person", "to_organisation"))
    assert asked == {moved.pk: town.schools[1].pk, stays.pk: town.schools[0].pk}
    assert followed_up(report_of(town, 0)) == FollowedUp(asked=2, left=1)
    closes = filled(town, 2, INSURED)
    submit(survey=town.survey, by=town.clerks[2], at=LATER)
    shut(town, 2, 3)
    accept(report=report_of(town, 2), seen=1, by=town.streets[1], at=LATER)
    assert Case.objects.get(person=closes[0]).to_organisation == town.schools[3]
    assert followed_up(report_of(town, 2)) == FollowedUp(asked=1, left=0)


def test_a_case_that_is_under_way_is_not_asked_a_second_time_and_is_told_as_asked(town):
    (one,) = filled(town, 0, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    hand_over(survey=town.survey, person=one, question="家长不会缴费", by=town.clerks[0], at=LATER)
    Difference.objects.update(case=None)
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)
    assert Case.objects.count() == 1
    assert followed_up(report_of(town, 0)) == FollowedUp(asked=1, left=0)


def test_the_report_of_a_school_that_closed_is_not_sent_back_and_goes_on_to_count(town):
    filled(town, 0, INSURED, NOT_PAID)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    shut(town, 0, 1)
    with pytest.raises(Refused, match="has closed"):
        send_back(report=report_of(town, 0), reason="人数不对", seen=1, by=town.streets[0], at=LATER)
    assert total(by_school(town.survey).values()).asked == 2


def shut(town, number, successor):
    """The school closes, its pupils go to another one."""
    one, to = town.schools[number], town.schools[successor]
    dissolving.dissolve(
        organisation=one, successor=to, reason="并校", by=town.officer, at=LATER, seen=dissolving.mark_of(one)
    )


def test_a_difference_that_is_no_more_goes_with_the_next_report(town):
    (one,) = filled(town, 0, NOT_PAID)
    from tests.survey.building import enrolled

    enrolled(town.season, town.schools[0], one, "paid")
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    assert [row.kind for row in Difference.objects.all()] == ["unpaid"]
    Enrolment.objects.filter(person=one).update(state="determined")
    reopen(survey=town.survey, reason="核对", by=town.clerks[0], at=LATER)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    assert not Difference.objects.exists()


PLAN = st.lists(
    st.tuples(
        st.integers(0, 3), st.lists(st.integers(0, 4), min_size=1, max_size=5), st.sampled_from(["", "back", "again"])
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(PLAN)
def test_totals_are_always_the_sums_of_their_parts(transactional_or_not, plan):
    with transaction.atomic():
        town = district()
        for number, choices, then in plan:
            filled_or_refused(town, number, choices, then)
            check_sums(town)
        transaction.set_rollback(True)


@pytest.fixture
def transactional_or_not(db):
    return None


def filled_or_refused(town, number, choices, then):
    """One school's turn: answers as far as they are taken, a report, and what the sub-district does with it."""
    clerk, street = town.clerks[number], town.streets[number // 2]
    report = SchoolReport.objects.filter(survey=town.survey, school=clerk.organisation).first()
    if report is not None and report.standing_id:
        reopen(survey=town.survey, reason="更正", by=clerk, at=LATER)
    for person, choice in zip(pupils(clerk.organisation, len(choices)), choices, strict=True):
        tell(town, person, SAID[choice])
    made = submit(survey=town.survey, by=clerk, at=LATER)
    report = SchoolReport.objects.get(survey=town.survey, school=clerk.organisation)
    if then == "back":
        send_back(report=report, reason="再核对", seen=made.number, by=street, at=LATER)
        return
    accept(report=report, seen=made.number, by=street, at=LATER)
    sum_up(survey=town.survey, reason="尚有学校未报", by=street, at=LATER)


def check_sums(town):
    """School, sub-district and district agree with each other and with the answers that are counted."""
    schools, streets = by_school(town.survey), by_street(town.survey)
    whole = total(schools.values())
    assert total(streets.values()) == whole
    counted = Counted.objects.filter(survey=town.survey)
    assert (whole.asked, whole.answered) == (counted.count(), counted.filter(answered=True).count())
    assert whole.asked == whole.answered + whole.unanswered
    for word in ("here", "elsewhere", "none"):
        answers = Answer.objects.filter(survey=town.survey, person__in=counted.values("person"), said__where=word)
        assert whole.heads("where", word) == answers.count()
    assert whole.heads("where") == sum(
        whole.heads("where", one) for one in ("here", "city", "elsewhere", "none", "unknown")
    )
    for street, one in latest(town.survey).items():
        if street not in moved_since(town.survey):
            assert of_sum(one) == streets[street]


@pytest.mark.django_db(transaction=True)
def test_sums_are_exact_while_schools_report_and_families_answer_at_the_same_time():
    town = district()
    people = {number: pupils(town.schools[number], 12) for number in range(4)}
    # Some stand on the rolls of two schools that report at once.
    for number in (0, 2):
        for person in people[number][:4]:
            roll = SchoolRoll.objects.get(person=person)
            roll.contested = True
            roll.save()
            roll.pk, roll.school = None, town.schools[number + 1]
            roll.save()
    start = threading.Barrier(8)

    def run(act):
        try:
            start.wait()
            act()
        finally:
            connection.close()

    def answers(number):
        def act():
            for turn, person in enumerate(people[number]):
                try:
                    tell(town, person, SAID[turn % 4], at=LATER)
                except Refused:
                    continue

        return act

    def reports(number):
        def act():
            for _ in range(3):
                submit(survey=town.survey, by=town.clerks[number], at=LATER)
                reopen(survey=town.survey, reason="再核对", by=town.clerks[number], at=LATER)
            submit(survey=town.survey, by=town.clerks[number], at=LATER)

        return act

    with ThreadPoolExecutor(8) as pool:
        tasks = [pool.submit(run, make(number)) for number in range(4) for make in (answers, reports)]
        for task in tasks:
            task.result()
    check_sums(town)
    assert total(by_school(town.survey).values()).asked == 48
    assert ReportVersion.objects.count() == 16
    assert sum(answered for _, answered in progress(town.survey).values()) <= Answer.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_summing_make_one_sum():
    town = district()
    filled(town, 0, INSURED)
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    accept(report=report_of(town, 0), seen=1, by=town.streets[0], at=LATER)

    def click(_):
        try:
            return sum_up(survey=town.survey, reason="新华小学未报", by=town.streets[0], at=LATER).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(click, range(3)))) == 1
    assert Sum.objects.count() == 1
