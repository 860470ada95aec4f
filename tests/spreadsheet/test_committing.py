"""A reviewed roster is written whole or not at all, once, and as it was reviewed. 导入花名册"""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connections

from tests.enrolment.building import AT, at, clerk, organisation
from tests.spreadsheet.rosters import committed, outcomes, pupil, resident_id, reviewed
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import Change, Guardian, IdentityDocument, Person, SchoolRoll
from yingbao.sealing import sealed
from yingbao.spreadsheet import committing, review
from yingbao.spreadsheet.models import Roster, RosterGuardian, RosterRow
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def person(one: dict[str, str]) -> Person:
    return Person.objects.get(documents__number_index=sealed.index_of(str(one["身份证号"])))


def roll(one: dict[str, str]) -> SchoolRoll:
    return SchoolRoll.objects.get(person=person(one), left_on__isnull=True)


def everything() -> list[object]:
    """All that a roster could touch, so that two states can be held against each other."""
    tables = (Person, IdentityDocument, Guardian, SchoolRoll, Enrolment, Change)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_a_new_pupil_is_known_with_all_that_the_roster_said(school, by):
    one = pupil(姓名="单小明", 监护人="单大山", 联系电话="13912345678", 年级="初二", 班级="3班")
    committed(school, by, [one])
    known, stay = person(one), roll(one)
    assert (known.name, known.name_pinyin, known.name_initials, known.hukou) == (
        "单小明", "shan xiaoming", "sxm", "320508",
    )  # fmt: skip
    assert (stay.school, stay.stage, stay.grade, stay.class_name, stay.school_year) == (
        school,
        "junior",
        2,
        "3班",
        2019,
    )
    assert sealed.unseal(known.documents.get().number_cipher) == one["身份证号"]
    guardian = known.guardians.get()
    assert (guardian.name, guardian.relation) == ("单大山", "father")
    assert sealed.unseal(guardian.phone_cipher) == "13912345678"


def test_every_pupil_is_on_the_seasons_list_with_a_decision(school, by):
    committed(school, by, [pupil(户籍所在地="320506"), pupil(户籍所在地="510104", 学籍号="")])
    assert sorted(Enrolment.objects.values_list("status", "organisation")) == [
        ("enrolled", school.pk),
        ("ineligible", school.pk),
    ]


def test_the_history_says_who_wrote_and_through_which_roster(school, by):
    roster = committed(school, by, [pupil()])
    assert set(Change.objects.values_list("actor", "source", "at")) == {(by.pk, f"roster {roster.pk}", AT)}


def test_the_same_file_again_changes_nothing_at_all(school, by):
    pupils = [pupil() for _ in range(12)]
    committed(school, by, pupils)
    before = everything()
    roster = committed(school, by, pupils, at=at("2019-11-13"))
    assert roster.state == "committed"
    before[4], now = [row | {"as_of": None} for row in before[4]], everything()  # type: ignore[attr-defined]
    now[4] = [row | {"as_of": None} for row in now[4]]  # type: ignore[attr-defined]
    assert now == before


def test_a_second_click_finds_it_done(school, by):
    roster = reviewed(school, by, [pupil() for _ in range(3)])
    committing.commit(roster=roster, by=by, at=AT)
    before = everything()
    again = committing.commit(roster=roster, by=by, at=at("2019-11-14"))
    assert (again.state, again.committed_at) == ("committed", AT)
    assert everything() == before


def test_a_change_is_written_and_only_that(school, by):
    one = pupil(联系电话="13900000001")
    committed(school, by, [one, pupil()])
    last = Change.objects.order_by("-pk").first()
    committed(school, by, [one | {"班级": "9班", "联系电话": "13900000002"}], whole_file=False)
    changes = Change.objects.filter(pk__gt=last.pk).order_by("table_name")
    assert [(change.table_name, change.before, change.after) for change in changes] == [
        ("people_guardian", {"phone_masked": "139****0001"}, {"phone_masked": "139****0002"}),
        ("people_schoolroll", {"class_name": "1班"}, {"class_name": "9班"}),
    ]


def test_who_is_not_in_the_whole_schools_file_leaves_the_roll(school, by):
    gone, *others = pupils = [pupil() for _ in range(10)]
    committed(school, by, pupils)
    committed(school, by, others, at=at("2019-11-15"))
    stay = SchoolRoll.objects.get(person=person(gone))
    assert (stay.left_on, stay.leave_reason) == (date(2019, 11, 15), "absent_from_roster")
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 9


def test_who_is_not_in_the_file_of_one_class_stays(school, by):
    pupils = [pupil() for _ in range(10)]
    committed(school, by, pupils)
    committed(school, by, pupils[:3])
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 10


def test_the_clerk_decides_whether_the_file_is_the_whole_school(school, by):
    pupils = [pupil() for _ in range(10)]
    committed(school, by, pupils)
    roster = committed(school, by, pupils[:3], whole_file=True)
    assert (SchoolRoll.objects.filter(left_on__isnull=True).count(), roster.whole_file) == (3, True)
    committed(school, by, pupils[:3], whole_file=True)
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 3


