"""Codes by phone: who gets one, who does not, and that nobody learns which. 验证码"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.enrolment.building import AT, child
from yingbao.families import codes
from yingbao.families.models import CodeRequest, PhoneCode
from yingbao.messages.models import Message
from yingbao.people.models import Guardian, Person
from yingbao.sealing import sealed
from yingbao.sealing.sealed import index_of
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def number_of(person: Person) -> str:
    return sealed.unseal(person.documents.get(replaced_at__isnull=True).number_cipher)


def ask(name: str, number: str, *, handle: str = "browser", at=AT, address: str = "10.0.0.1") -> CodeRequest:
    return codes.ask(name=name, number=number, handle=handle, address=address, at=at)


def sent() -> list[str]:
    """The codes that wait in the outbox, the newest last."""
    rows = Message.objects.filter(kind="family_code").order_by("pk")
    return [json.loads(sealed.unseal(row.secret_cipher))["code"] for row in rows]


def test_a_guardian_who_names_the_child_gets_six_digits_that_open_once():
    person = child(name="张小明", phone="13812345678")
    request = ask("张小明", number_of(person))
    assert codes.send(request=request.pk, at=AT) == 1
    (code,) = sent()
    assert len(code) == 6
    assert code.isdigit()
    holder = codes.enter(handle="browser", code=code, at=AT)
    assert holder is not None
    assert holder.person == person
    assert holder.phone_masked == "138****5678"
    assert codes.enter(handle="browser", code=code, at=AT) is None


def test_a_name_and_number_typed_as_parents_type_them_find_the_child():
    person = child(name="古丽娜尔·艾合买提")
    number = "".join(chr(ord(sign) + 0xFEE0) for sign in number_of(person).lower())
    request = ask(" 古丽娜尔．艾合买提 ", f"　{number[:6]} {number[6:]}")
    assert codes.send(request=request.pk, at=AT) == 1


@pytest.mark.parametrize("name", ["张晓明", "张明", "", "张小明明"])
def test_another_name_sends_nothing_and_looks_the_same(name):
    person = child(name="张小明")
    request = ask(name, number_of(person))
    assert codes.send(request=request.pk, at=AT) == 0
    request.refresh_from_db()
    assert request.looked_up_at == AT
    assert request.asked_cipher is None
    assert Message.objects.count() == 0
    assert codes.enter(handle="browser", code="000000", at=AT) is None


def test_a_child_without_a_registered_phone_gets_no_code():
    person = child(name="张小明", phone=None)
    assert codes.send(request=ask("张小明", number_of(person)).pk, at=AT) == 0


def test_each_guardian_gets_a_code_of_their_own_and_two_at_one_phone_get_one():
    person = child(name="张小明", phone="13812345678")
    cipher, index, masked = sealed.phone("13987654321")
    Guardian.objects.create(
        person=person, position=2, relation="father", phone_cipher=cipher, phone_index=index, phone_masked=masked
    )
    request = ask("张小明", number_of(person))
    assert codes.send(request=request.pk, at=AT) == 2
    holder = codes.enter(handle="browser", code=sent()[1], at=AT)
    assert holder is not None
    assert holder.phone_masked == "139****4321"
    same = child(name="李华", phone="13812345678")
    cipher, index, masked = sealed.phone("13812345678")
    Guardian.objects.create(person=same, position=2, phone_cipher=cipher, phone_index=index, phone_masked=masked)
    assert codes.send(request=ask("李华", number_of(same), handle="other").pk, at=AT) == 1


def test_sending_twice_sends_once():
    person = child(name="张小明")
    request = ask("张小明", number_of(person))
    assert [codes.send(request=request.pk, at=AT) for _ in range(2)] == [1, 0]
    assert len(sent()) == 1


def test_five_misses_close_a_code_also_to_who_then_has_it():
    person = child(name="张小明")
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    (code,) = sent()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert [codes.enter(handle="browser", code=wrong, at=AT) for _ in range(5)] == [None] * 5
    assert codes.enter(handle="browser", code=code, at=AT) is None


def test_a_code_is_too_old_after_five_minutes():
    person = child(name="张小明")
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    assert codes.enter(handle="browser", code=sent()[0], at=AT + timedelta(minutes=5)) is None


def test_a_code_opens_nothing_in_another_browser():
    person = child(name="张小明")
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    assert codes.enter(handle="another", code=sent()[0], at=AT) is None


def test_a_code_opens_nothing_once_the_school_has_changed_the_phone():
    person = child(name="张小明")
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    cipher, index, masked = sealed.phone("13987654321")
    person.guardians.update(phone_cipher=cipher, phone_index=index, phone_masked=masked)
    assert codes.enter(handle="browser", code=sent()[0], at=AT) is None


@pytest.mark.parametrize("exists", [True, False])
def test_a_child_is_asked_about_three_times_and_no_more_whether_or_not_it_exists(exists):
    number = number_of(child(name="张小明")) if exists else "32050620120504001X"
    for handle in "abc":
        ask("张小明", number, handle=handle)
    with pytest.raises(Refused, match="Too many look-ups;"):
        ask("张小明", number, handle="d", address="10.0.0.2")
    assert ask("张小明", number, handle="d", at=AT + timedelta(minutes=16))


def test_a_child_is_asked_about_six_times_a_day():
    number = number_of(child(name="张小明"))
    for hour in range(6):
        ask("张小明", number, handle=str(hour), at=AT + timedelta(hours=hour))
    with pytest.raises(Refused):
        ask("张小明", number, handle="late", at=AT + timedelta(hours=7))


def waiting(count: int, *, round_: int = 0, **about: object) -> None:
    """So many other requests from one address, without the work of asking for each."""
    first = ask("某某", f"3205062012050400{round_}X", handle=f"first {round_}", **about)
    CodeRequest.objects.bulk_create(
        CodeRequest(
            handle_index=index_of(f"handle {round_} {which}"), address_index=first.address_index,
            child_index=index_of(f"child {round_} {which}"), asked_at=first.asked_at, expires_at=first.expires_at,
        )
        for which in range(count - 1)
    )  # fmt: skip


def test_one_address_asks_about_hundreds_of_children_and_no_more():
    waiting(299)
    assert ask("某某", "110101201205040011", handle="next")
    with pytest.raises(Refused, match="15 minutes"):
        ask("某某", "110101201205040029", handle="last")
    assert ask("某某", "110101201205040029", handle="last", address="10.0.0.9")
    assert ask("某某", "110101201205040029", handle="later", at=AT + timedelta(minutes=16))


def test_whoever_came_in_by_the_code_is_not_counted_against_the_address_and_a_real_child_is_otherwise():
    person, other = child(name="张小明"), child(name="李华", phone="13800002222")
    waiting(299)
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    with pytest.raises(Refused):
        ask("李华", number_of(other), handle="other")
    assert codes.enter(handle="browser", code=sent()[0], at=AT) is not None
    assert ask("李华", number_of(other), handle="other")


def test_the_days_limit_is_told_as_such():
    for hour in range(7):
        waiting(290, round_=hour, at=AT + timedelta(hours=hour))
    with pytest.raises(Refused) as refused:
        ask("某某", "110101201205040011", handle="last", at=AT + timedelta(hours=8))
    assert refused.value.mend.zh.startswith("请明天再试")


def test_a_phone_gets_four_messages_in_a_quarter_of_an_hour_also_about_several_children():
    family = [child(name=f"王小{sign}", phone="13800001111") for sign in "一二三四五"]
    requests = [ask(one.name, number_of(one), handle=one.name) for one in family]
    assert [codes.send(request=one.pk, at=AT) for one in requests] == [1, 1, 1, 1, 0]


def test_neither_code_nor_number_nor_phone_lies_open_in_any_row():
    person = child(name="张小明", phone="13812345678")
    number = number_of(person)
    request = ask("张小明", number)
    codes.send(request=request.pk, at=AT)
    (code,) = sent()
    for row in (*CodeRequest.objects.values_list(), *PhoneCode.objects.values_list()):
        said = b"|".join(bytes(cell) if isinstance(cell, memoryview) else str(cell).encode() for cell in row)
        for secret in (code, number, "13812345678", "张小明"):
            assert secret.encode() not in said


def test_old_requests_are_forgotten_with_their_codes():
    person = child(name="张小明")
    codes.send(request=ask("张小明", number_of(person)).pk, at=AT)
    assert codes.forget(at=AT + timedelta(days=1)) == 0
    codes.forget(at=AT + timedelta(days=3))
    assert not CodeRequest.objects.exists()
    assert not PhoneCode.objects.exists()


def test_children_of_similar_names_are_not_each_other():
    one, other = child(name="张晓明"), child(name="张小明")
    assert codes.child_of("张晓明", number_of(one)) == one
    assert codes.child_of("张晓明", number_of(other)) is None


def test_a_merged_record_leads_to_the_one_that_stands():
    gone, stands = child(name="张小明"), child(name="张小明")
    Person.objects.filter(pk=gone.pk).update(merged_into=stands, merged_because="同一人")
    assert codes.child_of("张小明", number_of(gone)) == stands
