"""The states of a task that a body has to do, and of a place at a training: what leads where. 任务与报名流程

Plain data and plain functions: nothing here knows the database.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where a body's task stands. 任务状态"""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.OPEN: Text("未完成", "to be done"),
    State.DONE: Text("已完成", "done"),
    State.DROPPED: Text("不再需要", "no longer asked"),
}


class Act(StrEnum):
    """What happens to a task. 任务动作"""

    OPEN = "open"
    FINISH = "finish"
    SEE = "see"
    TAKE_BACK = "take_back"
    UNSEE = "unsee"
    HAND_OVER = "hand_over"
    DROP = "drop"
    ASK_AGAIN = "ask_again"

    @property
    def text(self) -> Text:
        """What the act is called in a task's history."""
        return ACT_NAMES[self]


ACT_NAMES = {
    Act.OPEN: Text("列出", "asked"),
    Act.FINISH: Text("标记完成", "marked as done"),
    Act.SEE: Text("平台看到已完成", "seen done by the platform"),
    Act.TAKE_BACK: Text("撤回完成", "no longer done"),
    Act.UNSEE: Text("平台看到又有未完成的", "seen to be undone by the platform"),
    Act.HAND_OVER: Text("移交", "handed over"),
    Act.DROP: Text("不再需要", "no longer asked"),
    Act.ASK_AGAIN: Text("再次列出", "asked again"),
}


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State
    by_platform: bool
    """what the platform does of its own accord; the others are a person's deeds"""


EDGES = (
    Edge(Act.FINISH, State.OPEN, State.DONE, by_platform=False),
    Edge(Act.TAKE_BACK, State.DONE, State.OPEN, by_platform=False),
    Edge(Act.SEE, State.OPEN, State.DONE, by_platform=True),
    Edge(Act.SEE, State.DONE, State.DONE, by_platform=True),
    Edge(Act.UNSEE, State.DONE, State.OPEN, by_platform=True),
    Edge(Act.UNSEE, State.DONE, State.DONE, by_platform=True),
    Edge(Act.HAND_OVER, State.OPEN, State.OPEN, by_platform=False),
    Edge(Act.DROP, State.OPEN, State.DROPPED, by_platform=True),
    Edge(Act.ASK_AGAIN, State.DROPPED, State.OPEN, by_platform=True),
)
"""Every edge there is. OPEN makes a task and leads to `open`.

A person's word is never undone by the platform: SEE confirms what was marked by hand, UNSEE gives it back to its doer.
"""


def target_of(act: Act, origin: State | str) -> State | None:
    """Where an act leads from a state; None if it leads nowhere from there."""
    return next((edge.target for edge in EDGES if edge.act == act and edge.origin == origin), None)


class Going(StrEnum):
    """Where a place at a training stands. 报名状态"""

    GOING = "going"
    WAITING = "waiting"
    CANCELLED = "cancelled"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return GOING_NAMES[self]


GOING_NAMES = {
    Going.GOING: Text("已报名", "signed up"),
    Going.WAITING: Text("候补", "on the waiting list"),
    Going.CANCELLED: Text("已取消", "cancelled"),
}


class TrainingAct(StrEnum):
    """What happens to a training or a place at it. 培训动作"""

    ANNOUNCE = "announce"
    CHANGE = "change"
    CANCEL = "cancel"
    SIGN_UP = "sign_up"
    WAIT = "wait"
    MOVE_UP = "move_up"
    GIVE_UP = "give_up"
    CHANGE_SESSION = "change_session"
    ATTENDED = "attended"
    MISSED = "missed"

    @property
    def text(self) -> Text:
        """What the act is called in a training's history."""
        return TRAINING_ACT_NAMES[self]


TRAINING_ACT_NAMES = {
    TrainingAct.ANNOUNCE: Text("发布", "announced"),
    TrainingAct.CHANGE: Text("更改", "changed"),
    TrainingAct.CANCEL: Text("取消场次", "cancelled"),
    TrainingAct.SIGN_UP: Text("报名", "signed up"),
    TrainingAct.WAIT: Text("列入候补", "put on the waiting list"),
    TrainingAct.MOVE_UP: Text("候补转正", "moved up"),
    TrainingAct.GIVE_UP: Text("取消报名", "gave the place up"),
    TrainingAct.CHANGE_SESSION: Text("改到这一场", "came from another session"),
    TrainingAct.ATTENDED: Text("到场", "attended"),
    TrainingAct.MISSED: Text("未到场", "was not there"),
}
