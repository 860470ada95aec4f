"""What a roster says about each pupil, typed and checked. 花名册

These are the words in which everything downstream receives a roster; `yingbao.spreadsheet.roster` makes them.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from yingbao.spreadsheet.table import Table
from yingbao.values.text import Text

Sex = Literal["male", "female", ""]
Relation = Literal["father", "mother", "grandparent", "other", ""]
Stage = Literal["kindergarten", "primary", "junior", "senior", "vocational", "special", "university", ""]
Severity = Literal["error", "warning"]


class Guardian(msgspec.Struct, frozen=True, gc=False):
    """A parent or guardian as far as the roster names one. 监护人"""

    name: str
    relation: Relation = ""
    phone: str = ""
    """mobile: eleven digits; landline: area code and number without signs between"""
    identity_type: str = ""
    identity_number: str = ""
    hukou: str = ""
    """six-digit division code"""


class RosterRow(msgspec.Struct, frozen=True, gc=False):
    """One pupil, every value normalised; nothing in it is in error. 学生"""

    row_number: int
    """as the clerk's program shows it"""
    name: str
    """for matching: middle dot U+00B7, no invisible characters, single spaces"""
    name_original: str
    """as it stands in the cell, without blanks around it"""
    identity_type: str
    """one of `yingbao.values.identity.KINDS`"""
    identity_number: str
    sex: Sex = ""
    """from the number where the number tells it, else from its own column"""
    birth_date: date | None = None
    """likewise"""
    school_stage: Stage = ""
    grade: int | None = None
    """within the stage, from 1: 小班 is kindergarten 1, 初一 and 七年级 are junior 1; nursery 托班 is kindergarten 0"""
    class_name: str = ""
    """as the school calls it: 1班, （3）班 …, without the grade where the grade has its own column"""
    roll_number: str = ""
    """school-roll number, 学籍号"""
    student_number: str = ""
    """the school's own number, 学号"""
    nationality: str = ""
    hukou: str = ""
    """six-digit division code; empty if not given"""
    guardians: tuple[Guardian, ...] = ()
    """at most two, in the order of the columns"""
    parent_hukou: tuple[str, ...] = ()
    """division codes of the parents' hukou, each once"""
    residence_permit: bool | None = None
    parent_employee_insured: bool | None = None
    entered_on: date | None = None
    """the day on which the pupil entered the school"""
    tier: int | None = None
    """premium tier 1 or 2, where the roster states one (档次)"""


class CellError(msgspec.Struct, frozen=True):
    """What is wrong in one cell, and how to mend it. 错误"""

    row: int
    column_letter: str
    """empty if the row as a whole is meant"""
    column_name: str
    """the header as the file has it"""
    field: str
    value: str
    """what the cell holds; an identity or phone number is masked"""
    what: Text
    mend: Text
    severity: Severity = "error"
    pupil: str = ""
    """the pupil's name, as far as the row tells it"""


class Roster(msgspec.Struct, frozen=True):
    """A file's pupils and everything that is to be said about the file. 花名册

    A row with an error of severity `error` is not among `rows`; one with warnings alone is.
    """

    rows: tuple[RosterRow, ...]
    errors: tuple[CellError, ...]
    """errors and warnings, in the order of rows and columns"""
    refused_rows: tuple[int, ...]
    """numbers of the rows that cannot be taken, ascending"""
    notes: tuple[Text, ...]
    """the table's notes and the roster's own"""
    table: Table
    """where it was read from: columns, header row, sheet"""
