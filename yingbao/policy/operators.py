"""Which operators of a criterion fit which fact. 条件的写法"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from yingbao.policy.refused import one_of
from yingbao.policy.rules import Assistance, Criterion, Fact, IdentityType, Stage
from yingbao.values.text import Text

Kind = Literal["division", "choice", "choices", "truth", "day", "number"]

KINDS: dict[Fact, Kind] = {
    "identity_type": "choice",
    "birth_date": "day",
    "hukou": "division",
    "parent_hukou": "division",
    "school_division": "division",
    "school_stage": "choice",
    "registered_before": "truth",
    "points_admitted_on": "day",
    "residence_permit": "truth",
    "parent_employee_insured": "truth",
    "assistance": "choices",
    "tier": "number",
    "registered_on": "day",
    "paid_on": "day",
    "lapsed_years": "number",
    "repaired_years": "number",
    "prepaid_years": "number",
    "continuous_years": "number",
    "claim_free_years": "number",
    "age": "number",
}

OPERATORS: dict[Kind, tuple[str, ...]] = {
    "division": ("within", "outside", "known"),
    "choice": ("is", "any_of"),
    "choices": ("any_of",),
    "truth": ("is",),
    "day": ("from", "until", "during", "months_from_birth", "days_from_birth", "known"),
    "number": ("is", "below", "at_least"),
}

CHOICES: dict[Fact, tuple[str, ...]] = {
    "identity_type": get_args(IdentityType),
    "school_stage": get_args(Stage),
    "assistance": get_args(Assistance),
}

ALL = (
    "within",
    "outside",
    "known",
    "is",
    "any_of",
    "below",
    "at_least",
    "from",
    "until",
    "during",
    "months_from_birth",
    "days_from_birth",
)

FROM_BIRTH = {"months_from_birth": 240, "days_from_birth": 3660}
"""What is reckoned from the day of birth, and the longest sensible span."""

Found = Iterator[tuple[tuple[str | int, ...], Text, Text]]


def operators_of(criterion: Criterion) -> dict[str, object]:
    """The operators that a criterion uses, by the words of the file."""
    given = {name: getattr(criterion, {"is": "is_", "from": "from_"}.get(name, name)) for name in ALL}
    return {name: value for name, value in given.items() if value is not None}


def criterion_problems(criterion: Criterion) -> Found:
    """What is wrong with one criterion: the key it stands at, what, and how to mend it."""
    given = operators_of(criterion)
    if criterion.decided is not None or criterion.by is not None:
        yield from _asks_a_table(criterion, given)
    elif criterion.either is not None:
        yield from _asks_others(criterion, given)
    elif criterion.fact is None:
        yield (
            ("says",),
            Text(zh="条件没有 fact，也没有 decided 或 either", en="The criterion has neither fact, decided nor either"),
            Text(
                zh="写上 fact 和一个运算，或 decided 和 by，或 either。",
                en="Write fact and one operator, or decided and by, or either.",
            ),
        )
    else:
        yield from _asks_a_fact(criterion.fact, given)
        if criterion.on is not None and criterion.fact != "age":
            yield (
                ("on",),
                Text(zh="on 只和 age 一起写", en="on stands beside age alone"),
                Text(zh="日期写在 from、until 或 during 里。", en="Days are written in from, until or during."),
            )


def _asks_others(criterion: Criterion, given: dict[str, object]) -> Found:
    if len(set(criterion.either or [])) < 2:
        yield (
            ("either",),
            Text(zh="either 里至少要有两个条件", en="either needs two criteria at least"),
            Text(zh="只有一个时，直接写在规则的 when 里。", en="Name a single one in the rule's when itself."),
        )
    for name in [*(["fact"] if criterion.fact is not None else []), *given]:
        yield (
            (name,),
            Text(zh="{name} 不能和 either 写在一起", en="{name} cannot stand beside either").filled(name=name),
            Text(
                zh="另取一个条件，把它的名称写进 either。", en="Make it a criterion of its own and name it in either."
            ),
        )


def _asks_a_table(criterion: Criterion, given: dict[str, object]) -> Found:
    if criterion.decided is None or not criterion.by:
        yield (
            ("decided" if criterion.decided is not None else "by",),
            Text(zh="decided 和 by 要一起写", en="decided and by belong together"),
            Text(zh="decided 写表名，by 写该表的规则标识。", en="Name the table in decided and its rules in by."),
        )
    for name in [*(["fact"] if criterion.fact is not None else []), *given]:
        yield (
            (name,),
            Text(zh="{name} 不能和 decided 写在一起", en="{name} cannot stand beside decided").filled(name=name),
            Text(zh="分成两个条件，在 when 里并列。", en="Make two criteria of it and list both in when."),
        )


def _asks_a_fact(fact: Fact, given: dict[str, object]) -> Found:
    kind = KINDS[fact]
    fitting = OPERATORS[kind]
    if not given:
        yield (
            ("fact",),
            Text(zh="{fact} 后面没有运算", en="{fact} has no operator").filled(fact=fact),
            one_of("", fitting),
        )
    unfit = [name for name in given if name not in fitting]
    for name in unfit:
        yield (
            (name,),
            Text(zh="{name} 不适用于 {fact}", en="{name} does not fit {fact}").filled(name=name, fact=fact),
            one_of(name, fitting),
        )
    if len(given) > 1 and set(given) != {"from", "until"}:
        yield (
            (list(given)[-1],),
            Text(zh="一个条件只能有一个运算", en="A criterion has one operator alone"),
            Text(
                zh="分成两个条件，在 when 里并列；只有 from 和 until 可以同时写。",
                en="Make two criteria of it and list both in when; only from and until stand together.",
            ),
        )
    for name, value in given.items():
        if name in fitting:
            yield from _value(fact, kind, name, value)


def _value(fact: Fact, kind: Kind, name: str, value: object) -> Found:
    if name == "any_of" and isinstance(value, list):
        if not value:
            yield (name,), Text(zh="any_of 是空的", en="any_of is empty"), one_of("", CHOICES[fact])
        for number, each in enumerate(value):
            yield from _choice(fact, (name, number), each)
    elif name == "is" and kind == "choice":
        yield from _choice(fact, (name,), value)
    elif name == "is" and isinstance(value, bool) != (kind == "truth"):
        expected = (
            Text(zh="true 或 false", en="true or false") if kind == "truth" else Text(zh="整数", en="a whole number")
        )
        yield (
            (name,),
            Text(zh="{fact} 不能等于 {value}", en="{fact} cannot be {value}").filled(fact=fact, value=value),
            Text(zh="写{expected}。", en="Write {expected}.").filled(expected=expected),
        )
    elif name == "is" and kind == "number" and not isinstance(value, int):
        yield (
            (name,),
            Text(zh="{fact} 不能等于 {value}", en="{fact} cannot be {value}").filled(fact=fact, value=value),
            Text(zh="写整数，不加引号。", en="Write a whole number without quotes."),
        )
    elif name in FROM_BIRTH and fact == "birth_date":
        yield (
            (name,),
            Text(zh="出生日期不能从出生算起", en="The birth date cannot be reckoned from birth"),
            Text(zh="fact 写 paid_on。", en="Write paid_on as the fact."),
        )
    elif name in FROM_BIRTH and isinstance(value, int) and not 1 <= value <= FROM_BIRTH[name]:
        yield (
            (name,),
            Text(zh="从出生算起 {value} 太短或太长", en="{value} is no sensible span from birth").filled(value=value),
            Text(zh="写 1 到 {most} 的整数。", en="Write a whole number from 1 to {most}.").filled(
                most=FROM_BIRTH[name]
            ),
        )


def _choice(fact: Fact, steps: tuple[str | int, ...], value: object) -> Found:
    if value not in CHOICES[fact]:
        yield (
            steps,
            Text(zh="{fact} 没有 {value} 这个值", en="{fact} has no value {value}").filled(fact=fact, value=value),
            one_of(value, CHOICES[fact]),
        )
