"""A clerk's workbook as facts for determination: what a policy is tried on, without a database. 事实表

Columns go by the names that rosters and lists have, or by those of the contract; values are read as rosters' are. An
identity number gives birth date and kind of document, then it is gone: rows are told by where they stand in the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from yingbao.determination.facts import COLUMNS
from yingbao.determination.frame import BATCH
from yingbao.determination.source import Source, source_of
from yingbao.policy.terms import FACTS
from yingbao.spreadsheet import cells
from yingbao.spreadsheet.assisted_list import category
from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.spreadsheet.facts_faults import RowFault, refused
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster_columns import ROSTER
from yingbao.spreadsheet.roster_fields import Memo, Parse
from yingbao.spreadsheet.school_of_list import of_school
from yingbao.spreadsheet.table import Cell, Table
from yingbao.values import identity
from yingbao.values.fault import Fault
from yingbao.values.plain import veiled
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_FROM_ROSTERS = (
    "identity_type", "identity_number", "birth_date", "school_stage", "grade", "class_name", "hukou",
    "residence_permit", "parent_employee_insured", "tier", "parent_hukou",
)  # fmt: skip
_MORE = {
    # a fact that rosters do not have → what its column is called
    "person_id": "编号 人员编号 personid",
    "school_division": "学校所在地 学校区划 学籍所在地 就读地 schooldivision",
    "registered_before": "以前参保 是否参过保 续保 是否续保 上年参保 往年参保 已登记 registeredbefore",
    "registered_on": "登记日期 基本信息登记日期 registeredon",
    "points_admitted_on": "积分入医日期 入医日期 积分入学日期 pointsadmittedon",
    "assistance": "救助类别 救助对象类别 困难类别 资助类别 人员类别 assistance",
    "paid_on": "缴费日期 缴费日 缴费时间 paidon",
    "paid_time": "缴费时刻 paidtime",
    "lapsed_years": "断保年数 中断年数 漏缴年数 lapsedyears",
    "repaired_years": "修复年数 补缴年数 repairedyears",
    "prepaid_years": "预缴年数 缴费年数 prepaidyears",
    "continuous_years": "连续参保年数 continuousyears",
    "claim_free_years": "零报销年数 未报销年数 claimfreeyears",
}
_TELLING = ("identity_number", "birth_date", "person_id", "hukou", "school_stage")
"""A list of children has one of these, and by it a row is known from a footer."""
_NUMBERS = ("lapsed_years", "repaired_years", "prepaid_years", "continuous_years", "claim_free_years")
_TITLES = {"person_id": Text("编号", "Number"), "identity_number": Text("身份证号", "Identity number")} | {
    name: FACTS[name] for name in COLUMNS if name in FACTS
}


_HEADER = 65_536


class FactsSheet:
    """The children of a workbook as facts. 事实表"""

    def __init__(
        self, path: Path, rows: list[dict[str, str]], lines: list[int], columns: list[str], notes: tuple[Text, ...]
    ) -> None:
        self.path, self._rows, self._lines = path, rows, lines
        self.notes = notes
        """what was passed over or decided on the way"""
        self.schema = pa.schema([(name, pa.string()) for name in columns])

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The file's rows in order, with these columns."""
        schema = pa.schema([(name, pa.string()) for name in columns])
        for first in range(0, len(self._rows), BATCH):
            part = self._rows[first : first + BATCH]
            yield pa.RecordBatch.from_pydict({name: [row.get(name) for row in part] for name in columns}, schema=schema)

    def line(self, row: int) -> int | None:
        """The row of the sheet in which a row of facts stands."""
        return self._lines[row - 1] if 0 < row <= len(self._lines) else None


def facts_source(path: Path, *, on: date, near: str = "", school: str = "") -> Source:
    """A file of children: the contract's CSV or Parquet, or a workbook or CSV as a clerk has it. 打开事实文件

    `on` is the day of reading; a district without its city is looked for in the city of the division `near`; `school`
    is the division of the school whose list it is, where no column says so. Raises Refused for what cannot be read,
    with the row and column of each value.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_HEADER)
            if _is_contract(content, path.name):
                return of_school(source_of(path), school)
            content += file.read()
    except OSError as error:
        raise Refused(
            where=str(path),
            what=Text("无法读取（{said}）", "it cannot be read ({said})").filled(said=error.strerror or error),
            mend=Text("请检查文件名和权限。", "Check its name and whether you may read it."),
        ) from None
    return sheet_of(content, str(path), on=on, near=near, school=school)


def uploaded(content: bytes, name: str, *, on: date, near: str, school: str = "") -> Source:
    """The same for an upload. 上传的事实文件"""
    if not _is_contract(content[:_HEADER], name):
        return sheet_of(content, name, on=on, near=near, school=school)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"facts{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            source = source_of(path)
            names = source.schema.names
            named = [each for each in source.schema if each.name in COLUMNS and names.count(each.name) == 1]
            table = pa.Table.from_batches(source.batches([each.name for each in named]), schema=pa.schema(named))
        except Refused as refused:
            raise Refused(where=name, what=refused.what, mend=refused.mend) from None
    return of_school(_Held(Path(name), source.schema, table), school)


def _is_contract(head: bytes, name: str) -> bool:
    """Whether a file is the contract's: Parquet, or a CSV that names persons as it does."""
    if Path(name).suffix.lower() != ".csv":
        return Path(name).suffix.lower() == ".parquet"
    header = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
    return b"person_id" in b"".join(header).replace(b'"', b"").split(b",") or not header


