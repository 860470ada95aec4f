"""What a policy would mean for everyone on the platform: heads and sums, and against another policy. 政策测算

Everyone is decided on one day, by both policies on the same facts: so what differs comes from the rules alone. Nothing
is stored, and nothing of a single child is left in the figures. `simulating` tells what publishing a change would do to
a running season's decisions; this tells what a policy costs and whom it reaches, also before its season is open.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from yingbao.agents.models import Organisation
from yingbao.determination.frame import determine
from yingbao.determination.summing import Figures, cells, figures
from yingbao.enrolment import versions
from yingbao.enrolment.models import Season
from yingbao.enrolment.population import Progress, facts_of_everyone
from yingbao.enrolment.seasons import season_for
from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.policy.moving import in_year
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

PARTS = ("place", "stage", "hukou")
PARTED = {
    "place": Text("按街道（区域）", "By sub-district"),
    "stage": Text("按学段", "By stage"),
    "hukou": Text("按户籍", "By hukou"),
}
"""By what the figures are parted. 分组方式"""
HUKOU = {
    "here": Text("本统筹区", "this pooling area"),
    "province": Text("省（市）内其他地方", "elsewhere in the province"),
    "elsewhere": Text("外省", "other provinces"),
    "none": Text("没有内地户籍或不详", "no mainland hukou, or unknown"),
}
"""Where a child's hukou is, as seen from the pooling area. 户籍分组"""


class Against(NamedTuple):
    """What a policy is compared with, and what that is called. 对照政策"""

    policy: Policy
    said: Text


def forecast(
    *,
    season: Season,
    policy: Policy,
    against: Against | None = None,
    on: date,
    paid_on: date | None = None,
    progress: Progress = lambda done, total: None,
) -> Figures:
    """The figures of a policy for everyone whom the season knows, ready to be kept as JSON. 测算

    Lists hold as on the day `on`; everyone pays on `paid_on`, without it on that day too.
    """
    paid_on = paid_on or on
    facts = facts_of_everyone(season=season, policy=policy, on=on, progress=progress)
    alike = _parted(facts, season.pooling_area)
    facts = facts.drop("place")
    counted = cells(
        determine(policy, facts, paid_on), determine(against.policy, facts, paid_on) if against else None, alike
    )
    return figures(counted, PARTS) | {
        "policy": policy.policy,
        "against": {"zh": against.said.zh, "en": against.said.en} if against else None,
        "on": on.isoformat(),
        "paid_on": paid_on.isoformat(),
        "places": {key: {"zh": said.zh, "en": said.en} for key, said in _place_names(season.pooling_area).items()},
    }


def season_of(policy: Policy) -> Season:
    """The season whose children a policy is reckoned for: its own, else the newest of the area. 测算人口所属参保季

    Raises Refused if the area has opened no season.
    """
    return Season.objects.filter(policy=policy.policy).first() or season_for(policy.pooling_area)


def held_against(policy: Policy, text: str = "") -> Against | None:
    """What a policy is compared with: the one in force of its name, else the year before's rules in its year. 对照政策

    `text` is the policy's own: where it is what is in force, or has only comments that differ, last year's is compared.
    The year before's days are moved to this year, so that what differs are the rules and not the calendar.
    """
    in_force = versions.text_in_force(policy.policy)
    if in_force and text.strip() != in_force.strip():
        now = _sound(in_force)
        if now is not None and now != policy:
            return Against(now, Text("现行的 {id}", "{id} as it is in force").filled(id=policy.policy))
    area, year = policy.policy.split("/")
    for each in sorted(versions.known(), reverse=True):
        last = versions.text_in_force(each) if each.startswith(f"{area}/") and each < f"{area}/{year}" else ""
        if last and _sound(last) is not None:
            said = Text("{last} 的规则（移到 {year} 年度）", "the rules of {last}, moved to {year}")
            moved = in_year(last, policy.plan_year)
            return Against(moved, said.filled(last=each, year=policy.plan_year))
    return None


def _sound(text: str) -> Policy | None:
    """The policy in a text; a file that was spoilt on the server is nothing to compare with."""
    try:
        return catalogue.policy_in(text, "policy.yaml")
    except Refused:
        return None


def season_named(name: str) -> Season:
    """A season by its number or its policy's id. 指定参保季

    Raises Refused if there is none.
    """
    known = Season.objects.filter(pk=int(name)) if name.isdecimal() else Season.objects.filter(policy=name)
    if (found := known.first()) is None:
        there = "、".join(Season.objects.order_by("policy").values_list("policy", flat=True))
        raise Refused(
            where=name,
            what=Text("没有这个参保季", "there is no such season"),
            mend=Text("现有：{there}", "There are: {there}").filled(there=there or "—"),
        )
    return found


def _parted(facts: pl.DataFrame, area: str) -> pl.DataFrame:
    """By what the figures are parted: sub-district, stage, hukou."""
    hukou, own = pl.col("hukou"), area[:4] if area.endswith("00") else area
    return facts.select(
        place=pl.col("place").replace_strict(_place_keys(area), default=None, return_dtype=pl.String),
        stage="school_stage",
        hukou=pl.when(hukou.is_null())
        .then(pl.lit("none"))
        .when(hukou.str.starts_with(own))
        .then(pl.lit("here"))
        .when(hukou.str.starts_with(area[:2]))
        .then(pl.lit("province"))
        .otherwise(pl.lit("elsewhere")),
    )


def _bodies(area: str) -> list[tuple[int, str, int | None, str | None, str | None]]:
    rows = Organisation.objects.filter(pooling_area=area, kind__in=["school", "community"])
    return list(rows.order_by("pk").values_list("pk", "division", "parent_id", "parent__name", "parent__kind"))


def _place_keys(area: str) -> dict[int, str]:
    """School or community → its sub-district, or the division where it stands under none."""
    return {
        key: f"s{parent}" if kind == "sub_district" else f"d{division}"
        for key, division, parent, _, kind in _bodies(area)
    }


def _place_names(area: str) -> dict[str, Text]:
    names = {"": Text("其他统筹区", "another pooling area")}
    for _, division, parent, name, kind in _bodies(area):
        if kind == "sub_district":
            names[f"s{parent}"] = Text(name or "", name or "")
        else:
            names[f"d{division}"] = divisions.name(division)
    return names
