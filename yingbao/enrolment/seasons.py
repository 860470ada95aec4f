"""Seasons: one policy at work, its windows and the last day that counts. 参保季"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from yingbao.determination.signs import Limit
from yingbao.enrolment import versions
from yingbao.enrolment.models import Enrolment, PolicyVersion, Season
from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.policy.rules import Phase, PhaseRule
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

OPEN_PHASES: tuple[Phase, ...] = ("open", "late", "newborn")
"""Phases in which an enrolment can be worked on."""
SCHOOL_YEAR_BEGINS_IN = 8
"""A roster of August is already next school year's; of July it is still the last one's."""


class OpenWindow(NamedTuple):
    """Days on which enrolments of a phase are taken, both ends included. 办理期限"""

    phase: Phase
    name: Text
    clause: str
    first: date
    last: date


def policy_of(season: Season) -> Policy:
    """The season's policy: the version in force, or the policy's file as long as none was published. 本季政策"""
    return versions.policy_at(season.policy, season.version_id)


def policy_behind(enrolment: Enrolment) -> Policy:
    """The policy under which a child's decision became what it is; explains what was told then. 核定所依政策

    What was decided by the file before anything was published rests on the first version, which is that file.
    """
    season = enrolment.season
    version = enrolment.version_id
    if version is None and season.version_id is not None:
        first = PolicyVersion.objects.filter(policy=season.policy, number=1, proposal=None).first()
        version = first.pk if first else season.version_id
    return versions.policy_at(season.policy, version)


def open_season(*, policy_id: str, at: datetime) -> Season:
    """Put a policy to work; doing it again changes nothing. 开启参保季

    Raises Refused if there is no such policy or its file is wrong.
    """
    version = versions.newest(policy_id)
    policy = versions.policy_at(policy_id, version.pk if version else None)
    digest = version.digest if version else catalogue.digest(catalogue.find(policy.policy))
    season, _ = Season.objects.get_or_create(
        pooling_area=policy.pooling_area,
        plan_year=policy.plan_year,
        defaults={"policy": policy.policy, "policy_digest": digest, "version": version, "opened_at": at},
    )
    return season


def current_digest(season: Season) -> str:
    """SHA-256 of the text in force: of the published version, else of the policy's file as it is now."""
    if season.version_id is not None:
        return PolicyVersion.objects.values_list("digest", flat=True).get(pk=season.version_id)
    return catalogue.digest(catalogue.find(season.policy))


def rests_on_an_older_file(season: Season) -> bool:
    """Whether the text in force changed since all decisions were made; `refresh` mends it. 政策文本已更新"""
    return season.policy_digest != current_digest(season)


def season_for(pooling_area: str, on: date | None = None) -> Season:
    """The season that people of a pooling area work on: the newest, or the newest begun `on` that day. 当前参保季

    Before the first one begins, that first one. Raises Refused if none was opened.
    """
    seasons = list(Season.objects.filter(pooling_area=pooling_area).order_by("-plan_year"))
    if not seasons:
        raise Refused(
            where=pooling_area,
            what=Text("本统筹区还没有开启参保季", "No season has been opened in this pooling area"),
            mend=Text("请医保经办机构先开启本年度参保季。", "Ask the insurance agency to open the season first."),
        )
    if on is None:
        return seasons[0]
    return next((season for season in seasons if windows(policy_of(season))[0].first <= on), seasons[-1])


def windows(policy: Policy) -> list[OpenWindow]:
    """The windows of a policy, earliest first, as its table of phases draws them. 办理期限"""
    found = [_window(policy, rule) for rule in policy.tables.phase if rule.phase in OPEN_PHASES]
    return sorted(found, key=lambda window: window.first)


def _window(policy: Policy, rule: PhaseRule) -> OpenWindow:
    """The days that a row of the table of phases allows: where all of its conditions on the payment day hold."""
    first, last, name = date.min, date.max, rule.because
    for criterion in (policy.criteria[word] for word in rule.when):
        if criterion.fact != "paid_on":
            continue
        if criterion.during is not None:
            window = policy.windows[criterion.during]
            first, last, name = max(first, window.first), min(last, window.last), window.name
        first = max(first, criterion.from_ or first)
        last = min(last, criterion.until or last)
    return OpenWindow(rule.phase, name, rule.clause, first, last)


def turns_on(policy: Policy, day: date) -> bool:
    """Whether decisions differ from the day before by the calendar alone. 时段交替

    A window opens, one has closed, a price changes.
    """
    firsts, lasts = [], []
    for criterion in (one for one in policy.criteria.values() if one.fact == "paid_on"):
        window = policy.windows[criterion.during] if criterion.during is not None else None
        firsts += [criterion.from_, window.first if window else None]
        lasts += [criterion.until, window.last if window else None]
    return day in firsts or day - timedelta(days=1) in lasts


