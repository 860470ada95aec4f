"""Who answers for which child, until when, and whose word stands. 作答"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests.enrolment.building import child, clerk, organisation
from tests.survey.building import AFTER, ASKED, AWAY, DAYS, INSURED, LATER, NOT_YET, NOW, district, pupils
from yingbao.people.models import SchoolRoll
from yingbao.survey.answering import NotAnswered, give, whole
from yingbao.survey.composing import close, keep, publish
from yingbao.survey.models import Answer, Given, Version
from yingbao.survey.questions import Form
from yingbao.survey.reporting import reopen, submit
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return district()


def by_phone(town, person, said, at=NOW, seen=None):
    return give(survey=town.survey, person=person, given=said, source="phone", by=None, at=at, seen=seen)


def on_paper(town, person, said, at=NOW, seen=None, by=None):
    return give(
        survey=town.survey, person=person, given=said, source="paper", by=by or town.clerks[0], at=at, seen=seen
    )


def test_a_family_answers_once_and_sending_it_twice_changes_nothing(town):
    (one,) = pupils(town.schools[0], 1)
    assert by_phone(town, one, NOT_YET).what == "taken"
    assert by_phone(town, one, NOT_YET).what == "same"
    held = Answer.objects.get()
    assert (held.source, held.times, Given.objects.count()) == ("phone", 1, 1)
    assert whole(held)["why_words"] == "爷爷不同意"


def test_free_words_lie_sealed_and_never_in_the_clear(town):
    (one,) = pupils(town.schools[0], 1)
    by_phone(town, one, NOT_YET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT said::text || encode(words_cipher, 'escape') FROM survey_answer")
        assert "爷爷" not in cursor.fetchone()[0]


def test_a_family_may_change_its_answer_until_the_school_has_reported(town):
    (one,) = pupils(town.schools[0], 1)
    by_phone(town, one, NOT_YET)
    assert by_phone(town, one, INSURED).what == "changed"
    submit(survey=town.survey, by=town.clerks[0], at=LATER)
    with pytest.raises(Refused, match="reported"):
        by_phone(town, one, AWAY, at=LATER)
    reopen(survey=town.survey, reason="漏了一个班", by=town.clerks[0], at=LATER)
    assert by_phone(town, one, AWAY, at=LATER).what == "changed"
    assert [row.said["where"] for row in Given.objects.all()] == ["none", "here", "elsewhere"]


def test_paper_never_overwrites_what_the_family_said_on_its_phone(town):
    (one,) = pupils(town.schools[0], 1)
    by_phone(town, one, NOT_YET)
    assert on_paper(town, one, INSURED).what == "kept"
    assert on_paper(town, one, INSURED).what == "kept"
    held = Answer.objects.get()
    assert (held.said["where"], held.source, held.disputed) == ("none", "phone", True)
    assert [row.stood for row in Given.objects.all()] == [True, False]
    by_phone(town, one, INSURED)
    assert not Answer.objects.get().disputed


def test_the_phone_replaces_paper_and_paper_replaces_paper_with_a_trace(town):
    (one,) = pupils(town.schools[0], 1)
    on_paper(town, one, NOT_YET)
    assert on_paper(town, one, AWAY).what == "changed"
    assert by_phone(town, one, INSURED).what == "changed"
    assert [(row.source, row.by_id is None) for row in Given.objects.all()] == [
        ("paper", False), ("paper", False), ("phone", True),
    ]  # fmt: skip


def test_a_stale_form_changes_nothing(town):
    (one,) = pupils(town.schools[0], 1)
    by_phone(town, one, NOT_YET, seen=0)
    with pytest.raises(Refused, match="changed after you opened"):
        by_phone(town, one, INSURED, seen=0)
    assert by_phone(town, one, INSURED, seen=1).what == "changed"


def test_a_school_answers_for_no_other_schools_child(town):
    (alien,) = pupils(town.schools[1], 1)
    with pytest.raises(Refused):
        on_paper(town, alien, INSURED)
    nowhere = child(area="500103", hukou="500103")
    with pytest.raises(Refused):
        by_phone(town, nowhere, INSURED)
    street = town.streets[0]
    with pytest.raises(Refused):
        on_paper(town, alien, INSURED, by=street)
    assert not Answer.objects.exists()


def test_nothing_is_taken_before_the_first_day_or_after_the_close(town):
    (one,) = pupils(town.schools[0], 1)
    waiting = district_of_next_week(town)
    with pytest.raises(Refused, match="opens on"):
        give(survey=waiting, person=one, given=INSURED, source="phone", by=None, at=NOW)
    close(survey=town.survey, by=town.officer, at=NOW)
    with pytest.raises(Refused, match="closed"):
        by_phone(town, one, INSURED)


def district_of_next_week(town):
    from yingbao.survey.composing import Days, begin

    survey = begin(season=town.season, by=town.officer, at=ASKED)
    days = Days(AFTER.date(), AFTER.date(), AFTER.date())
    publish(survey=survey, days=days, reason="", seen=0, by=town.officer, at=ASKED)
    return survey


def test_an_answer_that_is_none_is_told_question_by_question(town):
    (one,) = pupils(town.schools[0], 1)
    with pytest.raises(NotAnswered) as caught:
        by_phone(town, one, {"where": "here", "paid": "perhaps", "help": "no"})
    assert [wrong.question for wrong in caught.value.wrong] == ["insurance", "paid"]
    assert not Answer.objects.exists()


def test_answers_keep_the_version_to_which_they_were_given(town):
    first, second = pupils(town.schools[0], 2)
    by_phone(town, first, INSURED)
    form = town.survey.form
    shorter = Form(form.title, form.intro, form.questions[:1])
    town.survey.refresh_from_db()
    keep(survey=town.survey, form=shorter, seen=0, by=town.officer)
    publish(survey=town.survey, days=DAYS, reason="删去多余的题", seen=1, by=town.officer, at=NOW)
    by_phone(town, second, {"where": "here"})
    assert {row.person_id: row.version.number for row in Answer.objects.all()} == {first.pk: 1, second.pk: 2}


def test_a_published_version_and_what_was_given_are_never_rewritten(town):
    (one,) = pupils(town.schools[0], 1)
    by_phone(town, one, INSURED)
    for rows, change in ((Version.objects.all(), {"reason": "改"}), (Given.objects.all(), {"stood": False})):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(**change)


def test_a_new_version_needs_its_reason_and_days_in_their_order(town):
    form = town.survey.form
    keep(survey=town.survey, form=Form(form.title, form.intro, form.questions[:1]), seen=0, by=town.officer)
    with pytest.raises(Refused, match="reason"):
        publish(survey=town.survey, days=DAYS, reason=" ", seen=1, by=town.officer, at=NOW)
    with pytest.raises(Refused, match="order"):
        publish(
            survey=town.survey, days=DAYS._replace(streets_due_on=DAYS.opens_on), reason="改", seen=1, by=town.officer,
            at=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="after 2020"):
        publish(
            survey=town.survey, days=DAYS._replace(streets_due_on=date(2031, 1, 2)), reason="改", seen=1,
            by=town.officer, at=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="draft was changed"):
        keep(survey=town.survey, form=form, seen=0, by=town.officer)
    publish(survey=town.survey, days=DAYS, reason="改", seen=1, by=town.officer, at=NOW)
    publish(survey=town.survey, days=DAYS, reason="改", seen=1, by=town.officer, at=NOW)
    assert Version.objects.count() == 2


def test_another_districts_officer_composes_nothing_here(town):
    other = clerk(organisation("insurance_agency", area="320500"))
    with pytest.raises(Refused):
        keep(survey=town.survey, form=town.survey.form, seen=0, by=other)


def test_a_child_who_moved_is_answered_for_where_it_is_now(town):
    (one,) = pupils(town.schools[0], 1)
    on_paper(town, one, NOT_YET)
    SchoolRoll.objects.filter(person=one).update(school=town.schools[1])
    with pytest.raises(Refused):
        on_paper(town, one, INSURED)
    assert on_paper(town, one, INSURED, by=town.clerks[1]).what == "changed"


@pytest.mark.django_db(transaction=True)
def test_two_guardians_at_once_make_one_answer_and_two_traces():
    town = district()
    (one,) = pupils(town.schools[0], 1)

    def send(said):
        try:
            return by_phone(town, one, said).what
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(send, [INSURED, NOT_YET, INSURED, AWAY]))
    assert told.count("taken") == 1
    held = Answer.objects.get()
    assert Given.objects.filter(stood=True).count() == held.times
    assert Given.objects.order_by("-pk")[0].said == held.said
