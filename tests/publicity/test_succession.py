"""Letters of a school that closes count with the school that takes its children. 信函移交"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tests.enrolment.building import AT, child, clerk, organisation
from tests.publicity.building import FIRST, Town, town
from yingbao.agents.models import Organisation
from yingbao.campaign import closing
from yingbao.enrolment import dissolving
from yingbao.enrolment.actions import decline
from yingbao.enrolment.opening import list_and_determine
from yingbao.publicity import handing, signs
from yingbao.publicity.following import SchoolRow, by_class, by_school
from yingbao.publicity.making import ask, make
from yingbao.publicity.models import HandOut

pytestmark = pytest.mark.django_db
DAY = date(2019, 9, 24)


def give(place: Town, *classes, absent=()):
    return handing.hand_out(
        season=place.season, school=place.school, classes=classes, day=DAY, absent=absent, by=place.clerk, at=AT
    )


def merge(place: Town, to):
    area = place.season.pooling_area
    return closing.close(
        organisation=place.school, successor=to, reason="并校", by=clerk(organisation("insurance_agency", area=area)),
        at=AT, seen=dissolving.mark_of(place.school),
    )  # fmt: skip


def neighbour(place: Town, *classes: str) -> Town:
    """Another school of the season with a child in each of these classes."""
    school = organisation(name="临江小学")
    for name in classes:
        child(school, class_name=name)
    list_and_determine(season=place.season, organisation=school, at=AT)
    return Town(place.season, school, clerk(school))


def area(season) -> tuple[int, int]:
    """Letters handed out and read in all open schools."""
    rows = [one for key, one in by_school(season).items() if organisation_open(key)]
    return sum(one.letters for one in rows), sum(one.read for one in rows)


def organisation_open(key: int) -> bool:
    return Organisation.objects.filter(pk=key, active=True).exists()


def test_what_was_printed_handed_out_and_read_goes_on_at_the_school_that_takes_the_children():
    place = town()
    one, other = place.child(), place.child(name="李小禾")
    batch, _ = ask(season=place.season, school=place.school, scope="全校", heads=2, key="k", by=place.clerk, at=AT)
    make(batch=batch, groups=None, chosen=None, duplex=False, at=AT, processes=1)
    to = neighbour(place, "1班", "2班")
    give(place, FIRST)
    give(to, FIRST)
    handing.note_read(one, at=AT)
    assert area(place.season) == (3, 1)
    assert merge(place, to.school).things["letters"] == 2
    assert area(place.season) == (3, 1)
    rows = {row.class_name: row for row in by_class(season=place.season, school=to.school)}
    assert (rows["枕波1班"].handed, rows["枕波1班"].printed, rows["枕波1班"].read) == (2, 2, 1)
    assert (rows["1班"].handed, rows["2班"].handed) == (1, 0)
    assert by_school(place.season)[to.school.pk] == SchoolRow(letters=3, classes=2, last=DAY, read=1)
    assert by_school(place.season, [to.school.pk])[to.school.pk].read == 1
    assert merge(place, to.school).things == {}
    assert area(place.season) == (3, 1)
    assert other.pk in HandOut.objects.get(class_name="枕波1班").handed.values_list("enrolment", flat=True)


def test_the_successor_can_take_back_a_hand_out_that_the_closed_school_noted_by_mistake():
    place = town()
    place.child()
    give(place, FIRST)
    to = neighbour(place)
    merge(place, to.school)
    (row,) = handing.standing(place.season, to.school)
    handing.correct(hand_out=row, reason="没有发", by=to.clerk, at=AT)
    (shown,) = by_class(season=place.season, school=to.school)
    assert (shown.handed, shown.missing) == (0, 1)
    assert by_school(place.season).get(to.school.pk, SchoolRow()).letters == 0


def test_who_was_absent_or_enrols_no_more_is_not_counted_with_those_who_come():
    place = town()
    here, absent, gone = place.child(), place.child(name="李小禾"), place.child(name="王小雨")
    give(place, FIRST, absent={absent.pk})
    decline(enrolment=gone, reason="在外地参保", by=place.clerk, at=AT)
    to = neighbour(place)
    merge(place, to.school)
    (row,) = handing.standing(place.season, to.school)
    assert (row.letters, row.children) == (1, 2)
    assert list(row.handed.values_list("enrolment", flat=True)) == [here.pk]
    (shown,) = by_class(season=place.season, school=to.school)
    assert (shown.children, shown.handed) == (2, 1)


def test_children_without_a_class_are_one_group_and_none_of_their_letters_is_lost():
    place = town()
    for name in ("张一", "张二"):
        place.child(name=name, class_name="")
    to = neighbour(place, "")
    group = ("primary", 1, "")
    give(place, group)
    give(to, group)
    merge(place, to.school)
    assert by_school(place.season)[to.school.pk].letters == 3


def test_the_task_of_the_season_goes_by_the_letters_that_came():
    place = town()
    place.child()
    give(place, FIRST)
    to = neighbour(place)
    merge(place, to.school)
    with connection.cursor() as cursor:
        cursor.execute(signs.LETTERS_HANDED_OUT, {"season": place.season.pk})
        assert [key for (key,) in cursor.fetchall()] == [to.school.pk]