class LastDay(NamedTuple):
    """The last day that counts on some day, and the window that it ends: the ordinary one or a later. 截止日"""

    day: date
    days: int
    """0 on the last day, negative once it is over"""
    window: OpenWindow

    @property
    def late(self) -> bool:
        """Whether the ordinary period is over and this day ends another one. 是否补缴"""
        return self.window.phase != "open"


def last_day(policy: Policy, on: date) -> LastDay:
    """The last day that counts on that day for everyone: of the open period, once it is over of late enrolment. 截止日

    After both it stays the last one's. Newborns have days of their own: `newborn_last_day`, `last_day_of`.
    """
    every = [window for window in windows(policy) if window.phase in ("open", "late")] or windows(policy)
    window = next((window for window in every if window.last >= on), every[-1])
    return LastDay(window.last, (window.last - on).days, window)


def last_day_of(enrolment: Enrolment, on: date) -> LastDay:
    """The last day that counts on that day for one child: a newborn outside school has its own. 该童截止日"""
    policy = policy_of(enrolment.season)
    own = None if enrolment.agent == "school" else newborn_last_day(policy, enrolment.person.birth_date, on)
    return own or last_day(policy, on)


def newborn_limit(policy: Policy) -> Limit | None:
    """Within how long of birth the policy takes a newborn; None where it has no such way. 新生儿期限"""
    if all(window.phase != "newborn" for window in windows(policy)):
        return None
    asked = [policy.criteria[name] for rule in policy.tables.phase if rule.phase == "newborn" for name in rule.when]
    spans = [
        Limit(months=one.months_from_birth or 0, days=one.days_from_birth or 0)
        for one in asked
        if one.months_from_birth is not None or one.days_from_birth is not None
    ]
    return min(spans, key=lambda span: span.last(policy.cover_from), default=None)


def newborn_last_day(policy: Policy, birth: date | None, on: date) -> LastDay | None:
    """Until when a child can be paid for as a newborn; None for one who was none in this season. 新生儿截止日

    Not after the newborn window, and only where that day lies after the ordinary window: before it everyone pays alike.
    """
    limit = newborn_limit(policy)
    if birth is None or limit is None:
        return None
    by_phase = {window.phase: window for window in windows(policy)}
    window = by_phase["newborn"]
    last = min(limit.last(birth), window.last)
    return LastDay(last, (last - on).days, window) if last > by_phase["open"].last else None


def deadline(season: Season) -> date:
    """The last day of the open period, whatever the day is: for what belongs to that period alone. 集中期截止日"""
    return max(window.last for window in windows(policy_of(season)) if window.phase == "open")


def windows_text(policy: Policy) -> Text:
    """All windows in one sentence: 年度申报缴费 2019-09-01 至 2019-11-30. 期限说明"""
    each = [
        Text("{name}{first}至{last}", "{name} {first} to {last}").filled(
            name=window.name, first=window.first, last=window.last
        )
        for window in windows(policy)
    ]
    return Text("；".join(text.zh for text in each), "; ".join(text.en for text in each))


def outside_window(*, where: str, season: Season, phase: str, on: date) -> Refused:
    """The refusal of an act on a day that no window holds. 不在办理期限"""
    what = (
        Text("{on}尚未开始办理", "On {on} it is too early")
        if phase == "not_open"
        else Text("{on}已过办理期限，不再增加、变更", "On {on} the time is over; nothing is added or changed")
    )
    mend = Text("办理期限：{windows}。", "The time for it: {windows}.")
    return Refused(where=where, what=what.filled(on=on), mend=mend.filled(windows=windows_text(policy_of(season))))


def school_year_of(season: Season) -> int:
    """The school year in whose rolls the season works: 2019 for 2019/2020. 学年"""
    return school_year_under(policy_of(season))


def school_year_under(policy: Policy) -> int:
    """The school year in whose rolls a policy works. 政策所用学年"""
    first = windows(policy)[0].first
    return first.year if first.month >= SCHOOL_YEAR_BEGINS_IN else first.year - 1


def china_day(at: datetime) -> date:
    """The calendar day in China of a moment. 北京时间日期"""
    return at.astimezone(CHINA).date()


def china_time(at: datetime) -> str:
    """The time of day in China of a moment, as 16:30. 北京时间时刻"""
    return at.astimezone(CHINA).strftime("%H:%M")
