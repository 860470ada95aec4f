"""The decision tables of a policy: criteria, and rows that decide. 决策表

In each table the first row whose criteria all hold decides; the last row has none, so nothing falls through. Only
`subsidy` may ask for the best of its rows instead. A criterion is named once under `criteria` and used by name. There
is no negation, and a missing fact matches nothing.
"""

from __future__ import annotations

from datetime import date
from datetime import date as date_
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yingbao.values import money
from yingbao.values.text import Text

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="lower-case words joined by _")]
Fen = Annotated[int, Meta(ge=0, description="a sum of money in whole fen")]
Percent = Annotated[
    str, Meta(pattern=r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?%$", description="a share such as 80% or 0.25%, in quotes")
]
Clause = Annotated[str, Meta(min_length=1, description="the clause of the notice, such as 四(三)")]
Fact = Literal[
    "identity_type", "birth_date", "hukou", "parent_hukou", "school_division", "school_stage",
    "registered_before", "points_admitted_on", "residence_permit", "parent_employee_insured",
    "assistance", "tier", "registered_on", "paid_on", "lapsed_years", "repaired_years", "prepaid_years",
    "continuous_years", "claim_free_years", "age",
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

    Exactly one of the operators stands beside `fact`; `decided` stands alone with `by`, `either` stands alone.
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
    """age and all that is counted: below the number, at least the number"""
    on: date | None = None
    """age: on this day; without it on the first day of cover"""
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    """dates: on or after, on or before; both may stand together"""
    during: Id | None = None
    """dates: in this window"""
    months_from_birth: int | None = None
    """dates: no later than the same day this many months after the birth month, clamped to that month's end"""
    days_from_birth: int | None = None
    """dates: no later than so many days after the day of birth"""
    decided: TableName | None = None
    by: list[Id] | None = None
    """the earlier table was decided by one of these rules"""
    either: list[Id] | None = None
    """one at least of these criteria holds, each of which asks about a fact"""


class Rule(Strict, frozen=True):
    """One row of a decision table: criteria, and why in words. 规则"""

    id: Id
    clause: Clause
    because: Text
    """the sentence that a child's family reads; may use {birth_date}, {paid_on}, {coverage_from}, {coverage_to}, {age},
    {wait} in months, and the sums {premium} and {own}, the family's part, which are filled in with their unit (240元,
    240 yuan); a reward's may also use {raised}"""
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


class PremiumPart(Strict, frozen=True):
    """One of the sums that make up a premium: so much, or a rate of a base. 保费组成

    A rate of a base is rounded to the fen, half a fen upwards.
    """

    name: Text
    fen: Fen | None = None
    rate: Percent | None = None
    of_fen: Fen | None = None
    """the base of the rate"""

    @property
    def sum_fen(self) -> int:
        """What the part comes to. 金额"""
        if self.rate is not None:
            return money.share(self.of_fen or 0, self.rate)
        return self.fen or 0


class PremiumRule(Rule, frozen=True, kw_only=True):
    """The whole personal premium, whoever pays it: one sum, or its parts. 缴费标准"""

    one_sum_fen: Fen | None = msgspec.field(default=None, name="premium_fen")
    """the sum in whole fen, where the notice names one"""
    parts: list[PremiumPart] = []
    """a base sum and what is added to it: another scheme's share, a government subsidy, a further year"""

    @property
    def premium_fen(self) -> int:
        """The whole of it. 保费"""
        return (self.one_sum_fen or 0) + sum(part.sum_fen for part in self.parts)


class SubsidyRule(Rule, frozen=True, kw_only=True):
    """Which part of the premium someone else pays: the whole, a sum, a share, or all but the family's. 免缴与资助

    Nobody ever pays more than the premium.
    """

    paid_by: Id | None
    part: Literal["whole", "none"] = "none"
    pays_fen: Fen | None = None
    pays_share: Percent | None = None
    """of the premium, rounded to the fen, half a fen upwards"""
    family_fen: Fen | None = None
    """so much is left to the family, and the payer pays the rest"""

    def subsidised_fen(self, premium_fen: int) -> int:
        """What the payer pays of a premium. 资助金额"""
        if self.part == "whole":
            return premium_fen
        if self.pays_share is not None:
            return money.share(premium_fen, self.pays_share)
        if self.family_fen is not None:
            return max(0, premium_fen - self.family_fen)
        return min(premium_fen, self.pays_fen or 0)


StartsAt = Literal[
    "year_start", "on_date", "payment_day", "next_day", "payment_month", "next_month", "month_after", "after_days",
    "after_months", "birth", "month_after_birth", "refer",
]  # fmt: skip


class CoverRule(Rule, frozen=True, kw_only=True):
    """From when to when the child is covered, or that an officer decides. 待遇享受期

    Cover never begins before the year's first day, or before `not_before` where that is given.
    """

    starts: StartsAt
    days: int | None = None
    """after_days: so many days after the payment day"""
    months: int | None = None
    """after_months: the same day so many months after the payment; month_after: the first of the month so many months
    after that of the payment, 1 being the next"""
    date: date_ | None = None
    """on_date: this day, even before the year's first"""
    not_before: date_ | None = None
    waits: bool = False
    """the policy's `waiting` is added to the day so reckoned"""
    ends: date_ | None = None
    """the last day of cover, if not the year's"""


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


class WaitingFloor(Strict, frozen=True):
    """The shortest wait after a long gap, however much of it is repaired. 等待期下限"""

    missed_years: Annotated[int, Meta(ge=1)]
    """from so many missed years on"""
    months: Annotated[int, Meta(ge=0, le=60)]


class Waiting(Strict, frozen=True):
    """How long a child waits who was not enrolled in time or without a break. 待遇等待期

    As 国办发〔2024〕38号 has it: fixed months, and further ones for each missed year after the first; a year repaired
    by paying takes a further one off; after a long gap there is a floor. Who never waits is named.
    """

    clause: Clause
    fixed_months: Annotated[int, Meta(ge=0, le=60)]
    months_per_further_year: Annotated[int, Meta(ge=0, le=12)]
    repaired_year_takes_off: Annotated[int, Meta(ge=0, le=12)]
    repair_fen: Fen | None = None
    """what repairing one year costs; null where the notice names no sum"""
    floor: WaitingFloor | None = None
    never: list[Id] = []
    """who meets one of these criteria never waits"""

    def months(self, lapsed_years: int, repaired_years: int) -> int:
        """The months that a child waits who missed so many years and repaired so many of them. 等待月数"""
        further = max(0, lapsed_years - 1) * self.months_per_further_year
        wait = self.fixed_months + max(0, further - repaired_years * self.repaired_year_takes_off)
        if self.floor is not None and lapsed_years >= self.floor.missed_years:
            return max(wait, self.floor.months)
        return wait


class Reward(Rule, frozen=True, kw_only=True):
    """What unbroken enrolment or years without claims add to the serious-illness ceiling. 连续参保激励"""

    counts: Literal["continuous_years", "claim_free_years"]
    beyond: Annotated[int, Meta(ge=0)]
    """the years that must be behind before a further one counts"""
    each_fen: Fen
    at_most_fen: Fen | None = None

    def earned_fen(self, years: int) -> int:
        """What so many years raise the ceiling by. 提高额度"""
        earned = max(0, years - self.beyond) * self.each_fen
        return earned if self.at_most_fen is None else min(earned, self.at_most_fen)


class Unconfirmed(Strict, frozen=True):
    """Something in the file that no notice at hand confirms; shown as provisional wherever it is used. 待核实"""

    says: Text
    rules: list[Id] = []
    """the rules that rest on it"""
