"""The states of a guardian's request and the edges between them. 家长申请流程

Plain data: nothing here knows the database.
"""

from __future__ import annotations

from enum import StrEnum

from yingbao.values.text import Text

ANSWERED_WITHIN_DAYS = 15


class RequestState(StrEnum):
    """Where a request stands. 申请状态"""

    OPEN = "open"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


REQUEST_NAMES = {
    RequestState.OPEN: Text("待答复", "waiting for an answer"),
    RequestState.GRANTED: Text("已办理", "done"),
    RequestState.PARTLY: Text("部分办理", "done in part"),
    RequestState.REFUSED: Text("不予办理", "refused"),
    RequestState.TAKEN_BACK: Text("已撤回", "taken back"),
}
REQUEST_KINDS = {
    "erase": Text("删除信息", "erase data"),
    "correct": Text("更正信息", "correct data"),
    "leave": Text("退出本年度参保", "leave the year"),
}
"""What a guardian may ask of the insurance agency. 申请种类"""

ANSWERS = (RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED)
REQUEST_EDGES = frozenset((RequestState.OPEN, target) for target in (*ANSWERS, RequestState.TAKEN_BACK))
"""Every edge there is: what was answered stays answered; who wants more asks anew."""


def answers_to(kind: str) -> tuple[RequestState, ...]:
    """What an officer can say to a request: the law keeps something of every child who was enrolled. 可作答复

    So nothing is ever erased whole, and a year cannot be left in part.
    """
    if kind == "erase":
        return (RequestState.PARTLY, RequestState.REFUSED)
    if kind == "leave":
        return (RequestState.GRANTED, RequestState.REFUSED)
    return ANSWERS
