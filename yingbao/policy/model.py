"""What a city decided for one year, as typed data. 政策

The words of a policy file are the field names below; `policies/policy.schema.json` is generated
from them. Nothing here computes a decision: `yingbao.determination` does, from these tables.

A policy's rules stand in seven decision tables (`Tables`). In each table the first row whose criteria
all hold decides; the last row has none, so nothing falls through. A criterion is named once under
`criteria` and used by name. There is no negation, and a missing fact matches nothing.
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
Division = Annotated[
    str,
    Meta(pattern=r"^([0-9]{6}|[0-9]{2,5}\*)$", description="six digits, or a prefix and *"),
]

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
Body = Literal[
    "district", "sub_district", "school", "community", "insurance_agency", "tax_authority", "civil_affairs",
    "union_federation", "disabled_federation", "points_office", "education_bureau", "card_centre",
]  # fmt: skip
SeenBy = Literal[
    "roster_in", "first_timers_registered", "list_confirmed", "declaration_handed_in", "everyone_paid",
    "points_list_in", "letters_handed_out", "publicity_recorded", "survey_reported", "survey_summed",
    "training_announced", "training_attended", "photos_in", "cards_handed_out", "reported_to_education",
]  # fmt: skip


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a policy file that knows all its words."""


class Source(Strict, frozen=True):
    """The notice that a policy puts into data. 文件依据"""

    number: str | None
    """the notice's number, such as 苏社基〔2019〕68号; null for a notice published without one"""
    title: str
    issuers: list[str]
    issued: date | None = None
    basis: list[str] = []
    """the documents that the notice rests on, by number"""


class Area(Strict, frozen=True):
    """A named set of divisions. 区域"""

    name: Text
    divisions: list[Division]


class Window(Strict, frozen=True):
    """A stretch of days, both ends included, in which something can be done. 期限"""

    name: Text
    clause: Clause
    first: date
    last: date


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


class PhaseOwner(Text, frozen=True, forbid_unknown_fields=True):
    """Who answers for a phase, as the notice calls them. 负责单位"""

    kinds: list[Body] = []
    """which organisations on the platform are meant; none: nobody there is asked"""


class PhaseTask(Text, frozen=True, forbid_unknown_fields=True):
    """What a phase asks of each of its owners, in a sentence of our own. 阶段任务"""

    id: Id | None = None
    """by it the task is followed for every organisation that it concerns; without one it is only read"""
    owners: list[Body] = []
    """who has to do it; empty: everyone who owns the phase"""
    starts: date | None = None
    """its first day, if not the phase's"""
    due: date | None = None
    """its last day, if not the phase's"""
    seen_by: SeenBy | None = None
    """by what the platform sees by itself that it is done"""


class SeasonPhase(Strict, frozen=True):
    """A stretch of the season's work: who owns it and by when. 工作阶段"""

    id: Id
    name: Text
    clause: Clause
    owners: list[PhaseOwner]
    starts: date | None = None
    deadline: date | None = None
    """the last day; null where the notice sets none"""
    tasks: list[PhaseTask] = []

    @property
    def kinds(self) -> list[Body]:
        """The kinds of organisations that own it, in the notice's order. 负责机构类别"""
        return list(dict.fromkeys(kind for owner in self.owners for kind in owner.kinds))


Pixels = Annotated[int, Meta(ge=1, le=10_000)]


class PhotoForm(Strict, frozen=True):
    """The form in which the photo stands on the card. 照片规格"""

    source: Text
    """where the form is prescribed"""
    width_px: Pixels
    height_px: Pixels
    most_bytes: Annotated[int, Meta(ge=4_000, le=1_000_000)]
    """of the finished photo"""
    face_width_px: tuple[Pixels, Pixels]
    """the least and the most that a face may be wide on the finished photo"""
    background: Text
    background_least: Annotated[int, Meta(ge=0, le=255)]
    """each colour of the background is at least so light, 255 being white"""


class CardRule(Strict, frozen=True):
    """The citizen card that a covered child receives. 市民卡"""

    clause: Clause
    photo_from_age: int
    """at this age and above a photo is needed"""
    ready_after_months: int
    """after both the payment and the photo have arrived"""
    photo: PhotoForm | None = None
    photos_to: Text | None = None
    collect_at: Text | None = None


class HelpLine(Strict, frozen=True):
    """A number or address to ask at. 咨询电话"""

    about: Text
    phones: list[str] = []
    address: str | None = None
    url: str | None = None


class PaymentRoute(Strict, frozen=True):
    """A way to pay, as a family or a school walks it. 缴费方式"""

    id: Id
    name: Text
    clause: Clause
    for_: Literal["school", "community", "family"] = msgspec.field(name="for")
    steps: list[Text] = []


class PointsAdmission(Strict, frozen=True):
    """The procedure that admits children with hukou elsewhere. 积分入医"""

    clause: Clause
    window: Id
    """the window in which admission counts"""
    exempt_stages: list[Stage]
    """stages outside the procedure, which enrol without it"""


class ListProvider(Strict, frozen=True):
    """A body that sends the lists of assisted persons, so that no family brings papers. 救助名单提供单位"""

    name: Text
    clause: Clause


class Policy(Strict, frozen=True):
    """One city, one year. 一城一年的政策"""

    policy: Annotated[str, Meta(pattern=r"^[0-9]{6}/[0-9]{4}$")]
    name: Text
    source: Source
    plan_year: int
    cover_from: date
    cover_to: date
    areas: dict[Id, Area]
    windows: dict[Id, Window]
    criteria: dict[Id, Criterion]
    tables: Tables
    subsidy_payers: dict[Id, Text] = {}
    list_providers: list[ListProvider] = []
    points_admission: PointsAdmission | None = None
    payment_routes: list[PaymentRoute] = []
    phases: list[SeasonPhase] = []
    card: CardRule | None = None
    help_lines: list[HelpLine] = []
    directory: str | None = None
    """the file beside this one that lists the city's sub-districts and schools"""

    @property
    def pooling_area(self) -> str:
        """Six-digit code of the pooling area, 统筹区."""
        return self.policy.split("/")[0]
