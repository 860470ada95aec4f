"""What changed between two policies, in words a clerk can check against the notices. 政策变化

Parts are compared by their names in the file (rule ids, window names, criteria …), so that a sentence
that was moved is not told as one removed and one added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from yingbao.policy import terms
from yingbao.policy.directory import Directory, SubDistrict
from yingbao.policy.fit import tables_of
from yingbao.policy.model import Area, HelpLine, PaymentRoute, Policy, SeasonPhase, Window
from yingbao.policy.outcomes import choices, condition, outcome, reward_said, waiting_said
from yingbao.policy.rules import Criterion, Reward, Rule
from yingbao.values.text import Language, Text

T = TypeVar("T")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
Facets = dict[str, Text | list[Text]]
"""What can be compared about one part: the facet's name among LABELS, and its value or values in words."""

LABELS = {
    "answer": Text(zh="结果", en="outcome"),
    "asked": Text(zh="平台上的机构", en="organisations on the platform"),
    "choices": Text(zh="范围", en="choices"),
    "clause": Text(zh="条款", en="clause"),
    "codes": Text(zh="区划", en="divisions"),
    "conditions": Text(zh="条件", en="criteria"),
    "contact": Text(zh="联系人", en="contact"),
    "days": Text(zh="日期", en="days"),
    "name": Text(zh="名称", en="name"),
    "owners": Text(zh="负责单位", en="owners"),
    "payers": Text(zh="缴费人", en="payers"),
    "schools": Text(zh="学校", en="schools"),
    "sentence": Text(zh="说明", en="sentence"),
    "stages": Text(zh="不纳入的学段", en="stages outside it"),
    "steps": Text(zh="步骤", en="steps"),
    "tasks": Text(zh="任务", en="tasks"),
    "value": Text(zh="内容", en="content"),
    "ways": Text(zh="联系方式", en="ways to ask"),
    "policy": Text(zh="政策", en="policy"),
    "source": Text(zh="文件", en="notice"),
    "issuers": Text(zh="发文单位", en="issuers"),
    "issued": Text(zh="发文日期", en="date of issue"),
    "basis": Text(zh="依据", en="basis"),
    "plan_year": Text(zh="年度", en="plan year"),
    "cover": Text(zh="待遇享受期", en="cover"),
    "directory": Text(zh="对应表", en="directory"),
    "several": Text(zh="符合多项资助时", en="where several subsidies hold"),
    "unborn": Text(zh="缴费日早于出生日的", en="who is paid for before birth"),
    "wait": Text(zh="等待期", en="the wait"),
    "never": Text(zh="不设等待期", en="who never waits"),
    "unconfirmed": Text(zh="待核实", en="unconfirmed"),
    "photo": Text(zh="交照片年龄", en="photo from the age of"),
    "ready": Text(zh="几个月可领", en="months until it is ready"),
    "form": Text(zh="照片规格", en="form of the photo"),
    "photos_to": Text(zh="交照片地点", en="photos to"),
    "collect_at": Text(zh="领卡地点", en="collect at"),
}


class Change(msgspec.Struct, frozen=True):
    """One thing that differs: in which part, and what. 变化"""

    part: Text
    what: Text


def difference(old: Policy, new: Policy) -> list[Change]:
    """Everything that differs from the old policy to the new one, in the order of the file."""
    return list(_changes(old, new))


def directory_difference(old: Directory, new: Directory) -> list[Change]:
    """What differs between two directories: sub-districts, contacts, schools. 对应表变化"""
    part = Text(zh="街道和学校", en="Sub-districts and schools")
    return list(
        _keyed(
            part,
            {each.name: each for each in old.sub_districts},
            {each.name: each for each in new.sub_districts},
            lambda each: _plain(each.name),
            _sub_district,
        )
    )


