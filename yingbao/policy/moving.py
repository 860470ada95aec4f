"""Moves a policy's text to another year, and marks every line that the new notice has to confirm. 政策移年

The text itself is moved, not the data in it: order, comments and wording stay as somebody wrote them beside the notice.
Days go with the plan year, and so do the years that the policy's own days lie in, in sentences and in names. Any other
year is a fact (whose sum it is, what was arranged when), as is all that stands of the notice and under `unconfirmed`:
it stays and is marked, like sums and counts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import yaml

from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.values import money
from yingbao.values.text import Text

MARK = "# 核对 / check"
"""Begins the comment on every line that somebody has to look at; editors find it by these words."""

KEPT = "#:"
"""Begins a line that is no comment but kept for those who need it: without these two characters it is at work."""
_AS_THEY_ARE = (
    "clause",
    "divisions",
    "url",
    "phones",
    "background_least",
    "width_px",
    "height_px",
    "face_width_px",
    "most_bytes",
)
"""keys whose digits are no year's, or are looked at by their part"""
_LISTED = {
    "source": Text("换成今年的通知", "this year's notice"),
    "payment_routes": Text("缴费方式有没有变", "are these still the ways to pay"),
    "list_providers": Text("名单由谁提供", "who sends the lists now"),
    "unconfirmed": Text("哪些仍未证实，其余删去", "what is still unconfirmed"),
    "help_lines": Text("电话和地址有没有变", "are numbers and addresses still right"),
    "directory": Text("对应表用哪一份", "which directory belongs to this year"),
}  # fmt: skip
"""parts that are looked at as a whole: marked where they begin"""
_OF_THE_NOTICE = ("number", "title", "issued", "basis")
"""what would be made up if it were moved"""
_ID = re.compile(r"[a-z][a-z0-9_]*")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_YEAR = re.compile(r"(?<![\d〔\[])(20\d{2})(?![\d〕\]])(?!\s*(?:元|%|名|人|yuan|fen|px))")
_FEBRUARY = re.compile(r"(20\d{2})年2月(28|29)日|(28|29) February (20\d{2})")
_STANDARD = re.compile(r"[A-Z/]+ ?[\d.]+[-—]$")
"""leads to the year in a standard's number, such as GA 461-2004"""
_OLD_MARK = re.compile(rf"[ \t]*{MARK}.*$")


class Moved(msgspec.Struct, frozen=True):
    """A text moved to another year. 移年结果"""

    text: str
    marked: int
    """so many lines carry a mark"""


class _Word(msgspec.Struct, frozen=True):
    """One scalar of the file: where it stands, and what leads to it. 词"""

    steps: tuple[str, ...]
    value: str
    is_key: bool
    first: tuple[int, int]
    last: tuple[int, int]
    block: bool


class _Move(msgspec.Struct, frozen=True):
    """How far a text goes, and which years go along. 平移"""

    to: int
    by: int
    years: frozenset[int]
    """those that the policy's own days lie in"""
    of_template: bool = False
    ids: bool = True
    """whether names that carry a year go along, as they do if no two become one"""

    def years_in(self, text: str, *, anywhere: bool = False) -> str:
        """The text with its own years moved; another year, or one in a document's number, stays."""

        def later(found: re.Match[str]) -> str:
            own = int(found[1]) in self.years and _STANDARD.search(text[: found.start()]) is None
            return str(int(found[1]) + self.by) if own else found[1]

        def end_of_february(found: re.Match[str]) -> str:
            year = int(found[1] or found[4])
            if year not in self.years:
                return found[0]
            day = moved_day(date(year, 2, 1).replace(day=int(found[2] or found[3])), 0)
            last = moved_day(day, self.by).day
            return f"{year}年2月{last}日" if found[1] else f"{last} February {year}"

        if anywhere:
            return re.sub(r"(?<!\d)(20\d{2})(?!\d)", later, text) if self.ids else text
        return _YEAR.sub(later, _FEBRUARY.sub(end_of_february, text))

    def left_in(self, text: str, *, every: bool = False) -> list[str]:
        """The years that stay where they are; with `every`, all that are named."""
        named = [found for found in _YEAR.finditer(text) if _STANDARD.search(text[: found.start()]) is None]
        return list(dict.fromkeys(found[1] for found in named if every or int(found[1]) not in self.years))


