"""The second wall: what the database itself shows each desk and lets it write, whatever a view forgets. 行级安全"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from tests.enrolment.building import enter, organisation
from tests.web.addressing import PLACES
from tests.web.conftest import clerk_of
from tests.web.standing_town import other_school, school, standing_town, suzhou, town
from yingbao.agents.models import Appointment, Desk
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import Change, Guardian, IdentityDocument, Person, SchoolRoll
from yingbao.web import middleware
from yingbao.web.wall import beyond, by_platform, duties, family_of, raising, rows, seated
from yingbao.web.wall.seating import behind

pytestmark = pytest.mark.django_db
__all__ = ["other_school", "school", "standing_town", "suzhou", "town"]
YINGBAO = Path(__file__).parents[2] / "yingbao"
WHO = """SELECT current_user, session_user, coalesce(current_setting('yingbao.area', true), ''),
                coalesce(current_setting('yingbao.beyond', true), '')"""


def asked(sql: str, *values: object) -> list[tuple]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    """The statement fails for want of a right, and the test goes on."""
    with pytest.raises(DatabaseError, match=r"permission denied|row-level security"), transaction.atomic():
        yield


def test_every_table_that_names_a_child_or_a_body_stands_behind_the_wall(db):
    walled = {name for (name,) in asked("SELECT relname FROM pg_class WHERE relrowsecurity")}
    for table in raising.tables():
        if table.name.startswith(rows.OUTSIDE) or table.name in rows.COMMON:
            continue
        if rows.KEYED & table.columns or table.name.startswith(rows.WALLED):
            assert table.name in walled, f"{table.name} has no policy: say in web/wall/rows.py whose its rows are"


def test_what_stands_outside_the_wall_names_no_child(db):
    for table in raising.tables():
        if table.name.startswith(rows.OUTSIDE) or table.name in rows.COMMON:
            assert not {"person_id", "enrolment_id", "guardian_id"} & table.columns, table.name


def test_no_role_of_a_desk_owns_anything_or_steps_around_the_wall(db):
    found = asked(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcanlogin "
        "OR rolcreaterole OR rolcreatedb)",
        list(duties.EVERY),
    )
    assert found == []
    assert asked("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", list(duties.EVERY)) == [(len(duties.EVERY),)]


def test_raising_it_twice_changes_nothing(db):
    before = asked("SELECT count(*), min(oid) FROM pg_policy")
    raising.raise_wall()
    assert asked("SELECT count(*), min(oid) FROM pg_policy") == before


# What a role may see of each table where only another school's and another city's children are in the database.


FOR_EVERYBODY = {"cases_generalanswer"}
"""What was published, without anybody's data."""


def rows_of_others(seat: Appointment | None, role: str) -> dict[str, int]:
    return {table: rows for table, rows in seen_rows(seat, role).items() if table not in FOR_EVERYBODY}


@pytest.fixture
def strangers(town) -> None:
    """A town in which there is something of everything, none of it ours."""


@pytest.mark.parametrize("desk", [Desk.SCHOOL, Desk.COMMUNITY, Desk.LIST_PROVIDER])
def test_of_a_town_full_of_others_a_new_body_sees_no_row_of_any_table(desk, strangers):
    seat = clerk_of(organisation(PLACES[desk], division="320599"), desk)
    assert rows_of_others(seat, duties.ROLES[desk]) == {}


@pytest.mark.parametrize("desk", [Desk.AGENCY, Desk.TAX, Desk.EDUCATION, Desk.CARD])
def test_an_area_without_children_sees_no_row_of_any_table(desk, strangers):
    seat = clerk_of(organisation(PLACES[desk], area="330100", division="330102"), desk)
    assert rows_of_others(seat, duties.ROLES[desk]) == {}


@pytest.mark.parametrize("desk", [Desk.SYSTEM, Desk.SECURITY])
def test_administrators_see_no_row_of_children_or_money(desk, strangers):
    seat = clerk_of(organisation("operations"), desk)
    assert set(rows_of_others(seat, duties.ROLES[desk])) <= {"outbox_message"}


