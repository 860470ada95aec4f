"""Made-up children for the tests of determination: any facts, also missing ones. 测试用儿童"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from yingbao.determination.facts import ASSISTANCE, COLUMNS, IDENTITY_TYPES, STAGES

Facts = dict[str, Any]

CITIES = ("320500/2020", "500103/2020")
AS_OF = date(2019, 10, 8)

EMPTY: Facts = {name: column.empty for name, column in COLUMNS.items()}
DIVISIONS = (
    "320500", "320505", "320506", "320507", "320508", "320509", "320571", "320581", "320585",
    "320611", "320499", "340102", "500101", "500103", "500104", "110105",
)  # fmt: skip
EDGES = (
    (2019, 5, 31), (2019, 6, 1), (2019, 9, 1), (2019, 9, 10), (2019, 11, 30), (2019, 12, 1), (2019, 12, 20),
    (2019, 12, 31), (2020, 1, 31), (2020, 2, 29), (2020, 3, 1), (2020, 6, 30), (2020, 9, 30), (2020, 11, 30),
    (2020, 12, 1), (2020, 12, 31), (2002, 1, 1), (2004, 2, 29),
)  # fmt: skip
EDGE_DAYS = sorted({date(*edge) + timedelta(days=by) for edge in EDGES for by in (-1, 0, 1)})


def child(**facts: Any) -> Facts:
    """A child with these facts and no others."""
    assert set(facts) <= set(COLUMNS)
    return {**EMPTY, "person_id": "P1", **facts}


def near(first: date, last: date) -> st.SearchStrategy[date]:
    """A day of the span, the edges of windows often."""
    edges = [day for day in EDGE_DAYS if first <= day <= last]
    return st.one_of(st.sampled_from(edges), st.dates(first, last))


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


DIVISION = st.one_of(st.sampled_from(DIVISIONS), st.from_regex(r"[0-9]{6}", fullmatch=True))

CHILDREN = st.fixed_dictionaries(
    {
        "person_id": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8),
        "identity_type": some(st.sampled_from(IDENTITY_TYPES)),
        "birth_date": some(
            st.one_of(near(date(2001, 12, 1), date(2020, 12, 31)), st.dates(date(1930, 1, 1), date(2021, 12, 31)))
        ),
        "hukou": some(DIVISION),
        "parent_hukou": st.lists(DIVISION, max_size=3).map(tuple),
        "school_division": some(DIVISION),
        "school_stage": st.sampled_from(STAGES),
        "registered_before": st.booleans(),
        "points_admitted_on": some(near(date(2019, 5, 1), date(2019, 12, 31))),
        "residence_permit": st.booleans(),
        "parent_employee_insured": st.booleans(),
        "assistance": st.lists(st.sampled_from(ASSISTANCE), max_size=3).map(tuple),
        "tier": st.sampled_from([1, 2]),
        "paid_on": some(st.one_of(near(date(2019, 8, 1), date(2021, 1, 31)), st.dates())),
        "lapsed_years": st.integers(0, 9999),
        "repaired_years": st.integers(0, 30),
        "registered_on": some(near(date(2019, 5, 1), date(2020, 3, 31))),
        "paid_time": some(st.times().map(lambda time: time.strftime("%H:%M"))),
        "prepaid_years": st.integers(1, 3),
        "continuous_years": st.integers(0, 12),
        "claim_free_years": st.integers(0, 12),
    }
)


@st.composite
def newborns(draw: st.DrawFn) -> Facts:
    """Children of Suzhou's urban districts outside school, paid around three months after birth."""
    birth = draw(near(date(2019, 8, 1), date(2021, 1, 1)))
    paid = birth + timedelta(days=draw(st.one_of(st.integers(86, 96), st.integers(-3, 120))))
    hukou = draw(st.sampled_from(["320505", "320508", "320571"]))
    return child(person_id="baby", birth_date=birth, hukou=hukou, paid_on=paid)


def as_text(value: Any) -> str:
    """A fact as a CSV holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, tuple) else str(value)


TYPES = {
    "birth_date": pa.date32(),
    "points_admitted_on": pa.date32(),
    "paid_on": pa.date32(),
    "registered_before": pa.bool_(),
    "residence_permit": pa.bool_(),
    "parent_employee_insured": pa.bool_(),
    "tier": pa.int64(),
    "lapsed_years": pa.int64(),
    "repaired_years": pa.int64(),
    "registered_on": pa.date32(),
    "prepaid_years": pa.int64(),
    "continuous_years": pa.int64(),
    "claim_free_years": pa.int64(),
}


def typed(children: list[Facts]) -> pa.Table:
    """The children as a frame with proper types; lists are text with ; between."""
    return pa.table(
        {
            name: pa.array(
                [one[name] if name in TYPES else as_text(one[name]) or None for one in children],
                TYPES.get(name, pa.string()),
            )
            for name in COLUMNS
        }
    )


def textual(children: list[Facts]) -> pa.Table:
    """The children as a frame of nothing but text; empty is the empty string."""
    return pa.table({name: pa.array([as_text(one[name]) for one in children], pa.string()) for name in COLUMNS})


def write_csv(path: Path, children: list[Facts], columns: list[str] | None = None, **dialect: Any) -> Path:
    """The children as a CSV file."""
    columns = columns or list(COLUMNS)
    encoding = dialect.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, **dialect)
        writer.writerow(columns)
        writer.writerows([as_text(one.get(name)) for name in columns] for one in children)
    return path


def write_parquet(path: Path, children: list[Facts]) -> Path:
    """The children as a Parquet file with proper types."""
    pq.write_table(typed(children), path, row_group_size=1000)
    return path