def moved(text: str, *, to: int, of_template: bool = False) -> Moved:
    """The text of a policy for the plan year `to`, with every line to be confirmed marked. 移年

    The text has to be one that loads; what comes out loads too. Moved by no year, it is only marked anew. The notice of
    the template is nobody's, so its title goes along.
    """
    lines = [_OLD_MARK.sub("", line) for line in text.splitlines()]
    words = list(_words("\n".join(lines) + "\n"))
    move = _move(words, to, of_template)
    notes: dict[int, list[Text]] = {}
    edits: list[tuple[_Word, str]] = []
    for word in words:
        said, note = _seen(word, move)
        if said != word.value:
            edits.append((word, said))
        if note is not None:
            notes.setdefault(word.first[0], []).append(note)
    for word, said in reversed(edits):
        _replace(lines, word, said, move)
    lines = [move.years_in(line) if line.startswith(KEPT) else line for line in lines]
    return Moved("\n".join(_marked(lines, words, notes)) + "\n", len(notes))


def _move(words: list[_Word], to: int, of_template: bool) -> _Move:
    """Which years of the text are its own: the plan year, the year before, and those of the days in it."""
    year = int(next(word.value for word in words if word.steps == ("plan_year",) and not word.is_key))
    days = [_ISO.match(word.value) for word in words if word.steps and word.steps[0] not in ("source", "unconfirmed")]
    years = frozenset({year, year - 1, *(int(day[1]) for day in days if day is not None)})
    move = _Move(to, to - year, years, of_template)
    ids = {word.value for word in words if _ID.fullmatch(word.value)}
    one_to_one = len({move.years_in(each, anywhere=True) for each in ids}) == len(ids)
    return msgspec.structs.replace(move, ids=one_to_one)


def in_year(text: str, year: int) -> Policy:
    """A policy's rules as if they held in another year, so that what differs is not the calendar. 按年度平移"""
    return catalogue.policy_in(moved(text, to=year).text, "policy.yaml")


def directory_moved(text: str, policy_id: str) -> str:
    """A directory's text as that of another policy, which its line says and marks. 对应表移年"""
    found = re.search(r"^directory: *([0-9]{6}/[0-9]{4}).*$", text, re.M)
    if found is None:
        raise ValueError("a directory says whose it is")
    note = Text("由 {old} 抄来，街道、电话和学校有没有变", "copied from {old}; are its schools still these").filled(
        old=found[1]
    )
    return f"{text[: found.start()]}directory: {policy_id}  {_mark([note])}{text[found.end() :]}"


def moved_day(day: date, by: int) -> date:
    """The same day so many years later; the last of February stays the last of February. 移年日期"""
    year = day.year + by
    if day.month == 2 and day.day == monthrange(day.year, 2)[1]:
        return date(year, 2, monthrange(year, 2)[1])
    return day.replace(year=year)


def _words(text: str) -> Iterator[_Word]:
    """Every scalar with the keys that lead to it, in the order of the file."""
    path: list[list[str | None]] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            path.append([None if isinstance(event, yaml.MappingStartEvent) else ""])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            path.pop()
            _valued(path)
        elif isinstance(event, yaml.ScalarEvent):
            steps = tuple(each[0] for each in path if each[0])
            is_key = bool(path) and path[-1][0] is None
            yield _Word(
                (*steps, event.value) if is_key else steps, event.value, is_key,
                _at(event.start_mark), _at(event.end_mark),
                event.style in ("|", ">"),
            )  # fmt: skip
            if is_key:
                path[-1][0] = event.value
            else:
                _valued(path)


