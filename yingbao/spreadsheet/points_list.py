"""Lists of children admitted by points: their columns, their rows, and when an admission counts. 积分入医名单

The machinery is that of the lists of assisted persons; what differs is here: no category, an admission date instead of
a span of days, and the school as the points office knows it.
"""

from __future__ import annotations

from datetime import date

from yingbao.agents.models import OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.people.admitting import Counts
from yingbao.spreadsheet import cells
from yingbao.spreadsheet.assisted_columns import ADMITTED_TITLES
from yingbao.spreadsheet.assisted_list import Entry, Kind, Listed, Reading, Tell
from yingbao.spreadsheet.models import AssistedList
from yingbao.spreadsheet.table import Cell, Table
from yingbao.values import identity
from yingbao.values.fault import Fault
from yingbao.values.plain import veiled
from yingbao.values.text import Text

_LONGEST_SCHOOL = 100
_NO_DAY = Fault(
    Text("没有填写入医日期", "the admission date is missing"),
    Text("填写取得积分入医资格的日期", "give the day of the admission"),
)


def is_points(found: AssistedList) -> bool:
    """Whether a list tells who is admitted by points, and not who is assisted. 是否积分入医名单"""
    return found.organisation.kind == OrganisationKind.POINTS_OFFICE


def counts_in(season: Season) -> Counts | None:
    """The days on which an admission counts for a season; None where the policy knows no points. 有效入医日期"""
    policy = policy_of(season)
    if policy.points_admission is None:
        return None
    window = policy.windows[policy.points_admission.window]
    return Counts(window.first, window.last)


def counts_for(found: AssistedList) -> Counts | None:
    """The days that count in the procedure that a list tells of: that of its date's year. 本次办理期"""
    seasons = Season.objects.filter(pooling_area=found.pooling_area).order_by("-plan_year")
    every = [counts for season in seasons if (counts := counts_in(season)) is not None]
    same_year = next((counts for counts in every if counts.first.year == found.as_of.year), None)
    return same_year or counts_in(season_for(found.pooling_area, found.as_of))


def year_of(found: AssistedList) -> int:
    """The calendar year of the procedure that a list tells of."""
    counts = counts_for(found)
    return counts.first.year if counts else found.as_of.year


def parse_admitted(
    table: Table, *, kind: Kind, as_of: date, on: date, counts: Counts | None, progress: Tell | None = None
) -> Listed:
    """The admitted children of a list, and what is wrong or does not count. 解析积分入医名单"""
    return _Admitted(table, kind, as_of, on, counts).read_all(progress)


class _Admitted(Reading):
    """A list of admitted children in the making."""

    titles = ADMITTED_TITLES

    def __init__(self, table: Table, kind: Kind, as_of: date, on: date, counts: Counts | None) -> None:
        super().__init__(table, kind, as_of, on)
        self.counts = counts

    def take(self, number: int, row: list[Cell]) -> None:
        """Reads one row; keeps it if nothing is in error."""
        name, day = self._read(number, row, "name"), self._read(number, row, "first")
        act = self._act(number, row)
        document = self._document(number, row)
        if act == "add" and day is None and not self._told(number, "first"):
            self._tell(number, row, "first", _NO_DAY)
        if day is not None:
            self._weigh_day(number, row, day)
        if number in self.refused or document is None:
            return
        kind, own_number = document
        entry = Entry(
            row_number=number,
            name=name,
            identity_type=kind,
            identity_number=own_number,
            birth_date=identity.birth_date(kind, own_number),
            category="",
            act=act,
            first=day or self.as_of,
            last=None,
            school=veiled(cells.text(self._cell(row, "school")))[:_LONGEST_SCHOOL],
        )
        if not self._said_before(entry, row):
            self.entries.append(entry)

    def _weigh_day(self, number: int, row: list[Cell], day: date) -> None:
        if day > self.as_of:
            what = Text(
                "入医日期{day}晚于名单日期{as_of}", "the admission date {day} lies after the list's date {as_of}"
            )
            mend = Text("改正入医日期或名单日期", "correct one of the two")
            self._tell(number, row, "first", Fault(what.filled(day=day, as_of=self.as_of), mend))
        elif self.counts and not self.counts.first <= day <= self.counts.last:
            what = Text(
                "入医日期{day}不在{first}至{last}的办理期内，这一行记下但不作数",
                "the admission date {day} is not within {first} to {last}; the row is noted and does not count",
            ).filled(day=day, first=self.counts.first, last=self.counts.last)
            mend = Text("日期写错的，改正后再上传", "if the date is wrong, mend it and upload again")
            self._tell(number, row, "first", Fault(what, mend), "warning")

    def _told(self, number: int, field: str) -> bool:
        return any(error.row == number and error.field == field for error in self.errors[-4:])
