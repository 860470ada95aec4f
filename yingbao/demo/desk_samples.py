"""What a community and the points office bring as workbooks, to try the upload with. 社区与积分办样例

The community's file holds children whom nobody knows, one who is on its list already, a pupil and errors; the points
office's list those who were admitted, newcomers, one who came too late and an error.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from yingbao.agents.models import Organisation
from yingbao.demo import bodies
from yingbao.demo.assisted_samples import numbers_of, workbook
from yingbao.demo.bodies import Body
from yingbao.demo.children import Child, Crowd
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import PointsAdmission
from yingbao.values.divisions import full_name
from yingbao.values.identity import NAMES as DOCUMENTS
from yingbao.values.text import Text

CHILDREN, POINTS = "砚桥社区-儿童登记表.xlsx", "积分办入医名单（全量）.xlsx"
FILES = {
    CHILDREN: Text("社区不在校儿童，成批登记；有错误和已登记的", "a community's children, with errors and one known"),
    POINTS: Text("积分办全量名单：有新增、过期和错误", "points office, full: newcomers, one too late, one error"),
}
"""File name and what it is for."""

_NEW, _SMALL, _PROCEDURE = 9, date(2017, 1, 1), date(2019, 6, 1)
_RELATIONS = {"father": "父亲", "mother": "母亲"}
_HEADINGS = (
    "姓名", "证件类型", "身份证号", "出生日期", "户籍所在地", "监护人", "监护人关系", "监护人联系电话", "年级",
)  # fmt: skip


def write(folder: Path, *, seed: int) -> list[Path]:
    """Write both files. 生成样例"""
    crowd = Crowd(seed, newcomers=True)
    workbook(folder / CHILDREN, _HEADINGS, _spoiled([*_infants(crowd), *_listed()]), "儿童登记表")
    workbook(folder / POINTS, ("姓名", "证件号码", "入医日期", "学校"), _admitted(crowd), "入医名单")
    return [folder / name for name in FILES]


def _infants(crowd: Crowd) -> list[list[str]]:
    """Children with hukou in the community's division whom the platform does not know."""
    many = crowd.outside_school(_body(bodies.COMMUNITY), 10 * _NEW)
    return [_row(child) for child in islice((one for one in many if one.birth_date >= _SMALL), _NEW)]


def _body(code: str) -> Body:
    return next(body for body in bodies.suzhou(_NEW) if body.code == code)


def _row(child: Child) -> list[str]:
    adult = next(iter(child.parents))
    return [
        child.name, DOCUMENTS[child.kind].zh, child.number, child.birth_date.isoformat(), full_name(child.hukou),
        adult.name, _RELATIONS.get(adult.relation, "其他"), adult.phone, "",
    ]  # fmt: skip


def _listed() -> list[list[str]]:
    """One child of the community's own list, as a careful worker writes it down again."""
    place = Organisation.objects.get(pooling_area=bodies.SUZHOU, code=bodies.COMMUNITY)
    held = Enrolment.objects.filter(organisation=place, person__documents__kind="resident_id")
    one = held.select_related("person").order_by("pk").first()
    if one is None or one.person.birth_date is None:
        return []
    number = numbers_of([one.person_id])[one.person_id]
    born = one.person.birth_date.isoformat()
    hukou = full_name(place.division)
    return [[one.person.name_original, "", number, born, hukou, "家长", "母亲", "19900001234", ""]]


def _spoiled(rows: list[list[str]]) -> list[list[str]]:
    """The rows with what happens to them on their way: a digit, a phone, a hukou, a pupil, one twice."""
    rows[1][2] = rows[1][2][:-1] + ("0" if rows[1][2][-1] != "0" else "1")
    rows[2][7] = ""
    rows[3][4] = "江苏省苏州市虎丘区"
    rows[4][8] = "一年级"
    return [*rows, list(rows[0])]


def _admitted(crowd: Crowd) -> list[list[str]]:
    """Who was admitted in this procedure, three whom nobody knows yet, one day too late and one slip."""
    standing = PointsAdmission.objects.filter(pooling_area=bodies.SUZHOU, admitted_on__gte=_PROCEDURE)
    known = list(standing.select_related("person").order_by("pk")[:12])
    numbers = numbers_of([one.person_id for one in known])
    rows = [
        [one.person.name_original, numbers[one.person_id], one.admitted_on.isoformat(), ""]
        for one in known if one.person_id in numbers
    ]  # fmt: skip
    school = _body(bodies.MAIN)
    fresh = list(islice(crowd.at_school(school, 600, only=lambda grade: grade == 1), 5))
    for place, child in enumerate(fresh):
        day = date(2019, 9, 11) if place == 3 else date(2019, 7, 1) + timedelta(days=place)
        number = child.number[:-1] + ("0" if child.number[-1] != "0" else "1") if place == 4 else child.number
        rows.append([child.name, number, day.isoformat(), school.name])
    return rows
