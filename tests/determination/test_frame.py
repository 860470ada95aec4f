"""The engine against the plain reference: any facts, every edge, missing values everywhere. 与对照实现一致"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import (
    AS_OF,
    CHILDREN,
    CITIES,
    EDGE_DAYS,
    Facts,
    child,
    newborns,
    textual,
    typed,
)
from tests.determination.reference import decisions, three_months
from yingbao.determination import frame, reading
from yingbao.determination.facts import COLUMNS, STAGES
from yingbao.determination.frame import determine
from yingbao.determination.outputs import SCHEMA
from yingbao.determination.rulebook import rules_of
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

every_city = pytest.mark.parametrize("city", CITIES)


def decided(city: str, facts: pa.Table) -> list[Facts]:
    return determine(policy_of(city), facts, AS_OF).to_pylist()


def differing(city: str, children: list[Facts], facts: pa.Table) -> list[tuple[Facts, Facts, Facts]]:
    """Each child that the engine decides otherwise than the reference, with both decisions."""
    found = decided(city, facts)
    assert len(found) == len(children)
    wrong = []
    for one, engine in zip(children, found, strict=True):
        plain = decisions(city, one, AS_OF)
        if {name: engine[name] for name in plain} != plain:
            wrong.append((one, plain, engine))
    return wrong[:3]


def agreed(city: str, some: Iterable[Facts]) -> None:
    children = [{**one, "person_id": str(number)} for number, one in enumerate(some)]
    assert differing(city, children, typed(children)) == []


@every_city
@given(children=st.lists(st.one_of(CHILDREN, newborns()), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_children_are_decided_as_the_reference_decides_them(city, children):
    assert differing(city, children, typed(children)) == []


@every_city
@given(children=st.lists(st.one_of(CHILDREN, newborns()), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_facts_as_text_are_decided_as_typed_ones(city, children):
    assert decided(city, textual(children)) == decided(city, typed(children))


@every_city
@given(children=st.lists(CHILDREN, min_size=1, max_size=10), missing=st.sets(st.sampled_from(list(COLUMNS)[1:])))
@settings(max_examples=80, deadline=None)
def test_a_missing_column_counts_as_an_empty_one(city, children, missing):
    emptied = [{**one, **{name: COLUMNS[name].empty for name in missing}} for one in children]
    assert decided(city, typed(children).drop_columns(list(missing))) == decided(city, typed(emptied))


@every_city
def test_every_combination_of_place_stage_and_origin_agrees(city):
    places = [None, "320508", "320571", "340102", "500103"]
    agreed(
        city,
        (
            child(
                hukou=hukou,
                parent_hukou=parents,
                school_division=school,
                school_stage=stage,
                registered_before=registered,
                points_admitted_on=points,
                birth_date=birth,
                paid_on=date(2019, 10, 8),
            )
            for hukou, parents, school, stage, registered, points, birth in product(
                places,
                [(), ("340102",), ("340102", "320571")],
                places,
                STAGES,
                [False, True],
                [None, date(2019, 9, 10), date(2019, 9, 11)],
                [None, date(2002, 1, 1), date(2002, 1, 2)],
            )
        ),
    )


@every_city
def test_every_payment_day_agrees_for_every_kind_of_child(city):
    kinds = [
        {"hukou": "320508", "school_division": "320505", "school_stage": "primary"},
        {"hukou": "320508", "birth_date": date(2019, 10, 31)},
        {"hukou": "320508", "birth_date": date(2020, 9, 30), "assistance": ("orphan",)},
        {"hukou": "500103", "birth_date": date(2012, 2, 29), "tier": 2},
        {"school_division": "500103", "school_stage": "special", "registered_before": True},
        {"hukou": "340102"},
    ]
    days = [date(2019, 8, 20) + timedelta(days=by) for by in range(520)]
    agreed(city, (child(paid_on=day, **kind) for kind in kinds for day in days))


def test_every_birth_of_the_season_agrees_on_every_edge_of_its_newborn_route():
    births = [date(2019, 8, 20) + timedelta(days=by) for by in range(500)]
    agreed(
        "320500/2020",
        (
            child(hukou="320506", birth_date=birth, paid_on=paid)
            for birth in births
            for paid in {
                *(three_months(birth) + timedelta(days=by) for by in (-1, 0, 1)),
                *(birth + timedelta(days=by) for by in (-1, 0, 88, 89, 90, 91, 92, 93)),
                *(day for day in EDGE_DAYS if birth <= day),
            }
        ),
    )


@every_city
def test_every_birthday_around_eighteen_agrees(city):
    births = [date(2001, 12, 1) + timedelta(days=by) for by in range(62)] + [date(2004, 2, 29), date(2000, 2, 29)]
    agreed(city, (child(hukou=hukou, birth_date=day) for hukou in ("320508", "500103") for day in births))


@every_city
def test_every_day_of_points_admission_agrees(city):
    days = [date(2019, 5, 25) + timedelta(days=by) for by in range(120)]
    agreed(
        city,
        (
            child(hukou="340102", school_division="320507", school_stage="junior", points_admitted_on=day)
            for day in days
        ),
    )


@every_city
def test_the_columns_are_those_of_the_contract_in_their_order(city):
    found = determine(policy_of(city), typed([child()]), AS_OF)
    assert found.schema == SCHEMA
    assert found.column_names == [
        "person_id", "status", "agent", "registration", "channel", "phase", "premium_fen", "self_paid_fen",
        "subsidised_fen", "paid_by", "coverage_from", "coverage_to", "because",
    ]  # fmt: skip


COUNTED = {
    "ineligible": ["entitlement", "phase"],
    "not_open": ["entitlement", "phase", "registration"],
    "closed": ["entitlement", "phase", "registration"],
    "refer": ["entitlement", "phase", "registration", "premium", "subsidy", "cover", "channel"],
    "enrolled": ["entitlement", "phase", "registration", "premium", "subsidy", "cover", "channel"],
}


def test_the_reasons_are_the_rows_of_the_tables_that_counted():
    rules = rules_of(policy_of("320500/2020"))
    at_home = {"hukou": "320508", "birth_date": date(2020, 10, 1)}
    days = {
        "not_open": date(2019, 8, 1),
        "enrolled": date(2020, 11, 30),
        "refer": date(2020, 12, 1),
        "closed": date(2021, 1, 2),
    }
    children = {"ineligible": child(), **{status: child(**at_home, paid_on=day) for status, day in days.items()}}
    found = decided("320500/2020", typed(list(children.values())))
    assert [row["status"] for row in found] == list(children)
    assert {row["status"]: [rules[rule][0] for rule in row["because"].split(";")] for row in found} == COUNTED


@every_city
def test_no_children_are_decided_into_no_rows(city):
    assert decided(city, typed([])) == []


def test_a_polars_frame_without_rows_keeps_its_columns():
    found = determine(policy_of("320500/2020"), pl.DataFrame(typed([])), AS_OF)
    assert (found.columns, found.height) == (SCHEMA.names, 0)
    assert found.schema["premium_fen"] == pl.Int64


def test_an_empty_payment_day_is_the_day_that_the_caller_names():
    facts = typed([child(hukou="320508", birth_date=date(2015, 1, 1))])
    policy = policy_of("320500/2020")
    phases = {
        day: determine(policy, facts, day).column("phase")[0].as_py()
        for day in (date(2019, 8, 31), date(2019, 9, 1), date(2019, 12, 1))
    }
    assert list(phases.values()) == ["not_open", "open", "closed"]


def test_a_polars_frame_goes_out_as_a_polars_frame_with_plain_columns():
    facts = pl.DataFrame(typed([child(hukou="320508", birth_date=date(2015, 1, 1)), child()]))
    found = determine(policy_of("320500/2020"), facts, AS_OF)
    assert isinstance(found, pl.DataFrame)
    assert found["status"].to_list() == ["enrolled", "ineligible"]
    assert found.schema["because"] == pl.String
    assert found.schema["coverage_from"] == pl.Date


@pytest.mark.parametrize(
    "retyped",
    [
        {"hukou": pl.Categorical, "school_stage": pl.Categorical, "assistance": pl.Categorical},
        {"school_stage": pl.Enum(list(STAGES)), "birth_date": pl.Datetime("us"), "paid_on": pl.Datetime("ns")},
        {"tier": pl.Float64, "lapsed_years": pl.Int8, "registered_before": pl.String, "person_id": pl.Categorical},
        {"birth_date": pl.String, "hukou": pl.Binary, "identity_type": pl.Categorical},
    ],
)
def test_a_column_may_come_in_any_type_that_holds_its_values(retyped: dict[str, Any]):
    children = [
        child(person_id="1", hukou="320508", birth_date=date(2015, 1, 1), paid_on=date(2019, 10, 8), tier=2),
        child(person_id="2", school_stage="primary", school_division="320505", assistance=("orphan",)),
        child(person_id="3", birth_date=date(1904, 2, 29), identity_type="passport", registered_before=True),
    ]
    plain = pl.DataFrame(typed(children))
    policy = policy_of("320500/2020")
    assert determine(policy, plain.cast(retyped), AS_OF).equals(determine(policy, plain, AS_OF))


def test_whole_numbers_may_be_division_codes_and_persons():
    facts = pa.table({"person_id": [17], "hukou": [320508], "birth_date": [date(2015, 1, 1)]})
    found = decided("320500/2020", facts)
    assert (found[0]["person_id"], found[0]["agent"]) == ("17", "community")


def test_decisions_do_not_depend_on_how_rows_are_cut_into_batches(monkeypatch):
    children = [child(person_id=str(n), hukou="320508", birth_date=EDGE_DAYS[n % len(EDGE_DAYS)]) for n in range(300)]
    whole = decided("320500/2020", typed(children))
    pieces = [decided("320500/2020", typed(children[first : first + 7])) for first in range(0, 300, 7)]
    monkeypatch.setattr(reading, "DENSE", 10)
    monkeypatch.setattr(reading, "REMEMBERED", 5)
    assert [one for piece in pieces for one in piece] == whole == decided("320500/2020", typed(children))


@pytest.fixture
def two_threads(monkeypatch):
    """Frames are cut up for two processors, however few rows they have."""
    monkeypatch.setattr(frame, "BATCH", 50)
    monkeypatch.setattr(frame.pa, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("two_threads")
def test_several_threads_decide_the_same_in_the_same_order():
    children = [child(person_id=str(n), hukou="320508", birth_date=EDGE_DAYS[n % len(EDGE_DAYS)]) for n in range(999)]
    policy = policy_of("320500/2020")
    assert determine(policy, typed(children), AS_OF).to_pylist() == [
        row for one in children for row in determine(policy, typed([one]), AS_OF).to_pylist()
    ]


@pytest.mark.usefixtures("two_threads")
def test_several_threads_refuse_the_first_row_that_is_malformed():
    rows = [child() for _ in range(400)]
    rows[210]["tier"], rows[390]["hukou"] = "3", "x"
    with pytest.raises(Refused, match="row 211, tier"):
        determine(policy_of("320500/2020"), textual(rows), AS_OF)


def test_a_malformed_value_in_a_frame_is_refused_with_its_row():
    facts = textual([child(), child(hukou="320508"), child()]).set_column(3, "hukou", pa.array(["", "32050", "x"]))
    with pytest.raises(Refused) as refused:
        determine(policy_of("320500/2020"), facts, AS_OF)
    assert refused.value.said("en").startswith("facts: row 2, hukou is '32050'")
