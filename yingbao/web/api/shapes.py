"""The shapes that the interface takes and gives. 接口数据结构"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from yingbao.values.text import Text

LONGEST_PAGE = 500
Number = Annotated[int, Field(ge=1, lt=2**63)]
AFTER: Any = Query(0, ge=0, lt=2**63, description="the `next` of the page before; 0 for the first")
LIMIT: Any = Query(100, ge=1, le=LONGEST_PAGE)
WORD: Any = Query("", max_length=20, pattern="^[a-z_]*$")
Line = Annotated[str, Field(max_length=200)]


class Strict(Schema):
    """What comes in: an unknown field is a mistake that is told. 入参"""

    model_config = ConfigDict(extra="forbid")


class Words(Schema):
    """A sentence in two languages. 双语文字"""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Words:
        """The same as it goes out."""
        return cls(zh=text.zh, en=text.en)


class Problem(Schema):
    """A refusal (RFC 9457). 问题详情"""

    type: str
    title: str
    status: int
    detail: str
    where: str | None = None
    what: Words | None = None
    mend: Words | None = None
    errors: list[dict[str, str]] | None = None


REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429), Problem)
"""what any operation may answer instead"""


class RosterIn(Strict):
    """A roster as rows; the names of the fields are those of `GET /rosters/fields`. 花名册"""

    rows: Annotated[list[dict[str, Line]], Field(min_length=1, max_length=20_000)]


class CommitIn(Strict):
    """Saying yes to a reviewed roster. 确认导入"""

    seen: Annotated[str, Field(max_length=32)]
    """the `seen` of the review that was looked at; if anything changed since, nothing is done"""
    whole_school: bool = False
    """who is not in it has left the school"""


class RosterOut(Schema):
    """How far a roster is. 花名册状态"""

    id: int
    state: Annotated[str, Field(description="waiting, reviewed, committed, refused or dropped")]
    working: bool
    """a job reads or imports it at this moment"""
    counts: dict[str, int]
    message: Words | None
    seen: str


class RowProblem(Schema):
    """What is wrong or doubtful about one cell. 单元格问题"""

    field: Words
    refuses: bool
    what: Words
    mend: Words


class RowOut(Schema):
    """One row of a reviewed roster. 花名册行"""

    id: int
    row: int | None
    outcome: str
    name: str
    number_masked: str
    problems: list[RowProblem]


class RowPage(Schema):
    """Rows, and where the next page begins. 分页"""

    items: list[RowOut]
    next: int | None


class Who(Strict):
    """A child by name and number, in the body where no log keeps it. 查找"""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    number: Annotated[str, Field(min_length=5, max_length=40)]


class Found(Schema):
    """The child's number on the platform. 人员编号"""

    id: int


class ChildOut(Schema):
    """A child and its decision for the year. 学生与核定结果"""

    id: int
    name: str
    number_masked: str
    agent_code: str
    state: str
    state_said: Words
    status: str
    registration: str
    channel: str
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int
    paid_by: str
    coverage_from: date | None
    coverage_to: date | None
    as_of: date | None
    changed_at: datetime


class ChildPage(Schema):
    """Children, and where the next page begins. 分页"""

    items: list[ChildOut]
    next: int | None


class ReasonOut(Schema):
    """A rule that decided, with its clause. 理由"""

    table: str
    rule: str
    clause: str
    sentence: Words


class ChildWhole(ChildOut):
    """A child with the reasons of its decision. 学生、核定结果与理由"""

    reasons: list[ReasonOut]


class FactsIn(Strict):
    """Facts in the words of the command-line contract, for somebody who need not be known. 参保事实"""

    policy: Annotated[str, Field(pattern=r"^[0-9]{6}/[0-9]{4}$", examples=["320500/2020"])]
    facts: dict[Annotated[str, Field(max_length=40)], str | int | bool | None]


class DecisionOut(Schema):
    """A decision and its reasons; nothing was stored. 核定结果"""

    decision: dict[str, Any]
    reasons: list[ReasonOut]


class DeclarationOut(Schema):
    """A declaration and its sums. 申报表"""

    id: int
    reference: str
    agent_code: str
    ordinal: int
    state: str
    method: str
    heads: int
    payers: int
    exempt: int
    removals: int
    corrections: int
    self_paid_fen: int
    subsidised_fen: int
    sha256: str
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str


class DeclarationPage(Schema):
    """Declarations, and where the next page begins. 分页"""

    items: list[DeclarationOut]
    next: int | None


class LineOut(Schema):
    """One child on a declaration. 申报明细"""

    id: int
    ordinal: int
    change: str
    name: str
    number_masked: str
    class_label: str
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int
    paid_by: str
    verdict: str
    verdict_reason: str


class LinePage(Schema):
    """Lines, and where the next page begins. 分页"""

    items: list[LineOut]
    next: int | None


class PaymentOut(Schema):
    """Money that pays for one child. 缴费"""

    id: int
    child: int
    agent_code: str
    plan_year: int
    amount_fen: int
    paid_at: datetime
    way: str
    receipt: str | None


class PaymentPage(Schema):
    """Payments, and where the next page begins. 分页"""

    items: list[PaymentOut]
    next: int | None


class AgentCounts(Schema):
    """How one agent stands. 单位进度"""

    code: str
    name: str
    kind: str
    states: dict[str, int]
    """state → how many children"""


class StatisticsOut(Schema):
    """How a season stands, by agent; the whole is the sum of the agents. 统计"""

    season: str
    as_of: datetime
    total: dict[str, int]
    agents: list[AgentCounts]
