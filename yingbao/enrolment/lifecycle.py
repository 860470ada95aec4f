"""The states of an enrolment and the table of edges between them: what leads where, and who may do it. 参保流程

Plain data and plain functions: nothing here knows the database. `actions` and `determining` walk these
edges and no others; a test draws the same table from the program and holds the two together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where an enrolment stands. 参保状态"""

    DRAFT = "draft"
    REGISTERED = "registered"
    DETERMINED = "determined"
    CONFIRMED = "confirmed"
    DECLARED = "declared"
    PAID = "paid"
    EXEMPT = "exempt"
    COVERED = "covered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.DRAFT: Text("待登记", "to be registered"),
    State.REGISTERED: Text("已登记", "registered"),
    State.DETERMINED: Text("已核定", "determined"),
    State.CONFIRMED: Text("已确认参保", "confirmed"),
    State.DECLARED: Text("已申报待缴费", "declared, to be paid"),
    State.PAID: Text("已缴费", "paid"),
    State.EXEMPT: Text("已申报免缴", "exempt"),
    State.COVERED: Text("待遇已生效", "covered"),
    State.DECLINED: Text("不参保", "declined"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
    State.LAPSED: Text("到期未参保", "lapsed"),
}

LEFT = frozenset({State.DECLINED, State.WITHDRAWN})
"""Someone said that the family enrols not, or no longer."""
ENDED = LEFT | {State.LAPSED}
"""Nothing more comes of it; the year is free for another place."""
LIVE = frozenset(State) - ENDED
"""Someone still works on it."""
TAKEN = frozenset({State.DECLARED, State.PAID, State.EXEMPT, State.COVERED})
"""Money is owed, paid or promised for the child: no fresh decision moves it, only `taking` does."""
ENROLLED = frozenset({State.CONFIRMED}) | TAKEN
"""The person is taken for the year: these states exist once per person and plan year, anywhere."""


class Act(StrEnum):
    """What is done to an enrolment. 办理动作"""

    OPEN = "open"
    REGISTER = "register"
    DETERMINE = "determine"
    CONFIRM = "confirm"
    REVISE = "revise"
    MOVE = "move"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    CORRECT = "correct"
    DECLARE = "declare"
    GIVE_BACK = "give_back"
    PAY = "pay"
    BOUNCE = "bounce"
    EXEMPT = "exempt"
    CHARGE = "charge"
    COVER = "cover"
    LAPSE = "lapse"

    @property
    def text(self) -> Text:
        """What the act is called in a child's history."""
        return ACT_NAMES[self]


ACT_NAMES = {
    Act.OPEN: Text("列入本年度名单", "listed for the year"),
    Act.REGISTER: Text("登记基本信息", "basic data registered"),
    Act.DETERMINE: Text("核定", "determined"),
    Act.CONFIRM: Text("确认参保", "confirmed"),
    Act.REVISE: Text("情况有变，退回重新确认", "facts changed, to be confirmed again"),
    Act.MOVE: Text("转由其他单位办理", "handed to another agent"),
    Act.DECLINE: Text("登记不参保", "declined"),
    Act.WITHDRAW: Text("撤回", "withdrawn"),
    Act.REOPEN: Text("重新办理", "reopened"),
    Act.CORRECT: Text("申请更正", "correction asked for"),
    Act.DECLARE: Text("向税务部门申报", "declared to the tax authority"),
    Act.GIVE_BACK: Text("申报退回", "declaration returned"),
    Act.PAY: Text("缴费到账", "paid"),
    Act.BOUNCE: Text("扣款被退回，恢复待缴费", "the debit was returned, to be paid again"),
    Act.EXEMPT: Text("由他方缴费，家庭免缴", "someone else pays, the family is exempt"),
    Act.CHARGE: Text("不再免缴，恢复待缴费", "no longer exempt, to be paid"),
    Act.COVER: Text("待遇开始享受", "cover began"),
    Act.LAPSE: Text("到期未缴费，本年度未参保", "not paid by the close"),
}


class Who(StrEnum):
    """In which part someone acts. 办理身份"""

    AGENT = "agent"
    """the school or community that works on the child"""
    REGISTRAR = "registrar"
    """the place where a first-timer's basic data are registered"""
    AGENCY = "agency"
    """the insurance agency of the pooling area"""
    FAMILY = "family"
    """the child's guardian, on a phone"""
    PROGRAM = "program"
    """the platform itself, when facts or days change"""


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State
    who: frozenset[Who]
    needs_reason: bool = False


