"""From a table to a roster: every row typed, checked in itself and against the others. 花名册

Works through the table in blocks, column by column where values are read and row by row where they are held
against each other; 200,000 pupils take a few seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from yingbao.spreadsheet import cells
from yingbao.spreadsheet.roster_columns import TITLES
from yingbao.spreadsheet.roster_fields import SLOTS, identified, parser, severity, shown
from yingbao.spreadsheet.rows import CellError, Guardian, Relation, Roster, RosterRow, Severity, Stage
from yingbao.spreadsheet.table import Cell, Table
from yingbao.values import identity, names
from yingbao.values.fault import Fault
from yingbao.values.plain import veiled
from yingbao.values.text import Text

Values = dict[str, Any]

_OLDEST_PUPIL = 25
_LONGEST_ORIGINAL = 60
_TOLD_ROWS = 5
_RELATION_OF: dict[str, Relation] = {"father": "father", "mother": "mother"}
_NO_PARENT = ("grandparent", "other")
_WITH_BIRTH = ("resident_id", "hmt_residence_permit", "foreign_permanent_residence")

_NO_NUMBER = Fault(
    Text(zh="没有填写证件号码", en="the identity number is missing"),
    Text(
        zh="补上证件号码；还没有身份证号的填出生医学证明编号",
        en="add it; for a child who has none yet, the number of its birth certificate",
    ),
)
_COMPARE = Text(zh="对照证件原件，改正写错的一个", en="compare both with the document and correct the wrong one")


def parse_roster(
    table: Table, *, on: date, near: str = "", progress: Callable[[int, int], None] | None = None
) -> Roster:
    """The pupils of a table, and what is wrong with the rows that cannot be taken. 解析

    `on` is the day of reading, by which nobody is born in the future; `near` is the school's division
    code, in whose city a district written without its city is looked for.
    """
    reading = _Reading(table, on, near)
    done = 0
    for block in table.blocks():
        reading.take(block)
        done += len(block)
        if progress:
            progress(done, table.row_count)
    return reading.finished()


class _Reading:
    """A roster in the making."""

    def __init__(self, table: Table, on: date, near: str) -> None:
        self.table, self.on = table, on
        self.at = {column.field: index for index, column in enumerate(table.columns)}
        self.parsers = {
            field: parser(field, on=on, near=near) for field in self.at if not field.endswith("identity_number")
        }
        self.slots = [slot for slot in SLOTS if any(field.startswith(slot + "_") for field in self.at)]
        self.hukou_slots = [slot for slot in self.slots if f"{slot}_hukou" in self.at]
        self.rows: list[RosterRow] = []
        self.errors: list[CellError] = []
        self.refused: set[int] = set()
        self.bearer: dict[str, int] = {}
        self.doubled: dict[str, list[int]] = {}
        self.rounded = False
        self.guessed = 0

    def take(self, block: list[tuple[int, list[Cell]]]) -> None:
        """Reads one block of rows."""
        raw = [*zip(*(row for _, row in block), strict=True)]
        read: dict[str, list[Any]] = {
            field: [*map(parse, raw[self.at[field]])] for field, parse in self.parsers.items()
        }
        for field in self.at:
            if field.endswith("identity_number"):
                kinds = read.get(field.removesuffix("number") + "type") or [None] * len(block)
                read[field] = [
                    identified(None if kind.__class__ is Fault else kind, cell, on=self.on)
                    for kind, cell in zip(kinds, raw[self.at[field]], strict=True)
                ]
        read["identity_number"] = [found or _NO_NUMBER for found in read["identity_number"]]
        for field, column in read.items():
            for at in [at for at, value in enumerate(column) if value.__class__ is Fault]:
                self._tell(*block[at], field, column[at], severity(field))
                column[at] = None
        fields = list(read)
        for (number, row), own in zip(block, zip(*read.values(), strict=True), strict=True):
            values = dict(zip(fields, own, strict=True))
            if values["identity_number"]:
                self._take_row(number, row, values)

    def _take_row(self, number: int, row: list[Cell], values: Values) -> None:
        """Holds a row's values against each other and against the rows before; keeps it if nothing is in error."""
        kind, identity_number = values["identity_number"]
        birth_date = self._birth_date(number, row, values, kind, identity_number)
        sex = identity.sex(kind, identity_number)
        given = values.get("sex")
        if sex and given and sex != given:
            self._contradiction(number, row, "sex", "error")
        stage, grade, class_name = self._grade(number, row, values)
        roll_number = values.get("roll_number") or ""
        if roll_number[:1] == "G" and kind == "resident_id" and roll_number[1:] != identity_number:
            self._contradiction(number, row, "roll_number", "warning")
            roll_number = ""
        if kind != "resident_id" and not values.get("identity_type"):
            self._tell_guess(number, row, kind)
        guardians = self._guardians(number, row, values, identity_number) if self.slots else ()
        first = self.bearer.setdefault(identity_number, number)
        if first != number:
            self.doubled.setdefault(identity_number, [first]).append(number)
        if number in self.refused:
            return
        name = values["name"]
        self.rows.append(
            RosterRow(
                row_number=number,
                name=name,
                name_original=self._original(number, row, name),
                identity_type=kind,
                identity_number=identity_number,
                sex=sex or given or "",
                birth_date=birth_date,
                school_stage=stage,
                grade=grade,
                class_name=class_name,
                roll_number=roll_number,
                student_number=values.get("student_number") or "",
                nationality=values.get("nationality") or "",
                hukou=values.get("hukou") or "",
                guardians=guardians,
                parent_hukou=self._parent_hukou(values),
                residence_permit=values.get("residence_permit"),
                parent_employee_insured=values.get("parent_employee_insured"),
                entered_on=values.get("entered_on"),
                tier=values.get("tier"),
            )
        )

    def _birth_date(self, number: int, row: list[Cell], values: Values, kind: str, identity_number: str) -> date | None:
        """The birth date of the number, or else of its own column; both must agree as far as the column says."""
        born = identity.birth_date(kind, identity_number)  # type: ignore[arg-type]
        given = values.get("birth_date")
        if born:
            if given and given not in (born, (born.year, born.month)):
                self._contradiction(number, row, "birth_date", "error")
        elif isinstance(given, date):
            born = given
            if born > self.on:
                what = Text(zh="出生日期还没有到", en="the birth date lies in the future")
                self._tell(number, row, "birth_date", Fault(what, _COMPARE), "error")
        else:
            what = Text(
                zh="这种证件的号码里没有出生日期，名单里也没有写到日",
                en="this kind of document does not tell the birth date, and the list has no full date either",
            )
            mend = Text(zh="在“出生日期”一列写明年月日", en="give the full date in a column 出生日期 (birth date)")
            self._tell(number, row, "birth_date", Fault(what, mend), "warning")
        if born and self.on.year - born.year > _OLDEST_PUPIL:
            what = Text(zh="按出生日期已有{n}岁", en="by the birth date this person is {n} years old")
            mend = Text(
                zh="核对是否填成了家长的证件号码", en="check whether this is a parent's number instead of the pupil's"
            )
            self._tell(number, row, "identity_number", Fault(what.filled(n=self.on.year - born.year), mend), "warning")
        return born

    def _grade(self, number: int, row: list[Cell], values: Values) -> tuple[Stage, int | None, str]:
        """Stage, grade and class, each told by its own column or by a fuller one."""
        own: cells.Grade | None = values.get("grade")
        class_name, of_class = values.get("class_name") or ("", None)
        if own and of_class and own[0] == of_class[0] and own[1] != of_class[1]:
            what = Text(
                zh="班级里的年级与“年级”一列不同", en="the grade in the class differs from the column 年级 (grade)"
            )
            mend = Text(zh="按“年级”一列读取；如不对请改正", en="the column 年级 was taken; correct it if it is wrong")
            self._tell(number, row, "class_name", Fault(what, mend), "warning")
        grade = own or of_class
        stage: Stage | None = values.get("school_stage")
        if stage is None:
            return (*grade, class_name) if grade else ("", None, class_name)
        if grade is None:
            return stage, None, class_name
        fitted = cells.fitted(stage, grade)
        if fitted is None:
            what = Text(zh="这个年级不在所填的学段里", en="the stage given has no such grade")
            mend = Text(zh="改正年级或学段", en="correct the grade or the stage")
            self._tell(number, row, "grade" if own else "class_name", Fault(what, mend), "error")
            return stage, None, class_name
        return (*fitted, class_name)

    def _guardians(self, number: int, row: list[Cell], values: Values, identity_number: str) -> tuple[Guardian, ...]:
        """The first two guardians that the row names; one who is named twice is one."""
        found: dict[str, Guardian] = {}
        for slot in self.slots:
            name = values.get(f"{slot}_name") or ""
            phone = values.get(f"{slot}_phone") or ""
            kind, own_number = values.get(f"{slot}_identity_number") or ("", "")
            if not (name or phone or own_number):
                continue
            if own_number == identity_number:
                what = Text(zh="监护人与学生的证件号码相同", en="guardian and pupil have the same identity number")
                self._tell(number, row, f"{slot}_identity_number", Fault(what, _COMPARE), "error")
            guardian = Guardian(
                name=name,
                relation=values.get(f"{slot}_relation") or _RELATION_OF.get(slot, ""),
                phone=phone,
                identity_type=kind,
                identity_number=own_number,
                hukou=values.get(f"{slot}_hukou") or "",
            )
            known = found.get(name or slot)
            found[name or slot] = _joined(known, guardian) if known else guardian
        return tuple(found.values())[:2]

    def _parent_hukou(self, values: Values) -> tuple[str, ...]:
        """The places of the parents' hukou, each once; a grandparent's does not count."""
        places: tuple[str, ...] = values.get("parent_hukou") or ()
        for slot in self.hukou_slots:
            own = values[f"{slot}_hukou"]
            if own and own not in places and values.get(f"{slot}_relation") not in _NO_PARENT:
                places = (*places, own)
        return places

    def _original(self, number: int, row: list[Cell], name: str) -> str:
        """The name as the file writes it; a character that only the writer's computer knows is told."""
        original = cells.text(row[self.at["name"]]) if row[self.at["name"]] != name else name
        if not name.isalpha() and names.is_private(name):
            what = Text(
                zh="姓名里有自造字，别的电脑上看不到", en="the name holds a character that other computers do not know"
            )
            mend = Text(zh="用支持生僻字的输入法重新输入", en="type it again with an input method for rare characters")
            self._tell(number, row, "name", Fault(what, mend), "warning")
        return original if len(original) <= _LONGEST_ORIGINAL else name

    def _contradiction(self, number: int, row: list[Cell], field: str, level: Severity) -> None:
        what = Text(zh="{title}与证件号码不符", en="{title} and identity number contradict each other")
        self._tell(number, row, field, Fault(what.filled(title=TITLES[field]), _COMPARE), level)

    def _tell_guess(self, number: int, row: list[Cell], kind: identity.Kind) -> None:
        what = Text(zh="没有填证件类型，按{kind}读取", en="no kind of document is given; read as {kind}")
        mend = Text(
            zh="核对；不对的话加一列“证件类型”", en="check it; if it is wrong add a column 证件类型 (kind of document)"
        )
        self._tell(number, row, "identity_number", Fault(what.filled(kind=identity.NAMES[kind]), mend), "warning")

    def _tell(self, number: int, row: list[Cell], field: str, fault: Fault, level: Severity) -> None:
        at = self.at.get(field)
        column = self.table.columns[at] if at is not None else None
        if level == "error":
            self.refused.add(number)
        self.rounded |= fault.what is identity.LOST_DIGITS and isinstance(row[at or 0], str)
        self.errors.append(
            CellError(
                row=number,
                column_letter=column.letter if column else "",
                column_name=column.header if column else TITLES[field].zh,
                field=field,
                value=shown(field, row[at]) if at is not None else "",
                what=fault.what,
                mend=fault.mend,
                severity=level,
                pupil=veiled(cells.text(row[self.at["name"]]))[: names.LONGEST],
            )
        )

    def finished(self) -> Roster:
        """The roster, once every row has been held against every other."""
        # One number has visibly lost its digits: then those that end alike have lost them too, even the one in
        # eleven that happens to fit its check character.
        rounded = {row.row_number for row in self.rows if self.rounded and row.identity_number.endswith("000")}
        again = rounded.union(*self.doubled.values())
        raw = {number: row for number, row in self.table.rows() if number in again} if again else {}
        for number in rounded:
            self._tell(number, raw[number], "identity_number", identity.lost(), "error")
        for numbers in self.doubled.values():
            self._tell_doubled(numbers, raw)
        order = {column.letter: index for index, column in enumerate(self.table.columns)}
        self.errors.sort(key=lambda error: (error.row, order.get(error.column_letter, -1)))
        return Roster(
            rows=tuple(row for row in self.rows if row.row_number not in self.refused),
            errors=tuple(self.errors),
            refused_rows=tuple(sorted(self.refused)),
            notes=self.table.notes,
            table=self.table,
        )

    def _tell_doubled(self, numbers: list[int], raw: dict[int, list[Cell]]) -> None:
        """One pupil written twice is a doubt; two pupils with one number are an error."""
        pupils = {names.cleaned(cells.text(raw[number][self.at["name"]])) for number in numbers}
        if len(pupils) == 1:
            zh, en = "与第{rows}行是同一名学生", "row {rows} is the same pupil"
            mend = Text(zh="同一名学生只留一行", en="keep one row for one pupil")
        else:
            zh, en = "与第{rows}行的证件号码相同，姓名不同", "row {rows} has the same identity number and another name"
            mend = Text(zh="对照证件原件改正号码", en="correct the number from the document")
        for number in numbers:
            others = [str(other) for other in numbers if other != number][: _TOLD_ROWS + 1]
            told = "、".join(others[:_TOLD_ROWS]) + ("…" if len(others) > _TOLD_ROWS else "")
            fault = Fault(Text(zh=zh, en=en).filled(rows=told), mend)
            self._tell(number, raw[number], "identity_number", fault, "warning" if len(pupils) == 1 else "error")


def _joined(one: Guardian, other: Guardian) -> Guardian:
    """What two groups of columns say of one guardian."""
    return Guardian(
        name=one.name,
        relation=one.relation or other.relation,
        phone=one.phone or other.phone,
        identity_type=one.identity_type or other.identity_type,
        identity_number=one.identity_number or other.identity_number,
        hukou=one.hukou or other.hukou,
    )
