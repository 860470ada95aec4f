"""Finds the header of a list and what each of its columns means, by the names people give them. 表头

The names are data (`Headings`); which list they belong to is none of this file's business. A name may say
whose value it is: 监护人身份证号, 身份证号（监护人）, or 监护人 in the line above 身份证号 are the same column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import msgspec

from yingbao.values.plain import narrow
from yingbao.values.text import Text

SEARCHED_ROWS = 30
"""from the top; a header further down is none"""

_BRACKETED = re.compile(r"[(\[【〔<《]([^)\]】〕>》]*)[)\]】〕>》]")
_DECORATION = re.compile(r"['’]s\b|[\s*★☆●:;。.、,_\"“”'‘’#/|?!-]+|必填项?|选填项?|的")
_NUMBERING = re.compile(r"^\(?\d{1,2}[).、:]\s*")
_VALUE_LIKE = re.compile(r"\d{6}")
_SIMILAR = 0.5
_LONGEST_HEADER = 200
"""a name and its explanation; what goes on for longer is not compared with anything"""


class Field(msgspec.Struct, frozen=True):
    """One thing that a list can say about a person. 字段"""

    name: str
    title: Text
    required: bool = False


class Headings(msgspec.Struct, frozen=True):
    """The names by which the columns of one kind of list are known. 列名词典"""

    fields: tuple[Field, ...]
    names: dict[str, str]
    """plain name → field; all names here are in the form that `canonical` gives"""
    persons: dict[str, str]
    """word for a person → whose column it is: 家长 → guardian"""
    of_person: dict[str, dict[str, str]]
    """whose → plain name → field: guardian → 身份证号 → guardian_identity_number"""

    def required(self) -> tuple[Field, ...]:
        """The fields without which a list cannot be read."""
        return tuple(field for field in self.fields if field.required)


class Found(msgspec.Struct):
    """A header, as found. 识别出的表头"""

    row: int
    """index of the header's last row among the rows searched"""
    lines: int
    """1, or 2 if two rows make it together"""
    fields: dict[int, str]
    """index of column → field"""
    headers: dict[int, str]
    """index of column → its name in the file, for every column that has one"""
    repeated: tuple[int, ...] = ()
    """columns whose meaning another column has already"""

    def missing(self, headings: Headings) -> list[Field]:
        """Required fields that no column gives."""
        given = set(self.fields.values())
        return [field for field in headings.required() if field.name not in given]


def canonical(header: str) -> str:
    """A column's name without blanks, marks and filler words: `* 身份证 号码：` is 身份证号."""
    plain = _NUMBERING.sub("", narrow(header).lower())
    return _DECORATION.sub("", plain).replace("号码", "号").replace("(", "").replace(")", "")


def meaning(header: str, headings: Headings) -> str | None:
    """The field that a column of this name gives, or None."""
    outside = _BRACKETED.sub("", narrow(header))
    for attempt in (header, outside):
        if field := _named(canonical(attempt), headings):
            bracketed = [canonical(part) for part in _BRACKETED.findall(narrow(header))]
            persons = [headings.persons[part] for part in bracketed if part in headings.persons]
            own = headings.of_person.get(persons[0], {}).get(canonical(outside)) if persons else None
            return own or field
    return None


def _named(name: str, headings: Headings) -> str | None:
    if name in headings.names:
        return headings.names[name]
    for length in range(len(name), 0, -1):
        person = headings.persons.get(name[:length])
        if person is not None and (field := headings.of_person[person].get(name[length:])):
            return field
        if person == "" and (field := _named(name[length:], headings)):
            return field
    return None


def find(rows: Sequence[Sequence[object]], headings: Headings, merged: Sequence[tuple[int, int, int, int]]) -> Found:
    """The header among the first rows of a sheet: the one or two rows that name the most fields. 查找表头

    `merged` are the merged cells as (first row, first column, last row, last column), counted from 0.
    If nothing is recognised the result has no fields, and its headers are those of the fullest row.
    """
    best = Found(row=0, lines=1, fields={}, headers={})
    top = [[_shown(value) for value in row] for row in rows[:SEARCHED_ROWS]]
    for row, cells in enumerate(top):
        for found in (_one_line(row, cells, headings), _two_lines(row, top, headings, merged)):
            if found and _better(found, best, headings):
                best = found
    return best