def _edges() -> tuple[Edge, ...]:
    agent, anyone = frozenset({Who.AGENT}), frozenset({Who.AGENT, Who.AGENCY})
    registrar, program = frozenset({Who.REGISTRAR, Who.AGENCY}), frozenset({Who.PROGRAM})
    family = frozenset({Who.FAMILY})
    undecided = (State.DRAFT, State.REGISTERED, State.DETERMINED)
    return (
        Edge(Act.REGISTER, State.DRAFT, State.REGISTERED, registrar),
        # A child who needs no registration, or who cannot be enrolled at all, is decided straight from the draft.
        Edge(Act.DETERMINE, State.DRAFT, State.DETERMINED, program),
        Edge(Act.DETERMINE, State.REGISTERED, State.DETERMINED, program),
        # New facts let a child in who could not be enrolled, or a registration was taken back: now it is due.
        Edge(Act.DETERMINE, State.REGISTERED, State.DRAFT, program),
        Edge(Act.DETERMINE, State.DETERMINED, State.DRAFT, program),
        Edge(Act.CONFIRM, State.DETERMINED, State.CONFIRMED, agent),
        Edge(Act.REVISE, State.CONFIRMED, State.DETERMINED, program),
        # The money's own edges: the program walks them when a list is accepted, money arrives or goes back.
        Edge(Act.DECLARE, State.CONFIRMED, State.DECLARED, program),
        Edge(Act.GIVE_BACK, State.DECLARED, State.CONFIRMED, program),
        Edge(Act.PAY, State.DECLARED, State.PAID, program),
        # Paid in time and found only after the close: the day of payment counts.
        Edge(Act.PAY, State.LAPSED, State.PAID, program),
        *(Edge(Act.BOUNCE, state, State.DECLARED, program) for state in (State.PAID, State.COVERED)),
        *(Edge(Act.EXEMPT, state, State.EXEMPT, program) for state in (State.DECLARED, State.PAID, State.COVERED)),
        Edge(Act.CHARGE, State.EXEMPT, State.DECLARED, program),
        *(Edge(Act.COVER, state, State.COVERED, program) for state in (State.PAID, State.EXEMPT)),
        *(Edge(Act.LAPSE, state, State.LAPSED, program) for state in (*undecided, State.CONFIRMED, State.DECLARED)),
        *(Edge(Act.DECLINE, state, State.DECLINED, agent | family, True) for state in undecided),
        *(
            Edge(Act.WITHDRAW, state, State.WITHDRAWN, anyone, True)
            for state in (*undecided, State.DECLARED, State.PAID, State.EXEMPT)
        ),
        # A family goes back by itself while nobody has been told; what is declared or paid it applies to leave.
        Edge(Act.WITHDRAW, State.CONFIRMED, State.WITHDRAWN, anyone | family, True),
        # Only what the family itself left; the layer above looks whose doing it was.
        Edge(Act.REOPEN, State.DECLINED, State.DRAFT, anyone | family),
        Edge(Act.REOPEN, State.WITHDRAWN, State.DRAFT, anyone | family),
    )


EDGES = _edges()
"""Every edge there is. MOVE, CORRECT and OPEN leave the state as it is."""
_BY_ORIGIN = {(edge.act, edge.origin, edge.target): edge for edge in EDGES}


def edge_of(act: Act, origin: State | str) -> Edge | None:
    """The edge that this act takes from a state; None if it leads nowhere from there.

    For the program's own DETERMINE, which has two ways out of nothing but facts, see `settled`.
    """
    return next((edge for edge in EDGES if edge.act == act and edge.origin == origin), None)


def is_done(act: Act, state: State | str) -> bool:
    """Whether the act has been done already, so that doing it again changes nothing. 重复点击无碍"""
    if act == Act.REGISTER:
        return state in {State.REGISTERED, State.DETERMINED} | ENROLLED
    if act == Act.REOPEN:
        return state in (State.DRAFT, State.REGISTERED, State.DETERMINED)
    if act == Act.CONFIRM:
        return state in ENROLLED
    return any(edge.act == act and edge.target == state for edge in EDGES)


def acts_open(state: State | str) -> tuple[Act, ...]:
    """What people (not the program) can do from a state, in the order of the table."""
    open_: dict[Act, None] = {edge.act: None for edge in EDGES if edge.origin == state and Who.PROGRAM not in edge.who}
    return tuple(open_)


def settled(state: State, *, registered: bool, registration_due: bool, stands: bool) -> State:
    """The state that a fresh decision leads to. 核定后的状态

    `registered`: the basic data are on file here; `registration_due`: the decision sends a first-timer to be
    registered; `stands`: a confirmed decision is the same in substance. Ended enrolments and those for which money
    is owed or paid stay as they are.
    """
    if state in ENDED | TAKEN:
        return state
    if state == State.CONFIRMED:
        return State.CONFIRMED if stands else State.DETERMINED
    if registration_due and not registered:
        return State.DRAFT
    return State.DETERMINED
