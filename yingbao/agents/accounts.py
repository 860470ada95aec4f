"""Accounts of those who work on the platform: opened, changed, disabled, given a new password. 账户"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from yingbao.agents import visiting
from yingbao.agents.models import Organisation, User
from yingbao.sealing import sealed
from yingbao.values import phones
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
FIRST_PASSWORD_HOLDS = timedelta(days=7)
"""a password that an administrator handed out has to be changed within this time"""
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def make_password_text() -> str:
    """A password that can be read out and typed: three groups of five, 74 bits. 生成密码"""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


@transaction.atomic
def open_account(
    *, username: str, name: str, phone: str = "", organisation: Organisation, at: datetime
) -> tuple[User, str]:
    """Open an account, and the password for its first day, which is told here and never again. 开户

    It holds no desk: that takes another administrator. Raises Refused if the name is taken or something is amiss.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Refused(
            where="username",
            what=Text("用户名不合规则", "the user name is not as it must be"),
            mend=Text(
                "用 3 至 40 个小写字母、数字、点、下划线或连字符，以字母或数字开头；不要用证件号码或手机号",
                "3 to 40 small letters, digits, dots, underscores or hyphens, beginning with a letter or digit; "
                "no identity or phone number",
            ),
        )
    if sum(sign.isdigit() for sign in username) > 10:
        raise Refused(
            where="username",
            what=Text("用户名像证件号码或手机号", "the user name looks like an identity or phone number"),
            mend=Text("用姓名拼音加单位简称", "use the name in letters and a short name of the body"),
        )
    user = User(username=username, organisation=_open(organisation))
    _describe(user, name, phone)
    password = _give(user, at)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(
            where="username",
            what=Text("用户名已被使用", "the user name is taken"),
            mend=Text(
                "如果是同一人，不要重复开户；否则换一个用户名",
                "if it is the same person, open no second account; else choose another name",
            ),
        ) from error
    return user, password


@transaction.atomic
def change(*, user: User, name: str, phone: str | None, organisation: Organisation, at: datetime) -> User:
    """Put name, phone and employer right; a phone of None stays as it is. 修改账户"""
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.organisation_id != organisation.pk:
        held.organisation = _open(organisation)
    _describe(held, name, phone)
    held.save()
    return held


@transaction.atomic
def disable(*, user: User, at: datetime) -> bool:
    """Shut an account and end its sessions at once; shut already, nothing changes. 停用

    `at` is the real time, by which sessions run.
    """
    done = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
    visiting.end_all_of(user, at)
    return bool(done)


def enable(*, user: User) -> bool:
    """Open a disabled account again; its appointments stand as they stood. 启用"""
    return bool(User.objects.filter(pk=user.pk, is_active=False).update(is_active=True))


@transaction.atomic
def give_password(*, user: User, at: datetime, real: datetime) -> str:
    """A new password for its first day, told here and never again; all sessions end. 重设密码

    `at` is the platform's clock, by which the password lapses; `real` the time by which sessions run.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    password = _give(held, at)
    held.save(update_fields=["password", "must_change_password", "password_until"])
    visiting.end_all_of(held, real)
    return password


def choose_password(user: User, password: str) -> None:
    """The password that the user chose. 修改密码"""
    user.set_password(password)
    user.must_change_password, user.password_until = False, None
    user.save(update_fields=["password", "must_change_password", "password_until"])


def _give(user: User, at: datetime) -> str:
    password = make_password_text()
    user.set_password(password)
    user.must_change_password, user.password_until = True, at + FIRST_PASSWORD_HOLDS
    return password


def _describe(user: User, name: str, phone: str | None) -> None:
    name = name.strip()
    if not name or len(name) > 50:
        raise Refused(
            where="name",
            what=Text("没有填姓名，或姓名太长", "the name is missing or too long"),
            mend=Text("填写姓名，50 字以内", "give the name in up to 50 signs"),
        )
    user.name = name
    if phone is None:
        return
    try:
        columns = sealed.phone(phones.check(phone)) if phone.strip() else sealed.NO_NUMBER
    except Fault as fault:
        raise Refused(where="phone", what=fault.what, mend=fault.mend) from fault
    user.phone_cipher, user.phone_index, user.phone_masked = columns


def _open(organisation: Organisation) -> Organisation:
    if not organisation.active:
        raise Refused(
            where="organisation",
            what=Text("机构已停用", "the organisation is closed"),
            mend=Text("选择在用的机构，或先恢复这个机构", "choose another, or open it again first"),
        )
    return organisation