def test_a_stranger_from_the_street_sees_no_row_of_any_table(strangers):
    assert rows_of_others(None, duties.FAMILY) == {}


FOR_EVERY_SCHOOL = {"collection_bankaccount"}
"""Where the money of the pooling area goes to."""


def seen_rows(seat: Appointment | None, role: str) -> dict[str, int]:
    """How many rows of each walled table the role reads without any condition."""
    walled = [one for one in raising.tables() if rows.is_walled(one.name, one.columns)]
    found = {}
    with seated(seat):
        for table in walled:
            if "SELECT" in duties.duty(table.name, role):
                ((count,),) = asked(f"SELECT count(*) FROM {table.name}")
                if count and table.name not in FOR_EVERY_SCHOOL:
                    found[table.name] = count
    return found


def test_a_query_without_any_condition_finds_a_schools_own_children_alone(town, school, suzhou):
    clerk = town.clerk
    with seated(clerk):
        assert {one.organisation_id for one in Enrolment.objects.all()} == {school.pk}
        ours = {one.person_id for one in Enrolment.objects.all()}
        assert town.own["pupil"] in ours
        assert set(Person.objects.values_list("pk", flat=True)) <= ours
        assert set(IdentityDocument.objects.values_list("person", flat=True)) <= ours
        assert set(SchoolRoll.objects.values_list("school", flat=True)) == {school.pk}
        assert set(Change.objects.values_list("person_id", flat=True)) <= ours
    assert Person.objects.count() > 2


def test_tax_and_agency_see_their_pooling_area_and_no_other(town, suzhou):
    for desk in (Desk.AGENCY, Desk.TAX):
        with seated(clerk_of(organisation(PLACES[desk]), desk)):
            assert {one.season_id for one in Enrolment.objects.all()} == {suzhou.pk}
            assert not Person.objects.filter(pk=town.others["pupil"][1]).exists()
            assert Person.objects.filter(pk__in=[town.own["pupil"], town.others["pupil"][0]]).count() == 2


def test_a_family_sees_the_child_that_it_is_bound_to(town):
    with family_of([town.own["pupil"]]):
        assert [one.pk for one in Person.objects.all()] == [town.own["pupil"]]
        assert {one.person_id for one in Enrolment.objects.all()} == {town.own["pupil"]}


def test_a_child_on_two_rosters_can_be_looked_at_and_not_changed(town, school):
    theirs = town.others["pupil"][0]
    enter(Person.objects.get(pk=theirs), school, contested=True)
    with seated(town.clerk):
        assert Enrolment.objects.filter(person=theirs).count() == 1
        assert Enrolment.objects.filter(person=theirs).update(reason="ours") == 0


# Through the real middleware, with a view that narrows nothing.


def asked_through_the_middleware(view, seat: Appointment | None):
    """The answer of a view behind the platform's own middleware."""
    request = RequestFactory().get("/")
    request.appointment = seat
    return behind(request, view)


def test_a_view_that_forgets_to_narrow_shows_nothing_of_another_school(town, other_school):
    def forgetful(request) -> HttpResponse:
        return HttpResponse(",".join(sorted(one.organisation.name for one in Enrolment.objects.all())))

    assert asked_through_the_middleware(forgetful, town.clerk).content.decode() == "星海学校"
    assert asked_through_the_middleware(forgetful, None).content == b""


def test_every_request_is_answered_behind_the_wall(town, signed_in, monkeypatch):
    told = []

    def noting(request, answer):
        return behind(request, lambda one: (told.append(asked(WHO)[0][0]), answer(one))[1])

    monkeypatch.setattr(middleware, "behind", noting)
    signed_in(town.clerk).get("/school/")
    assert told == ["yingbao_school"]
    assert asked(WHO)[0][0] == asked(WHO)[0][1]