class _Held:
    """Facts that are read already. 已读入的事实"""

    def __init__(self, path: Path, schema: pa.Schema, table: pa.Table) -> None:
        self.path, self.schema, self._table = path, schema, table

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        yield from self._table.select(columns).to_batches(BATCH)

    def line(self, row: int) -> int | None:
        return row + 1 if self.path.suffix.lower() == ".csv" else None


def sheet_of(content: bytes, name: str, *, on: date, near: str = "", school: str = "") -> FactsSheet:
    """The facts in a workbook, or in a CSV as a program of a clerk writes it. 读取事实表"""
    table = _table(content, name)
    at = {column.field: place for place, column in enumerate(table.columns)}
    parsers = {field: parse for field, parse in _parsers(near).items() if field in at}
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    wrong: list[tuple[int, _AtField]] = []
    seen: dict[str, int] = {}
    for line, row in table.rows():
        try:
            rows.append(_facts({field: row[place] for field, place in at.items()}, parsers, line, on))
            _once(row[at["identity_number"]] if "identity_number" in at else None, seen, line)
        except _AtField as found:
            wrong.append((line, found))
            continue
        if school and rows[-1].get("school_stage", "none") != "none":
            rows[-1].setdefault("school_division", school)
        lines.append(line)
    if wrong:
        raise refused(f"{name} {table.sheet}".strip(), [_told(line, found, table) for line, found in wrong])
    columns = [each for each in COLUMNS if each in at or any(each in row for row in rows)]
    return FactsSheet(Path(name), rows, lines, columns, table.notes)


class _AtField(Exception):
    """A value that is not understood, and its field."""

    def __init__(self, field: str, fault: Fault) -> None:
        super().__init__(field)
        self.field, self.fault = field, fault


def _told(line: int, found: _AtField, table: Table) -> RowFault:
    column = next(each for each in table.columns if each.field == found.field)
    said = Text("第{line}行{letter}列“{header}”：{what}", "row {line}, column {letter} “{header}”: {what}")
    what = Text(found.fault.what.zh.rstrip("。"), found.fault.what.en.rstrip("."))
    what = said.filled(line=line, letter=column.letter, header=column.header, what=what)
    return RowFault(line, what, found.fault.mend)


def _table(content: bytes, name: str) -> Table:
    """The list, known by any of the columns that a list of children has; the first refusal if by none."""
    first: Refused | None = None
    for telling in _TELLING:
        try:
            return read_table(content, name, headings=_headings(telling))
        except Refused as refused:
            first = first or refused
    raise first or ValueError(name)


def _headings(telling: str) -> Headings:
    fields = tuple(
        Field(name=field, title=_TITLES.get(field, Text(field, field)), required=field == telling)
        for field in (*_FROM_ROSTERS, *_MORE)
    )
    names = {name: field for name, field in ROSTER.names.items() if field in _FROM_ROSTERS}
    for field, words in _MORE.items():
        names |= dict.fromkeys((canonical(word) for word in words.split()), field)
    names |= {canonical(title.zh): field for field, title in _TITLES.items()}
    names |= {canonical(field): field for field in (*COLUMNS, "identity_number")}
    persons: dict[str, str] = {word: whose for word, whose in ROSTER.persons.items() if not whose}
    return Headings(fields=fields, names=names, persons=persons, of_person={"": dict(names)})


