"""What clerks are told of the season's tasks and of trainings. 季内任务与培训消息"""

from __future__ import annotations

from yingbao.messages.template import DAY_SECONDS, Group, Template
from yingbao.values.text import Text

OF_THE_SEASON = (
    Template(
        kind="task_due",
        title=Text("本季任务快到期", "a task is due soon"),
        words=Text(
            "{body}还有{count}项参保任务{deadline}到期（{what}），请登录平台办理；已办好的请标记完成。",
            "{body} has {count} tasks to do by {deadline} ({what}). Sign in and work on them, or mark what is done.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
    ),
    Template(
        kind="task_late",
        title=Text("本季任务已逾期", "a task is late"),
        words=Text(
            "{body}有{count}项参保任务{deadline}已到期还没有完成（{what}），请尽快登录平台办理。",
            "{body} has not done {count} tasks that were due on {deadline} ({what}). Sign in and work on them.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
    ),
    Template(
        kind="training_changed",
        title=Text("培训有变动", "a training was changed"),
        words=Text(
            "您报名的培训“{title}”有变动，现在是{when}开始，地点和内容请登录平台查看。",
            "The training “{title}” was changed: it begins on {when} now. Sign in to see where.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="training_cancelled",
        title=Text("培训取消", "a training was cancelled"),
        words=Text(
            "您报名的{when}的培训“{title}”取消了：{why}。请登录平台看其他场次。",
            "The training “{title}” on {when} was cancelled: {why}. Sign in to see the other sessions.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="training_place",
        title=Text("培训候补转正", "a place at a training"),
        words=Text(
            "{when}的培训“{title}”有了空位，您候补的人员已转为正式报名。不能去请登录平台取消。",
            "There is a place for you at the training “{title}” on {when}. If you cannot come, sign in and cancel it.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="training_soon",
        title=Text("明天的培训", "a training tomorrow"),
        words=Text(
            "提醒：您报名的培训“{title}”明天（{when}）开始，地点请登录平台查看。",
            "The training “{title}” for which you signed up begins tomorrow, {when}. Sign in to see where.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
    ),
)
"""Tasks that are due or late, trainings that move."""