def test_a_transfer_ends_the_old_roll_and_hands_the_enrolment_over(school, by, other_school, other_clerk):
    one = pupil()
    committed(other_school, other_clerk, [one])
    SchoolRoll.objects.update(school_year=2018)
    committed(school, by, [one], at=at("2019-11-15"))
    old = SchoolRoll.objects.get(person=person(one), school=other_school)
    assert (old.left_on, old.leave_reason, roll(one).school) == (date(2019, 11, 15), "transferred", school)
    assert Enrolment.objects.get(person=person(one)).organisation == school


def test_a_child_on_two_rosters_is_lost_by_neither_until_one_lets_go(school, by, other_school, other_clerk):
    one, others = pupil(户籍所在地="320506"), [pupil() for _ in range(9)]
    committed(other_school, other_clerk, [one, *others])
    committed(school, by, [one | {"户籍所在地": "320508"}])
    claims = {stay.school: stay.contested for stay in SchoolRoll.objects.filter(person=person(one))}
    assert claims == {other_school: False, school: True}
    assert (person(one).hukou, Enrolment.objects.get(person=person(one)).organisation) == ("320506", other_school)
    # both see it
    assert reviewed(school, by, [one]).rows.get().other_school == other_school
    assert reviewed(other_school, other_clerk, [one, *others]).rows.get(person=person(one)).other_school == school
    # and who leaves the child out lets it go
    committed(other_school, other_clerk, others)
    assert (roll(one).school, roll(one).contested) == (school, False)
    assert Enrolment.objects.get(person=person(one)).organisation == school


def test_the_second_school_may_let_the_child_go_as_well(school, by, other_school, other_clerk):
    one, others = pupil(), [pupil() for _ in range(9)]
    committed(other_school, other_clerk, [one])
    committed(school, by, [one, *others])
    committed(school, by, others)
    assert (roll(one).school, roll(one).contested) == (other_school, False)


def test_a_contested_child_again_in_the_same_file_is_unchanged(school, by, other_school, other_clerk):
    one = pupil()
    committed(other_school, other_clerk, [one])
    committed(school, by, [one])
    before = everything()
    roster = committed(school, by, [one | {"户籍所在地": "320506", "监护人": "别人"}])
    assert outcomes(roster) == {"unchanged": 1}
    assert everything() == before


def test_a_new_passport_replaces_the_old_one_which_is_still_found(school, by):
    foreign = {"证件类型": "护照", "性别": "女", "出生日期": "2012-07-01", "学籍号": ""}
    one = pupil(姓名="Anna Berg", 身份证号="E12345678") | foreign
    committed(school, by, [one])
    committed(school, by, [one | {"身份证号": "E87654321"}])
    documents = IdentityDocument.objects.filter(person=person(one)).order_by("pk")
    assert [document.replaced_at for document in documents] == [AT, None]
    # the old file once more takes nothing back
    assert outcomes(committed(school, by, [one])) == {"unchanged": 1}
    assert IdentityDocument.objects.count() == 2


def test_rows_in_error_stay_out_and_the_others_come_in(school, by):
    roster = committed(school, by, [pupil(), pupil(身份证号="320508201205041231"), pupil()])
    assert (roster.state, Person.objects.count()) == ("committed", 2)


def test_an_exception_in_the_middle_leaves_nothing(school, by, monkeypatch):
    committed(school, by, [pupil() for _ in range(4)])
    roster = reviewed(school, by, [pupil() for _ in range(4)])
    before = everything()

    def fail(**_: object) -> int:
        raise RuntimeError("the power went")

    monkeypatch.setattr(committing, "determine_people", fail)
    with pytest.raises(RuntimeError):
        committing.commit(roster=roster, by=by, at=AT, whole_file=True)
    roster.refresh_from_db()
    assert everything() == before
    assert (roster.state, roster.rows.filter(outcome="new").count()) == ("reviewed", 4)
    monkeypatch.undo()
    assert committing.commit(roster=roster, by=by, at=AT, whole_file=True).state == "committed"


def test_a_cancel_at_any_point_leaves_nothing(school, by):
    roster = reviewed(school, by, [pupil() for _ in range(3)])
    before = everything()
    for limit in (0, 25, 60, 70, 98):

        def stop(done: int, total: int, limit: int = limit) -> None:
            if done >= limit:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            committing.commit(roster=roster, by=by, at=AT, progress=stop)
        assert everything() == before


def test_what_changed_since_the_review_is_shown_before_anything_is_written(school, by):
    one, two = pupil(), pupil()
    committed(school, by, [one, two])
    stale = reviewed(school, by, [one | {"班级": "2班"}, two])
    committed(school, clerk(school).user, [one | {"班级": "3班"}, two])
    before = everything()
    shown = committing.commit(roster=stale, by=by, at=AT)
    assert (shown.state, everything()) == ("reviewed", before)
    assert "1 rows" in shown.message["en"]
    assert shown.rows.get(outcome="changed").changes == {"class_name": ["3班", "2班"]}
    done = committing.commit(roster=shown, by=by, at=AT)
    assert (done.state, done.message, roll(one).class_name) == ("committed", None, "2班")


