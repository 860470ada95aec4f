"""Every change of a person is written down by the database itself, once, and stays. 变更历史"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.people.conftest import AT, resident_id, roll_at
from yingbao.people import history
from yingbao.people.bulk import NewDocument, NewGuardian
from yingbao.people.looks import looked
from yingbao.people.models import Change, Guardian, IdentityDocument, Look, Person, SchoolRoll
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db


def test_a_new_person_is_written_down_with_who_added_it_and_when(clerk, child):
    with history.by(clerk.pk, "roster 17", at=AT):
        person = child(guardians=())
    change = history.of(person).get(table_name="people_person")
    assert (change.actor, change.source, change.at, change.row_id) == (clerk, "roster 17", AT, person.pk)
    assert change.before is None
    assert change.after["name"] == "张晓明"


def test_of_a_changed_row_only_the_fields_that_differ_are_written_down(child, clerk):
    person = child()
    with history.by(clerk.pk, "desk", at=AT):
        Person.objects.filter(pk=person.pk).update(hukou="320506", sex="male")
    change = history.of(person).first()
    assert (change.before, change.after) == ({"hukou": "320508"}, {"hukou": "320506"})


def test_a_row_that_is_written_as_it_was_is_no_change(child):
    person = child()
    before = Change.objects.count()
    person.save()
    Person.objects.filter(pk=person.pk).update(name=person.name)
    assert Change.objects.count() == before


def test_a_row_that_goes_is_written_down_as_it_was(child):
    person = child()
    Guardian.objects.filter(person=person).delete()
    change = history.of(person).first()
    assert (change.table_name, change.after) == ("people_guardian", None)
    assert change.before["name"] == "张大山"


def test_a_statement_over_many_rows_writes_one_change_for_each(child):
    people = [child(), child(), child()]
    Person.objects.filter(pk__in=[person.pk for person in people[:2]]).update(residence_permit=True)
    changed = Change.objects.filter(after={"residence_permit": True})
    assert {change.person_id for change in changed} == {people[0].pk, people[1].pk}


@pytest.mark.parametrize("sealed_in", ["number", "phone"])
def test_a_sealed_field_shows_as_its_mask_even_where_both_masks_look_alike(child, sealed_in):
    person = child()
    if sealed_in == "number":
        row = IdentityDocument.objects.get(person=person)
        row.number_index = sealed.index_of(resident_id(date(2010, 5, 6), 500))
    else:
        row = Guardian.objects.get(person=person)
        row.phone_index = sealed.index_of("13800005678")
    row.save()
    change = history.of(person).first()
    mask = getattr(row, f"{sealed_in}_masked")
    assert change.before == change.after == {f"{sealed_in}_masked": mask}


def test_sealing_a_number_anew_is_no_change(child):
    person = child()
    row = IdentityDocument.objects.get(person=person)
    before = Change.objects.count()
    row.number_cipher = sealed.seal(sealed.unseal(row.number_cipher))
    row.save()
    assert Change.objects.count() == before


def test_no_change_ever_holds_a_full_number_or_phone(child, school, clerk):
    number, roll_number, phone = resident_id(serial=77), "G" + resident_id(serial=77), "13987654321"
    guardian = NewGuardian("李小红", "mother", "320508", phone, resident_id(date(1985, 1, 1)))
    person = child(
        documents=(NewDocument("passport", "E12345678"), NewDocument("resident_id", number)),
        guardians=(guardian,),
        rolls=(roll_at(school, roll_number=roll_number),),
    )
    with history.by(clerk.pk, "desk"):
        Guardian.objects.filter(person=person).update(**_columns("phone", sealed.phone("13711112222")))
        IdentityDocument.objects.filter(person=person).update(kind="birth_certificate")
        SchoolRoll.objects.filter(person=person).update(**_columns("roll_number", sealed.number("L" + number)))
        Guardian.objects.filter(person=person).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM people_change c")
        written = cursor.fetchone()[0]
    secrets = [number, phone, guardian.number, "E12345678", "13711112222", number[6:14]]
    assert [secret for secret in secrets if secret in written] == []
    for secret in (number, phone, guardian.number, "E12345678"):
        assert sealed.index_of(secret).hex() not in written
    assert "cipher" not in written
    assert "13711" not in written.replace("137****2222", "")
    assert Change.objects.count() > 9


def _columns(field: str, columns: sealed.Columns) -> dict[str, object]:
    return dict(zip((f"{field}_cipher", f"{field}_index", f"{field}_masked"), columns, strict=True))


def test_an_inner_actor_holds_while_it_lasts_and_no_longer(clerk, child):
    person = child()
    with history.by(clerk.pk, "outer"):
        with history.by(None, "inner"):
            Person.objects.filter(pk=person.pk).update(hukou="320505")
        Person.objects.filter(pk=person.pk).update(hukou="320506")
    Person.objects.filter(pk=person.pk).update(hukou="320507")
    who = [(change.actor, change.source) for change in history.of(person)[:3]]
    assert who == [(None, ""), (clerk, "outer"), (None, "inner")]


def test_an_actor_does_not_outlive_a_block_that_failed(clerk, child):
    person = child()
    with pytest.raises(ZeroDivisionError), history.by(clerk.pk, "desk"):
        Person.objects.filter(pk=person.pk).update(hukou="320505")
        raise ZeroDivisionError
    Person.objects.filter(pk=person.pk).update(hukou="320506")
    change = history.of(person).first()
    assert (change.actor, change.before) == (None, {"hukou": "320508"})


def test_without_a_moment_the_databases_clock_tells_it(child):
    person = child()
    Person.objects.filter(pk=person.pk).update(hukou="320505")
    assert abs(history.of(person).first().at - datetime.now(AT.tzinfo)) < timedelta(minutes=1)


def test_the_moment_can_be_told_without_changing_whose_act_it_is(clerk, child):
    person = child()
    with history.by(clerk.pk, "desk"), history.at(AT):
        Person.objects.filter(pk=person.pk).update(hukou="320505")
    change = history.of(person).first()
    assert (change.actor, change.source, change.at) == (clerk, "desk", AT)


@pytest.mark.parametrize("statement", ["UPDATE people_change SET source = 'x'", "DELETE FROM people_change"])
def test_a_change_is_never_rewritten(child, statement):
    child()
    _refused(statement)


@pytest.mark.parametrize("statement", ["UPDATE people_look SET reason = 'x'", "DELETE FROM people_look"])
def test_a_look_is_never_rewritten(child, clerk, school, statement):
    look = looked(user=clerk, organisation=school, what="page", person=child(), at=AT)
    _refused(statement)
    assert Look.objects.get() == look


def _refused(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute(statement)


def test_in_any_database_but_the_tests_own_the_history_cannot_be_emptied():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_change")
        cursor.execute("SELECT pg_get_functiondef('people_never_rewritten'::regproc)")
        guard = cursor.fetchone()[0]
    parameters = connection.get_connection_params()
    with psycopg.connect(
        dbname="postgres",
        **{name: parameters[name] for name in ("host", "port", "user", "password") if name in parameters},
    ) as elsewhere:
        elsewhere.execute(guard)
        elsewhere.execute("CREATE TABLE kept (at date)")
        elsewhere.execute(
            "CREATE TRIGGER never_rewritten BEFORE TRUNCATE ON kept EXECUTE FUNCTION people_never_rewritten()"
        )
        with pytest.raises(psycopg.errors.RestrictViolation, match="kept is append-only"):
            elsewhere.execute("TRUNCATE kept")
        elsewhere.rollback()


def test_a_look_says_who_saw_how_many_and_why(clerk, school):
    look = looked(user=clerk, organisation=school, what="export", count=312, reason="年度核对", at=AT)
    assert (look.person, look.count, look.reason, look.at) == (None, 312, "年度核对", AT)
