"""What the page of a reviewed roster shows: the counts, one outcome's rows, and what a yes would do. 核对页"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from yingbao.people.grades import grade_name
from yingbao.spreadsheet.children import is_of_community
from yingbao.spreadsheet.children_outcomes import CHILDREN_ANNOUNCED, CHILDREN_OUTCOMES
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.outcomes import IMPORTED, OUTCOMES, differences, problems
from yingbao.values.text import Text

PAGE_SIZE = 50
WARNED = "warned"
"""the view of rows that are taken in spite of a doubt"""
_WARNED_WORDS = (
    Text("有提醒", "With doubts"),
    Text("这些行会导入，但有地方请再核对", "These rows are imported, but something in them may need a second look"),
)


class RosterPage:
    """One page of a roster's rows, of one outcome. 核对页"""

    def __init__(self, roster: Roster, *, show: str, wanted_page: str) -> None:
        self.roster = roster
        shown = [view["key"] for view in self.views]
        self.show: str = show if show in shown else (shown[0] if shown else "")
        wanted = int(wanted_page) if wanted_page.isascii() and wanted_page.isdigit() and len(wanted_page) < 7 else 1
        self.number = max(1, min(wanted, self.pages))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows per outcome. Of a committed roster only the rows to mend are still there."""
        return dict(self.roster.counts)

    @property
    def outside_school(self) -> bool:
        """Whether it is a community's file, of children outside school."""
        return is_of_community(self.roster)

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """The outcomes that there are, those to look at first in front. 各类结果"""
        words = {**OUTCOMES, **(CHILDREN_OUTCOMES if self.outside_school else {}), WARNED: _WARNED_WORDS}
        order = ["error", "duplicate", "on_two_rosters", "moved_here", WARNED, "new", "changed", "left", "unchanged"]
        if self.roster.state == Roster.State.COMMITTED:
            order = ["error"]
        return [
            {"key": key, "name": words[key][0], "meaning": words[key][1], "count": self.counts[key]}
            for key in order
            if self.counts.get(key)
        ]

    @property
    def view(self) -> dict[str, Any] | None:
        """The outcome that is shown."""
        return next((view for view in self.views if view["key"] == self.show), None)

    @property
    def pages(self) -> int:
        """How many pages the outcome has."""
        return -(-self.counts.get(self.show, 0) // PAGE_SIZE) or 1

    @property
    def before(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after this one."""
        return self.number + 1 if self.number < self.pages else None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of this page with all that is said about each. 行"""
        if not self.show:
            return []
        first = (self.number - 1) * PAGE_SIZE
        found = self._wanted().select_related("other_school").defer("number_cipher", "roll_number_cipher")
        return [self._row(row) for row in found.order_by("row_number", "pk")[first : first + PAGE_SIZE]]

    def _wanted(self) -> QuerySet[RosterRow]:
        staged = RosterRow.objects.filter(roster=self.roster)
        if self.show == WARNED:
            return staged.filter(outcome__in=IMPORTED).exclude(errors=[])
        return staged.filter(outcome=self.show)

    def _row(self, row: RosterRow) -> dict[str, Any]:
        return {
            "row": row,
            "class": class_of(row),
            "problems": list(problems(self.roster, row)) if row.row_number is not None else [],
            "differences": list(differences(row)),
        }

    @property
    def to_import(self) -> int:
        """How many rows a yes imports. 可导入行数"""
        return sum(self.counts.get(outcome, 0) for outcome in IMPORTED)

    @property
    def left_out(self) -> int:
        """How many rows stay out. 不导入行数"""
        return self.counts.get("error", 0) + self.counts.get("duplicate", 0)

    @property
    def says_nothing_new(self) -> bool:
        """Whether the file is just what the roll is already. 无变化"""
        return self.to_import == self.counts.get("unchanged", 0) and not self.counts.get("left")

    @property
    def announced(self) -> list[Text]:
        """What a yes does, in words. 将要发生"""
        said = (
            CHILDREN_ANNOUNCED
            if self.outside_school
            else {
                "new": Text(
                    "新增 {n} 名学生，列入本季名单并核定", "{n} new pupils are listed for the season and decided"
                ),
                "moved_here": Text(
                    "{n} 名学生转入本校，原校学籍结束", "{n} pupils move here and leave the roll of their last school"
                ),
                "on_two_rosters": Text(
                    "{n} 名学生另一所学校也报了，先记为两校同时在册，由双方核实",
                    "{n} pupils are named by another school too; both schools are told and settle it",
                ),
                "changed": Text(
                    "更新 {n} 名学生的信息并重新核定", "{n} pupils' data are brought up to date and decided afresh"
                ),
                "unchanged": Text("{n} 名学生不变", "{n} pupils stay as they are"),
            }
        )
        return [words.filled(n=self.counts[key]) for key, words in said.items() if self.counts.get(key)]


def class_of(row: RosterRow) -> Text:
    """The class as the row has it: 三年级 2班. 班级"""
    if not row.stage:
        return Text(row.class_name, row.class_name)
    grade = grade_name(row.stage, row.grade)
    return Text(f"{grade.zh} {row.class_name}".strip(), f"{grade.en}, {row.class_name}".strip(" ,"))
