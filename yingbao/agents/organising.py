"""Setting up who takes part: districts, sub-districts, schools, communities and bureaus. 机构设置

Everything here can be said again: what exists is brought up to date, nothing is made twice, nothing is
removed. A new year's directory, or a mended one, is simply organised anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.policy.directory import Directory
from yingbao.values import divisions

BODIES: dict[OrganisationKind, str] = {
    OrganisationKind.INSURANCE_AGENCY: "医疗保险经办机构",
    OrganisationKind.TAX_AUTHORITY: "税务局",
    OrganisationKind.CIVIL_AFFAIRS: "民政局",
    OrganisationKind.UNION_FEDERATION: "总工会",
    OrganisationKind.DISABLED_FEDERATION: "残疾人联合会",
    OrganisationKind.POINTS_OFFICE: "积分管理办公室",
    OrganisationKind.EDUCATION_BUREAU: "教育局",
    OrganisationKind.CARD_CENTRE: "市民卡中心",
    OrganisationKind.OPERATIONS: "信息中心",
}
"""the bodies of a pooling area, and what follows the place in their names"""


class Organised(NamedTuple):
    """A directory as organisations. 已设置的机构"""

    district: Organisation
    sub_districts: list[Organisation]
    schools: list[Organisation]


def organise(
    *,
    pooling_area: str,
    kind: OrganisationKind,
    code: str,
    name: str,
    division: str = "",
    parent: Organisation | None = None,
    stages: Iterable[str] = (),
    contact: str = "",
    phone: str = "",
) -> Organisation:
    """One organisation, known by its code in the pooling area. 设置机构"""
    wanted = Organisation(
        pooling_area=pooling_area,
        kind=kind,
        code=code,
        name=name,
        division=division or pooling_area,
        parent=parent,
        stages=list(stages),
        contact=contact,
        phone=phone,
    )
    return organise_all([wanted])[0]


def organise_all(wanted: Iterable[Organisation]) -> list[Organisation]:
    """Many organisations at once; those whose code the pooling area knows are brought up to date. 批量设置机构

    Their parents must have been organised before.
    """
    return Organisation.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["pooling_area", "code"],
        update_fields=["kind", "name", "division", "parent", "stages", "contact", "phone"],
    )


def organise_area(pooling_area: str) -> Organisation:
    """The city or district itself, above all that is in it. 统筹区"""
    name = divisions.full_name(pooling_area)
    return organise(pooling_area=pooling_area, kind=OrganisationKind.DISTRICT, code=pooling_area, name=name)


@transaction.atomic
def organise_directory(directory: Directory) -> Organised:
    """The sub-districts of a directory below their district, and the schools below these. 导入街道学校对应表

    A school is known by its name, which the directory holds to be unique; so one that another sub-district
    now looks after is moved, with its pupils.
    """
    area = directory.directory.split("/")[0]
    district = organise_area(area)
    sub_districts = organise_all(
        Organisation(
            pooling_area=area,
            kind=OrganisationKind.SUB_DISTRICT,
            code=f"{each.name}街道",
            name=f"{each.name}街道",
            division=area,
            parent=district,
            contact=each.contact,
            phone=each.phone,
        )
        for each in directory.sub_districts
    )
    schools = organise_all(
        Organisation(
            pooling_area=area,
            kind=OrganisationKind.SCHOOL,
            code=school.name,
            name=school.name,
            division=area,
            parent=parent,
            stages=list(school.stages),
        )
        for each, parent in zip(directory.sub_districts, sub_districts, strict=True)
        for school in each.schools
    )
    return Organised(district, sub_districts, schools)


@transaction.atomic
def organise_bodies(
    pooling_area: str, names: Mapping[OrganisationKind, str] | None = None, *, directory: Directory | None = None
) -> dict[OrganisationKind, Organisation]:
    """The bodies that a pooling area has one of each, below it. 设置部门

    They are called as `names` says, else as the area's own directory does, else after the place.
    """
    area = organise_area(pooling_area)
    named = {OrganisationKind(kind): name for kind, name in directory.bodies.items()} if directory else {}
    called = {kind: f"{area.name}{what}" for kind, what in BODIES.items()} | named | dict(names or {})
    bodies = organise_all(
        Organisation(
            pooling_area=pooling_area, kind=kind, code=kind.value, name=name, division=pooling_area, parent=area
        )
        for kind, name in called.items()
    )
    return dict(zip(called, bodies, strict=True))
