"""The awkward cases, each with a name, a place where it is found, and what must come out. 特殊情形

Every season holds all of them, whatever its size and seed; `tests/demo` holds each to its decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from yingbao.demo import bodies
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.demo.children import AUTUMN, SCHOOL_YEAR, Child, Listing, Parent, Stay
from yingbao.demo.names import Sex
from yingbao.demo.numbers import Numbers
from yingbao.values.identity import Kind
from yingbao.values.text import Text

_OUTSIDE = {bodies.IN_ANOTHER_CITY: bodies.SHANGHAI, bodies.IN_INDUSTRIAL_PARK: bodies.INDUSTRIAL_PARK}
"""schools of other pooling areas than the child's"""
After = Literal["", "declined", "withdrawn", "correction"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An awkward case of the demonstration. 特殊情形"""

    id: str
    title: Text
    child: Child
    place: str
    """code of the organisation at whose desk it is found; nobody's list holds a child whom no agent enrols"""
    status: str
    """of the decision on the demonstration's first day"""
    rules: tuple[str, ...]
    """rules that must be among those that decided"""
    after: After = ""
    """what happened to the enrolment since"""


class Makers:
    """Makes the children of the cases; only what matters for the case is said there. 情形学生"""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def child(
        self,
        name: str,
        born: date,
        sex: Sex = "female",
        hukou: str = "320508",
        *,
        document: tuple[Kind, str] | None = None,
        parents: tuple[str, ...] = ("",),
        area: str = SUZHOU,
        registered: bool = False,
        admitted_on: date | None = None,
        listings: tuple[Listing, ...] = (),
    ) -> Child:
        """A child; `parents` gives their hukou, empty for the child's own."""
        region = "320508" if hukou == "320571" else hukou
        kind, number = document or ("resident_id", self.numbers.eighteen(region, born, sex))
        adults = tuple(
            Parent(f"{name[0]}{given}", relation, theirs or hukou, self.numbers.phone())
            for theirs, given, relation in zip(parents, ("晓燕", "建华"), ("mother", "father"), strict=False)
        )
        return Child(
            area=area, name=name, sex=sex, birth_date=born, kind=kind, number=number, hukou=hukou, parents=adults,
            registered_on=date(2018, 10, 16) if registered else None, admitted_on=admitted_on, listings=listings,
        )  # fmt: skip

    def pupil(self, child: Child, school: str, stage: str, grade: int | None, class_name: str = "1班") -> Child:
        """The same child, on the roll of a school."""
        area = _OUTSIDE.get(school, child.area)
        entered = date(SCHOOL_YEAR + 1 - (grade or 1), 9, 1)
        child.stays = (*child.stays, Stay(area, school, stage, grade, class_name, entered))
        return child


def cases(numbers: Numbers) -> list[Case]:
    """Every awkward case, in the order in which they are listed. 全部情形"""
    makers = Makers(numbers)
    parts = (
        _points,
        _beyond_points,
        _from_abroad,
        _assisted,
        _names_and_kin,
        _moving,
        _community,
        _twice,
        _later_events,
        _yuzhong,
    )
    return [case for part in parts for case in part(makers)]


def _points(make: Makers) -> Iterator[Case]:
    """Hukou elsewhere: admitted, late, renewed, or spared. 积分入医"""
    main, born, far = bodies.MAIN, date(2013, 3, 8), "341226"

    def case(id_: str, zh: str, en: str, child: Child, status: str, *rules: str) -> Case:
        first_grader = make.pupil(child, main, "primary", 1)
        return Case(id=id_, title=Text(zh, en), child=first_grader, place=main, status=status, rules=rules)

    yield case(
        "points_missed", "外地户籍首次参保，未办积分入医", "hukou elsewhere, first time, no points admission",
        make.child("程雨晴", born, hukou=far), "ineligible", "points_missed",
    )  # fmt: skip
    yield case(
        "points_too_late", "积分入医晚了一天（9月11日）", "admitted by points a day late, on 11 September",
        make.child("龚子昂", born, "male", far, admitted_on=date(2019, 9, 11)), "ineligible", "points_missed",
    )  # fmt: skip
    yield case(
        "points_last_day", "积分入医在最后一天（9月10日）", "admitted by points on the last day, 10 September",
        make.child("樊思远", born, "male", far, admitted_on=date(2019, 9, 10)),
        "enrolled", "roll_points_admitted", "register_by_points",
    )  # fmt: skip
    yield case(
        "renewal_from_elsewhere", "外地户籍续保，无需再积分", "hukou elsewhere, enrolled before: no points again",
        make.child("乔诗涵", born, hukou="411525", registered=True), "enrolled", "roll_registered_before",
    )  # fmt: skip
    yield case(
        "parent_of_the_city", "外地户籍，父母一方本市户籍", "hukou elsewhere, one parent with city hukou",
        make.child("葛一诺", born, "male", "321322", parents=("", "320506")),
        "enrolled", "roll_parent_city_hukou", "register_through_school",
    )  # fmt: skip
    yield case(
        "first_time_urban", "市区户籍首次参保，先到户籍社区登记", "urban hukou, first time: registers at the community",
        make.child("陆清和", born), "enrolled", "roll_city_hukou", "register_at_hukou_community",
    )  # fmt: skip
    yield case(
        "first_time_industrial_park", "园区户籍首次参保，由学校登记", "hukou of the Industrial Park, first time",
        make.child("顾子墨", born, hukou="320571"),
        "enrolled", "roll_city_hukou", "register_through_school",
    )  # fmt: skip


def _beyond_points(make: Makers) -> Iterator[Case]:
    """Whom the points procedure never asks: senior stage, of age, special school. 不涉及积分"""
    senior = make.child("牛振宇", date(2004, 1, 20), "male", "371327")
    yield Case(
        id="senior_stage", title=Text("高中段不纳入积分", "senior stage: outside the points procedure"),
        child=make.pupil(senior, bodies.SENIOR, "senior", 1), place=bodies.SENIOR,
        status="enrolled", rules=("roll_senior_stage",),
    )  # fmt: skip
    grown = make.child("邵景行", date(2001, 10, 5), "male", registered=True)
    yield Case(
        id="of_age_at_school", title=Text("年满18周岁仍在校", "18 and still at school"),
        child=make.pupil(grown, bodies.VOCATIONAL, "vocational", 3), place=bodies.VOCATIONAL,
        status="enrolled", rules=("roll_city_hukou",),
    )  # fmt: skip
    special = make.child(
        "宗念慈", date(2009, 6, 1), registered=True, listings=_listed("disabled_hardship", "disabled_federation")
    )
    yield Case(
        id="special_school", title=Text("特殊教育学校，不分年级", "a special school, without grades"),
        child=make.pupil(special, bodies.SPECIAL, "special", None, "启明班"), place=bodies.SPECIAL,
        status="enrolled", rules=("roll_city_hukou", "exempt_whole"),
    )  # fmt: skip


def _from_abroad(make: Makers) -> Iterator[Case]:
    """Without mainland hukou, with each kind of document. 外籍与港澳台"""
    main, born, numbers = bodies.MAIN, date(2011, 5, 17), make.numbers
    documents: tuple[tuple[str, str, str, str, Sex, tuple[Kind, str]], ...] = (
        ("hk_permit", "香港学生，通行证", "from Hong Kong, travel permit", "何嘉懿", "male",
         ("hk_mo_permit", numbers.hk_mo_permit())),
        ("macau_permit", "澳门学生，通行证", "from Macau, travel permit", "冯安琪", "female",
         ("hk_mo_permit", numbers.hk_mo_permit(macau=True))),
        ("taiwan_permit", "台湾学生，通行证", "from Taiwan, travel permit", "简语彤", "female",
         ("tw_permit", numbers.tw_permit())),
        ("hmt_residence_permit", "香港学生，居住证", "from Hong Kong, residence permit", "邓家豪", "male",
         ("hmt_residence_permit", numbers.eighteen("810000", born, "male"))),
        ("taiwan_residence_permit", "台湾学生，居住证", "from Taiwan, residence permit", "连若曦", "female",
         ("hmt_residence_permit", numbers.eighteen("830000", born, "female"))),
        ("passport", "外籍学生，护照", "foreign, passport", "Zoë de Vries", "female", ("passport", numbers.passport())),
        ("foreign_permanent_residence", "外籍学生，永久居留身份证", "foreign, permanent resident card", "Kenji Tanaka",
         "male", ("foreign_permanent_residence", numbers.eighteen("911840", born, "male"))),
    )  # fmt: skip
    for id_, zh, en, name, sex, document in documents:
        child = make.child(name, born, sex, "", document=document)
        yield Case(
            id=id_, title=Text(zh, en), child=make.pupil(child, main, "primary", 2, "2班"), place=main,
            status="enrolled", rules=("roll_without_hukou", "register_through_school"),
        )  # fmt: skip


def _listed(*pairs: str, last: date | None = None) -> tuple[Listing, ...]:
    """Listings from category, body, category, body ..."""
    since = date(2019, 1, 1)
    return tuple(Listing(category, body, since, last) for category, body in zip(pairs[::2], pairs[1::2], strict=True))


def _assisted(make: Makers) -> Iterator[Case]:
    """On the lists of civil affairs, the union and the disabled federation. 免缴"""
    main, born = bodies.MAIN, date(2010, 11, 2)
    listed: tuple[tuple[str, str, str, str, str, tuple[Listing, ...], str], ...] = (
        ("two_exemptions", "同时在两份免缴名单，只免一次", "on two exempting lists, exempted once", "柳书瑶", "320508",
         _listed("minimum_living", "civil_affairs", "disabled_hardship", "disabled_federation"), "exempt_whole"),
        ("exempt_orphan", "孤儿，财政全额补助", "an orphan: the treasury pays", "康知夏", "320506",
         _listed("orphan", "civil_affairs"), "exempt_whole"),
        ("assisted_from_elsewhere", "建档立卡，但户籍在外地，不免缴", "registered poor, hukou elsewhere: not exempt",
         "易芊羽", "341522", _listed("registered_poor", "civil_affairs"), "paid_by_family"),
        ("listed_not_exempting", "特困职工家庭，不在八类之内", "hardship worker's family: not one of the eight",
         "常语嫣", "320505", _listed("hardship_worker_family", "union_federation"), "paid_by_family"),
        ("no_longer_listed", "低保已于8月到期", "minimum living ended in August", "武晨曦", "320508",
         _listed("minimum_living", "civil_affairs", last=date(2019, 8, 31)), "paid_by_family"),
    )  # fmt: skip
    for id_, zh, en, name, hukou, listings, rule in listed:
        child = make.child(name, born, hukou=hukou, registered=True, listings=listings)
        yield Case(
            id=id_, title=Text(zh, en), child=make.pupil(child, main, "primary", 4, "1班"), place=main,
            status="enrolled", rules=(rule,),
        )  # fmt: skip


def _names_and_kin(make: Makers) -> Iterator[Case]:
    """Names that break programs, twins, and two children of one name. 姓名与亲属"""
    main, born = bodies.MAIN, date(2012, 1, 15)
    named = (
        ("rare_character", "生僻字“𬭸”（基本平面外）", "𬭸, beyond the BMP", "严\U0002cb78", "male"),
        ("rare_character_two", "生僻字“𠅤”（基本平面外）", "𠅤, beyond the BMP", "苗\U00020164", "female"),
        ("rare_surname", "姓“䶮”", "the surname 䶮", "䶮一帆", "male"),
        ("middle_dot", "姓名带间隔号", "a name with a middle dot", "古丽娜尔·艾合买提", "female"),
        ("two_character_surname", "复姓", "a surname of two characters", "欧阳若兰", "female"),
        ("same_name_one", "同班同名同生日（一）", "same name, class and birthday (one)", "陈子涵", "male"),
        ("same_name_two", "同班同名同生日（二）", "same name, class and birthday (two)", "陈子涵", "male"),
    )
    for id_, zh, en, name, sex in named:
        child = make.child(name, born, "male" if sex == "male" else "female", registered=True)
        yield Case(
            id=id_, title=Text(zh, en), child=make.pupil(child, main, "primary", 2, "1班"), place=main,
            status="enrolled", rules=("roll_city_hukou",),
        )  # fmt: skip
    first, second = (make.child(name, date(2013, 7, 7), hukou="320507") for name in ("倪嘉禾", "倪嘉穗"))
    second.parents = first.parents
    for id_, order, order_en, child in (("twin_one", "一", "one", first), ("twin_two", "二", "two", second)):
        yield Case(
            id=id_, title=Text(f"双胞胎（{order}）", f"twins ({order_en})"),
            child=make.pupil(child, bodies.KINDERGARTEN, "kindergarten", 3), place=bodies.KINDERGARTEN,
            status="enrolled", rules=("roll_city_hukou", "register_at_hukou_community"),
        )  # fmt: skip


def _moving(make: Makers) -> Iterator[Case]:
    """From one school to another, on two rosters, with a new document. 转学与变更"""
    main, other = bodies.MAIN, "XX-05-2"
    moved = make.child("施雨泽", date(2011, 2, 3), "male", registered=True)
    left = Stay(
        SUZHOU, other, "primary", 3, "4班", date(2017, 9, 1), left_on=date(2019, 10, 8), leave_reason="transferred"
    )
    moved.stays = (left, Stay(SUZHOU, main, "primary", 3, "2班", date(2019, 10, 9)))
    yield Case(
        id="moved_this_autumn", title=Text("今年秋季转学，由新学校代办", "moved this autumn: the new school enrols"),
        child=moved, place=main, status="enrolled", rules=("roll_city_hukou",),
    )  # fmt: skip
    torn = make.child("缪天翊", date(2010, 4, 30), "male", registered=True)
    torn.stays = (
        Stay(SUZHOU, main, "primary", 4, "2班", date(2016, 9, 1)),
        Stay(SUZHOU, other, "primary", 4, "5班", AUTUMN, contested=True),
    )
    yield Case(
        id="on_two_rosters", title=Text("两校同时在册", "on the rosters of two schools"),
        child=torn, place=main, status="enrolled", rules=("roll_city_hukou",),
    )  # fmt: skip
    born = date(2012, 8, 19)
    permit: tuple[Kind, str] = ("hmt_residence_permit", make.numbers.eighteen("820000", born, "female"))
    changed = make.child("江佳怡", born, hukou="", document=permit)
    changed.earlier_document = ("hk_mo_permit", make.numbers.hk_mo_permit(macau=True))
    changed.registered_on = date(2018, 10, 16)
    yield Case(
        id="new_document", title=Text("换了证件：通行证改为居住证", "travel permit replaced by residence permit"),
        child=make.pupil(changed, main, "primary", 2, "2班"), place=main,
        status="enrolled", rules=("roll_without_hukou",),
    )  # fmt: skip


def _twice(make: Makers) -> Iterator[Case]:
    """One child under two documents, and one that two areas work on. 重复"""
    born, kin = date(2013, 6, 1), bodies.MAIN
    certificate: tuple[Kind, str] = ("birth_certificate", make.numbers.birth_certificate())
    early = make.child("林语晨", born, document=certificate, registered=True)
    late = make.child("林语晨", born)
    late.parents = early.parents
    yield Case(
        id="came_with_a_birth_certificate", title=Text("先用出生证明建档", "first entered by a birth certificate"),
        child=make.pupil(early, kin, "primary", 1), place=kin, status="enrolled", rules=("roll_city_hukou",),
    )  # fmt: skip
    yield Case(
        id="came_again_with_a_number", title=Text("同一个孩子又按身份证建档", "the same child again, by its number"),
        child=make.pupil(late, kin, "primary", 1, "2班"), place=kin, status="enrolled", rules=("roll_city_hukou",),
    )  # fmt: skip
    both = make.child("冉星遥", date(2011, 9, 12), "male", YUZHONG, parents=("", "320506"), registered=True)
    yield Case(
        id="in_two_areas", title=Text("渝中户籍，在苏州就读，两地都列入", "Yuzhong hukou, at school here: two areas"),
        child=make.pupil(both, kin, "primary", 3), place=kin, status="enrolled", rules=("roll_parent_city_hukou",),
    )  # fmt: skip


def _community(make: Makers) -> Iterator[Case]:
    """Children outside Suzhou's schools. 社区代办"""

    def case(id_: str, zh: str, en: str, child: Child, status: str, *rules: str) -> Case:
        place = bodies.COMMUNITY if status == "enrolled" else bodies.AGENCY
        return Case(id=id_, title=Text(zh, en), child=child, place=place, status=status, rules=rules)

    certificate: tuple[Kind, str] = ("birth_certificate", make.numbers.birth_certificate())
    yield case(
        "newborn", "新生儿，尚无身份证号", "a newborn, no identity number yet",
        make.child("俞安宁", date(2019, 10, 26), document=certificate),
        "enrolled", "community_not_at_school", "register_at_hukou_community",
    )  # fmt: skip
    yield case(
        "newborn_with_number", "新生儿，已落户", "a newborn with a number",
        make.child("谈沐辰", date(2019, 9, 3), "male"), "enrolled", "community_not_at_school",
    )  # fmt: skip
    yield case(
        "not_at_school", "学龄前未入园", "not yet at a kindergarten",
        make.child("查亦菲", date(2015, 12, 12), registered=True), "enrolled", "community_not_at_school",
    )  # fmt: skip
    yield case(
        "of_age_outside_school", "已满18周岁且不在校", "18 and at no school",
        make.child("惠立新", date(2001, 11, 30), "male", registered=True), "ineligible", "not_at_school_of_age",
    )  # fmt: skip
    away = make.child("费星宇", date(2010, 9, 9), "male", registered=True)
    yield case(
        "studies_elsewhere", "父母本市户籍，在外地就读", "parents of the city, at school in another city",
        make.pupil(away, bodies.IN_ANOTHER_CITY, "primary", 4), "enrolled", "community_studies_elsewhere",
    )  # fmt: skip
    near = make.child("华思彤", date(2009, 9, 9), registered=True)
    yield case(
        "school_in_the_park", "市区户籍，在园区就读", "urban hukou, at school in the Industrial Park",
        make.pupil(near, bodies.IN_INDUSTRIAL_PARK, "primary", 5), "ineligible", "roll_elsewhere_in_city",
    )  # fmt: skip


def _later_events(make: Makers) -> Iterator[Case]:
    """What happened after the decision: declined, withdrawn, a correction asked for. 后续办理"""
    main = bodies.MAIN
    events: tuple[tuple[After, str, str, str], ...] = (
        ("declined", "家长选择不参保，已记录原因", "the family declined; the reason is on record", "毛奕辰"),
        ("withdrawn", "登记后撤回", "withdrawn after registration", "汤雪莹"),
        ("correction", "学校申请更正姓名", "the school asked to correct the name", "戴梦洁"),
    )
    for after, zh, en, name in events:
        child = make.child(name, date(2009, 10, 21), "male" if after == "declined" else "female", registered=True)
        yield Case(
            id=after, title=Text(zh, en), child=make.pupil(child, main, "primary", 5), place=main,
            status="enrolled", rules=("roll_city_hukou",), after=after,
        )  # fmt: skip


def _yuzhong(make: Makers) -> Iterator[Case]:
    """The other city: parents pay, committees register. 渝中"""
    school, far = bodies.YUZHONG_PRIMARY, "511623"

    def child(name: str, born: date, sex: Sex, hukou: str, *, registered: bool = False) -> Child:
        return make.child(name, born, sex, hukou, area=YUZHONG, registered=registered)

    def at_school(id_: str, zh: str, en: str, made: Child, *rules: str) -> Case:
        pupil = make.pupil(made, school, "primary", 3)
        return Case(id=id_, title=Text(zh, en), child=pupil, place=school, status="enrolled", rules=rules)

    def outside(id_: str, zh: str, en: str, made: Child, status: str, *rules: str) -> Case:
        place = bodies.COMMITTEE if status == "enrolled" else bodies.AGENCY
        return Case(id=id_, title=Text(zh, en), child=made, place=place, status=status, rules=rules)

    born = date(2010, 12, 1)
    yield at_school(
        "yuzhong_first_time", "首次参保，到居委会登记缴费", "first time: registers and pays at the committee",
        child("秦书恒", born, "male", YUZHONG), "roll_in_district", "register_at_committee", "pay_at_committee",
    )  # fmt: skip
    yield at_school(
        "yuzhong_renewal", "续保，家长线上缴费", "enrolled before: the parents pay online",
        child("冉可馨", born, "female", YUZHONG, registered=True), "roll_in_district", "pay_online",
    )  # fmt: skip
    yield at_school(
        "yuzhong_from_elsewhere", "外地户籍在渝中就读", "hukou elsewhere, at school in Yuzhong",
        child("贺逸飞", born, "male", far, registered=True), "roll_in_district",
    )  # fmt: skip
    yield outside(
        "yuzhong_infant", "渝中户籍婴儿", "an infant with Yuzhong hukou",
        child("冷小雨", date(2019, 6, 18), "female", YUZHONG), "enrolled", "hukou_in_district",
    )  # fmt: skip
    grown = child("文永康", date(2001, 5, 5), "male", YUZHONG, registered=True)
    yield outside(
        "yuzhong_of_age", "渝中户籍，已满18周岁且不在校", "Yuzhong hukou, 18 and at no school",
        grown, "ineligible", "hukou_of_age",
    )  # fmt: skip