def _parsers(near: str) -> dict[str, Parse]:
    """How the columns are read; what recurs is understood once."""
    each: dict[str, Parse] = {
        "birth_date": cells.whole_day, "school_stage": _stage, "grade": lambda cell: (cells.grade(cell) or (None,))[0],
        "class_name": _of_class, "hukou": lambda cell: cells.place(cell, near=near),
        "school_division": lambda cell: cells.place(cell, near=near),
        "parent_hukou": lambda cell: cells.places(cell, near=near), "residence_permit": cells.yes_no,
        "parent_employee_insured": cells.yes_no, "registered_before": cells.yes_no, "tier": cells.tier,
        "identity_type": _kind, "assistance": _categories, "points_admitted_on": cells.whole_day,
        "paid_on": cells.whole_day, "registered_on": cells.whole_day,
    }  # fmt: skip
    each |= dict.fromkeys(("person_id", "paid_time", *_NUMBERS), lambda cell: cells.text(cell).strip() or None)
    return {field: Memo(parse).__getitem__ for field, parse in each.items()}


def _facts(row: dict[str, Cell], parsers: dict[str, Parse], line: int, on: date) -> dict[str, str]:
    """One row's facts as the contract's text; what is empty is left out."""
    facts: dict[str, Any] = {}
    for field, parse in parsers.items():
        try:
            facts[field] = parse(row[field])
        except Fault as fault:
            raise _AtField(field, fault) from None
    of_class, grade = facts.pop("class_name", None), facts.pop("grade", None)
    facts["school_stage"] = facts.get("school_stage") or grade or of_class
    if facts["school_stage"] == _UNTOLD:
        raise _AtField("class_name", _no_stage(row["class_name"]))
    if "identity_number" in row:
        try:
            _identified(facts, row["identity_number"], on)
        except Fault as fault:
            raise _AtField("identity_number", fault) from None
    facts["person_id"] = facts.get("person_id") or f"R{line}"
    return {name: _said(value) for name, value in facts.items() if value is not None and value != ()}


def _once(cell: Cell, seen: dict[str, int], line: int) -> None:
    """A child stands in a list once, by the number that is not kept further."""
    number = cells.number_text(cell).strip().upper()
    if number and seen.setdefault(number, line) != line:
        what = Text(
            "和第 {n} 行是同一个号码，会算作两个孩子", "it stands in row {n} already and would be counted twice"
        )
        fault = Fault(what.filled(n=seen[number]), Text("每个孩子只留一行。", "Keep one row of each child."))
        raise _AtField("identity_number", fault)


def _identified(facts: dict[str, Any], cell: Cell, on: date) -> None:
    """Birth date and kind of document out of a number, which is not kept."""
    number = cells.number_text(cell).strip()
    if not number:
        return
    kind, whole = identity.identify(number, kind=facts.get("identity_type"), on=on)
    facts["identity_type"] = kind
    facts["birth_date"] = facts.get("birth_date") or identity.birth_date(kind, whole)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, tuple) else str(value)


_OUTSIDE = frozenset(("none", "不在校", "未在校", "散居", "未入学"))
_UNTOLD = "untold"
"""in a class, of which nothing says whether it is a kindergarten's or a school's"""


def _of_class(cell: Cell) -> str | None:
    """The stage that a class is of: 二年级1班 is of a primary school; of 星星班 nobody can tell."""
    if cells.text(cell).strip().lower() in _OUTSIDE:
        return "none"
    try:
        found = cells.class_and_grade(cell)
    except Fault:
        return _UNTOLD
    return None if found is None else found[1][0] if found[1] else _UNTOLD


def _no_stage(cell: Cell) -> Fault:
    """A child in a class is at school: taken as outside it, the child would be counted wrongly."""
    said = Text("看不出“{said}”是哪个学段", "nothing tells the stage of “{said}”")
    mend = Text(
        "加一列“年级”或“学段”，如 二年级、小学", "add a column 年级 (grade) or 学段 (stage), such as 二年级 or 小学"
    )
    return Fault(said.filled(said=veiled(cells.text(cell))[: cells.LONGEST_TEXT]), mend)


def _stage(cell: Cell) -> str | None:
    """The stage by its usual words, or by the contract's; outside school is a stage too."""
    said = cells.text(cell).strip().lower()
    if said in _OUTSIDE:
        return "none"
    return said if said in _STAGES else cells.stage(cell)


_STAGES = frozenset(("kindergarten", "primary", "junior", "senior", "vocational", "special", "university"))


def _kind(cell: Cell) -> str | None:
    said = cells.text(cell).strip()
    return said if said in identity.NAMES else cells.kind(cell)


def _categories(cell: Cell) -> tuple[str, ...] | None:
    """Several categories in one cell, by any names they go by."""
    said = [part for part in cells.text(cell).replace("；", ";").replace("、", ";").split(";") if part.strip()]
    found = [category(part) for part in said if part.strip() not in ("无", "-", "/")]
    return tuple(dict.fromkeys(each for each in found if each)) or None
