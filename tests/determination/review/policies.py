"""Policies as an analyst in a hurry might write them: any criteria, in any order. 随机政策"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.determination.children import near
from yingbao.determination.facts import ASSISTANCE, STAGES
from yingbao.policy.catalogue import policy_of
from yingbao.policy.model import Area, Policy, Window
from yingbao.policy.rules import (
    ChannelRule,
    CoverRule,
    Criterion,
    Entitlement,
    PhaseRule,
    PremiumRule,
    RegistrationRule,
    SubsidyRule,
    Tables,
    Waiting,
)
from yingbao.values.text import Text

SAYS = Text(zh="条件", en="criterion")
BASE = policy_of("320500/2020")
AREAS = {
    name: Area(name=SAYS, divisions=divisions)
    for name, divisions in {
        "city": ["3205*"],
        "urban": ["320505", "320508"],
        "province": ["32*"],
        "some": ["320508", "340102", "5001*"],
    }.items()
}
PAID = near(date(2019, 8, 15), date(2021, 1, 15))
TABLES = tuple(Tables.__struct_fields__)


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Window]:
    """Three windows, some of a few days, some that open or close in the course of a day."""
    made = {}
    for name in ("first", "second", "third"):
        first = draw(PAID)
        last = first + timedelta(days=draw(st.sampled_from([0, 1, 30, 120])))
        times = st.sampled_from([None, None, None, "09:00", "17:00"])
        made[name] = Window(name=SAYS, clause="一", first=first, last=last, opens_at=draw(times), closes_at=draw(times))
    return made


def asked(**operators: Any) -> Criterion:
    """A criterion with whatever it asks."""
    return Criterion(says=SAYS, **operators)


def some_of(words: Sequence[str], most: int = 3) -> st.SearchStrategy[list[str]]:
    """A few different words."""
    return st.lists(st.sampled_from(list(words)), min_size=1, max_size=most, unique=True)


NUMBERS = st.one_of(
    st.builds(lambda n: {"below": n}, st.integers(1, 4)), st.builds(lambda n: {"at_least": n}, st.integers(1, 4))
)
PLACES = st.sampled_from(["hukou", "parent_hukou", "school_division"])
AREA, WINDOW = st.sampled_from([*AREAS]), st.sampled_from(["first", "second", "third"])
FACTS = st.one_of(
    st.builds(lambda f, a: asked(fact=f, within=a), PLACES, AREA),
    st.builds(lambda f, a: asked(fact=f, outside=a), PLACES, AREA),
    st.builds(lambda f, k: asked(fact=f, known=k), st.sampled_from(["hukou", "birth_date"]), st.booleans()),
    st.builds(lambda s: asked(fact="school_stage", any_of=s), some_of(STAGES)),
    st.builds(lambda s: asked(fact="assistance", any_of=s), some_of(ASSISTANCE)),
    st.builds(lambda b: asked(fact="registered_before", is_=b), st.booleans()),
    st.builds(lambda n: asked(fact="tier", is_=n), st.sampled_from([1, 2])),
    st.builds(lambda f, n: asked(fact=f, **n), st.sampled_from(["lapsed_years", "repaired_years"]), NUMBERS),
    st.builds(lambda n: asked(fact="age", below=n), st.sampled_from([1, 6, 18])),
    st.builds(lambda n: asked(fact="age", at_least=n, on=date(2019, 9, 1)), st.sampled_from([6, 18])),
    st.builds(lambda d: asked(fact="paid_on", from_=d), PAID),
    st.builds(lambda d: asked(fact="paid_on", until=d), PAID),
    st.builds(lambda w: asked(fact="paid_on", during=w), WINDOW),
    st.builds(lambda n: asked(fact="paid_on", months_from_birth=n), st.sampled_from([1, 3, 12])),
    st.builds(lambda n: asked(fact="paid_on", days_from_birth=n), st.sampled_from([28, 90])),
    st.builds(lambda n: asked(fact="points_admitted_on", months_from_birth=n), st.sampled_from([3, 12])),
)  # fmt: skip

ROWS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "entitlement": st.builds(lambda a: {"agent": a}, st.sampled_from(["school", "community", None])),
    "phase": st.builds(lambda p: {"phase": p}, st.sampled_from(["not_open", "open", "late", "newborn", "closed"])),
    "registration": st.builds(lambda r: {"registration": r}, st.sampled_from(["points", "school", None])),
    "premium": st.builds(lambda p: {"one_sum_fen": p}, st.sampled_from([10_000, 24_000, 40_000])),
    "subsidy": st.one_of(
        st.just({"paid_by": "treasury", "part": "whole"}),
        st.just({"paid_by": None}),
        st.just({"paid_by": "treasury", "pays_fen": 15_000}),
        st.just({"paid_by": "treasury", "family_fen": 4_000}),
    ),
    "cover": st.one_of(
        st.just({"starts": "year_start"}),
        st.just({"starts": "next_month", "waits": True}),
        st.just({"starts": "after_days", "days": 90}),
        st.just({"starts": "birth"}),
        st.just({"starts": "refer"}),
    ),
    "channel": st.builds(lambda c: {"channel": c}, st.sampled_from(["school", "online"])),
}
KINDS: dict[str, Any] = {
    "entitlement": Entitlement,
    "phase": PhaseRule,
    "registration": RegistrationRule,
    "premium": PremiumRule,
    "subsidy": SubsidyRule,
    "cover": CoverRule,
    "channel": ChannelRule,
}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A whole policy: some criteria, some made of others, tables of one to four rows that may ask earlier tables."""
    criteria = {f"fact_{n}": one for n, one in enumerate(draw(st.lists(FACTS, min_size=3, max_size=8)))}
    if draw(st.booleans()):
        criteria["either"] = asked(
            either=draw(st.lists(st.sampled_from([*criteria]), min_size=2, max_size=3, unique=True))
        )
    tables: dict[str, list[Any]] = {}
    for place, table in enumerate(TABLES):
        names = [*criteria]
        rows = []
        for number in range(draw(st.integers(0, 3))):
            when = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
            rows.append(KINDS[table](id=f"{table}_{number}", clause="一", because=SAYS, when=when, **draw(ROWS[table])))
        last = KINDS[table](id=f"{table}_last", clause="一", because=SAYS, **draw(ROWS[table]))
        tables[table] = [*rows, last]
        if place < len(TABLES) - 1 and draw(st.booleans()):
            by = draw(
                st.lists(st.sampled_from([rule.id for rule in tables[table]]), min_size=1, max_size=2, unique=True)
            )
            criteria[f"asks_{table}"] = asked(decided=table, by=by)
    return msgspec.structs.replace(
        BASE,
        areas=AREAS,
        windows=draw(windows()),
        criteria=criteria,
        tables=Tables(**tables),
        several_subsidies=draw(st.sampled_from(["first", "best"])),
        paid_before_birth=draw(st.sampled_from(["refer", "decide"])),
        waiting=Waiting(clause="一", fixed_months=3, months_per_further_year=1, repaired_year_takes_off=1),
        points_admission=None,
    )
