"""Checks that the parts of a policy fit together: names, dates, order of rows. 政策内部核对"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from yingbao.policy.model import Policy
from yingbao.policy.named import Found, Steps, known
from yingbao.policy.operators import criterion_problems
from yingbao.policy.phases import asked_of, tasks_of
from yingbao.policy.refused import PolicyRefused, Problem, one_of
from yingbao.policy.results import results_of
from yingbao.policy.rules import Criterion, Rule, Strict
from yingbao.policy.tree import Node
from yingbao.values.text import Text

PLACEHOLDERS = ("birth_date", "paid_on", "coverage_from", "coverage_to", "premium", "own", "age", "wait")
"""What a rule's sentence may leave open for the child's own facts."""


def check(policy: Policy, node: Node, path: Path) -> None:
    """Refuse a policy whose parts contradict each other, with every place."""
    problems = [
        Problem(path=str(path), line=node.line_at(steps), what=what, mend=mend)
        for part in (
            _identity,
            _dates,
            _names,
            _criteria,
            _by_the_hour,
            _tables,
            results_of,
            asked_of,
            _sentences,
            _unused,
        )
        for steps, what, mend in part(policy)
    ]
    if problems:
        raise PolicyRefused(problems)


def tables_of(policy: Policy) -> list[tuple[str, Sequence[Rule]]]:
    """The decision tables with their names, in the order in which they are decided."""
    tables = policy.tables
    return [(name, getattr(tables, name)) for name in tables.__struct_fields__]


def _identity(policy: Policy) -> Found:
    if policy.policy.split("/")[1] != str(policy.plan_year):
        yield (
            ("plan_year",),
            Text(zh="plan_year 与 policy 里的年度不同", en="plan_year differs from the year in policy"),
            Text(zh="把两处写成同一年。", en="Write the same year in both."),
        )
    if policy.directory is not None and re.fullmatch(r"[\w-]+\.yaml", policy.directory) is None:
        yield (
            ("directory",),
            Text(zh="{name} 不是同一文件夹里的文件名", en="{name} is not a file name in the same folder").filled(
                name=policy.directory
            ),
            Text(zh="只写文件名，如 directory-2020.yaml。", en="Write a file name alone, such as directory-2020.yaml."),
        )


def _dates(policy: Policy) -> Found:
    yield from _in_order(("cover_to",), "cover_from", policy.cover_from, "cover_to", policy.cover_to)
    for name, window in policy.windows.items():
        yield from _in_order(("windows", name, "last"), "first", window.first, "last", window.last)
        if window.first == window.last and window.opens_at and window.closes_at and window.opens_at >= window.closes_at:
            yield (
                ("windows", name, "closes_at"),
                Text(zh="closes_at 不晚于 opens_at", en="closes_at is not after opens_at"),
                Text(zh="改正其中一个时刻。", en="Mend one of the two times."),
            )
    for number, phase in enumerate(policy.phases):
        yield from _in_order(("phases", number, "deadline"), "starts", phase.starts, "deadline", phase.deadline)
        for place, task in enumerate(phase.tasks):
            at: Steps = ("phases", number, "tasks", place)
            yield from _in_order((*at, "due"), "due", task.due, "deadline", phase.deadline)
            if task.starts is not None:
                yield from _in_order((*at, "starts"), "starts", task.starts, "due", task.due or phase.deadline)
    for name, criterion in policy.criteria.items():
        yield from _in_order(("criteria", name, "until"), "from", criterion.from_, "until", criterion.until)


def _in_order(steps: Steps, early: str, first: date | None, late: str, last: date | None) -> Found:
    if first is not None and last is not None and first > last:
        yield (
            steps,
            Text(zh="{late} {last} 早于 {early} {first}", en="{late} {last} is before {early} {first}").filled(
                early=early, late=late, first=first, last=last
            ),
            Text(zh="改正其中一个日期。", en="Mend one of the two dates."),
        )


def _names(policy: Policy) -> Found:
    rules: list[tuple[Steps, str]] = [
        (("tables", table, number, "id"), rule.id)
        for table, rows in tables_of(policy)
        for number, rule in enumerate(rows)
    ]
    rules += [(("rewards", number, "id"), reward.id) for number, reward in enumerate(policy.rewards)]
    routes = [(("payment_routes", number, "id"), route.id) for number, route in enumerate(policy.payment_routes)]
    phases = [(("phases", number, "id"), phase.id) for number, phase in enumerate(policy.phases)]
    tasks = [((*at, "id"), task.id) for at, _, task in tasks_of(policy) if task.id is not None]
    for named in (rules, routes, phases, tasks):
        seen: set[str] = set()
        for steps, name in named:
            if name in seen:
                yield (
                    steps,
                    Text(zh="标识 {name} 已用过", en="The id {name} is used twice").filled(name=name),
                    Text(
                        zh="每条规则、每个阶段、每项任务取自己的标识。",
                        en="Give each rule, each phase and each task an id of its own.",
                    ),
                )
            seen.add(name)
    admission = policy.points_admission
    if admission is not None:
        yield from known(("points_admission", "window"), "window", admission.window, policy.windows)
    for number, unconfirmed in enumerate(policy.unconfirmed):
        for place, name in enumerate(unconfirmed.rules):
            yield from known(("unconfirmed", number, "rules", place), "rule", name, [rule for _, rule in rules])


def _criteria(policy: Policy) -> Found:
    rules = {table: [rule.id for rule in rows] for table, rows in tables_of(policy)}
    for name, criterion in policy.criteria.items():
        at: Steps = ("criteria", name)
        for steps, what, mend in criterion_problems(criterion):
            yield (*at, *steps), what, mend
        for step, area in (("within", criterion.within), ("outside", criterion.outside)):
            if area is not None:
                yield from known((*at, step), "area", area, policy.areas)
        yield from _others(policy, at, criterion)
        if criterion.during is not None:
            yield from known((*at, "during"), "window", criterion.during, policy.windows)
        if criterion.decided is not None:
            for number, rule in enumerate(criterion.by or []):
                yield from known((*at, "by", number), "rule", rule, rules[criterion.decided])


def _by_the_hour(policy: Policy) -> Found:
    """A time of day is known of payments alone."""
    for name, criterion in policy.criteria.items():
        window = policy.windows.get(criterion.during or "")
        if window is not None and (window.opens_at or window.closes_at) and criterion.fact != "paid_on":
            yield (
                ("criteria", name, "during"),
                Text(
                    zh="期限 {window} 有时刻，只能用于 paid_on",
                    en="The window {window} has times, so it is for paid_on",
                ).filled(window=criterion.during),
                Text(zh="另写一个没有时刻的期限。", en="Write another window, without times."),
            )


def _others(policy: Policy, at: Steps, criterion: Criterion) -> Found:
    """Those of which one must hold: criteria about facts, known, and none of them made up of others itself."""
    for number, name in enumerate(criterion.either or []):
        yield from known((*at, "either", number), "criterion", name, policy.criteria)
        other = policy.criteria.get(name)
        if other is not None and other.fact is None:
            yield (
                (*at, "either", number),
                Text(zh="{name} 不是关于事实的条件", en="{name} asks about no fact").filled(name=name),
                Text(zh="either 里只写带 fact 的条件。", en="Name criteria that have a fact in either."),
            )


def _tables(policy: Policy) -> Found:
    order = [table for table, _ in tables_of(policy)]
    for table, rows in tables_of(policy):
        yield from _rows(table, rows)
        for number, rule in enumerate(rows):
            for place, name in enumerate(rule.when):
                at: Steps = ("tables", table, number, "when", place)
                yield from known(at, "criterion", name, policy.criteria)
                criterion = policy.criteria.get(name)
                decided = criterion.decided if criterion is not None else None
                if decided is not None and order.index(decided) >= order.index(table):
                    yield (
                        at,
                        Text(
                            zh="{name} 问的是 {decided} 表的结果，而 {table} 表先于或就是它",
                            en="{name} asks what decided {decided}, which {table} cannot know yet",
                        ).filled(name=name, decided=decided, table=table),
                        Text(
                            zh="只能引用更早的表，次序是：{order}。",
                            en="Only earlier tables can be asked; their order is: {order}.",
                        ).filled(order=", ".join(order)),
                    )


def _rows(table: str, rows: Sequence[Rule]) -> Found:
    """The last row holds always, and no row stands in the shade of an earlier one."""
    if not rows:
        yield (
            ("tables", table),
            Text(zh="{table} 表没有规则", en="The table {table} has no rule").filled(table=table),
            Text(zh="至少写一条没有 when 的规则。", en="Write one rule without when at least."),
        )
        return
    if rows[-1].when:
        yield (
            ("tables", table, len(rows) - 1, "when"),
            Text(
                zh="{table} 表的最后一条规则 {rule} 带有条件，有的孩子会没有结果",
                en="The last rule of {table}, {rule}, has criteria, so a child could fall through",
            ).filled(table=table, rule=rows[-1].id),
            Text(zh="在表末加一条没有 when 的规则。", en="Add a rule without when at the table's end."),
        )
    for number, rule in enumerate(rows):
        shade = next((earlier for earlier in rows[:number] if set(earlier.when) <= set(rule.when)), None)
        if shade is not None:
            yield (
                ("tables", table, number, "id"),
                Text(
                    zh="规则 {rule} 永远轮不到：前面的 {shade} 已先成立",
                    en="The rule {rule} is never reached: {shade} above it holds first",
                ).filled(rule=rule.id, shade=shade.id),
                Text(zh="调换次序，或删去其中一条。", en="Change their order, or remove one."),
            )
        if len(set(rule.when)) < len(rule.when):
            yield (
                ("tables", table, number, "when"),
                Text(zh="规则 {rule} 里同一条件写了两次", en="The rule {rule} names a criterion twice").filled(
                    rule=rule.id
                ),
                Text(zh="留下一个。", en="Keep one."),
            )


def _sentences(policy: Policy) -> Found:
    for table, rows in tables_of(policy):
        for number, rule in enumerate(rows):
            yield from _placeholders(("tables", table, number, "because"), rule.because)
    for number, reward in enumerate(policy.rewards):
        yield from _placeholders(("rewards", number, "because"), reward.because, (*PLACEHOLDERS, "raised"))
    yield from _texts(policy, ())


def _placeholders(at: Steps, because: Text, known: Sequence[str] = PLACEHOLDERS) -> Found:
    used: dict[str, set[str]] = {}
    for language in ("zh", "en"):
        sentence: str = getattr(because, language)
        used[language] = set(re.findall(r"\{([^{}]*)\}", sentence))
        for name in sorted(used[language] - set(known)):
            yield (
                (*at, language),
                Text(zh="句中的 {name} 无从填写", en="Nothing can be filled in for {name}").filled(
                    name="{" + name + "}"
                ),
                one_of(name, known),
            )
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", sentence)):
            yield (
                (*at, language),
                Text(zh="句中的花括号不成对", en="A brace in the sentence stands alone"),
                Text(
                    zh="花括号只用来填写，如 {{paid_on}}。", en="Braces are for filling in, such as {{paid_on}}."
                ).filled(),
            )
    if used["zh"] != used["en"] and used["zh"] | used["en"] <= set(known):
        yield (
            at,
            Text(zh="中英文句子里填写的内容不同", en="The two languages fill in different things"),
            Text(zh="两句用同样的花括号内容。", en="Use the same braces in both sentences."),
        )


def _texts(part: object, at: Steps) -> Found:
    """Every sentence says something, and Chinese is where Chinese belongs."""
    if isinstance(part, Text):
        for language in ("zh", "en"):
            if not getattr(part, language).strip():
                yield (
                    (*at, language),
                    Text(zh="{language} 是空的", en="{language} is blank").filled(language=language),
                    Text(zh="中文和英文都要写。", en="Write both the Chinese and the English."),
                )
        if at[0] in ("criteria", "tables") and re.search(r"[\u3400-\u9fff]", part.zh) is None and part.zh.strip():
            yield (
                (*at, "zh"),
                Text(zh="zh 里没有汉字", en="zh holds no Chinese"),
                Text(zh="中文写在 zh，英文写在 en。", en="Write Chinese under zh and English under en."),
            )
    elif isinstance(part, Strict):
        for name in part.__struct_fields__:
            yield from _texts(getattr(part, name), (*at, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(value, (*at, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from _texts(value, (*at, number))


def _unused(policy: Policy) -> Found:
    criteria: list[Criterion] = list(policy.criteria.values())
    asked = {name for _, rows in tables_of(policy) for rule in rows for name in rule.when}
    asked |= set(policy.waiting.never) if policy.waiting is not None else set()
    asked |= {other for name, each in policy.criteria.items() if name in asked for other in each.either or ()}
    used: dict[str, set[str | None]] = {
        "criteria": {*asked},
        "areas": {name for each in criteria for name in (each.within, each.outside)},
        "windows": {each.during for each in criteria},
        "subsidy_payers": {rule.paid_by for rule in policy.tables.subsidy},
    }
    if policy.points_admission is not None:
        used["windows"].add(policy.points_admission.window)
    for part, names in used.items():
        for name in getattr(policy, part):
            if name not in names:
                yield (
                    (part, name),
                    Text(zh="{name} 没有用到", en="{name} is not used").filled(name=name),
                    Text(
                        zh="删去它，或在规则里用上；也看看是否有名称写错。",
                        en="Remove it or use it; perhaps a name is misspelled.",
                    ),
                )