def test_what_is_read_while_it_is_sent_is_read_behind_the_wall(town):
    def slowly(request) -> StreamingHttpResponse:
        return StreamingHttpResponse(str(Person.objects.count()) for _ in range(2))

    answer = asked_through_the_middleware(slowly, town.clerk)
    assert asked(WHO)[0][0] == asked(WHO)[0][1]
    with seated(town.clerk):
        own = str(Person.objects.count()).encode()
    assert own != str(Person.objects.count()).encode()
    assert list(answer.streaming_content) == [own, own]
    assert asked(WHO)[0][0] == asked(WHO)[0][1]


def test_nothing_of_the_desk_stays_after_an_exception(town):
    def broken(request) -> HttpResponse:
        with transaction.atomic():
            Person.objects.count()
            raise ValueError

    with pytest.raises(ValueError):
        asked_through_the_middleware(broken, town.clerk)
    ((now, owner, area, door),) = asked(WHO)
    assert (now, area, door) == (owner, "", "")


def test_nothing_of_the_desk_stays_after_a_fault_of_the_database(town):
    def faulty(request) -> HttpResponse:
        with transaction.atomic(), beyond("a door that breaks"):
            asked("SELECT 1/0")
        raise AssertionError

    with pytest.raises(DatabaseError):
        asked_through_the_middleware(faulty, town.clerk)
    ((now, owner, area, door),) = asked(WHO)
    assert (now, area, door) == (owner, "", "")


# Duties apart.


def test_a_tax_officer_cannot_write_what_registration_keeps(town):
    person = town.own["pupil"]
    with seated(clerk_of(organisation("tax_authority"), Desk.TAX)):
        for deed in (
            lambda: Person.objects.filter(pk=person).update(name="别名"),
            lambda: Guardian.objects.filter(person=person).update(name="别名"),
            lambda: SchoolRoll.objects.filter(person=person).update(class_name="2班"),
            lambda: Enrolment.objects.filter(person=person).update(organisation=None),
            lambda: Enrolment.objects.filter(person=person).delete(),
            lambda: asked("INSERT INTO people_basicregistration (person_id) VALUES (%s)", person),
        ):
            with refused_by_the_database():
                deed()


def test_the_agency_cannot_write_what_the_tax_authority_keeps(town):
    with seated(clerk_of(organisation("insurance_agency"), Desk.AGENCY)):
        for table in ("declaration_declaration", "declaration_declarationline", "collection_obligation",
                      "collection_arrival", "collection_refund", "collection_receipt", "ledger_journal"):  # fmt: skip
            with refused_by_the_database():
                asked(f"DELETE FROM {table}")
            with refused_by_the_database():
                asked(f"INSERT INTO {table} DEFAULT VALUES")


WRITING = ("INSERT", "UPDATE", "DELETE")
NEITHER = ("people_(?!look|change)", "enrolment_(enrolment|step|correction)", "declaration_", "collection_", "ledger_")


@pytest.mark.parametrize("role", [duties.EDUCATION, duties.CARD, duties.ADMIN, duties.AUDIT])
def test_who_only_counts_or_administers_writes_no_table_of_children_or_money(role, db):
    for table in raising.tables():
        if re.match("|".join(NEITHER), table.name):
            granted = asked(
                "SELECT privilege_type FROM information_schema.role_table_grants "
                "WHERE grantee = %s AND table_name = %s",
                role, table.name,
            )  # fmt: skip
            assert not {one for (one,) in granted} & set(WRITING), table.name


@pytest.mark.parametrize("role", [duties.EDUCATION, duties.CARD, duties.ADMIN, duties.AUDIT])
def test_who_only_counts_or_administers_reads_no_sealed_column(role, db):
    sealed = asked(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name ~ '^(people|enrolment|declaration|collection|spreadsheet)_' "
        "AND column_name ~ '_(cipher|index)$'"
    )
    assert sealed
    for table, column in sealed:
        ((may,),) = asked("SELECT has_column_privilege(%s, %s, %s, 'SELECT')", role, table, column)
        assert not may, (table, column)