def _at(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column


def _valued(path: list[list[str | None]]) -> None:
    """After its value the next word of a mapping is a key again."""
    if path and path[-1][0] != "":
        path[-1][0] = None


def _seen(word: _Word, move: _Move) -> tuple[str, Text | None]:
    """What a word becomes, and what has to be looked at on its line, if anything."""
    value, steps = word.value, word.steps
    if word.is_key:
        note = _LISTED.get(steps[0]) if len(steps) == 1 else None
        return (move.years_in(value, anywhere=True) if _ID.fullmatch(value) else value), note
    if steps == ("policy",):
        note = Text(
            "由 {old} 平移，条款和注释还是上年的", "moved from {old}; clauses and comments are still last year's"
        )
        return f"{value.split('/')[0]}/{move.to}", note.filled(old=value)
    if steps == ("plan_year",):
        return str(move.to), None
    if steps[0] == "directory":
        later = move.years_in(value, anywhere=True)
        return (later if later != value or not move.by else f"{value.removesuffix('.yaml')}-{move.to}.yaml"), None
    if steps[0] == "source":
        return _of_the_notice(word, move)
    if steps[-1] in _AS_THEY_ARE or steps[0] == "help_lines":
        return value, None
    if (iso := _ISO.match(value)) is not None:
        day = moved_day(date.fromisoformat(iso[0]), move.by)
        return f"{day}{value[iso.end() :]}", Text("去年 {day}", "last year {day}").filled(day=value)
    if steps[-1] in ("zh", "en"):
        return _sentence(word, move)
    if _ID.fullmatch(value):
        return move.years_in(value, anywhere=True), None
    if steps[-1].endswith("_fen") and value.isdigit():
        return value, Text("去年 {sum} 元", "last year {sum} yuan").filled(sum=money.yuan(int(value)))
    if re.fullmatch(r"[\d.%]+", value):
        return value, Text("去年 {n}", "last year {n}").filled(n=value) if steps[0] != "areas" else None
    return _sentence(word, move)


def _of_the_notice(word: _Word, move: _Move) -> tuple[str, Text | None]:
    """Number, title and day of last year's notice are true of it alone, so each is marked where it stands."""
    if move.of_template and word.steps[-1] == "title":
        return move.years_in(word.value), None
    told = len(word.steps) > 1 and word.steps[1] in _OF_THE_NOTICE and word.value not in ("null", "~", "")
    return word.value, Text("还是上年通知的", "still of last year's notice") if told else None


def _sentence(word: _Word, move: _Move) -> tuple[str, Text | None]:
    """A sentence or a name: its own years go along, another one is a fact that somebody has to look at."""
    part, value = word.steps[0], word.value
    if left := move.left_in(value, every=part == "unconfirmed"):
        note = Text("句中的{years}年照原样留下，是否仍如此", "{years} is left in the words; is it still so")
        return value if part == "unconfirmed" else move.years_in(value), note.filled(
            years=Text("、".join(left), ", ".join(left))
        )
    marked = part not in ("areas", "name") and re.search(r"\d", value)
    return move.years_in(value), Text("句中的数字", "figures in the words") if marked else None


def _replace(lines: list[str], word: _Word, said: str, move: _Move) -> None:
    """Write a word anew where it stands; one of several lines is moved line by line."""
    (row, column), (last_row, last_column) = word.first, word.last
    if row == last_row:
        line = lines[row]
        old = line[column:last_column]
        lines[row] = line[:column] + old.replace(word.value, said) + line[last_column:]
        if word.value not in old:
            lines[row] = line[:column] + move.years_in(old) + line[last_column:]
        return
    for at in range(row, min(last_row + 1, len(lines))):
        lines[at] = move.years_in(lines[at])


def _marked(lines: list[str], words: list[_Word], notes: dict[int, list[Text]]) -> Iterator[str]:
    """The lines with their marks: at the end of a line, or above a text that goes over several."""
    held = {
        row
        for word in words
        if word.block or word.last[0] > word.first[0]
        for row in range(word.first[0], word.last[0] + (not word.block))
    }
    above: dict[int, list[Text]] = {}
    for row in [row for row in notes if row in held]:
        first = row
        while first - 1 in held:
            first -= 1
        above.setdefault(first, []).extend(notes.pop(row))
    for row, line in enumerate(lines):
        if row in above:
            yield f"{_indent(line)}{_mark(above[row])}"
        yield f"{line}  {_mark(notes[row])}" if row in notes else line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _mark(notes: list[Text]) -> str:
    """The comment: each thing to look at once, in both languages."""
    each = list(dict.fromkeys(notes))
    return f"{MARK}: {'；'.join(one.zh for one in each)} / {'; '.join(one.en for one in each)}"
