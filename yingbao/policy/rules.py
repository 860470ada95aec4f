"""The decision tables of a policy: criteria, and rows that decide. 决策表

In each table the first row whose criteria all hold decides; the last row has none, so nothing falls through. Only
`subsidy` may ask for the best of its rows instead. A criterion is named once under `criteria` and used by name. There
is no negation, and a missing fact matches nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yingbao.values.text import Text

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="lower-case words joined by _")]
Fen = Annotated[int, Meta(ge=0, description="a sum of money in whole fen")]
Clause = Annotated[str, Meta(min_length=1, description="the clause of the notice, such as 四(三)")]
Fact = Literal[
    "identity_type", "birth_date", "hukou", "parent_hukou", "school_division", "school_stage",
    "registered_before", "points_admitted_on", "residence_permit", "parent_employee_insured",
    "assistance", "tier", "paid_on", "lapsed_years", "repaired_years", "age",
]  # fmt: skip
TableName = Literal["entitlement", "phase", "registration", "premium", "subsidy", "cover", "channel"]

IdentityType = Literal[
    "resident_id", "hk_mo_permit", "tw_permit", "hmt_residence_permit", "foreign_permanent_residence", "passport",
    "birth_certificate",
]  # fmt: skip
Stage = Literal["none", "kindergarten", "primary", "junior", "senior", "vocational", "special", "university"]
Assistance = Literal[
    "minimum_living", "minimum_living_margin", "destitute", "orphan", "temporary_relief", "preferential_treatment",
    "registered_poor", "disabled_hardship", "severely_disabled", "de_facto_orphan", "child_in_difficulty",
    "back_into_poverty", "unstable_out_of_poverty", "near_poverty", "sudden_hardship", "illness_poverty",
    "expenditure_hardship", "hardship_worker_family",
]  # fmt: skip

Agent = Literal["school", "community"]
Registration = Literal["hukou_community", "residence_community", "points", "school", "community"]
Channel = Literal["school", "community", "online", "bank_debit"]
Phase = Literal["not_open", "open", "late", "newborn", "closed"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a policy file that knows all its words."""


class Criterion(Strict, frozen=True):
    """One named condition on one fact, or on the row that decided an earlier table. 条件

    Exactly one of the operators stands beside `fact`; `decided` stands alone with `by`.
    """

    says: Text
    """what holds if the criterion holds, as the part of a sentence: 户籍在本市"""
    fact: Fact | None = None
    within: Id | None = None
    """hukou, parent_hukou (any of them), school_division: lies in this area"""
    outside: Id | None = None
    """the same, known and not in this area"""
    known: bool | None = None
    """true: the fact is given; false: it is empty"""
    is_: bool | int | str | None = msgspec.field(default=None, name="is")
    any_of: list[str] | None = None
    """school_stage, identity_type, assistance (any of the child's): one of these"""
    below: int | None = None
    at_least: int | None = None
    """age, lapsed_years, repaired_years, tier: below the number, at least the number"""
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    """dates: on or after, on or before; both may stand together"""
    during: Id | None = None
    """dates: in this window"""
    months_from_birth: int | None = None
    """dates: no later than the same day this many months after the birth month, clamped to that month's end"""
    decided: TableName | None = None
    by: list[Id] | None = None
    """the earlier table was decided by one of these rules"""


class Rule(Strict, frozen=True):
    """One row of a decision table: criteria, and why in words. 规则"""

    id: Id
    clause: Clause
    because: Text
    """the sentence that a child's family reads; may use {birth_date}, {paid_on}, {coverage_from}, {age}, and
    {premium}, which is filled in with its unit (240元, 240 yuan)"""
    when: list[Id] = []


class Entitlement(Rule, frozen=True, kw_only=True):
    """Who enrols the child; without an agent the child is not eligible. 参保资格"""

    agent: Agent | None


class PhaseRule(Rule, frozen=True, kw_only=True):
    """In which part of the season the payment day lies. 缴费时段"""

    phase: Phase


class RegistrationRule(Rule, frozen=True, kw_only=True):
    """Where a first-timer's basic data are registered; null if they are already. 基本信息登记渠道"""

    registration: Registration | None


class PremiumRule(Rule, frozen=True, kw_only=True):
    """The whole personal premium, whoever pays it. 缴费标准"""

    premium_fen: Fen


class SubsidyRule(Rule, frozen=True, kw_only=True):
    """Which part of the premium someone else pays. 免缴与资助"""

    paid_by: Id | None
    part: Literal["whole", "none"] = "none"


class CoverRule(Rule, frozen=True, kw_only=True):
    """From when the child is covered, or that an officer decides. 待遇享受期"""

    starts: Literal["year_start", "next_month", "after_days", "refer"]
    days: int | None = None


class ChannelRule(Rule, frozen=True, kw_only=True):
    """How the money is paid. 缴费渠道"""

    channel: Channel


class Tables(Strict, frozen=True):
    """The seven decision tables, in the order in which they are decided. 决策表

    A later table may ask what decided an earlier one. Entitlement to registration are decided for
    every child; premium, subsidy, cover and channel count for an eligible child in an open phase.
    """

    entitlement: list[Entitlement]
    phase: list[PhaseRule]
    registration: list[RegistrationRule]
    premium: list[PremiumRule]
    subsidy: list[SubsidyRule]
    cover: list[CoverRule]
    channel: list[ChannelRule]
