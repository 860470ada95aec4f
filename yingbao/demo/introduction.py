"""What the demonstration says of itself: one login per desk, and where every awkward case is found. 演示说明"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from unicodedata import east_asian_width

from django.db.models import Exists, OuterRef, Q

from yingbao.collection.quoting import quote
from yingbao.demo.bodies import SUZHOU, YUZHONG, Body
from yingbao.demo.cases import Case, cases
from yingbao.demo.children import Crowd
from yingbao.demo.environment import write_private
from yingbao.demo.logins import LOGINS
from yingbao.demo.paying import who_pay
from yingbao.enrolment.models import Enrolment
from yingbao.people.grades import grade_name
from yingbao.people.models import Guardian, IdentityDocument
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES

CITIES = {SUZHOU: "苏州 Suzhou", YUZHONG: "渝中 Yuzhong"}


def logins_table(passwords: Mapping[str, str], found: Iterable[Body]) -> str:
    """City by city: desk, organisation, user name, password. 账户表"""
    called = _names(found)
    lines = []
    for area, city in CITIES.items():
        rows = [(f"{city}: 岗位 desk", "机构 organisation", "用户名 user name", "密码 password")]
        for login in LOGINS:
            if login.area == area:
                desk = DESK_NAMES[login.desk]
                where = "、".join(called[area, code] for code in login.organisations)
                rows.append((f"{desk.zh} {desk.en}", where, login.username, passwords.get(login.username, "?")))
        lines += [*table(rows), ""]
    return "\n".join(lines)


def write_cases(path: Path, seed: int, found: Iterable[Body]) -> Path:
    """A list of the awkward cases: what it is, which child, where. 特殊情形清单"""
    called = _names(found)
    rows = [("情形 case", "姓名 name", "所在 where", "")]
    rows += [
        (case.title.zh, case.child.name, _where(case, called), case.title.en) for case in cases(Crowd(seed).numbers)
    ]
    path.write_text("\n".join(table(rows)) + "\n", encoding="utf-8")
    return path


ONLINE = Q(season__pooling_area=YUZHONG, status="enrolled", channel="online", state="determined")
PAYING_CASES: tuple[tuple[Text, Q], ...] = (
    (
        Text("可以在线缴费", "can pay online"),
        ONLINE,
    ),
    (
        Text("首次参保，先到居委会登记缴费", "a first-timer: registers and pays at the committee"),
        Q(season__pooling_area=YUZHONG, status="enrolled", channel="community", state="draft"),
    ),
    (
        Text("由学校申报缴费，尚未申报", "the school pays, and has not declared yet"),
        Q(season__pooling_area=SUZHOU, status="enrolled", channel="school", state="confirmed", self_paid_fen__gt=0),
    ),
    (Text("学校已申报，家长也能缴", "declared by the school; a parent can pay all the same"), Q(state="declared")),
    (Text("免缴", "exempt"), Q(state="exempt")),
    (Text("已缴费", "paid already"), Q(state="paid")),
)
"""What a family finds at /pay/: in words, and for whom."""
OF_EACH, LOOKED_THROUGH = 3, 30


def write_families(path: Path) -> Path:
    """Made-up children with whom to try the families' pages, with their numbers; a private file. 家长缴费样例

    Each can really be tried: a guardian's phone gets the code, and the demonstration does not pay for it itself.
    """
    rows = [("情况 case", "姓名 name", "证件号码 number", "")]
    for text, condition in PAYING_CASES:
        for one in _some(condition):
            document = one.person.documents.filter(replaced_at__isnull=True).order_by("pk")[0]
            rows.append((text.zh, one.person.name, unseal(bytes(document.number_cipher)), text.en))
    write_private(path, "\n".join(table(rows)) + "\n")
    return path


def _some(condition: Q) -> list[Enrolment]:
    """A few of these, the last first: what the demonstration does itself begins with the first."""
    reached = Exists(Guardian.objects.filter(person=OuterRef("person"), phone_index__isnull=False))
    known = Exists(IdentityDocument.objects.filter(person=OuterRef("person"), replaced_at__isnull=True))
    rows = Enrolment.objects.filter(condition, reached, known).exclude(pk__in=[one.pk for one in who_pay()])
    found = list(rows.select_related("person", "season", "organisation").order_by("-pk")[:LOOKED_THROUGH])
    if condition == ONLINE:
        found = [one.enrolment for one in quote(enrolments=found, kind="page", at=clock.now()) if one.refused is None]
    return found[:OF_EACH]


def _where(case: Case, called: Mapping[tuple[str, str], str]) -> str:
    where = called[case.child.area, case.place]
    stay = next((stay for stay in case.child.stays if stay.school == case.place and stay.left_on is None), None)
    return f"{where} {grade_name(stay.stage, stay.grade).zh}{stay.class_name}" if stay else where


def _names(found: Iterable[Body]) -> dict[tuple[str, str], str]:
    return {(body.area, body.code): body.name for body in found}


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines whose columns stand under each other, whichever script is in them. 对齐"""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
