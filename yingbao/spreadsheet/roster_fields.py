"""How each column of a roster is read, and how much an error in it matters. 花名册字段

Values that recur, such as classes and places, are understood once per file and then looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from yingbao.spreadsheet import cells
from yingbao.spreadsheet.rows import Severity
from yingbao.spreadsheet.table import Cell
from yingbao.values import identity, names, phones
from yingbao.values.fault import Fault
from yingbao.values.plain import narrow, veiled

Parse = Callable[[Any], Any]
"""a cell → its value, None if it says nothing, or the Fault that is in it"""

SLOTS = ("guardian", "second_guardian", "father", "mother")
"""whose columns a roster can have, beside the pupil's"""

_MINOR = frozenset(
    ("roll_number", "student_number", "nationality", "class_name", "entered_on", "name", "phone", "relation")
)
_SECRET = ("identity_number", "roll_number", "phone")
_ROLL_NUMBER = re.compile(r"[GJL][0-9]{17}[0-9X]")
_NOBODY = frozenset(("", "无", "/", "-", "—", "——"))


class Memo(dict[Cell, Any]):
    """Understands each distinct cell once."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: Cell) -> Any:
        self[cell] = value = self._parse(cell)
        return value


def severity(field: str) -> Severity:
    """An error in what decides nothing is a warning: the value is left out, the pupil is taken. 错误程度"""
    whose, part = parted(field)
    if not whose and field == "name":
        return "error"
    return "warning" if part in _MINOR else "error"


def parted(field: str) -> tuple[str, str]:
    """Whose field it is, and which: `father_phone` is the father's `phone`; the pupil's own are nobody's."""
    for whose in SLOTS:
        if field.startswith(whose + "_"):
            return whose, field[len(whose) + 1 :]
    return "", field


def shown(field: str, cell: Cell) -> str:
    """The cell as an error message may show it: numbers of people and phones masked. 脱敏"""
    said = narrow(cells.text(cell))
    _, part = parted(field)
    if part in _SECRET:
        return phones.masked(said) if part == "phone" else identity.masked(said)
    return veiled(said)[: cells.LONGEST_TEXT]


def parser(field: str, *, on: date, near: str) -> Parse:
    """How cells of this column are read; `on` is the day of reading, `near` the school's division."""
    whose, part = parted(field)
    recurring: dict[str, Parse] = {
        "sex": cells.sex,
        "birth_date": cells.day,
        "school_stage": cells.stage,
        "grade": cells.grade,
        "class_name": cells.class_and_grade,
        "nationality": cells.short_text,
        "hukou": lambda cell: cells.place(cell, near=near),
        "parent_hukou": lambda cell: cells.places(cell, near=near),
        "entered_on": cells.whole_day,
        "residence_permit": cells.yes_no,
        "parent_employee_insured": cells.yes_no,
        "tier": cells.tier,
        "identity_type": cells.kind,
        "relation": cells.relation,
    }
    if part in recurring:
        return Memo(_kept(recurring[part])).__getitem__
    single: dict[str, Parse] = {
        "name": _guardian_name if whose else _name,
        "phone": _phone,
        "roll_number": lambda cell: _roll_number(cell, on),
        "student_number": _student_number,
    }
    return _kept(single[part])


def identified(kind: identity.Kind | None, cell: Cell, *, on: date) -> tuple[identity.Kind, str] | Fault | None:
    """The kind and checked number of a document, the kind guessed if it is not told; None if the cell is empty."""
    try:
        number = cells.number_text(cell)
        return identity.identify(number, kind=kind, on=on) if number and not number.isspace() else None
    except Fault as fault:
        return fault


def _kept(parse: Parse) -> Parse:
    """The same, with a Fault given back instead of raised."""

    def kept(cell: Cell) -> Any:
        try:
            return parse(cell)
        except Fault as fault:
            return fault

    return kept


def _name(cell: Cell) -> str:
    return names.check(cell if type(cell) is str else cells.text(cell))


def _guardian_name(cell: Cell) -> str | None:
    if cell is None or cell in _NOBODY:
        return None
    said = cell if isinstance(cell, str) else cells.text(cell)
    return names.check(said) if said.strip() else None


def _phone(cell: Cell) -> str | None:
    if cell is None or cell in _NOBODY:
        return None
    said = cells.number_text(cell)
    return phones.check(said) if said.strip() else None


def _roll_number(cell: Cell, on: date) -> str | None:
    if cell is None or cell in _NOBODY:
        return None
    said = cells.number_text(cell)
    if _ROLL_NUMBER.fullmatch(said):
        return said  # that G is followed by the pupil's own number is held against the row
    return identity.check_roll_number(said, on=on) if said.strip() else None


def _student_number(cell: Cell) -> str | None:
    return cells.short_text(cells.number_text(cell)) if cell is not None else None
