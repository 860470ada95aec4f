"""What opening the next season from the last would do, reckoned child by child before anything is written. 结转预览

Each roll is thought to be moved on, each assisted status not yet confirmed, and each child decided by the new year's
policy for the first day on which it can be enrolled. What is kept are figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from yingbao.enrolment.determining import CHUNK, decide
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import school_year_under, windows
from yingbao.enrolment.whereabouts import LISTED, chunk, count, moved_on, placed, whereabouts
from yingbao.policy.model import Policy

Progress = Callable[[int, int], None]


def look_ahead(
    *, last: Season, policy: Policy, today: date, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """The figures of the new season as it would be opened today, ready to be kept as JSON. 结转预览"""
    day, school_year = first_day(policy, today), school_year_under(policy)
    total = count(last, school_year)
    season = Season(policy=policy.policy, pooling_area=policy.pooling_area, plan_year=policy.plan_year)
    told = Figures()
    after, done = 0, 0
    while persons := chunk(last=last, school_year=school_year, after=after, size=CHUNK):
        found = whereabouts(last=last, opened=None, school_year=school_year, persons=persons)
        then = moved_on(found, school_year)
        decided = decide(season=season, person_ids=persons, as_of=day, policy=policy, change=expected(then))
        told.add(then, placed(then, decided.select("person_id", "agent"), cover_from=policy.cover_from), decided)
        after, done = persons[-1], done + len(persons)
        progress(min(done, total), total)
    return {"on": day.isoformat(), "school_year": school_year, **told.as_json()}


def first_day(policy: Policy, today: date) -> date:
    """Today, or the first day on which anything can be done. 试算日"""
    return max(today, windows(policy)[0].first)


def expected(then: pl.DataFrame) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Facts as they will be: the stage after promotion, no school for who leaves it, nobody's status confirmed. 预期"""
    stages = then.select("person_id", "leaves", "due", to="stage")

    def change(facts: pl.DataFrame) -> pl.DataFrame:
        return (
            facts.join(stages, on="person_id", how="left", maintain_order="left")
            .with_columns(
                school_stage=pl.when("leaves").then(pl.lit("none"))
                .when(pl.col("due") & (pl.col("school_stage") != "none")).then(pl.col("to"))
                .otherwise(pl.col("school_stage")),
                school_division=pl.when("leaves").then(None).otherwise(pl.col("school_division")),
                assistance=pl.lit(None, pl.String),
            )
            .select(facts.columns)
        )  # fmt: skip

    return change


class Figures:
    """The sums of an outlook while it is being reckoned. 预览计数"""

    def __init__(self) -> None:
        self.children = 0
        self.counts: dict[str, Counter[str]] = {}
        self.sums: Counter[str] = Counter()

    def add(self, then: pl.DataFrame, places: pl.DataFrame, decided: pl.DataFrame) -> None:
        """Another chunk of children."""
        due, leaves, stage = pl.col("due"), pl.col("leaves"), pl.col("stage")
        self.children += then.height
        way = pl.concat_str(
            *(pl.col(name).cast(pl.String).fill_null("") for name in ("was_stage", "was_grade", "stage", "grade")),
            separator="/",
        )
        self._count("places", places["place"])
        self._count("ways", then.filter(due & ~leaves).select(way).to_series())
        self._count("graduates", then.filter("leaves")["was_stage"])
        begins = (leaves & (pl.col("was_stage") == "kindergarten")) | (
            due & (stage == "primary") & (pl.col("grade") == 1)
        )
        self._one("first_graders", then.filter(begins).height)
        self._one("unplaced", then.filter("unplaced").height)
        listed = places.filter(pl.col("place").is_in(LISTED)).drop("agent")
        self._listed(listed.join(decided, on="person_id", how="left", maintain_order="left"))

    def _listed(self, both: pl.DataFrame) -> None:
        """Those who stand on somebody's list in the new season."""
        facts = both.select(
            "last_state",
            lapsed=pl.col("facts").str.json_path_match("$.lapsed_years").cast(pl.Int64).fill_null(0),
            before=pl.col("facts").str.json_path_match("$.registered_before") == "true",
        )
        lapsed = facts.filter(pl.col("lapsed") > 0)
        self._count("statuses", both["status"])
        self._count("lapsed", lapsed["lapsed"].cast(pl.String))
        self._count("lapsed_after", lapsed["last_state"].fill_null("unknown"))
        self._one("renewals", facts["before"].sum())
        self._one("first_timers", (~facts["before"]).sum())
        self._one("newcomers", both["last_state"].null_count())
        self._one("contested", both["contested"].sum())
        was_elsewhere = (pl.col("last_kind") == "school") & (pl.col("school") != pl.col("last_agent"))
        self._one("moved", both.filter(was_elsewhere).height)
        self._one("family_fen", both["self_paid_fen"].sum())

    def as_json(self) -> dict[str, Any]:
        """All of it, with words for keys."""
        return {
            "children": self.children,
            **self.sums,
            **{name: dict(sorted(found.items())) for name, found in self.counts.items()},
        }

    def _one(self, name: str, heads: Any) -> None:
        self.sums[name] += int(heads)

    def _count(self, name: str, values: pl.Series) -> None:
        self.counts.setdefault(name, Counter()).update(
            {str(value): int(heads) for value, heads in values.value_counts().iter_rows()}
        )
