"""Prints a policy for a clerk: who, when, how much, who pays, where to ask. 政策说明"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from yingbao.policy import terms
from yingbao.policy.directory import Directory
from yingbao.policy.fit import tables_of
from yingbao.policy.model import HelpLine, Policy, SeasonPhase
from yingbao.policy.operators import operators_of
from yingbao.policy.outcomes import in_general, outcome, reward_said, waiting_said
from yingbao.policy.rules import Rule
from yingbao.values.text import Language, Text

INDENT = "  "


def describe(policy: Policy, language: Language, directory: Directory | None = None) -> str:
    """The whole policy as plain text in one language."""
    return "\n".join(_Writer(policy, language, directory).lines()) + "\n"


class _Writer:
    """One policy in one language."""

    def __init__(self, policy: Policy, language: Language, directory: Directory | None) -> None:
        self.policy, self.language, self.directory = policy, language, directory

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._windows()
        for table, rows in tables_of(self.policy):
            yield from self._section(terms.TABLES[table])
            for rule in rows:
                yield from self._rule(rule)
            if table == "subsidy":
                yield from self._assisted()
            if table == "cover":
                yield from self._waiting()
            if table == "channel":
                yield from self._routes()
        yield from self._rewards()
        yield from self._points()
        yield from self._phases()
        yield from self._card()
        yield from self._help()
        yield from self._directory()

    def say(self, zh: str, en: str, **values: object) -> str:
        """A sentence in the writer's language."""
        return Text(zh=zh, en=en).filled(**values).said(self.language)

    def joined(self, texts: list[Text]) -> str:
        """Several names in a row."""
        return ("、" if self.language == "zh" else ", ").join(text.said(self.language) for text in texts)

    def clause(self, clause: str) -> str:
        """A clause in brackets after a sentence."""
        return self.say("（{clause}）", " (clause {clause})", clause=clause)

    def _section(self, title: Text) -> Iterator[str]:
        yield ""
        yield title.said(self.language)

    def _head(self) -> Iterator[str]:
        policy, source = self.policy, self.policy.source
        yield f"{policy.name.said(self.language)}  [{policy.policy}]"
        number = source.number or self.say("无文号", "without a number")
        yield self.say("文件：{number}《{title}》", "Notice: {number}, {title}", number=number, title=source.title)
        yield self.say(
            "发文：{issuers}", "Issued by: {issuers}", issuers=self.joined([Text(zh=i, en=i) for i in source.issuers])
        )
        if source.basis:
            basis = self.joined([Text(zh=each, en=each) for each in source.basis])
            yield self.say("依据：{basis}", "Resting on: {basis}", basis=basis)
        for each in policy.unconfirmed:
            yield self.say("待核实：{says}", "Unconfirmed: {says}", says=each.says)

    def _windows(self) -> Iterator[str]:
        yield from self._section(
            Text(zh="期限（首尾两天都算，北京时间）", en="Windows (both ends included, China time)")
        )
        for window in self.policy.windows.values():
            days = terms.span_said(window).said(self.language)
            yield f"{INDENT}{window.name.said(self.language)}: {days}{self.clause(window.clause)}"
        cover = self._days(self.policy.cover_from, self.policy.cover_to)
        yield INDENT + self.say("待遇享受期: {days}", "cover: {days}", days=cover)
        yield from self._section(Text(zh="区域", en="Areas"))
        for area in self.policy.areas.values():
            yield f"{INDENT}{area.name.said(self.language)}: {', '.join(area.divisions)}"

    def _days(self, first: date | None, last: date | None) -> str:
        if first is None:
            return self.say("{last} 前", "by {last}", last=last)
        if last is None:
            return self.say("{first} 起", "from {first}", first=first)
        return self.say("{first} 至 {last}", "{first} to {last}", first=first, last=last)

    def _rule(self, rule: Rule) -> Iterator[str]:
        result, because = outcome(rule, self.policy), in_general(rule)
        doubt = self.say("（暂定）", " (provisional)") if rule.id in self.policy.provisional else ""
        yield f"{INDENT}· {result.said(self.language)}{doubt}{self.clause(rule.clause)} [{rule.id}]"
        yield f"{INDENT * 3}{because.said(self.language)}"
        if rule.when:
            says = [self.policy.criteria[name].says for name in rule.when]
            yield INDENT * 3 + self.say("条件：{all}", "if: {all}", all=self.joined(says))
        else:
            yield INDENT * 3 + self.say("其余情形", "in every other case")

    def _waiting(self) -> Iterator[str]:
        waiting = self.policy.waiting
        if waiting is None:
            return
        sentences = [each.said(self.language) for each in waiting_said(waiting)]
        yield (
            INDENT
            + self.say(
                "等待期：{said}", "The wait: {said}", said=("" if self.language == "zh" else " ").join(sentences)
            )
            + self.clause(waiting.clause)
        )
        if waiting.never:
            never = self.joined([self.policy.criteria[name].says for name in waiting.never])
            yield INDENT + self.say("不设等待期：{never}", "without a wait: {never}", never=never)

    def _rewards(self) -> Iterator[str]:
        if not self.policy.rewards:
            return
        yield from self._section(Text(zh="连续参保激励", en="What unbroken enrolment earns"))
        for reward in self.policy.rewards:
            yield f"{INDENT}· {reward_said(reward).said(self.language)}{self.clause(reward.clause)} [{reward.id}]"

    def _assisted(self) -> Iterator[str]:
        if self.policy.several_subsidies == "best":
            yield INDENT + self.say(
                "符合多项的，按家庭缴费最少的一项。", "Of several that hold, the one that costs the family least."
            )
        for name in dict.fromkeys(name for rule in self.policy.tables.subsidy for name in rule.when):
            criterion = self.policy.criteria[name]
            categories = operators_of(criterion).get("any_of")
            if criterion.fact == "assistance" and isinstance(categories, list):
                named = self.joined([terms.ASSISTANCE[each] for each in categories])
                yield f"{INDENT}{criterion.says.said(self.language)}: {named}"
        if self.policy.list_providers:
            providers = self.joined([each.name for each in self.policy.list_providers])
            clause = self.clause(self.policy.list_providers[0].clause)
            yield INDENT + self.say(
                "名单由{providers}提供，家庭不用交证明{clause}",
                "Lists come from {providers}; the family brings no papers{clause}",
                providers=providers,
                clause=clause,
            )

    def _routes(self) -> Iterator[str]:
        for route in self.policy.payment_routes:
            who = terms.PAYERS_OF_ROUTES[route.for_].said(self.language)
            yield f"{INDENT}{route.name.said(self.language)} · {who}{self.clause(route.clause)}"
            for number, step in enumerate(route.steps, start=1):
                yield f"{INDENT * 3}{number}. {step.said(self.language)}"

    def _points(self) -> Iterator[str]:
        points = self.policy.points_admission
        if points is None:
            return
        window = self.policy.windows[points.window]
        yield from self._section(Text(zh="积分入医", en="Points admission"))
        yield f"{INDENT}{self._days(window.first, window.last)}{self.clause(points.clause)}"
        yield INDENT + self.say(
            "不纳入：{stages}",
            "outside it: {stages}",
            stages=self.joined([terms.STAGES[s] for s in points.exempt_stages]),
        )

    def _phases(self) -> Iterator[str]:
        if not self.policy.phases:
            return
        yield from self._section(Text(zh="工作阶段", en="The season's work"))
        for phase in self.policy.phases:
            yield from self._phase(phase)

    def _phase(self, phase: SeasonPhase) -> Iterator[str]:
        dated = phase.starts is not None or phase.deadline is not None
        days = self._days(phase.starts, phase.deadline) if dated else self.say("未定日期", "no date set")
        yield f"{INDENT}{phase.name.said(self.language)}: {days}{self.clause(phase.clause)}"
        yield INDENT * 3 + self.say("负责：{owners}", "by: {owners}", owners=self.joined([*phase.owners]))
        for task in phase.tasks:
            yield f"{INDENT * 3}· {terms.task_said(task).said(self.language)}"

    def _card(self) -> Iterator[str]:
        card = self.policy.card
        if card is None:
            return
        yield from self._section(Text(zh="市民卡", en="Citizen card"))
        yield INDENT + self.say(
            "{age}周岁以上要交照片，缴费到账并交照片后 {months} 个月可领{clause}",
            "A photo is needed from the age of {age}; ready {months} month(s) after payment and photo{clause}",
            age=card.photo_from_age,
            months=card.ready_after_months,
            clause=self.clause(card.clause),
        )
        if card.photo is not None:
            form = terms.photo_said(card.photo)
            yield INDENT + self.say("照片规格：{form}", "form of the photo: {form}", form=form)
        for place, zh, en in (
            (card.photos_to, "交照片：{place}", "photos to: {place}"),
            (card.collect_at, "领卡：{place}", "collect at: {place}"),
        ):
            if place is not None:
                yield INDENT + self.say(zh, en, place=place)

    def _help(self) -> Iterator[str]:
        if not self.policy.help_lines:
            return
        yield from self._section(Text(zh="咨询", en="Where to ask"))
        for line in self.policy.help_lines:
            yield f"{INDENT}{line.about.said(self.language)}: {', '.join(_ways(line))}"

    def _directory(self) -> Iterator[str]:
        if self.directory is None:
            return
        yield from self._section(Text(zh="街道、联系人和学校", en="Sub-districts, contacts and schools"))
        for each in self.directory.sub_districts:
            count = self.say("{n} 所", "{n} schools", n=len(each.schools))
            yield f"{INDENT}{each.name} · {each.contact} {each.phone} · {count}"
            yield f"{INDENT * 3}{'、'.join(school.name for school in each.schools)}"


def _ways(line: HelpLine) -> list[str]:
    return [*line.phones, *(way for way in (line.address, line.url) if way is not None)]
