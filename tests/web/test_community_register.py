"""Registering one child: the decision first, then the deed; typos answered beside their fields. 登记孩子"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, child, organisation
from tests.people.conftest import resident_id
from tests.web.community_town import Town, infant, listed_at, town_of, typed
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.cases.models import Case
from yingbao.enrolment.models import Enrolment
from yingbao.people.actions import add_person
from yingbao.people.bulk import NewDocument, NewPerson
from yingbao.people.models import BasicRegistration, Guardian, IdentityDocument, Person
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.web.wall import by_platform

pytestmark = pytest.mark.django_db
CHECK = "/community/register/check"


@pytest.fixture
def town(db) -> Town:
    return town_of()


@pytest.fixture
def client(town, signed_in) -> Client:
    return signed_in(town.worker)


def check(client: Client, **more: str):
    return client.post(CHECK, typed(**more) | {"step": "check"})


def store(client: Client, step: str = "store", **more: str):
    """Look first, then do it, as a clerk does."""
    shown = check(client, **more)
    return client.post(CHECK, typed(**more) | {"step": step, "expected": shown.context["expected"]})


def test_the_decision_with_reason_and_clause_is_shown_before_anything_is_stored(client):
    shown = check(client)
    said = shown.content.decode()
    assert shown.status_code == 200
    for words in (
        "可以参保，家庭缴240元",
        "由户籍所在社区代办参保",
        "由“枕河社区”办理",
        "登记，接着收费",
        "2020年1月1日",
    ):
        assert words in said
    assert not Person.objects.exists()


def test_what_was_shown_is_stored_listed_and_registered_in_one_go(client, town):
    answer = store(client)
    person = Person.objects.get()
    assert answer["Location"] == f"/community/children/{person.pk}/"
    one = Enrolment.objects.get(person=person)
    assert (one.organisation, one.state, one.agent) == (town.community, "determined", "community")
    assert BasicRegistration.objects.get(person=person).channel == "hukou_community"
    guardian = Guardian.objects.get(person=person)
    assert (guardian.relation, guardian.phone_masked) == ("mother", "138****5678")
    assert "已登记，列入“枕河社区”名单" in client.get(answer["Location"]).content.decode()


def test_registered_and_paid_is_one_flow_that_ends_at_the_counter(client):
    answer = store(client, "pay")
    assert answer["Location"] == "/community/counter/"
    (chosen,) = client.get("/community/counter/").context["chosen"]
    assert chosen.enrolment.person.name == "谈沐辰"
    assert chosen.due_fen == 24000


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("name", "123"), ("kind", ""), ("number", ""), ("number", "320508201805060011"),
    ("birth_date", "2018-13-45"), ("birth_date", "2018-05-07"), ("birth_date", "2028-01-01"), ("hukou", ""),
    ("hukou", "苏州"), ("hukou", "不知道"), ("school", "没有的小学"), ("one_phone", ""), ("one_phone", "12345"),
    ("one_relation", ""), ("one_hukou", "火星"), ("sex", "other side"),
])  # fmt: skip
def test_a_typo_is_answered_beside_its_field_and_everything_typed_stays(client, field, value):
    given = typed(**{field: value})
    if field == "sex":
        given["sex"] = "male" if given["number"][16] in "02468" else "female"
    answer = client.post(CHECK, given | {"step": "check"})
    assert answer.status_code == 422
    assert field in answer.context["wrong"], answer.context["wrong"]
    assert f'id="{field}-wrong"' in answer.content.decode()
    assert {name: answer.context["typed"][name] for name in given if name != "sex"} == {
        name: said for name, said in given.items() if name != "sex"
    }
    assert not Person.objects.exists()


def test_a_form_that_was_changed_after_the_look_is_shown_again_and_not_stored(client):
    shown = check(client)
    answer = client.post(CHECK, typed(hukou="吴中区") | {"step": "store", "expected": shown.context["expected"]})
    assert answer.status_code == 409
    assert not Person.objects.exists()
    assert answer.context["typed"]["hukou"] == "吴中区"


def test_a_child_of_another_division_is_told_whose_it_is_and_not_stored(client):
    organisation("community", name="橘屿社区", division="320506", phone="65550606")
    shown = check(client, hukou="吴中区", one_hukou="320506")
    said = shown.content.decode()
    assert "由“橘屿社区”办理" in said
    assert "65550606" in said
    assert 'value="store"' not in said
    answer = client.post(CHECK, typed(hukou="吴中区", one_hukou="320506")
                         | {"step": "store", "expected": shown.context["expected"]})  # fmt: skip
    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_a_child_with_hukou_elsewhere_cannot_be_enrolled_and_is_told_why(client):
    shown = check(client, hukou="340100", one_hukou="340100")
    assert "不能参保" in shown.content.decode()
    assert 'value="store"' not in shown.content.decode()


def test_a_pupil_is_put_on_file_and_handed_to_the_school_as_a_case(client, town):
    shown = check(client, school="枕波小学")
    assert "由“枕波小学”办理" in shown.content.decode()
    answer = store(client, "hand", school="枕波小学")
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert (case.to_organisation, case.asked_by_organisation) == (town.school, town.community)
    assert not Enrolment.objects.exists()


def test_whoever_is_known_is_not_entered_again_but_told_whose_it_is(client, town):
    pupil = child(town.school, name="谈沐辰")
    number = unseal(IdentityDocument.objects.get(person=pupil).number_cipher)
    # The building block's number is no real one: a document of another kind bears it here.
    IdentityDocument.objects.filter(person=pupil).update(kind="passport")
    answer = check(client, kind="passport", number=number, birth_date="2012-05-04", hukou="")
    assert answer.status_code in (409, 422)
    assert Person.objects.count() == 1


def test_a_childs_own_number_leads_to_its_school_and_another_name_to_a_refusal(client, town):
    number = typed()["number"]
    add_person(person=NewPerson(name="谈沐辰", hukou="320508", documents=(NewDocument("resident_id", number),)),
               by=None, at=AT)  # fmt: skip
    known = check(client)
    assert known.status_code == 409
    assert "平台上已有这个孩子" in known.content.decode()
    other = check(client, name="张三")
    assert other.status_code == 422
    assert "已登记在别人名下" in other.content.decode()
    assert "谈沐辰" not in other.content.decode()


def test_of_two_communities_in_the_same_second_one_has_the_child_and_the_other_is_told(client, town, monkeypatch):
    shown = check(client)
    number = typed()["number"]

    def too_late(request, person, given, moment):
        # The neighbour stores the child between our look and our deed.
        monkeypatch.undo()
        child = NewPerson(name="谈沐辰", hukou="320508", documents=(NewDocument("resident_id", number),))
        with by_platform("the neighbour's own request"):
            add_person(person=child, by=None, at=AT)
            listed_at(town, Person.objects.get(), town.neighbour)

    monkeypatch.setattr("yingbao.web.community.register.known_already", too_late)
    answer = client.post(CHECK, typed() | {"step": "store", "expected": shown.context["expected"]})
    assert answer.status_code == 409
    assert "漱石里社区" in answer.content.decode()
    assert Person.objects.count() == Enrolment.objects.count() == 1


def test_a_newborn_of_the_same_name_and_day_is_asked_about_first(client, town):
    known = infant("谈沐辰", born=date(2019, 10, 1), document="birth_certificate")
    listed_at(town, known)
    more = {"number": resident_id(date(2019, 10, 1), 12)}
    asked = check(client, **more)
    assert asked.status_code == 409
    assert f"/community/children/{known.pk}/" in asked.content.decode()
    assert check(client, **more, not_same="1").status_code == 200


def test_a_newborn_is_registered_by_its_birth_certificate_after_the_window(client):
    clock.set_to(at("2020-02-10"))
    more = {"kind": "birth_certificate", "number": "T320050001", "birth_date": "2020-01-20", "sex": "male"}
    shown = check(client, **more)
    assert "新生儿：最迟 2020年4月20日 缴费" in shown.content.decode()
    store(client, **more)
    one = Enrolment.objects.get()
    assert (one.phase, one.premium_fen) == ("newborn", 24000)
    assert IdentityDocument.objects.get().kind == "birth_certificate"


def test_after_the_close_nothing_is_stored(client):
    clock.set_to(at("2019-12-10"))
    shown = check(client)
    assert "已过办理期限" in shown.content.decode()
    assert 'value="store"' not in shown.content.decode()


def test_a_sub_district_says_for_which_of_its_communities(town, signed_in):
    client = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    assert "community" in check(client).context["wrong"]
    store(client, community=str(town.neighbour.pk))
    assert Enrolment.objects.get().organisation == town.neighbour


def test_a_committee_of_yuzhong_registers_and_takes_the_premium_of_a_tier(db, signed_in):
    town = town_of("500103", "500103")
    client = signed_in(town.worker)
    number = resident_id(date(2018, 5, 6), 12, "500103")
    answer = store(client, "pay", number=number, hukou="渝中区", one_hukou="500103")
    assert answer["Location"] == "/community/counter/"
    (chosen,) = client.get("/community/counter/").context["chosen"]
    assert [offer.due_fen for offer in chosen.offers] == [25000, 62500]
