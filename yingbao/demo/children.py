"""A made-up child with all that the platform knows of it, and how a crowd of them is made. 演示学生

The shares below are plausible, not measured: what matters is that every kind of child occurs often enough to be met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from yingbao.demo import names
from yingbao.demo.bodies import SUZHOU, YUZHONG, Body
from yingbao.demo.names import Sex
from yingbao.demo.numbers import Numbers
from yingbao.values.identity import Kind

SCHOOL_YEAR = 2019
AUTUMN = date(SCHOOL_YEAR, 9, 1)

FIRST_BIRTH_YEAR = {"kindergarten": 2016, "primary": 2013, "junior": 2007, "senior": 2004, "vocational": 2004}
"""Children of grade g were born from 1 September of this year less g, for twelve months."""
GRADES = {"kindergarten": 3, "primary": 6, "junior": 3, "senior": 3, "vocational": 3}
PUPILS_IN_A_CLASS = 42


class Parent(msgspec.Struct, frozen=True, gc=False):
    """A guardian. 监护人"""

    name: str
    relation: str
    """father, mother, grandparent, other"""
    hukou: str = ""
    phone: str = ""


class Stay(msgspec.Struct, frozen=True, gc=False):
    """A stay on a school's roll. 学籍"""

    area: str
    school: str
    """the school's code in its pooling area"""
    stage: str
    grade: int | None
    class_name: str
    entered_on: date
    school_year: int = SCHOOL_YEAR
    roll_number: str = ""
    left_on: date | None = None
    leave_reason: str = ""
    contested: bool = False


class Listing(msgspec.Struct, frozen=True, gc=False):
    """A place on a body's list of assisted persons. 救助名单"""

    category: str
    body: str
    """code of the list provider"""
    first: date
    last: date | None = None


class Child(msgspec.Struct, kw_only=True, gc=False):
    """One child as the demonstration makes it. 学生"""

    area: str
    """the pooling area whose season it is in"""
    name: str
    sex: Sex
    birth_date: date
    kind: Kind
    number: str
    hukou: str
    parents: tuple[Parent, ...] = ()
    stays: tuple[Stay, ...] = ()
    """earlier ones first; the last is the present one"""
    registered_on: date | None = None
    """when the basic data were registered in the pooling area; None for a first-timer"""
    admitted_on: date | None = None
    """points admission"""
    listings: tuple[Listing, ...] = ()
    residence_permit: bool = False
    earlier_document: tuple[Kind, str] | None = None
    """kind and number of a document that the present one replaced"""


_URBAN = ("320508", "320505", "320506", "320507")
_REST_OF_CITY = ("320571", "320571", "320509", "320509", "320581", "320582", "320583", "320583", "320585")
_FAR = (
    "341226", "341221", "341522", "340827", "340123", "411525", "411628", "320921", "320922", "321322", "321324",
    "320381", "371327", "371725", "421182", "430124", "511622", "610122", "360121", "330382", "350521", "620102",
)  # fmt: skip
_REST_OF_CHONGQING = ("500105", "500106", "500107", "500108", "500109", "500112", "500101", "500116", "500230")
_FAR_FROM_CHONGQING = ("511623", "511622", "511025", "520382", "520502", "421182", "430124", "610122")
_KINDS_FROM_ABROAD: tuple[Kind, ...] = (
    "hk_mo_permit", "hk_mo_permit", "tw_permit", "tw_permit", "hmt_residence_permit", "hmt_residence_permit",
    "passport", "passport", "foreign_permanent_residence",
)  # fmt: skip
_CEASED_GUSU = ("320502", "320503", "320504")
"""Gusu was three districts until September 2012; numbers given before keep their codes."""

_CIVIL_AFFAIRS = ("minimum_living",) * 8 + ("minimum_living_margin",) * 6 + (
    "destitute", "orphan", "temporary_relief", "temporary_relief", "preferential_treatment", "registered_poor",
)  # fmt: skip
_REASONS_OF_DAY = (date(2018, 3, 1), date(2018, 9, 1), date(2019, 1, 1), date(2019, 7, 1))


