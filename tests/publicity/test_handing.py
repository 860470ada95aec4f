"""Letters handed out class by class, corrected by another row, counted for the school and above. 发放登记"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests.enrolment.building import AT, at, body
from tests.publicity.building import FIRST, SECOND, Town, town
from yingbao.enrolment.determining import determine_people
from yingbao.people.models import AssistedStatus
from yingbao.publicity import handing, signs
from yingbao.publicity.following import by_class, by_school, children_of
from yingbao.publicity.making import ask, make
from yingbao.publicity.models import HandOut, HandOutChild, LetterFile, LetterPrinted
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
DAY = date(2019, 9, 24)


def give(place: Town, *classes, day=DAY, absent=()):
    return handing.hand_out(
        season=place.season, school=place.school, classes=classes, day=day, absent=absent, by=place.clerk, at=AT
    )


def test_a_class_is_handed_out_to_but_for_who_was_absent():
    place = town()
    here, absent = place.child(), place.child(name="李小禾", phone=None)
    place.child(class_name="2班")
    (row,) = give(place, FIRST, absent={absent.pk})
    assert (row.letters, row.children) == (1, 2)
    first, second = by_class(season=place.season, school=place.school)
    assert (first.key, first.handed, first.missing, first.with_phone) == (FIRST, 1, 1, 1)
    assert (second.key, second.handed, second.missing) == (SECOND, 0, 1)
    rows = {row.enrolment: row for row in children_of(season=place.season, school=place.school, group=FIRST)}
    assert rows[here.pk].handed_on == DAY
    assert rows[absent.pk].missing


def test_the_second_click_notes_nothing_twice_and_the_absent_one_can_be_added_later():
    place = town()
    place.child()
    absent = place.child(name="李小禾")
    give(place, FIRST, absent={absent.pk})
    assert give(place, FIRST, absent={absent.pk}) == []
    give(place, FIRST)
    assert HandOut.objects.count() == 2
    assert by_school(place.season)[place.school.pk].letters == 2


def test_a_correction_leaves_both_rows_and_takes_the_children_back():
    place = town()
    place.child()
    (row,) = give(place, FIRST)
    taken = handing.correct(hand_out=row, reason="记错班级", by=place.clerk, at=AT)
    assert handing.correct(hand_out=row, reason="又点一次", by=place.clerk, at=AT) == taken
    assert HandOut.objects.count() == 2
    assert by_class(season=place.season, school=place.school)[0].handed == 0
    assert place.school.pk not in by_school(place.season)
    assert len(give(place, FIRST)) == 1


@pytest.mark.parametrize("table", [HandOut, HandOutChild, LetterPrinted])
def test_what_was_noted_is_never_rewritten(table):
    place = town()
    place.child()
    give(place, FIRST)
    batch, _ = ask(season=place.season, school=place.school, scope="全校", heads=1, key="k", by=place.clerk, at=AT)
    make(batch=batch, groups=None, chosen=None, duplex=False, at=AT, processes=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table._meta.db_table}")


@pytest.mark.parametrize(
    ("classes", "day", "where"),
    [([("primary", 6, "9班")], DAY, "9班"), ([FIRST], date(2019, 11, 13), "发放日期"),
     ([FIRST], date(2018, 9, 1), "发放日期")],
)  # fmt: skip
def test_a_class_that_does_not_exist_and_a_day_that_cannot_be_are_refused(classes, day, where):
    place = town()
    place.child()
    with pytest.raises(Refused) as told:
        give(place, *classes, day=day)
    assert told.value.where == where
    assert not HandOut.objects.exists()


def test_a_hand_out_that_nobody_took_and_a_correction_without_a_reason_are_refused():
    place = town()
    only = place.child()
    with pytest.raises(Refused, match="nobody"):
        give(place, FIRST, absent={only.pk})
    (row,) = give(place, FIRST)
    with pytest.raises(Refused):
        handing.correct(hand_out=row, reason="  ", by=place.clerk, at=AT)


def test_a_school_that_closed_in_mid_season_notes_nothing_more():
    place = town()
    place.child()
    place.school.active = False
    place.school.save()
    with pytest.raises(Refused, match="closed"):
        give(place, FIRST)
    with pytest.raises(Refused, match="closed"):
        handing.put_remark(season=place.season, school=place.school, text="x", by=place.clerk, at=AT)


def test_an_exemption_list_that_comes_late_shows_who_needs_a_new_letter():
    place = town()
    place.child()
    late = place.child(name="李小禾")
    batch, _ = ask(season=place.season, school=place.school, scope="全校", heads=2, key="k", by=place.clerk, at=AT)
    make(batch=batch, groups=None, chosen=None, duplex=False, at=AT, processes=1)
    assert by_class(season=place.season, school=place.school)[0].outdated == 0
    AssistedStatus.objects.create(person=late.person, category="orphan", provided_by=body(), first=date(2019, 1, 1))
    determine_people(season=place.season, person_ids=[late.person_id], as_of=AT.date(), at=at("2019-11-13"))
    rows = [row for row in children_of(season=place.season, school=place.school) if row.outdated]
    assert [(row.enrolment, row.printed_fen, row.self_paid_fen) for row in rows] == [(late.pk, 24000, 0)]
    again, _ = ask(season=place.season, school=place.school, scope="1名", heads=1, key="l", by=place.clerk, at=AT)
    make(batch=again, groups=None, chosen={late.pk}, duplex=False, at=AT, processes=1)
    assert by_class(season=place.season, school=place.school)[0].outdated == 0
    assert LetterFile.objects.count() == 2


def test_the_task_of_the_season_sees_by_itself_that_nearly_all_have_theirs():
    place = town()
    place.child()
    place.child(class_name="2班")

    def seen() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(signs.LETTERS_HANDED_OUT, {"season": place.season.pk})
            return [key for (key,) in cursor.fetchall()]

    give(place, FIRST)
    assert seen() == []
    assert not by_school(place.season)[place.school.pk].has_handed_out(2)
    give(place, SECOND)
    assert seen() == [place.school.pk]
    assert by_school(place.season)[place.school.pk].has_handed_out(2)


def test_the_family_that_reads_on_the_phone_is_counted_once():
    place = town()
    one = place.child()
    handing.note_read(one, at=AT)
    handing.note_read(one, at=AT)
    (row,) = by_class(season=place.season, school=place.school)
    assert (row.read, row.missing) == (1, 0)
    assert by_school(place.season)[place.school.pk].read == 1
