"""The season's phases and what they ask of whom: that their parts fit, and each task with its days. 阶段任务"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from yingbao.policy.model import Body, PhaseTask, Policy, SeasonPhase
from yingbao.policy.tree import Step
from yingbao.values.text import Text

Steps = tuple[Step, ...]


class Asked(NamedTuple):
    """A task that is followed: of which phase, who has to do it, and when. 任务"""

    id: str
    phase: SeasonPhase
    task: PhaseTask
    kinds: list[Body]
    starts: date | None
    due: date | None


def followed(policy: Policy) -> list[Asked]:
    """Every task with an id, with what it takes over from its phase. 跟踪的任务"""
    return [
        Asked(task.id, phase, task, task.owners or phase.kinds, task.starts or phase.starts, task.due or phase.deadline)
        for _, phase, task in tasks_of(policy)
        if task.id is not None
    ]


def tasks_of(policy: Policy) -> list[tuple[Steps, SeasonPhase, PhaseTask]]:
    """Every task with its place in the file and its phase. 全部任务"""
    return [
        (("phases", number, "tasks", place), phase, task)
        for number, phase in enumerate(policy.phases)
        for place, task in enumerate(phase.tasks)
    ]


def asked_of(policy: Policy) -> Iterator[tuple[Steps, Text, Text]]:
    """Problems: a followed task has somebody who is asked, and its owners own the phase. 任务核对"""
    for at, phase, task in tasks_of(policy):
        for nth, kind in enumerate(task.owners):
            if kind not in phase.kinds:
                yield (
                    (*at, "owners", nth),
                    Text(zh="{kind} 不是阶段 {phase} 的负责单位", en="{kind} does not own the phase {phase}").filled(
                        kind=kind, phase=phase.id
                    ),
                    Text(
                        zh="在该阶段 owners 的 kinds 里加上它，或改正这里。",
                        en="Add it to the kinds of the phase's owners, or mend it here.",
                    ),
                )
        if task.id is not None and not phase.kinds:
            yield (
                (*at, "id"),
                Text(
                    zh="任务 {task} 没有人办：负责单位没有写 kinds",
                    en="Nobody is asked to do {task}: the phase's owners have no kinds",
                ).filled(task=task.id),
                Text(
                    zh="给 owners 写上 kinds，如 [school]；只供阅读的任务不写 id。",
                    en="Give the owners their kinds, such as [school], or leave the id out.",
                ),
            )
        if task.id is None and task.seen_by is not None:
            yield (
                (*at, "seen_by"),
                Text(zh="没有 id 的任务不跟踪，seen_by 不起作用", en="Without an id a task is not followed"),
                Text(zh="给任务写上 id，或删去 seen_by。", en="Give the task an id, or remove seen_by."),
            )