def test_a_child_who_came_to_the_school_meanwhile_does_not_leave_unseen(school, by):
    pupils = [pupil() for _ in range(9)]
    committed(school, by, pupils)
    stale = reviewed(school, by, pupils)
    newcomer = pupil()
    committed(school, clerk(school).user, [newcomer])
    shown = committing.commit(roster=stale, by=by, at=AT, whole_file=True)
    assert (shown.state, outcomes(shown)) == ("reviewed", {"unchanged": 9, "left": 1})
    assert roll(newcomer).left_on is None


def test_what_was_dropped_or_refused_cannot_be_committed(school, by):
    roster = reviewed(school, by, [pupil()])
    review.drop(roster=roster, by=by, at=AT)
    with pytest.raises(Refused):
        committing.commit(roster=roster, by=by, at=AT)
    assert not Person.objects.exists()


def test_a_file_without_one_good_row_cannot_send_the_whole_school_away(school, by):
    committed(school, by, [pupil() for _ in range(3)])
    roster = reviewed(school, by, [pupil(身份证号="320508201205041231")])
    with pytest.raises(Refused, match="no row"):
        committing.commit(roster=roster, by=by, at=AT, whole_file=True)
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 3


def test_a_clean_rosters_file_and_rows_are_erased_after_the_commit(school, by):
    roster = committed(school, by, [pupil() for _ in range(3)])
    assert (roster.content_cipher, RosterRow.objects.count(), RosterGuardian.objects.count()) == (None, 0, 0)
    assert outcomes(roster) == {"new": 3}


def test_a_file_with_errors_is_kept_until_they_are_mended(school, by):
    good, bad = pupil(), pupil(身份证号="320508201205041231")
    first = committed(school, by, [good, bad])
    assert first.content_cipher is not None
    assert [row.outcome for row in first.rows.all()] == ["error"]
    committed(school, by, [good, bad | {"身份证号": resident_id()}])
    first.refresh_from_db()
    assert (first.content_cipher, first.rows.count()) == (None, 0)


def test_another_schools_children_are_untouched(school, by, other_school, other_clerk):
    theirs = [pupil() for _ in range(5)]
    committed(other_school, other_clerk, theirs)
    before = {table: list(table.objects.order_by("pk").values()) for table in (Person, Guardian, SchoolRoll)}
    committed(school, by, [pupil() for _ in range(5)], whole_file=True)
    committed(school, by, [pupil()], whole_file=True)
    for table, rows in before.items():
        assert list(table.objects.filter(pk__in=[row["id"] for row in rows]).order_by("pk").values()) == rows


def test_a_move_between_cities_is_decided_in_both(school, by):
    from yingbao.enrolment.seasons import open_season

    open_season(policy_id="500103/2020", at=AT)
    far = organisation(area="500103", name="人和街小学")
    one = pupil(户籍所在地="510104", 学籍号="")
    committed(far, clerk(far).user, [one])
    SchoolRoll.objects.update(school_year=2018)
    committed(school, by, [one])
    decided = dict(Enrolment.objects.values_list("season__pooling_area", "status"))
    assert decided == {"500103": "ineligible", "320500": "ineligible"}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_confirm_the_same_roster_at_once_import_it_once(school, by):
    roster = reviewed(school, by, [pupil() for _ in range(30)])
    states = together(*[lambda: committing.commit(roster=roster, by=by, at=AT).state for _ in range(2)])
    assert states == ["committed", "committed"]
    assert (Person.objects.count(), SchoolRoll.objects.count()) == (30, 30)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_with_two_files_of_the_same_new_pupils_make_each_pupil_once(school, by):
    pupils = [pupil() for _ in range(30)]
    mine, yours = reviewed(school, by, pupils), reviewed(school, clerk(school).user, pupils)
    states = together(*[lambda one=one: committing.commit(roster=one, by=by, at=AT).state for one in (mine, yours)])
    assert sorted(states) == ["committed", "reviewed"]
    assert Person.objects.count() == 30
    late = Roster.objects.get(state="reviewed")
    assert outcomes(late) == {"unchanged": 30}


@pytest.mark.django_db(transaction=True)
def test_two_schools_that_bring_the_same_new_child_at_once_make_one_child(school, by, other_school, other_clerk):
    one = pupil()
    mine = reviewed(school, by, [one, *(pupil() for _ in range(20))])
    theirs = reviewed(other_school, other_clerk, [*(pupil() for _ in range(20)), one])
    states = together(
        lambda: committing.commit(roster=mine, by=by, at=AT).state,
        lambda: committing.commit(roster=theirs, by=other_clerk, at=AT).state,
    )
    assert sorted(states) == ["committed", "reviewed"]
    late = Roster.objects.get(state="reviewed")
    assert outcomes(late) == {"new": 20, "on_two_rosters": 1}
    committing.commit(roster=late, by=by, at=AT)
    assert sorted(SchoolRoll.objects.filter(person=person(one)).values_list("contested", flat=True)) == [False, True]


def together(*works: object) -> list[object]:
    """Run these at the same moment, each on a connection of its own; give what they return."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        try:
            barrier.wait()
            results[place] = works[place]()  # type: ignore[operator]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(results)
