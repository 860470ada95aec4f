"""How a body stands is what counting its children one by one would give, whatever happened to them. 应保尽保"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import AT, child, clerk, enter, organisation
from yingbao.agents.models import Organisation
from yingbao.enrolment import reckoning, standing
from yingbao.enrolment.actions import confirm, decline, withdraw
from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.models import BodyStanding, Enrolment, Season, StandingMark
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.enrolment.standing import INSURED, Standing, by_day, of_area, of_bodies, of_classes
from yingbao.people.models import Person, SchoolRoll

pytestmark = pytest.mark.django_db
PAID = ("paid", "exempt", "covered")


def body_of(person: Person, season: Season, one: Enrolment | None) -> int | None:
    """Where a child is counted, looked at alone."""
    if one and one.state not in ENDED:
        return one.organisation_id
    rolls = [
        roll
        for roll in SchoolRoll.objects.filter(person=person, left_on=None).select_related("school")
        if roll.school.pooling_area == season.pooling_area
    ]
    rolls.sort(key=lambda roll: (roll.contested, one is None or roll.school_id != one.organisation_id, roll.pk))
    if rolls:
        return rolls[0].school_id
    return one.organisation_id if one and one.organisation.kind == "community" else None


def line_of(person: Person, season: Season, one: Enrolment | None, *, here: bool) -> str:
    """The line of a child at the body where it is counted."""
    away = Enrolment.objects.filter(person=person, plan_year=season.plan_year, state__in=ENROLLED)
    if one and one.state in PAID:
        return INSURED
    if away.exclude(season=season).exists():
        return "elsewhere"
    if one is None:
        return "unlisted"
    if one.state in ENDED:
        return "declined" if one.state == "declined" else "withdrawn"
    if one.organisation.kind == "school" and not here:
        return "moved"
    if one.state == "declared" or (one.state == "confirmed" and one.channel != "school"):
        return "unpaid"
    if one.state == "confirmed":
        return "undeclared"
    if one.status == "ineligible":
        return "ineligible"
    if one.state == "draft" and one.registration:
        return "unregistered"
    return "unknown" if one.status in ("", "refer") else "unconfirmed"


def counted(season: Season) -> dict[int, Counter[str]]:
    """Every child looked at one by one."""
    found: dict[int, Counter[str]] = {}
    for person in Person.objects.all():
        one = Enrolment.objects.filter(season=season, person=person).select_related("organisation").first()
        body = body_of(person, season, one)
        schools = set(
            SchoolRoll.objects.filter(
                person=person, left_on=None, school__pooling_area=season.pooling_area
            ).values_list("school", flat=True)
        )
        if body:
            found.setdefault(body, Counter())[line_of(person, season, one, here=body in schools)] += 1
        for other in schools - {body}:
            found.setdefault(other, Counter())["with_other"] += 1
    return found


def told(season: Season) -> dict[int, Counter[str]]:
    """The same as the table has it."""
    return {key: Counter({INSURED: one.insured, **one.reasons}) + Counter() for key, one in of_bodies(season).items()}


def fresh(season: Season) -> None:
    assert reckoning.freshen(season=season, at=AT, at_once=1000) is None


def agrees(season: Season) -> bool:
    """The table agrees with the children, and each sum with its parts."""
    fresh(season)
    whole = of_area(season)
    assert told(season) == {key: lines for key, lines in counted(season).items() if lines}
    bodies = of_bodies(season)
    assert standing.total(bodies.values()) == whole
    assert all(standing.total(of_classes(season, key).values()) == one for key, one in bodies.items())
    assert sum(one.insured + sum(one.reasons.values()) for one in bodies.values()) == whole.on_roll
    if curve := by_day(season):
        assert (curve[-1].should, curve[-1].insured) == (whole.should, whole.insured)
    own = by_day(season, bodies)
    assert not own or (own[-1].should, own[-1].insured) == (whole.should, whole.insured)
    return True


def test_each_deed_moves_a_child_to_its_line(suzhou, school):
    for number in range(5):
        child(school, name=f"学生{number}", registered=None if number == 3 else AT.date().replace(year=2018))
    fresh(suzhou)
    assert of_bodies(suzhou) == {school.pk: Standing(0, {"unlisted": 5})}
    list_and_determine(season=suzhou, organisation=school, at=AT)
    by = clerk(school)
    ready = list(Enrolment.objects.filter(state="determined").order_by("pk"))
    confirm(enrolments=ready[:1], by=by, at=AT)
    decline(enrolment=ready[1], reason="在外地参保", by=by, at=AT)
    withdraw(enrolment=ready[2], reason="转学", by=by, at=AT)
    Enrolment.objects.filter(pk=ready[3].pk).update(state="paid")
    fresh(suzhou)
    found = of_bodies(suzhou)[school.pk]
    assert found == Standing(1, {"undeclared": 1, "declined": 1, "withdrawn": 1, "unregistered": 1})
    assert standing.last_moved(suzhou, [school.pk]) == {school.pk: AT}
    assert (found.on_roll, found.should, found.missing, found.share, found.permille) == (5, 5, 4, 20, 200)
    assert agrees(suzhou)


def test_a_child_of_two_rolls_is_counted_once_where_somebody_works_on_it(suzhou, school):
    other = organisation()
    both = child(school, name="两校", contested=True)
    enter(both, other, contested=True)
    list_and_determine(season=suzhou, organisation=other, at=AT)
    fresh(suzhou)
    mine, theirs = of_bodies(suzhou)[school.pk], of_bodies(suzhou)[other.pk]
    assert mine == Standing(0, {"with_other": 1})
    assert (mine.should, theirs.should, of_area(suzhou).should) == (0, 1, 1)
    assert agrees(suzhou)


def test_who_left_the_school_unpaid_is_moved_and_who_left_with_nothing_open_is_nobodys(suzhou, school):
    gone, done = child(school, name="走了"), child(school, name="办完走了")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    Enrolment.objects.filter(person=done).update(state="withdrawn", reason="转学")
    SchoolRoll.objects.update(left_on=AT.date(), leave_reason="transferred")
    fresh(suzhou)
    assert of_bodies(suzhou) == {school.pk: Standing(0, {"moved": 1})}
    assert reckoning.children(season=suzhou, organisations=[school.pk], line="moved") == [gone.pk]
    assert agrees(suzhou)


def test_children_outside_school_count_at_their_community(suzhou, community):
    one = child(name="在家")
    Enrolment.objects.create(season=suzhou, person=one, plan_year=2020, organisation=community, state_at=AT)
    fresh(suzhou)
    assert of_bodies(suzhou) == {community.pk: Standing(0, {"unknown": 1})}
    (klass,) = of_classes(suzhou, community.pk)
    assert klass.text.zh == ""
    assert agrees(suzhou)


def test_who_is_enrolled_in_another_area_is_marked_there_and_told_here(suzhou, yuzhong, school):
    one = child(school, name="在外地")
    fresh(suzhou)
    there = organisation("community", area="500103")
    Enrolment.objects.create(
        season=yuzhong, person=one, plan_year=2020, organisation=there, state="paid", state_at=AT, status="enrolled"
    )
    assert reckoning.marked(suzhou) == [school.pk]
    fresh(suzhou)
    assert of_bodies(suzhou)[school.pk] == Standing(0, {"elsewhere": 1})
    assert agrees(suzhou)
    assert agrees(yuzhong)


def test_a_fresh_decision_with_the_same_outcome_marks_nobody(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    fresh(suzhou)
    Enrolment.objects.update(as_of=AT.date(), because="x")
    SchoolRoll.objects.update(school_year=2019)
    assert not StandingMark.objects.exists()
    Enrolment.objects.update(state="registered")
    assert reckoning.marked(suzhou) == [school.pk]


def test_the_list_of_a_line_names_the_children_that_it_counts(suzhou, school):
    for number in range(4):
        child(school, name=f"学生{number}", hukou="340100" if number == 2 else "320508", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    child(school, name="新来")
    fresh(suzhou)
    found = of_bodies(suzhou)[school.pk]
    named = {
        line: len(reckoning.children(season=suzhou, organisations=[school.pk], line=line)) for line in standing.LINES
    }
    assert {line: heads for line, heads in named.items() if heads} == found.reasons
    with pytest.raises(ValueError, match="nothing"):
        reckoning.children(season=suzhou, organisations=[school.pk], line="nothing")


def test_the_curve_says_how_each_day_ended_and_keeps_yesterday(suzhou, school):
    for number in range(3):
        child(school, name=f"学生{number}")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    reckoning.freshen(season=suzhou, at=AT)
    Enrolment.objects.filter(pk=Enrolment.objects.earliest("pk").pk).update(state="paid")
    reckoning.freshen(season=suzhou, at=AT + timedelta(hours=2))
    Enrolment.objects.update(state="paid")
    reckoning.freshen(season=suzhou, at=AT + timedelta(days=3))
    first, last = AT.date(), (AT + timedelta(days=3)).date()
    assert by_day(suzhou) == by_day(suzhou, [school.pk]) == [(first, 3, 1), (last, 3, 3)]
    assert by_day(suzhou, [organisation().pk]) == []


def test_last_years_figures_stay_when_the_next_season_begins(db, monkeypatch):
    before = Season.objects.create(
        policy="320500/2019", pooling_area="320500", plan_year=2019, policy_digest="", opened_at=AT
    )
    monkeypatch.setattr(reckoning, "deadline", lambda season: AT.date().replace(year=2018))
    place = organisation()
    old = child(place)
    SchoolRoll.objects.update(entered_on=AT.date().replace(year=2017))
    fresh(before)
    assert of_area(before).should == 1
    season = open_season(policy_id="320500/2020", at=AT)
    assert standing.season_before(season) == before
    child(place)
    fresh(before)
    fresh(season)
    assert (of_area(before).should, of_area(season).should) == (1, 2)
    assert reckoning.children(season=before, organisations=[place.pk], line="unlisted") == [old.pk]


def test_a_page_waits_for_few_bodies_and_tells_since_when_many_wait(suzhou):
    schools = [organisation() for _ in range(4)]
    for one in schools:
        child(one)
    assert reckoning.freshen(season=suzhou, at=AT, at_once=3) == AT
    assert reckoning.freshen(season=suzhou, organisations=[schools[0].pk], at=AT, at_once=3) is None
    assert reckoning.catch_up(at=AT + timedelta(minutes=1)) == 3
    assert reckoning.freshen(season=suzhou, at=AT, at_once=0) is None
    for one in schools:
        child(one)
    assert reckoning.freshen(season=suzhou, at=AT + timedelta(hours=1), at_once=3) == AT
    assert reckoning.catch_up(at=AT, seconds=-1) == 0


class Town:
    """Children, and what may happen to each."""

    def __init__(self, seasons: tuple[Season, Season], places: list[Organisation]) -> None:
        self.season, self.other = seasons
        self.places = places
        self.far = organisation("community", area="500103")
        self.persons = [child(places[number % 2] if number < 4 else None) for number in range(6)]

    def own(self, person: Person) -> QuerySet[Enrolment]:
        return Enrolment.objects.filter(person=person, season=self.season)

    def rolls(self, person: Person) -> QuerySet[SchoolRoll]:
        return SchoolRoll.objects.filter(person=person, left_on=None)

    def state(self, person: Person, which: int) -> None:
        state = ("draft", "confirmed", "declared", "paid", "declined", "lapsed")[which]
        taken = Enrolment.objects.filter(person=person, season=self.other, state__in=ENROLLED).exists()
        if not (taken and state in ENROLLED):
            channel = "school" if which % 2 else "family"
            self.own(person).update(state=state, status="enrolled", reason="因故", channel=channel)

    def status(self, person: Person, which: int) -> None:
        drafts = self.own(person).filter(state="draft")
        drafts.update(status=["", "refer", "ineligible"][which % 3], registration="x" * (which % 2))

    def move(self, person: Person, which: int) -> None:
        self.own(person).update(organisation=self.places[which % 3])

    def leave(self, person: Person, which: int) -> None:
        self.rolls(person).update(left_on=AT.date(), leave_reason="transferred")

    def contest(self, person: Person, which: int) -> None:
        self.rolls(person).update(contested=True)

    def join(self, person: Person, which: int) -> None:
        place = self.places[which % 2]
        if not self.rolls(person).filter(school=place).exists():
            enter(person, place, contested=self.rolls(person).exists(), class_name=f"{which}班")

    def enrol(self, person: Person, which: int) -> None:
        if not self.own(person).exists():
            Enrolment.objects.create(
                season=self.season, person=person, plan_year=2020, organisation=self.places[which % 3], state_at=AT
            )

    def strike(self, person: Person, which: int) -> None:
        self.own(person).delete()

    def promote(self, person: Person, which: int) -> None:
        self.rolls(person).update(grade=which + 1)

    def enrol_away(self, person: Person, which: int) -> None:
        if not self.own(person).filter(state__in=ENROLLED).exists():
            Enrolment.objects.update_or_create(
                season=self.other, person=person, plan_year=2020, organisation=self.far,
                defaults={"state": ["paid", "draft"][which % 2], "state_at": AT, "status": "enrolled"},
            )  # fmt: skip

    def reckon(self, person: Person, which: int) -> None:
        reckoning.freshen(season=self.season, at=AT, at_once=which)


DEEDS: list[Callable[[Town, Person, int], None]] = [
    Town.state, Town.status, Town.move, Town.leave, Town.contest, Town.join, Town.enrol, Town.strike, Town.promote,
    Town.enrol_away, Town.reckon,
]  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20))
def test_whatever_happens_the_table_agrees_with_the_children(suzhou, yuzhong, school, community, deeds):
    town = Town((suzhou, yuzhong), [school, organisation(), community])
    for deed, which, other in deeds:
        deed(town, town.persons[which], other)
    assert agrees(suzhou)
    assert agrees(yuzhong)


@pytest.mark.django_db(transaction=True)
def test_no_change_is_lost_while_two_change_and_two_reckon(suzhou, school):
    for number in range(8):
        child(school, name=f"学生{number}")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    keys = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))

    def change(first: int) -> None:
        for number in range(40):
            Enrolment.objects.filter(pk=keys[first + number % 4]).update(
                state=["paid", "lapsed", "confirmed"][number % 3]
            )
        connections.close_all()

    def reckon() -> None:
        for _ in range(15):
            reckoning.freshen(season=suzhou, at=AT)
        connections.close_all()

    threads = [threading.Thread(target=each) for each in (lambda: change(0), lambda: change(4), reckon, reckon)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert agrees(suzhou)
    assert BodyStanding.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_reckons_while_a_change_is_not_committed_yet_finds_its_mark_afterwards(suzhou, school):
    child(school, name="先来")
    fresh(suzhou)
    began, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            child(school, name="后到")
            began.set()
            go_on.wait(30)
        connections.close_all()

    writer = threading.Thread(target=slowly)
    writer.start()
    assert began.wait(30)
    reckoning.reckon(season=suzhou, organisations=[school.pk], at=AT)
    assert of_area(suzhou).on_roll == 1
    go_on.set()
    writer.join(30)
    assert reckoning.marked(suzhou) == [school.pk]
    assert agrees(suzhou)
    assert of_area(suzhou).on_roll == 2
