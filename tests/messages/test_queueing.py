"""What is queued, for whom, and once only. 消息入队"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.messages.models import Message, OptOut, WechatFollower
from yingbao.messages.queueing import Telling, awake, queue, queue_all, quiet
from yingbao.messages.templates import HIDDEN, TEMPLATES, Unfit, called
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db

PAY = {"child": "张*", "year": "2020", "amount": "250", "deadline": "2019年11月30日", "how": "由学校代收。"}
WORK = {"school": "实验小学", "year": "2020", "deadline": "11月30日", "days": "7", "missing": "12"}


def guardian_of(phone: str = "13800000000"):
    return child(phone=phone).guardians.get()


def code(key: str = "code:1", phone: str = "13912345678", when=AT):
    return queue(kind="family_code", phone=phone, values={"code": "481516", "minutes": "5"}, key=key, at=when)


def test_a_message_keeps_its_words_as_they_were_when_it_was_queued():
    message = queue(kind="to_pay", guardian=guardian_of(), values=PAY, key="pay:1", at=AT)
    assert message.text == "张*2020年度居民医保应缴250元，请于2019年11月30日前缴纳。由学校代收。"
    assert (message.state, message.channel, message.phone_masked) == ("queued", "sms", "138****0000")
    assert sealed.unseal(message.phone_cipher) == "13800000000"


def test_the_same_key_again_tells_nothing_a_second_time():
    guardian = guardian_of()
    first = queue(kind="to_pay", guardian=guardian, values=PAY, key="pay:1", at=AT)
    again = queue(kind="to_pay", guardian=guardian, values=PAY | {"amount": "1"}, key="pay:1", at=AT)
    assert again.pk == first.pk
    assert "250" in again.text
    assert Message.objects.count() == 1


def test_a_one_time_code_stands_in_no_column_that_can_be_read():
    code()
    row = str(Message.objects.values().get())
    assert "481516" not in row
    assert "13912345678" not in row
    message = Message.objects.get()
    assert HIDDEN in message.text
    assert "481516" in sealed.unseal(message.secret_cipher)


def test_a_code_goes_at_night_and_a_reminder_waits_for_the_morning():
    night = at("2019-11-12", 23)
    assert code(when=night).next_at == night
    reminder = queue(kind="to_pay", guardian=guardian_of(), values=PAY, key="pay:1", at=night)
    assert reminder.next_at == at("2019-11-13", 8)
    assert reminder.expires_at == at("2019-11-13", 8) + timedelta(seconds=TEMPLATES["to_pay"].lives_seconds)


@pytest.mark.parametrize(("hour", "sleeps"), [(7, True), (8, False), (20, False), (21, True), (0, True)])
def test_people_sleep_from_nine_to_eight_in_china(hour: int, sleeps: bool):
    moment = at("2019-11-12", hour)
    assert quiet(moment) is sleeps
    assert not quiet(awake(moment))
    assert timedelta(0) <= awake(moment) - moment <= timedelta(hours=11)


def test_whoever_opted_out_of_reminders_still_gets_codes_and_word_of_returned_money():
    OptOut.objects.create(phone_index=sealed.index_of("13800000000"), group="reminder", said_at=AT)
    guardian = guardian_of()
    assert queue(kind="to_pay", guardian=guardian, values=PAY, key="pay:1", at=AT) is None
    assert Message.objects.get(key="pay:1").state == "suppressed"
    assert code(phone="13800000000").state == "queued"
    returned = {name: PAY[name] for name in ("child", "year", "amount", "deadline")}
    assert queue(kind="debit_returned", guardian=guardian, values=returned, key="back:1", at=AT).state == "queued"


def test_a_guardian_without_a_phone_gets_nothing_and_nothing_breaks():
    guardian = child(phone=None, parent_hukou="320508").guardians.get()
    assert queue(kind="to_pay", guardian=guardian, values=PAY, key="pay:1", at=AT) is None
    assert not Message.objects.exists()


def test_a_follower_of_the_account_is_told_by_wechat_but_codes_go_by_sms():
    WechatFollower.objects.create(
        openid_cipher=sealed.seal("o1"),
        openid_index=sealed.index_of("o1"),
        phone_index=sealed.index_of("13800000000"),
        followed_at=AT,
    )
    assert queue(kind="to_pay", guardian=guardian_of(), values=PAY, key="pay:1", at=AT).channel == "wechat"
    assert code(phone="13800000000").channel == "sms"


def test_a_clerk_without_a_phone_reads_it_on_the_own_page():
    user = clerk(organisation()).user
    message = queue(kind="declaration_due", user=user, values=WORK, key="due:1", at=AT)
    assert (message.channel, message.state, message.phone_masked) == ("page", "delivered", "")


def test_a_clerk_who_gave_a_phone_is_reminded_there():
    user = clerk(organisation()).user
    user.phone_cipher, user.phone_index, user.phone_masked = sealed.phone("13711112222")
    user.save()
    message = queue(kind="declaration_due", user=user, values=WORK, key="due:1", at=AT)
    assert (message.channel, message.state, message.phone_masked) == ("sms", "queued", "137****2222")


def test_many_are_queued_at_once_each_once():
    guardian = guardian_of()
    tellings = [Telling("to_pay", PAY, f"pay:{number % 30}", guardian=guardian) for number in range(60)]
    assert queue_all(tellings, at=AT) == 30
    assert queue_all(tellings, at=AT) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        PAY | {"child": "320508201205041234"},
        PAY | {"how": "请致电13800000000"},
        PAY | {"how": ""},
        PAY | {"how": "字" * 121},
        PAY | {"how": "一\n二"},
        PAY | {"more": "1"},
        {"child": "张*"},
    ],
)
def test_values_that_may_not_leave_the_house_are_refused(wrong: dict[str, str]):
    with pytest.raises(Unfit):
        queue(kind="to_pay", guardian=guardian_of(), values=wrong, key="pay:1", at=AT)


def test_an_unknown_kind_is_an_error_of_the_caller():
    with pytest.raises(LookupError):
        queue(kind="no_such", phone="13800000000", values={}, key="x", at=AT)


def test_a_message_to_nobody_or_to_two_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="guardian, a user or a bare phone"):
        queue(kind="to_pay", values=PAY, key="x", at=AT)
    with pytest.raises(ValueError, match="guardian, a user or a bare phone"):
        queue(kind="to_pay", guardian=guardian_of(), phone="13800000000", values=PAY, key="x", at=AT)


def test_every_template_needs_the_same_values_in_both_languages():
    for template in TEMPLATES.values():
        values = {name: f"<{name}>" for name in template.names}
        told = template.words.filled(**values)
        for name in template.names:
            assert f"<{name}>" in told.zh, template.kind
            assert f"<{name}>" in told.en, template.kind
        assert set(template.secret) <= set(template.names)


def test_a_childs_name_is_told_by_its_surname_alone():
    assert (called("张小明"), called("")) == ("张*", "*")
