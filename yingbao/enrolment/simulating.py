"""What another policy would do to the children already determined, before anyone puts it to work. 政策试算

Each child is decided twice, by the policy in force and by the other one, on the same day and the same facts: so what
differs comes from the policy alone. Nothing is stored but figures and the keys of a sample.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from yingbao.enrolment.determining import CHUNK, decide
from yingbao.enrolment.lifecycle import ENDED, TAKEN, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.policy.model import Policy

COMPARED = (
    "status", "agent", "registration", "phase", "channel", "premium_fen", "self_paid_fen", "subsidised_fen", "paid_by",
    "coverage_from", "coverage_to",
)  # fmt: skip
"""What a family or a clerk would notice."""
GROUPED = ("status", "agent", "premium_fen", "self_paid_fen", "paid_by", "coverage_from")
SHOWN_GROUPS = 40
SHOWN_CHILDREN = 30
OUTSIDE = ("not_open", "closed")


def simulate(
    *,
    season: Season,
    policy: Policy,
    on: date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Figures of what would change for the season's children, ready to be kept as JSON. 试算

    Who is declared or paid is counted apart: no decision moves them. A confirmed child is decided on the day of its
    confirmation, and stays as it is on a day outside its windows, just as `determine_people` leaves it.
    """
    rows = list(
        Enrolment.objects.filter(season=season)
        .exclude(state__in=sorted(ENDED))
        .order_by("person_id")
        .values_list("pk", "person_id", "organisation_id", "state", "as_of")
    )
    parts = []
    for first in range(0, len(rows), CHUNK):
        parts.append(_compared(season, policy, rows[first : first + CHUNK], on))
        progress(min(first + CHUNK, len(rows)), max(len(rows), 1))
    return {"on": on.isoformat(), "children": len(rows), **_told(pl.concat(parts) if parts else None)}


def _compared(season: Season, policy: Policy, rows: list[tuple[Any, ...]], on: date) -> pl.DataFrame:
    """One chunk: what differs, a row for each child that it differs for, and those that are left as they are."""
    kept = {State.CONFIRMED, *TAKEN}
    people = [person for _, person, *_ in rows]
    days = {person: as_of if state in kept and as_of else on for _, person, _, state, as_of in rows}
    before = _narrow(decide(season=season, person_ids=people, as_of=on, paid_on=days), "")
    after = _narrow(decide(season=season, person_ids=people, as_of=on, paid_on=days, policy=policy), "_after")
    children = pl.DataFrame(
        [(pk, str(person), place, state) for pk, person, place, state, _ in rows],
        schema={"enrolment": pl.Int64, "person_id": pl.String, "organisation": pl.Int64, "state": pl.String},
        orient="row",
    )
    both = children.join(before, on="person_id").join(after, on="person_id")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in COMPARED)
    both = both.filter(differs)
    confirmed = [int(person) for person in both.filter(pl.col("state") == State.CONFIRMED)["person_id"]]
    outside: list[str] = []
    if confirmed:
        today = decide(season=season, person_ids=confirmed, as_of=on, policy=policy)
        outside = today.filter(pl.col("phase").is_in(OUTSIDE))["person_id"].to_list()
    return both.with_columns(
        taken=pl.col("state").is_in(sorted(TAKEN)), left_alone=pl.col("person_id").is_in(outside)
    ).drop("person_id")


def _narrow(decisions: pl.DataFrame, suffix: str) -> pl.DataFrame:
    words = ("status", "agent", "registration", "phase", "channel", "paid_by")
    return decisions.select(
        "person_id",
        *(
            (pl.col(name).fill_null("") if name in words else pl.col(name)).alias(f"{name}{suffix}")
            for name in COMPARED
        ),
    )


def _told(found: pl.DataFrame | None) -> dict[str, Any]:
    """The figures that a page shows."""
    if found is None:
        return dict.fromkeys(
            ("changed", "taken", "left_alone", "again", "family_fen", "others_fen", "losing"), 0
        ) | {"kinds": {}, "groups": [], "sample": [], "agents": 0}  # fmt: skip
    moved = found.filter(~pl.col("taken") & ~pl.col("left_alone"))
    both = (pl.col("status") == "enrolled") & (pl.col("status_after") == "enrolled")
    kinds = {
        "losing": (pl.col("status") != "ineligible") & (pl.col("status_after") == "ineligible"),
        "gaining": (pl.col("status") == "ineligible") & (pl.col("status_after") != "ineligible"),
        "closed": ~pl.col("status").is_in(OUTSIDE) & pl.col("status_after").is_in(OUTSIDE),
        "opened": pl.col("status").is_in(OUTSIDE) & ~pl.col("status_after").is_in(OUTSIDE),
        "agent": both & _differs("agent"),
        "premium": both & _differs("premium_fen"),
        "self_paid": both & _differs("self_paid_fen"),
        "payer": both & _differs("paid_by"),
        "cover": both & (_differs("coverage_from") | _differs("coverage_to")),
        "registration": both & _differs("registration"),
        "channel": both & _differs("channel"),
    }
    counts = moved.select(**{name: condition.sum() for name, condition in kinds.items()}).row(0, named=True)
    return {
        "changed": moved.height,
        "taken": int(found["taken"].sum()),
        "left_alone": found.filter("left_alone").height,
        "again": moved.filter(pl.col("state") == State.CONFIRMED).height,
        "agents": moved["organisation"].n_unique(),
        "family_fen": _more(moved, "self_paid_fen"),
        "others_fen": _more(moved, "subsidised_fen"),
        "losing": counts["losing"],
        "kinds": {name: count for name, count in counts.items() if count},
        "groups": _groups(moved),
        "sample": _sample(moved),
    }


def _more(moved: pl.DataFrame, name: str) -> int:
    return int(moved.select((pl.col(f"{name}_after") - pl.col(name)).sum()).item())


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(f"{name}_after"))


def _groups(moved: pl.DataFrame) -> list[dict[str, Any]]:
    """Children with the same before and after, the largest groups first."""
    keys = [*GROUPED, *(f"{name}_after" for name in GROUPED)]
    grouped = (
        moved.group_by(keys)
        .agg(
            children=pl.len(),
            family_fen=pl.col("self_paid_fen_after").sum() - pl.col("self_paid_fen").sum(),
            others_fen=pl.col("subsidised_fen_after").sum() - pl.col("subsidised_fen").sum(),
        )
        .sort(["children", *keys], descending=[True, *[False] * len(keys)], nulls_last=True)
        .head(SHOWN_GROUPS)
    )  # fmt: skip
    return [
        _sides(row) | {name: row[name] for name in ("children", "family_fen", "others_fen")}
        for row in grouped.rows(named=True)
    ]


def _sample(moved: pl.DataFrame) -> list[dict[str, Any]]:
    """Some children by their key, a few of each group."""
    keys = [*GROUPED, *(f"{name}_after" for name in GROUPED)]
    some = (
        moved.sort("enrolment")
        .with_columns(turn=pl.int_range(pl.len()).over(keys))
        .sort(["turn", "enrolment"])
        .head(SHOWN_CHILDREN)
    )
    return [_sides(row) | {"enrolment": row["enrolment"]} for row in some.rows(named=True)]


def _sides(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": {name: _plain(row[name]) for name in GROUPED},
        "after": {name: _plain(row[f"{name}_after"]) for name in GROUPED},
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