def _changes(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _facets(Text(zh="基本信息", en="Basics"), None, _basics(old), _basics(new))
    windows = Text(zh="期限", en="Windows")
    yield from _keyed(windows, old.windows, new.windows, lambda window: window.name, _window)
    yield from _keyed(Text(zh="区域", en="Areas"), old.areas, new.areas, lambda area: area.name, _area)
    criteria = Text(zh="条件", en="Criteria")
    old_criteria, new_criteria = (
        {key: (policy, each) for key, each in policy.criteria.items()} for policy in (old, new)
    )
    yield from _keyed(criteria, old_criteria, new_criteria, lambda pair: pair[1].says, _criterion)
    for (table, old_rows), (_, new_rows) in zip(tables_of(old), tables_of(new), strict=True):
        yield from _table(terms.TABLES[table], (old, old_rows), (new, new_rows))
    waits = Text(zh="等待期", en="The wait")
    yield from _facets(waits, None, _waiting(old), _waiting(new))
    rewards = Text(zh="连续参保激励", en="What unbroken enrolment earns")
    old_rewards, new_rewards = ({each.id: each for each in policy.rewards} for policy in (old, new))
    yield from _keyed(rewards, old_rewards, new_rewards, lambda each: _plain(each.id), _reward)
    payers = Text(zh="出资方", en="Who pays the rest")
    yield from _keyed(
        payers, old.subsidy_payers, new.subsidy_payers, lambda payer: payer, lambda payer: {"name": payer}
    )
    yield from _facets(Text(zh="免缴名单", en="Lists of assisted persons"), None, _providers(old), _providers(new))
    yield from _facets(Text(zh="积分入医", en="Points admission"), None, _points(old), _points(new))
    routes = Text(zh="缴费方式", en="Ways to pay")
    old_routes, new_routes = ({each.id: each for each in policy.payment_routes} for policy in (old, new))
    yield from _keyed(routes, old_routes, new_routes, lambda route: route.name, _route)
    phases = Text(zh="工作阶段", en="The season's work")
    old_phases, new_phases = ({each.id: each for each in policy.phases} for policy in (old, new))
    yield from _keyed(phases, old_phases, new_phases, lambda phase: phase.name, _phase)
    yield from _facets(Text(zh="市民卡", en="Citizen card"), None, _card(old), _card(new))
    lines = Text(zh="咨询", en="Where to ask")
    old_lines, new_lines = ({each.about.zh: each for each in policy.help_lines} for policy in (old, new))
    yield from _keyed(lines, old_lines, new_lines, lambda line: line.about, _help_line)


def _table(part: Text, old: tuple[Policy, Sequence[Rule]], new: tuple[Policy, Sequence[Rule]]) -> Iterator[Change]:
    """Rules are compared by id; each is described in the terms of its own policy."""
    before, after = ({rule.id: (policy, rule) for rule in rows} for policy, rows in (old, new))
    yield from _keyed(part, before, after, lambda pair: _plain(pair[1].id), _rule)
    kept, still = [name for name in before if name in after], [name for name in after if name in before]
    if kept != still:
        what = Text(zh="规则次序改为：{order}", en="The rules now stand in this order: {order}")
        yield Change(part, what.filled(order=" → ".join(still)))


def _keyed(
    part: Text,
    old: Mapping[str, T],
    new: Mapping[str, T],
    name: Callable[[T], Text],
    facets: Callable[[T], Facets],
) -> Iterator[Change]:
    """Added, removed and changed members of one part."""
    for key, value in old.items():
        if key not in new:
            yield Change(part, Text(zh="删去「{name}」", en="Removed: {name}").filled(name=name(value)))
    for key, value in new.items():
        if key in old:
            yield from _facets(part, name(old[key]), facets(old[key]), facets(value))
        else:
            said = [_joined(each) for label, each in facets(value).items() if label != "name" and each]
            what = Text(zh="新增「{name}」", en="Added: {name}").filled(name=name(value))
            if said:
                facts = _joined(said, "；", "; ")
                what = Text(zh="{what}：{facts}", en="{what}: {facts}").filled(what=what, facts=facts)
            yield Change(part, what)


def _facets(part: Text, name: Text | None, old: Facets, new: Facets) -> Iterator[Change]:
    """The facets in which one member differs."""
    for label in dict.fromkeys([*old, *new]):
        before, after = old.get(label, _NOTHING), new.get(label, _NOTHING)
        if before != after:
            changed = _changed(LABELS[label], before, after)
            if name is not None:
                changed = Text(zh="「{name}」{changed}", en="{name}: {changed}").filled(name=name, changed=changed)
            yield Change(part, changed)


def _changed(label: Text, before: Text | list[Text], after: Text | list[Text]) -> Text:
    """From what to what; of lists, what came and what went, in each language what differs in it."""
    reworded = _reworded(label, _joined(before), _joined(after))
    if not (isinstance(before, list) and isinstance(after, list)):
        return reworded
    zh, en = (_came_and_went(label, before, after, language) or reworded.said(language) for language in LANGUAGES)
    return Text(zh=zh, en=en)


def _came_and_went(label: Text, before: list[Text], after: list[Text], language: Language) -> str:
    """What a list has more and what it has no longer, for readers of one language; nothing if they read the same."""
    had, has = ([each.said(language) for each in texts] for texts in (before, after))
    came, gone = (
        _joined([_plain(each) for each in texts if each not in others]) if set(texts) - set(others) else None
        for texts, others in ((has, had), (had, has))
    )
    if came and gone:
        said = Text(zh="{label}增加 {came}，去掉 {gone}", en="{label}: added {came}; removed {gone}")
    elif came:
        said = Text(zh="{label}增加 {came}", en="{label}: added {came}")
    else:
        said = Text(zh="{label}去掉 {gone}", en="{label}: removed {gone}")
    return said.filled(label=label, came=came, gone=gone).said(language) if came or gone else ""


def _reworded(label: Text, before: Text, after: Text) -> Text:
    """From what to what; a language whose words stayed says that the other's changed."""
    same_zh = Text(zh="{label}：英文措辞有改动", en="").filled(label=label)
    same_en = Text(zh="", en="{label}: the Chinese wording changed").filled(label=label)
    said = Text(zh="{label}由「{before}」改为「{after}」", en="{label} changed from “{before}” to “{after}”").filled(
        label=label, before=before, after=after
    )
    return Text(
        zh=same_zh.zh if before.zh == after.zh else said.zh,
        en=same_en.en if before.en == after.en else said.en,
    )


_NOTHING = Text(zh="（无）", en="(nothing)")


def _plain(said: object) -> Text:
    return Text(zh=str(said), en=str(said))


def _joined(texts: Text | Sequence[Text], zh: str = "、", en: str = ", ") -> Text:
    if isinstance(texts, Text):
        return texts
    if not texts:
        return _NOTHING
    return Text(zh=zh.join(text.zh for text in texts), en=en.join(text.en for text in texts))


def _days(first: date | None, last: date | None) -> Text:
    span = Text(zh="{first} 至 {last}", en="{first} to {last}")
    return span.filled(first=first or _NOTHING, last=last or _NOTHING)


def _basics(policy: Policy) -> Facets:
    return {
        "policy": _plain(policy.policy),
        "name": policy.name,
        "source": _plain(f"{policy.source.number or ''}《{policy.source.title}》"),
        "issuers": [_plain(each) for each in policy.source.issuers],
        "issued": _plain(policy.source.issued or "-"),
        "basis": [_plain(each) for each in policy.source.basis],
        "plan_year": _plain(policy.plan_year),
        "cover": _days(policy.cover_from, policy.cover_to),
        "directory": _plain(policy.directory or "-"),
        "several": _SEVERAL[policy.several_subsidies],
        "unborn": _UNBORN[policy.paid_before_birth],
        "unconfirmed": [each.says for each in policy.unconfirmed],
    }


_SEVERAL = {
    "first": Text(zh="按第一条成立的", en="the first that holds"),
    "best": Text(zh="按家庭缴费最少的", en="what costs the family least"),
}


_UNBORN = {
    "refer": Text(zh="由经办人员决定", en="an officer decides"),
    "decide": Text(zh="按各表判断", en="the tables decide"),
}


def _waiting(policy: Policy) -> Facets:
    waiting = policy.waiting
    if waiting is None:
        return {}
    return {
        "wait": _joined(waiting_said(waiting), "", " "),
        "never": [policy.criteria[name].says for name in waiting.never],
        "clause": _plain(waiting.clause),
    }


def _reward(reward: Reward) -> Facets:
    return {"value": reward_said(reward), "clause": _plain(reward.clause), "sentence": reward.because}


def _window(window: Window) -> Facets:
    return {"name": window.name, "days": terms.span_said(window), "clause": _plain(window.clause)}


def _area(area: Area) -> Facets:
    return {"name": area.name, "codes": [_plain(each) for each in area.divisions]}


def _criterion(pair: tuple[Policy, Criterion]) -> Facets:
    policy, criterion = pair
    return {"name": criterion.says, "value": condition(criterion, policy), "choices": choices(criterion)}


def _rule(pair: tuple[Policy, Rule]) -> Facets:
    policy, rule = pair
    return {
        "answer": outcome(rule, policy),
        "conditions": [policy.criteria[name].says for name in rule.when],
        "clause": _plain(rule.clause),
        "sentence": rule.because,
    }


def _providers(policy: Policy) -> Facets:
    return {"value": [each.name for each in policy.list_providers]}


def _points(policy: Policy) -> Facets:
    points = policy.points_admission
    if points is None:
        return {}
    window = policy.windows[points.window]
    return {
        "days": _days(window.first, window.last),
        "stages": [terms.STAGES[stage] for stage in points.exempt_stages],
        "clause": _plain(points.clause),
    }


def _route(route: PaymentRoute) -> Facets:
    return {
        "name": route.name,
        "payers": terms.PAYERS_OF_ROUTES[route.for_],
        "steps": route.steps,
        "clause": _plain(route.clause),
    }


def _phase(phase: SeasonPhase) -> Facets:
    return {
        "name": phase.name,
        "days": _days(phase.starts, phase.deadline),
        "owners": [Text(zh=owner.zh, en=owner.en) for owner in phase.owners],
        "asked": [terms.BODIES[kind] for kind in phase.kinds],
        "tasks": [terms.task_said(task) for task in phase.tasks],
        "clause": _plain(phase.clause),
    }


def _card(policy: Policy) -> Facets:
    card = policy.card
    if card is None:
        return {}
    return {
        "photo": _plain(card.photo_from_age),
        "ready": _plain(card.ready_after_months),
        "form": terms.photo_said(card.photo) if card.photo else _NOTHING,
        "photos_to": card.photos_to or _NOTHING,
        "collect_at": card.collect_at or _NOTHING,
        "clause": _plain(card.clause),
    }


def _help_line(line: HelpLine) -> Facets:
    ways = [*line.phones, *(way for way in (line.address, line.url) if way is not None)]
    return {"name": line.about, "ways": [_plain(way) for way in ways]}


def _sub_district(each: SubDistrict) -> Facets:
    return {
        "contact": _plain(f"{each.contact} {each.phone}"),
        "schools": [
            Text(zh="{name}（{stages}）", en="{name} ({stages})").filled(
                name=school.name, stages=_joined([terms.STAGES[stage] for stage in school.stages])
            )
            for school in each.schools
        ],
    }
