"""One login per desk, with passwords made for this installation alone. 演示账户

The passwords stand in a private file under YINGBAO_HOME and nowhere in the code.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import msgspec
from django.contrib.auth.hashers import make_password

from yingbao.agents.appointing import appoint
from yingbao.agents.models import Desk, Organisation, User
from yingbao.demo import bodies, second_step
from yingbao.demo.administration import ask_for_desks
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.demo.environment import write_private

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_SINCE = date(2019, 8, 26)


class Login(msgspec.Struct, frozen=True):
    """A made-up colleague: where they work and how they sign in. 账户"""

    username: str
    name: str
    area: str
    desk: Desk
    organisations: tuple[str, ...]
    """codes; the first is where they sit when they sign in"""


LOGINS = (
    Login("suzhou-school", "朱敏", SUZHOU, Desk.SCHOOL, (bodies.NEWCOMERS_DUE,)),
    Login("suzhou-primary", "孙颖", SUZHOU, Desk.SCHOOL, (bodies.MAIN,)),
    Login("suzhou-promotion", "吴洁", SUZHOU, Desk.SCHOOL, (bodies.NOT_PROMOTED,)),
    Login("suzhou-two-schools", "钱磊", SUZHOU, Desk.SCHOOL, (bodies.JUNIOR, bodies.KINDERGARTEN)),
    Login("suzhou-senior", "许岚", SUZHOU, Desk.SCHOOL, (bodies.SENIOR, bodies.VOCATIONAL, bodies.SPECIAL)),
    Login("suzhou-community", "沈燕", SUZHOU, Desk.COMMUNITY, (bodies.COMMUNITY,)),
    Login("suzhou-sub-district", "陆芳", SUZHOU, Desk.COMMUNITY, ("JD-08-1",)),
    Login("suzhou-agency", "顾平", SUZHOU, Desk.AGENCY, ("insurance_agency",)),
    Login("suzhou-agency-checker", "严丽", SUZHOU, Desk.AGENCY, ("insurance_agency",)),
    Login(second_step.USERNAME, "殷洁", SUZHOU, Desk.AGENCY, ("insurance_agency",)),
    Login("suzhou-tax", "蒋涛", SUZHOU, Desk.TAX, ("tax_authority",)),
    Login("suzhou-tax-checker", "闻君", SUZHOU, Desk.TAX, ("tax_authority",)),
    Login("suzhou-civil-affairs", "陶静", SUZHOU, Desk.LIST_PROVIDER, ("civil_affairs",)),
    Login("suzhou-union", "丁辉", SUZHOU, Desk.LIST_PROVIDER, ("union_federation",)),
    Login("suzhou-disabled", "袁丽", SUZHOU, Desk.LIST_PROVIDER, ("disabled_federation",)),
    Login("suzhou-points", "邹明", SUZHOU, Desk.LIST_PROVIDER, ("points_office",)),
    Login("suzhou-education", "柳波", SUZHOU, Desk.EDUCATION, ("education_bureau",)),
    Login("suzhou-cards", "戴玲", SUZHOU, Desk.CARD, ("card_centre",)),
    Login("suzhou-system-admin", "施文", SUZHOU, Desk.SYSTEM, ("operations",)),
    Login("suzhou-security-admin", "汤敏", SUZHOU, Desk.SECURITY, ("operations",)),
    Login("suzhou-audit-admin", "陶然", SUZHOU, Desk.AUDIT, ("operations",)),
    Login("yuzhong-school", "冉红", YUZHONG, Desk.SCHOOL, (bodies.YUZHONG_PRIMARY,)),
    Login("yuzhong-middle-school", "秦峰", YUZHONG, Desk.SCHOOL, (bodies.YUZHONG_MIDDLE,)),
    Login("yuzhong-committee", "文霞", YUZHONG, Desk.COMMUNITY, (bodies.COMMITTEE,)),
    Login("yuzhong-sub-district", "谭明", YUZHONG, Desk.COMMUNITY, ("解放碑街道",)),
    Login("yuzhong-agency", "罗军", YUZHONG, Desk.AGENCY, ("insurance_agency",)),
    Login("yuzhong-agency-checker", "蒲洁", YUZHONG, Desk.AGENCY, ("insurance_agency",)),
    Login("yuzhong-tax", "向勇", YUZHONG, Desk.TAX, ("tax_authority",)),
    Login("yuzhong-tax-checker", "游静", YUZHONG, Desk.TAX, ("tax_authority",)),
    Login("yuzhong-civil-affairs", "龚娜", YUZHONG, Desk.LIST_PROVIDER, ("civil_affairs",)),
    Login("yuzhong-education", "雷艳", YUZHONG, Desk.EDUCATION, ("education_bureau",)),
    Login("yuzhong-cards", "易斌", YUZHONG, Desk.CARD, ("card_centre",)),
    Login("yuzhong-system-admin", "牟强", YUZHONG, Desk.SYSTEM, ("operations",)),
    Login("yuzhong-security-admin", "余菲", YUZHONG, Desk.SECURITY, ("operations",)),
    Login("yuzhong-audit-admin", "龙静", YUZHONG, Desk.AUDIT, ("operations",)),
)


def make_password_text() -> str:
    """A password that can be read out and typed: three groups of five. 生成密码"""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def file_of(home: Path) -> Path:
    """Where the passwords stand. 密码文件"""
    return home / "logins"


def passwords(home: Path) -> dict[str, str]:
    """Password of each user name, as far as the file has them. 读取密码"""
    try:
        return msgspec.json.decode(file_of(home).read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def open_accounts(home: Path) -> None:
    """Make the users with their desks; give new passwords to those whose password the file lacks. 开户"""
    begin(home)()


def begin(home: Path) -> Callable[[], None]:
    """Begin to hash the passwords that are lacking, beside other work; what is returned opens the accounts. 准备开户"""
    known = passwords(home)
    existing = {user.username: user for user in User.objects.all()}
    lacking = [login for login in LOGINS if login.username not in existing or login.username not in known]
    made = {login.username: known.get(login.username) or make_password_text() for login in lacking}
    if made:
        # The file comes first: an account whose password nobody knows would be lost.
        text = msgspec.json.format(msgspec.json.encode(known | made), indent=1).decode()
        write_private(file_of(home), text + "\n")
    hashing = ThreadPoolExecutor(1)
    hashes = {username: hashing.submit(make_password, password) for username, password in made.items()}
    hashing.shutdown(wait=False)

    def finish() -> None:
        organisations = {(each.pooling_area, each.code): each for each in Organisation.objects.all()}
        for login in lacking:
            user = existing.get(login.username) or User(username=login.username, name=login.name)
            user.password = hashes[login.username].result()
            user.organisation = organisations[login.area, login.organisations[0]]
            user.save()
            for code in login.organisations:
                appoint(user=user, organisation=organisations[login.area, code], desk=login.desk, since=_SINCE)
        second_step.preset(home)
        ask_for_desks(organisations)

    return finish