class Crowd:
    """Makes children for schools and communities; the same seed makes the same children. 学生生成"""

    def __init__(self, seed: int, *, newcomers: bool = False) -> None:
        """`newcomers` are children whom the season does not hold yet: no number of theirs is taken."""
        self.random = Random(f"yingbao/{seed}/{newcomers}")  # noqa: S311  no secret: made-up children
        apart = {"highest": 599, "serial": 5_000_000} if newcomers else {}
        self.numbers = Numbers(self.random, **apart)

    def at_school(
        self,
        school: Body,
        count: int,
        only: Callable[[int | None], bool] = lambda grade: True,
        *,
        school_year: int = SCHOOL_YEAR,
    ) -> Iterator[Child]:
        """The pupils of a school, class by class; of some grades, as many as these have of `count`. 在校学生"""
        cells = [(stage, grade) for stage in school.stages for grade in _grades(stage)]
        for order, (stage, grade) in enumerate(cells):
            if not only(grade):
                continue
            pupils = count * (order + 1) // len(cells) - count * order // len(cells)
            classes = -(-pupils // PUPILS_IN_A_CLASS)
            for number in range(pupils):
                class_name = f"{1 + number * classes // pupils}班"
                yield self._pupil(school, stage, grade, class_name, school_year)

    def outside_school(self, community: Body, count: int) -> Iterator[Child]:
        """Children with hukou where a community is: infants, and some who are at no school. 不在校少儿"""
        for _ in range(count):
            # Most are under three, a few of an age to be at school.
            small = self.random.random() < 0.9
            days = self.random.randrange(75, 1_150) if small else self.random.randrange(1_150, 6_000)
            born = date(2019, 11, 12) - timedelta(days=days)
            child = self._child(community.area, community.division, born)
            if self.random.random() < min(0.85, days / 1_200):
                child.registered_on = min(born + timedelta(days=50), date(2019, 8, 20))
            yield child

    def _born(self, stage: str, grade: int | None, school_year: int) -> date:
        """A birthday that fits a grade. 出生日期"""
        if grade is None:
            return date(2004, 9, 1) + timedelta(days=self.random.randrange(365 * 9))
        year = FIRST_BIRTH_YEAR[stage] - grade + school_year - SCHOOL_YEAR
        return date(year, 9, 1) + timedelta(days=self.random.randrange(365))

    def _pupil(self, school: Body, stage: str, grade: int | None, class_name: str, school_year: int) -> Child:
        hukou = self._hukou(school.area, school.division)
        child = self._child(school.area, hukou, self._born(stage, grade, school_year))
        entered = date(school_year + 1 - (grade or 1), 9, 1)
        roll_number = f"G{child.number}" if child.kind == "resident_id" and stage != "kindergarten" else ""
        child.stays = (
            Stay(school.area, school.code, stage, grade, class_name, entered, school_year, roll_number=roll_number),
        )
        settle = self._settle_in_suzhou if school.area == SUZHOU else self._settle_in_yuzhong
        settle(child, stage, entering=grade == 1)
        return child

    def _child(self, area: str, hukou: str, born: date) -> Child:
        random = self.random
        sex: Sex = "male" if random.random() < 0.52 else "female"
        if not hukou:
            return self._from_abroad(area, born, sex)
        surname, of_mother = names.surnames(random, 2)
        parents = []
        draw = random.random()
        if draw < 0.86:
            parents.append(Parent(names.parent(random, "female", of_mother), "mother", hukou, self.numbers.phone()))
        if draw > 0.3:
            phone = self.numbers.phone() if draw < 0.9 else ""
            parents.append(Parent(names.parent(random, "male", surname), "father", hukou, phone))
        return Child(
            area=area,
            name=names.child(random, sex, surname),
            sex=sex,
            birth_date=born,
            kind="resident_id",
            number=self.numbers.eighteen(self._region_of_birth(hukou, born), born, sex),
            hukou=hukou,
            parents=tuple(parents),
        )

    def _hukou(self, area: str, near: str) -> str:
        """A division to be registered in; empty for one child in a hundred, who comes from abroad."""
        random = self.random
        draw = random.random()
        if area == YUZHONG:
            if draw < 0.6:
                return near
            far = random.choice(_REST_OF_CHONGQING if draw < 0.87 else _FAR_FROM_CHONGQING)
            return "" if draw > 0.995 else far
        if draw < 0.34 and near in _URBAN:
            return near
        if draw < 0.45:
            return random.choice(_URBAN)
        if draw < 0.6:
            return random.choice(_REST_OF_CITY)
        return random.choice(_FAR) if draw < 0.99 else ""

    def _region_of_birth(self, hukou: str, born: date) -> str:
        """The first six digits of a number: the office that gave it."""
        if hukou == "320571":
            return "320508" if born >= date(2012, 9, 1) else self.random.choice(_CEASED_GUSU)
        if hukou == "320508" and born < date(2012, 9, 1):
            return self.random.choice(_CEASED_GUSU)
        if hukou == "320509" and born < date(2012, 9, 1):
            return "320584"
        return hukou

    def _from_abroad(self, area: str, born: date, sex: Sex) -> Child:
        """A child without mainland hukou, with one of the five kinds of document that such children have."""
        random, numbers = self.random, self.numbers
        kind = random.choice(_KINDS_FROM_ABROAD)
        surname = names.surnames(random, 1)[0]
        name = names.child(random, sex, surname)
        if kind == "hk_mo_permit":
            number = numbers.hk_mo_permit(macau=random.random() < 0.2)
        elif kind == "tw_permit":
            number = numbers.tw_permit()
        elif kind == "hmt_residence_permit":
            number = numbers.eighteen(random.choice(("810000", "820000", "830000")), born, sex)
        else:
            name = names.foreign(random, sex)
            number = numbers.passport() if kind == "passport" else numbers.eighteen("911840", born, sex)
        parents = (Parent(names.parent(random, "female", surname), "mother", "", numbers.phone()),)
        return Child(
            area=area, name=name, sex=sex, birth_date=born, kind=kind, number=number, hukou="", parents=parents,
            residence_permit=kind == "hmt_residence_permit",
        )  # fmt: skip

    def _settle_in_suzhou(self, child: Child, stage: str, *, entering: bool) -> None:
        """Registered before, admitted by points, too late for them, or a parent of the city. 苏州参保情况"""
        random = self.random
        draw = random.random()
        if child.hukou.startswith("3205"):
            known = {"kindergarten": 0.55, "primary": 0.85}.get(stage, 0.95) if entering else 0.975
            child.registered_on = self._registered(child) if draw < known else None
            self._assist(child, 0.026)
        elif not child.hukou:
            child.registered_on = self._registered(child) if draw < (0.3 if entering else 0.85) else None
        else:
            self._settle_from_elsewhere(child, draw, entering=entering)
            self._assist(child, 0.006)

    def _settle_from_elsewhere(self, child: Child, draw: float, *, entering: bool) -> None:
        renewal, by_points, by_parent = (0.25, 0.75, 0.9) if entering else (0.82, 0.89, 0.96)
        child.residence_permit = self.random.random() < 0.8
        if draw < renewal:
            child.registered_on = self._registered(child)
        elif draw < by_points:
            child.admitted_on = date(2019, 6, 3) + timedelta(days=self.random.randrange(99))
        elif draw < by_parent and child.parents:
            here = self.random.choice(_URBAN)
            child.parents = (*child.parents[:-1], msgspec.structs.replace(child.parents[-1], hukou=here))

    def _settle_in_yuzhong(self, child: Child, stage: str, *, entering: bool) -> None:
        known = {"kindergarten": 0.5, "primary": 0.8}.get(stage, 0.93) if entering else 0.955
        child.registered_on = self._registered(child) if self.random.random() < known else None
        self._assist(child, 0.03)

    def _registered(self, child: Child) -> date:
        """A day of an earlier season since the child was born."""
        first = min(2018, max(2015, child.birth_date.year + 1))
        return date(self.random.randint(first, 2018), 10, self.random.randint(8, 31))

    def _assist(self, child: Child, share: float) -> None:
        """Put a few children on the lists of the three bodies, some of them on two. 救助对象"""
        random = self.random
        if random.random() >= share:
            return
        since = random.choice(_REASONS_OF_DAY)
        draw = random.random()
        listings = []
        if draw < 0.82:
            listings.append(Listing(random.choice(_CIVIL_AFFAIRS), "civil_affairs", since))
        if draw > 0.74:
            listings.append(
                Listing(random.choice(("disabled_hardship", "severely_disabled")), "disabled_federation", since)
            )
        if 0.7 < draw < 0.76:
            listings.append(Listing("hardship_worker_family", "union_federation", since))
        child.listings = tuple(listings)


def _grades(stage: str) -> list[int | None]:
    return list(range(1, GRADES[stage] + 1)) if stage in GRADES else [None]
