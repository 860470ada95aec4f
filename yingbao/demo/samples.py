"""Rosters as clerks really have them, for one school of the demonstration, to try the upload with. 花名册样例

Three files of the same school: a clean workbook, one with title rows, merged headings and errors, and a CSV in
GB18030. They hold the pupils on the roll and this autumn's newcomers, whom the platform does not know yet.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import xlsxwriter

from yingbao.agents.models import Organisation
from yingbao.demo import assisted_samples, bodies, desk_samples
from yingbao.demo.bodies import Body
from yingbao.demo.children import Child, Crowd
from yingbao.people.grades import grade_name
from yingbao.people.models import Guardian, IdentityDocument, IdentityKind, SchoolRoll
from yingbao.sealing.sealed import unseal
from yingbao.values.divisions import full_name
from yingbao.values.identity import NAMES as DOCUMENTS
from yingbao.values.text import Text

CLEAN, MESSY, COMMA_SEPARATED = "蓼汀小学-花名册.xlsx", "蓼汀小学-花名册（有错误）.xlsx", "蓼汀小学-花名册.csv"
FILES = {
    CLEAN: Text("整齐的花名册，直接可导入", "a clean roster that can be imported at once"),
    MESSY: Text("带标题行、合并表头和错误", "with title rows, merged headings and errors"),
    COMMA_SEPARATED: Text("GB18030 编码的 CSV，列序不同", "a CSV in GB18030, with other columns in another order"),
    **assisted_samples.FILES,
    **desk_samples.FILES,
}
"""File name and what it is for."""

_SEX = {"male": "男", "female": "女", "": ""}
_RELATIONS = {"father": "父亲", "mother": "母亲", "grandparent": "祖父母", "other": "其他"}


class Line(msgspec.Struct):
    """One pupil as a clerk writes them down. 花名册行"""

    name: str
    document: str
    number: str
    sex: str
    born: date | None
    grade: str
    class_name: str
    roll_number: str
    hukou: str
    guardian: str = ""
    relation: str = ""
    phone: str = ""
    parent_hukou: str = ""


def write(folder: Path, *, seed: int, school: Body, pupils: int) -> list[Path]:
    """Write the samples that are not there yet. 生成样例"""
    paths = [folder / name for name in FILES]
    if all(path.exists() for path in paths):
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    lines = [*_on_the_roll(school.code), *_newcomers(seed, school, pupils)]
    moving = [
        msgspec.structs.replace(line, grade="二年级", class_name="1班", roll_number="")
        for elsewhere in (bodies.NOT_PROMOTED, "XX-06-2")
        for line in _on_the_roll(elsewhere, at_most=1)
    ]
    _clean(folder / CLEAN, lines)
    _messy(folder / MESSY, school.name, [msgspec.structs.replace(line) for line in lines], moving)
    _comma_separated(folder / COMMA_SEPARATED, lines)
    assisted_samples.write(folder, seed=seed)
    desk_samples.write(folder, seed=seed)
    return paths


def _newcomers(seed: int, school: Body, pupils: int) -> Iterator[Line]:
    """The first-graders whom the school brings this autumn. 一年级新生"""
    for child in Crowd(seed, newcomers=True).at_school(school, pupils, only=lambda grade: grade == 1):
        yield _line_of(child)


def _line_of(child: Child) -> Line:
    stay, parent = child.stays[-1], next(iter(child.parents), None)
    return Line(
        name=child.name,
        document=DOCUMENTS[child.kind].zh,
        number=child.number,
        sex=_SEX[child.sex],
        born=child.birth_date,
        grade=grade_name(stay.stage, stay.grade).zh,
        class_name=stay.class_name,
        roll_number=stay.roll_number,
        hukou=full_name(child.hukou) if child.hukou else "",
        guardian=parent.name if parent else "",
        relation=_RELATIONS[parent.relation] if parent else "",
        phone=parent.phone if parent else "",
        parent_hukou=";".join(dict.fromkeys(each.hukou for each in child.parents if each.hukou)),
    )


def _on_the_roll(code: str, at_most: int | None = None) -> Iterator[Line]:
    """The pupils on a school's roll now, as the platform has them. 在册学生"""
    school = Organisation.objects.get(pooling_area=bodies.SUZHOU, code=code)
    rolls = SchoolRoll.objects.filter(school=school, left_on__isnull=True, contested=False).select_related("person")
    rolls = rolls.order_by("stage", "grade", "class_name", "pk")[:at_most]
    people = [roll.person_id for roll in rolls]
    documents = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True).in_bulk(field_name="pk")
    document_of = {each.person_id: each for each in documents.values()}
    guardians: dict[int, list[Guardian]] = {}
    for guardian in Guardian.objects.filter(person__in=people).order_by("person", "position"):
        guardians.setdefault(guardian.person_id, []).append(guardian)
    for roll in rolls:
        person, document = roll.person, document_of[roll.person_id]
        adults = guardians.get(roll.person_id, [])
        first = adults[0] if adults else None
        yield Line(
            name=person.name_original,
            document=IdentityKind(document.kind).label,
            number=unseal(bytes(document.number_cipher)),
            sex=_SEX[person.sex],
            born=person.birth_date,
            grade=grade_name(roll.stage, roll.grade).zh,
            class_name=roll.class_name,
            roll_number=unseal(bytes(roll.roll_number_cipher)) if roll.roll_number_cipher else "",
            hukou=full_name(person.hukou) if person.hukou else "",
            guardian=first.name if first else "",
            relation=_RELATIONS.get(first.relation, "") if first else "",
            phone=unseal(bytes(first.phone_cipher)) if first and first.phone_cipher else "",
            parent_hukou=";".join(dict.fromkeys(each.hukou for each in adults if each.hukou)),
        )