def test_the_education_bureau_reads_no_childs_name(db):
    for column in ("name", "name_original", "name_pinyin", "name_initials", "search_words"):
        ((may,),) = asked("SELECT has_column_privilege('yingbao_education', 'people_person', %s, 'SELECT')", column)
        assert not may


def test_nobody_at_a_desk_rewrites_history(town):
    for table in ("people_change", "people_look"):
        for role in duties.EVERY:
            assert not {"UPDATE", "DELETE"} & set(re.findall("[A-Z]+", duties.duty(table, role)))
    with seated(town.clerk), refused_by_the_database():
        asked("INSERT INTO people_change (at, person_id) VALUES (now(), %s)", town.own["pupil"])


def test_a_change_by_a_clerk_is_written_to_history_all_the_same(town):
    before = Change.objects.count()
    with seated(town.clerk):
        assert Person.objects.filter(pk=town.own["pupil"]).update(lapsed_years=2) == 1
    assert Change.objects.count() == before + 1


# Doors.


def test_a_door_lifts_the_rows_and_keeps_the_duties(town):
    far = Person.objects.filter(pk=town.others["pupil"][1])
    with seated(clerk_of(organisation("tax_authority"), Desk.TAX)):
        assert not far.exists()
        with beyond("a test"):
            assert far.exists()
            with refused_by_the_database():
                far.update(name="别名")
        assert not far.exists()


def test_the_platforms_own_deeds_have_a_door_too_and_it_closes(town):
    far = Person.objects.filter(pk=town.others["pupil"][1])
    with seated(town.clerk):
        with by_platform("a test"):
            assert far.update(lapsed_years=1) == 1
        assert not far.exists()


def test_a_door_without_a_reason_does_not_open(db):
    for door in (beyond, by_platform):
        with pytest.raises(ValueError, match="reason"), door(""):
            pass


DOOR = re.compile(r"(?:with |@|, )(beyond|by_platform)\((.+?)\)")


def test_the_doors_are_few_and_each_is_listed_in_the_decision():
    found = []
    for file in sorted(YINGBAO.rglob("*.py")):
        if "wall" not in file.parts:
            found += [(str(file.relative_to(YINGBAO)), kind) for kind, _ in DOOR.findall(file.read_text())]
    said = (YINGBAO.parent / "docs/adr/0022-a-second-wall.md").read_text()
    assert sorted({file for file, _ in found if file not in said}) == [], "a new door: name its file in ADR 22 with why"
    assert len(found) <= 95


def test_an_agent_cannot_accept_or_return_its_own_declaration_whatever_a_view_does(town, school):
    one = Declaration.objects.filter(organisation=school).order_by("pk").first()
    said = [
        *(f"UPDATE declaration_declaration SET state = '{to}'" for to in ("accepted", "partly_accepted", "returned")),
        "UPDATE declaration_declaration SET heads = 0",
        "UPDATE declaration_declarationline SET declaration_id = declaration_id",
        "DELETE FROM declaration_declaration",
    ]
    for deed in said:
        with seated(town.clerk), refused_by_the_database(), connection.cursor() as cursor:
            cursor.execute(f"{deed} WHERE {'declaration_' if 'line' in deed else ''}id = %s", [one.pk])


@pytest.mark.parametrize("desk", ["school", "tax"])
def test_no_desk_changes_anothers_account_or_reads_what_others_did(town, desk):
    me = town.clerk if desk == "school" else town.collector
    other = clerk_of(organisation("insurance_agency"), "agency")
    with seated(me), connection.cursor() as cursor:
        cursor.execute("UPDATE agents_user SET name = 'x' WHERE id = ANY(%s)", [[me.user_id, other.user_id]])
        assert cursor.rowcount == 1
    for forbidden in ("SELECT what FROM trail_event", "SELECT id FROM agents_token"):
        with seated(me), refused_by_the_database():
            asked(forbidden)
