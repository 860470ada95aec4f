"""What a city decided for one year, as typed data. 政策

The words of a policy file are the field names below and in `yingbao.policy.rules`; `policies/policy.schema.json` is
generated from them. Nothing here computes a decision: `yingbao.determination` does, from these tables.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yingbao.policy.rules import Clause, Criterion, Id, Reward, Stage, Strict, Tables, Unconfirmed, Waiting
from yingbao.values.text import Text

Division = Annotated[
    str,
    Meta(pattern=r"^([0-9]{6}|[0-9]{2,5}\*)$", description="six digits, or a prefix and *"),
]
Body = Literal[
    "district", "sub_district", "school", "community", "insurance_agency", "tax_authority", "civil_affairs",
    "union_federation", "disabled_federation", "points_office", "education_bureau", "card_centre",
]  # fmt: skip
SeenBy = Literal[
    "roster_in", "first_timers_registered", "list_confirmed", "declaration_handed_in", "everyone_paid",
    "points_list_in", "letters_handed_out", "publicity_recorded", "survey_reported", "survey_summed",
    "training_announced", "training_attended", "photos_in", "cards_handed_out", "reported_to_education",
]  # fmt: skip


class Source(Strict, frozen=True):
    """The notice that a policy puts into data. 文件依据"""

    number: str | None
    """the notice's number, such as 苏社基〔2019〕68号; null for a notice published without one"""
    title: str
    issuers: list[str]
    issued: date | None = None
    basis: list[str] = []
    """the documents that the notice rests on, by number"""


TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="such as 17:00, in quotes")]


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
    opens_at: TimeOfDay | None = None
    """the first day counts from this time on"""
    closes_at: TimeOfDay | None = None
    """the last day counts before this time"""


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
    several_subsidies: Literal["first", "best"] = "first"
    """of the rows of `subsidy` that hold, the first decides, or the one that leaves the family least"""
    paid_before_birth: Literal["refer", "decide"] = "refer"
    """whose payment day lies before the day of birth goes to an officer, and is no newborn; `decide`: the tables
    alone decide, as the readings of 2020 were fixed"""
    waiting: Waiting | None = None
    rewards: list[Reward] = []
    unconfirmed: list[Unconfirmed] = []
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
    def provisional(self) -> frozenset[str]:
        """The ids of rules that rest on something unconfirmed. 暂定规则"""
        return frozenset(rule for each in self.unconfirmed for rule in each.rules)

    @property
    def pooling_area(self) -> str:
        """Six-digit code of the pooling area, 统筹区."""
        return self.policy.split("/")[0]