def _clean(path: Path, lines: list[Line]) -> None:
    headings = (
        "姓名", "证件类型", "身份证号", "性别", "出生日期", "年级", "班级", "学籍号", "户籍所在地", "监护人",
        "与学生关系", "联系电话", "父母户籍所在地",
    )  # fmt: skip
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("花名册")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(headings) - 1, 16, text)
        sheet.write_row(0, 0, headings, bold)
        sheet.freeze_panes(1, 1)
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(_values(line)):
                sheet.write_string(row, column, value)


def _values(line: Line) -> list[str]:
    born = line.born.isoformat() if line.born else ""
    return [
        line.name, line.document, line.number, line.sex, born, line.grade, line.class_name, line.roll_number,
        line.hukou, line.guardian, line.relation, line.phone, line.parent_hukou,
    ]  # fmt: skip


def _comma_separated(path: Path, lines: list[Line]) -> None:
    headings = (
        "序号",
        "班级",
        "学生姓名",
        "性别",
        "证件种类",
        "证件号码",
        "出生年月日",
        "户籍地",
        "家长姓名",
        "家长电话",
        "父母户籍",
    )
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for number, line in enumerate(lines, 1):
            born = f"{line.born.year}/{line.born.month}/{line.born.day}" if line.born else ""
            # A tab before the number keeps Excel from rounding it: an old trick of clerks.
            writer.writerow(
                [number, line.grade + line.class_name, line.name, line.sex, line.document, "\t" + line.number, born,
                 line.hukou, line.guardian, line.phone, line.parent_hukou]
            )  # fmt: skip


def _spoil(lines: list[Line], moving: list[Line]) -> list[Line]:
    """What happens to a list on its way through an office. 常见错误

    Changes that are right (a class, a phone, children who left, one who came from another school and one whom another
    school still has) stand beside errors of every kind.
    """
    del lines[3:5]
    lines[0].class_name = "2班"
    lines[1].phone = "19900009999"
    lines[6:6] = moving
    lines[8].name = "\u3000".join(lines[8].name) if len(lines[8].name) == 2 else f" {lines[8].name}\u200b"
    lines[9].number = lines[9].number.translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    lines[11].number = _wrong_check(lines[11].number)
    lines[12].name = ""
    lines[13].phone = lines[13].phone[:10] or "1990000"
    lines[14].grade = "初二"
    lines[15].hukou = "江苏省苏州市"
    lines[16].name = "张三丰"
    lines[17].born = date(2019, 12, 31)
    lines[18].number = ""
    lines.insert(20, msgspec.structs.replace(lines[10]))
    return lines


def _wrong_check(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def _messy(path: Path, school: str, lines: list[Line], moving: list[Line]) -> None:
    lines = _spoil(lines, moving)
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        notes = book.add_worksheet("填表说明")
        notes.write_column(
            0, 0, ["一、身份证号请设为文本格式。", "二、无身份证的学生填写有效证件。", "三、9月20日前交教务处。"]
        )
        sheet = book.add_worksheet("2019-2020学年")
        sheet.activate()
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
        sheet.merge_range("A1:L1", f"{school}2019—2020学年第一学期学生花名册", title)
        sheet.merge_range("A2:L2", "填报人：朱老师    填报日期：2019年9月12日    单位：人")
        _two_line_heading(sheet, head)
        day = book.add_format({"num_format": "yyyy年m月d日"})
        for number, line in enumerate(lines, 1):
            row = number + 3
            sheet.write_number(row, 0, number)
            sheet.write_row(row, 1, (line.name, line.document))
            sheet.write_string(row, 4, line.sex)
            adult = (line.guardian, line.relation, line.phone)
            sheet.write_row(row, 6, (line.grade, line.class_name, line.hukou, *adult))
            if line.born is not None:
                sheet.write_datetime(row, 5, line.born, day)
            if number == 23 and line.number.isdigit():
                sheet.write_number(row, 3, float(line.number))
            else:
                sheet.write_string(row, 3, line.number)
        sheet.merge_range(
            len(lines) + 5, 0, len(lines) + 5, 11, f"合计：{len(lines)}人        校长签字：            （盖章）"
        )


def _two_line_heading(sheet: xlsxwriter.worksheet.Worksheet, head: xlsxwriter.format.Format) -> None:
    for column, heading in ((0, "序号"), (1, "姓名"), (4, "性别"), (5, "出生日期"), (8, "户籍所在地")):
        sheet.merge_range(2, column, 3, column, heading, head)
    for first, last, heading in ((2, 3, "身份证件"), (6, 7, "所在班级"), (9, 11, "监护人")):
        sheet.merge_range(2, first, 2, last, heading, head)
    below = ((2, "证件类型"), (3, "证件号码"), (6, "年级"), (7, "班"), (9, "姓名"), (10, "关系"), (11, "联系电话"))
    for column, heading in below:
        sheet.write_string(3, column, heading, head)