def nearest(found: Found, field: Field, headings: Headings) -> str | None:
    """The unrecognised column whose name comes nearest to one of the field's names."""
    names = [name for name, meant in headings.names.items() if meant == field.name]
    unread = {canonical(header): header for index, header in found.headers.items() if index not in found.fields}
    ratings = [
        (difflib.SequenceMatcher(None, name, plain).ratio(), header)
        for plain, header in unread.items()
        for name in names
    ]
    rating, header = max(ratings, default=(0.0, ""))
    return header if rating >= _SIMILAR else None


def _better(found: Found, best: Found, headings: Headings) -> bool:
    def rank(candidate: Found) -> tuple[int, int, int, int]:
        unread = 0 if candidate.fields else len(candidate.headers)
        return -len(candidate.missing(headings)), len(set(candidate.fields.values())), -candidate.lines, unread

    return rank(found) > rank(best)


def _shown(value: object) -> str:
    return value[:_LONGEST_HEADER].strip() if isinstance(value, str) else ""


def _one_line(row: int, cells: list[str], headings: Headings) -> Found:
    headers = {index: text for index, text in enumerate(cells) if text}
    fields = {index: field for index, text in headers.items() if (field := meaning(text, headings))}
    return _settled(Found(row=row, lines=1, fields=fields, headers=headers), headings)


def _two_lines(
    row: int, top: list[list[str]], headings: Headings, merged: Sequence[tuple[int, int, int, int]]
) -> Found | None:
    """The row and the one below it read as one header, or None if the lower one holds values."""
    if row + 1 >= len(top) or not any(top[row]):
        return None
    upper, lower = _spread(row, top[row], merged), top[row + 1]
    if any(_VALUE_LIKE.search(narrow(text)) for text in lower):
        return None
    headers, fields = {}, {}
    for index in range(max(len(upper), len(lower))):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        if above or below:
            headers[index] = "/".join(dict.fromkeys(part for part in (above, below) if part))
            field = _under(above, below, headings)
            if field:
                fields[index] = field
    return _settled(Found(row=row + 1, lines=2, fields=fields, headers=headers), headings)


def _under(above: str, below: str, headings: Headings) -> str | None:
    """What a column means whose name stands below another: 监护人信息 over 电话, or a title over 姓名."""
    if not below:
        return meaning(above, headings)
    words = re.sub(r"(基本)?(信息|情况|资料)$", "", canonical(above))
    person = headings.persons.get(words)
    own = headings.of_person[person].get(canonical(below)) if person else None
    return own or meaning(below, headings) or (meaning(above, headings) if not person else None)


def _spread(row: int, cells: list[str], merged: Sequence[tuple[int, int, int, int]]) -> list[str]:
    """The cells with the text of a merged cell in each place it covers; without merges, blanks repeat their left."""
    spread = list(cells)
    ranges = [area for area in merged if area[0] <= row <= area[2]]
    for _, first, _, last in ranges:
        if first < len(cells):
            spread += [""] * (min(last, 500) + 1 - len(spread))
            spread[first : last + 1] = [cells[first]] * len(spread[first : last + 1])
    if not ranges:
        for index in range(1, len(spread)):
            spread[index] = spread[index] or spread[index - 1]
    return spread


def _settled(found: Found, headings: Headings) -> Found:
    """Gives each field to one column: a repeated name belongs to the person named last on its left. 重复列名

    In 姓名 身份证号 家长姓名 身份证号 the second number is the parent's. A name that says whose it is goes first.
    """
    explicit = {index for index in found.fields if canonical(found.headers[index]) not in headings.names}
    taken: dict[str, int] = {}
    for index in sorted(explicit):
        taken.setdefault(found.fields[index], index)
    person = ""
    repeated: list[int] = []
    for index in sorted(found.fields):
        field = found.fields[index]
        if taken.setdefault(field, index) != index:
            base = canonical(_BRACKETED.sub("", found.headers[index].split("/")[-1]))
            own = headings.of_person.get(person, {}).get(base, "")
            if own and taken.setdefault(own, index) == index:
                found.fields[index] = own
            else:
                repeated.append(index)
        person = _whose(found.fields[index], headings) or person
    for index in repeated:
        del found.fields[index]
    found.repeated = tuple(repeated)
    return found


def _whose(field: str, headings: Headings) -> str:
    """The person, other than the list's own, that a field belongs to."""
    return next((person for person, own in headings.of_person.items() if person and field in own.values()), "")
