"""The season's steps for one agent: what is done, what comes next, how many days are left. 办理步骤

What an agent has to do follows from the policy: where a school pays for its pupils it declares and pays, where
families pay it tells them and looks after who is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.progress import Counts, counts
from yingbao.enrolment.seasons import last_day, policy_of, school_year_of, windows
from yingbao.people.models import SchoolRoll
from yingbao.policy.model import Policy, SeasonPhase
from yingbao.values.text import Text

StepState = Literal["done", "next", "later", "over", "reminder"]
"""`over`: was not done in time and cannot be any more; `reminder`: a deadline of the notice whose work is not recorded
on the platform."""
OVER = Text("期限已过", "the time is over")


class SeasonStep(NamedTuple):
    """One step of the season. 步骤"""

    id: str
    name: Text
    text: Text
    """what is left, in a sentence"""
    state: StepState
    left: int
    """so many children or rows are left to do"""
    deadline: date | None
    days_left: int | None
    """0 on the last day, negative after it"""


class _Work(NamedTuple):
    id: str
    name: Text
    left: int
    text: Text
    """of what is left; may use {left}"""
    missed: int = 0
    """so many children can no longer be enrolled, and are not"""


def _over(work: _Work, missed: int) -> Text:
    """What is said of a step whose time is over, and how many children it left out."""
    if work.id != "confirmation" or not missed:
        return OVER
    return Text("期限已过，{n}名没有参保", "the time is over; {n} are not enrolled").filled(n=missed)


def steps_of(
    season: Season,
    organisation: Organisation,
    on: date,
    *,
    roster_errors: int = 0,
    figures: Counts | None = None,
    compared: bool = True,
) -> list[SeasonStep]:
    """The steps of the season for a school or community, in order, then the notice's other deadlines. 办理步骤

    `roster_errors`: rows of the last roster that could not be taken and wait to be mended. `figures`: of this agent,
    if the caller has counted them already. `compared`: no roll that was only moved on from last year waits for the
    school's own roster.
    """
    policy = policy_of(season)
    figures = figures or counts(season, organisation)
    until, days, _ = last_day(policy, on)
    steps: list[SeasonStep] = []
    started = _has_list(season, organisation, figures)
    reached = True
    is_over = organisation.kind == OrganisationKind.SCHOOL and days < 0  # a community's newborns come until later
    for work in _works(policy, organisation, figures, roster_errors, started, compared):
        missed = work.missed + work.left if is_over else work.missed
        done = started and work.left == 0 and not missed
        over = is_over or (work.left == 0 and missed > 0)
        state: StepState = "done" if done else "over" if over else "next" if reached else "later"
        reached = reached and state in ("done", "over")
        text = Text("已完成", "done") if done else _over(work, missed) if over else work.text.filled(left=work.left)
        steps.append(SeasonStep(work.id, work.name, text, state, 0 if over else work.left, until, days))
    for id_, name, text in _ahead(policy):
        ahead: tuple[Text, StepState] = (OVER, "over") if is_over else (text, "later")
        steps.append(SeasonStep(id_, name, *ahead, 0, until, days))
    if organisation.kind == OrganisationKind.SCHOOL:
        steps += [_reminder(phase, on) for phase in policy.phases if _of_schools(phase) and _is_earlier(phase, policy)]
    return steps


def _has_list(season: Season, organisation: Organisation, figures: Counts) -> bool:
    """Whether this school year's roster is in; for a community, whether it has any child."""
    if organisation.kind != OrganisationKind.SCHOOL:
        return figures.listed > 0
    rolls = SchoolRoll.objects.filter(school=organisation, left_on__isnull=True, school_year=school_year_of(season))
    return rolls.exists()


def _works(
    policy: Policy, organisation: Organisation, figures: Counts, roster_errors: int, started: bool, compared: bool
) -> Iterator[_Work]:
    if organisation.kind == OrganisationKind.SCHOOL:
        yield _Work(
            "roster",
            Text("导入本学年花名册", "Upload this school year's roster"),
            0 if started and compared else 1,
            Text(
                "名单由上学年升级得来，请上传花名册核对",
                "The list is last year's moved on: compare it with your roster",
            )
            if started
            else Text("还没有本学年的花名册", "This school year's roster is not in yet"),
        )
    yield _Work(
        "data",
        Text("补全资料、改正错误", "Complete the data and mend the errors"),
        roster_errors + figures.data_missing,
        Text("还有{left}处待补全或改正", "{left} still to be completed or mended"),
    )
    names = {rule.registration for rule in policy.tables.registration} - {None}
    by_school = "school" in names
    yield _Work(
        "registration",
        Text("首次参保学生登记基本信息", "Have first-timers registered")
        if by_school or organisation.kind != OrganisationKind.SCHOOL
        else Text("通知首次参保家庭到社区登记", "Send first-timers' families to the community"),
        figures.to_register,
        Text("还有{left}名首次参保的孩子未登记", "{left} first-timers are not registered yet"),
    )
    yield _Work(
        "confirmation",
        Text("逐一确认参保或登记不参保", "Confirm or decline every child"),
        figures.undecided - figures.closed,
        Text("还有{left}名待确认", "{left} still to be confirmed or declined"),
        figures.closed + figures.lapsed,
    )


def _ahead(policy: Policy) -> list[tuple[str, Text, Text]]:
    """What comes after the confirmation."""
    if pays_through_school(policy):
        return [
            ("declaration", Text("向税务部门申报", "Declare to the tax authority"), Text("确认后办理", "after that")),
            ("payment", Text("缴费", "Pay"), Text("申报后办理", "after the declaration")),
        ]
    return [
        ("payment", Text("家长缴费", "Families pay"), Text("家长线上缴费或到社区缴费", "online or at the community")),
        (
            "missing",
            Text("跟进未缴费的孩子", "Look after who has not paid"),
            Text("缴费后可查", "once payments come in"),
        ),
    ]


def pays_through_school(policy: Policy) -> bool:
    """Whether schools declare and pay for their pupils, or families pay themselves. 是否由学校缴费"""
    return any(rule.channel == "school" for rule in policy.tables.channel)


def _of_schools(phase: SeasonPhase) -> bool:
    return "school" in phase.kinds


def _is_earlier(phase: SeasonPhase, policy: Policy) -> bool:
    """A deadline of its own before the season's, which the steps above carry."""
    first_end = next(window.last for window in windows(policy) if window.phase == "open")
    return phase.deadline is not None and phase.deadline < first_end


def _reminder(phase: SeasonPhase, on: date) -> SeasonStep:
    tasks: list[Text] = [task for task in phase.tasks if not task.owners or "school" in task.owners]
    tasks = tasks or [phase.name]
    text = Text("；".join(task.zh for task in tasks), "; ".join(task.en for task in tasks))
    days = (phase.deadline - on).days if phase.deadline else None
    return SeasonStep(phase.id, phase.name, text, "reminder", 0, phase.deadline, days)
