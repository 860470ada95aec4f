"""What the page of a list shows: the counts, one view's rows, and what a yes would do. 名单核对页"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from yingbao.people.models import IdentityDocument
from yingbao.policy.terms import ASSISTANCE
from yingbao.spreadsheet.assisted_comparing import VIEWS
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.points_list import is_points
from yingbao.values import identity
from yingbao.values.text import Text
from yingbao.web.wall import beyond

PAGE_SIZE = 50

_WORDS: dict[str, tuple[Text, Text]] = {
    "faulty": (
        Text("有错误", "With errors"),
        Text("这些行不办理；改好后可以再上传", "These rows are left out; mend them and upload again"),
    ),
    "to_settle": (
        Text("待核实", "To settle"),
        Text(
            "号码或姓名对不上，是不是同一个人由您核实；没有核实的先不办理，也不会因此退出",
            "Number and name do not agree; you say whether it is the same person. Until then nothing is done, and "
            "nobody loses anything",
        ),
    ),
    "will_end": (
        Text("将退出", "Will end"),
        Text("这些人在本单位名单上的身份到所示日期为止", "These persons' places on your list end on the day shown"),
    ),
    "unmatched": (
        Text("未匹配", "Unmatched"),
        Text(
            "平台上还没有这个号码的人（大多是成年人，或孩子还没有登记）；生效后每天再找，找到即办理",
            "Nobody on the platform bears these numbers yet, most often adults or children not registered. They are "
            "looked for every day and taken up once found",
        ),
    ),
    "matched": (Text("已匹配", "Matched"), Text("按证件号码找到的人", "Persons found by their identity number")),
    "not_meant": (
        Text("不是同一人", "Not meant"),
        Text("您核实为不是同一人，不办理", "You said that these are not the same persons; they are left out"),
    ),
    "taken_back": (
        Text("已撤回", "Taken back"),
        Text("您撤回的行；原来的情况已恢复", "Rows that you took back; what was before stands again"),
    ),
}
_OF_POINTS: dict[str, tuple[Text, Text]] = {
    "will_end": (
        Text("将取消资格", "Will lose it"),
        Text("这些孩子的积分入医资格将取消", "These children's admission is taken back"),
    ),
    "unmatched": (
        Text("未匹配", "Unmatched"),
        Text(
            "平台上还没有这个号码的孩子；生效后每天再找，学校报上花名册的当晚自动登记",
            "Nobody on the platform bears these numbers yet; they are looked for each night and registered by "
            "themselves once a school hands them in",
        ),
    ),
}
_POINTS_ENDED = (
    Text("已取消资格", "Lost it"),
    Text("这些孩子的积分入医资格已取消", "These children's admission was taken back"),
)
_ENDED = (
    Text("已退出", "Ended"),
    Text("这些人在本单位名单上的身份到所示日期为止", "These persons' places on your list end on the day shown"),
)
_EFFECTS: dict[str, tuple[Text, str]] = {
    "new": (Text("新列入", "new"), "good"),
    "same": (Text("已在名单", "on the list already"), ""),
    "changed": (Text("日期更新", "days change"), "accent"),
    "ends": (Text("退出", "ends"), "warn"),
    "nothing": (Text("原本不在名单", "was not on the list"), ""),
}


class ListPage:
    """One page of a list's rows, of one view. 名单核对页"""

    def __init__(self, found: AssistedList, *, show: str, wanted_page: str) -> None:
        self.list, self.counts = found, dict(found.counts)
        shown = [view["key"] for view in self.views]
        self.show: str = show if show in shown else (shown[0] if shown else "")
        wanted = int(wanted_page) if wanted_page.isascii() and wanted_page.isdigit() and len(wanted_page) < 7 else 1
        self.number = max(1, min(wanted, self.pages))

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """The views that hold rows, those to look at first in front. 各类结果"""
        done = self.list.state == AssistedList.State.COMMITTED
        words = {**_WORDS, "will_end": _ENDED} if done else dict(_WORDS)
        if is_points(self.list):
            words |= {**_OF_POINTS, "will_end": _POINTS_ENDED} if done else _OF_POINTS
        return [
            {"key": key, "name": words[key][0], "meaning": words[key][1], "count": self.counts[key]}
            for key in VIEWS
            if self.counts.get(key)
        ]

    @property
    def view(self) -> dict[str, Any] | None:
        """The view that is shown."""
        return next((view for view in self.views if view["key"] == self.show), None)

    @property
    def pages(self) -> int:
        """How many pages the view has."""
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
        found = (
            self.list.rows.filter(VIEWS[self.show])
            .select_related("person", "settled_by", "withdrawn_by")
            .defer("number_cipher")
        )
        rows = list(found.order_by("row_number", "pk")[first : first + PAGE_SIZE])
        documents = _documents(rows)
        return [self._row(row, documents) for row in rows]

    def _row(self, row: AssistedRow, documents: dict[int, IdentityDocument]) -> dict[str, Any]:
        effect, tone = _EFFECTS.get(row.effect, (None, ""))
        if row.match == AssistedRow.Match.FAULTY or (row.match != AssistedRow.Match.MATCHED and not row.verdict):
            effect = None
        people = [row.person_id] if row.match == AssistedRow.Match.NAME_DIFFERS else row.candidates
        return {
            "row": row,
            "category": ASSISTANCE.get(row.category, Text("", "")),
            "effect": effect,
            "tone": tone,
            "removed": row.act == AssistedRow.Act.END and row.row_number is not None,
            "candidates": [_candidate(documents[pk]) for pk in people if pk in documents],
            "can_settle": self.can_settle(row),
            "can_take_back": self.can_take_back(row),
        }

    def can_settle(self, row: AssistedRow) -> bool:
        """Whether somebody can still say who is meant."""
        states = (AssistedList.State.REVIEWED, AssistedList.State.COMMITTED)
        if self.list.withdrawn_at is not None or row.withdrawn_at is not None:
            return False
        doubtful = row.match in (AssistedRow.Match.AMBIGUOUS, AssistedRow.Match.NAME_DIFFERS)
        return doubtful and row.applied_at is None and self.list.state in states

    def can_take_back(self, row: AssistedRow) -> bool:
        """Whether the body can take this row of a list in effect back. 能否撤回"""
        if self.list.state != AssistedList.State.COMMITTED or row.withdrawn_at is not None:
            return False
        waits = row.match != AssistedRow.Match.FAULTY and row.act != AssistedRow.Act.NONE
        return row.applied_at is not None or (waits and row.row_number is not None)

    @property
    def can_confirm(self) -> bool:
        """Whether there is a row to take."""
        taken: int = sum(self.counts.get(view, 0) for view in VIEWS if view != "faulty")
        return taken > int(self.counts.get("absent", 0))

    @property
    def announced(self) -> list[Text]:
        """What a yes does, in words. 将要发生"""
        removed = self.counts.get("will_end", 0) - self.counts.get("absent", 0)
        said = (
            (self.counts.get("new"), "{n} 人新列入名单，重新核定", "{n} persons are listed and decided afresh"),
            (self.counts.get("changed"), "{n} 人的起止日期更新", "{n} persons' days are brought up to date"),
            (self.counts.get("same"), "{n} 人已在名单，不变", "{n} persons are listed already and stay so"),
            (removed, "{n} 人按名单退出", "{n} persons are removed as the list says"),
            (self.counts.get("unmatched"), "{n} 行平台上还没有这个人，每天再找", "{n} rows wait for their person"),
            (
                self.counts.get("out_of_time"),
                "{n} 行入医日期不在办理期内，记下但不作数",
                "{n} rows are out of time: noted only",
            ),
            (self.counts.get("to_settle"), "{n} 行待核实，先不办理", "{n} rows wait to be settled"),
            (self.counts.get("nothing"), "{n} 行要退出的人原本不在名单", "{n} rows remove who was not listed"),
        )
        return [Text(zh, en).filled(n=f"{count:,}") for count, zh, en in said if count]


def _documents(rows: list[AssistedRow]) -> dict[int, IdentityDocument]:
    """The current documents of those whom doubtful rows may mean."""
    people = {pk for row in rows for pk in row.candidates}
    people |= {row.person_id for row in rows if row.match == AssistedRow.Match.NAME_DIFFERS and row.person_id}
    found = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True).select_related("person")
    with beyond("is the person on the list the one the platform knows? shown by surname and mask"):
        return {each.person_id: each for each in found}


def _candidate(document: IdentityDocument) -> dict[str, Any]:
    """As much of a person as tells whether it is the one: no full name, no full number. 疑似人员"""
    name = document.person.name
    return {
        "id": document.person_id,
        "name": name[:1] + "*" * (len(name) - 1),
        "kind": identity.NAMES[document.kind],  # type: ignore[index]
        "masked": document.number_masked,
    }
