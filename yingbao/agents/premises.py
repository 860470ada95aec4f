"""An administrator sets up, renames, moves and closes one organisation. 机构管理"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

STAGES = ("kindergarten", "primary", "junior", "senior", "vocational", "special")
PARENTS: dict[str, frozenset[str]] = {
    OrganisationKind.SCHOOL: frozenset({"district", "sub_district", "community"}),
    OrganisationKind.COMMUNITY: frozenset({"district", "sub_district"}),
    OrganisationKind.SUB_DISTRICT: frozenset({"district"}),
}
"""below what each kind may stand; every other kind stands below the district"""


@transaction.atomic
def set_up(
    *,
    pooling_area: str,
    kind: str,
    code: str,
    name: str,
    division: str,
    parent: Organisation | None,
    stages: Iterable[str] = (),
    contact: str = "",
    phone: str = "",
) -> Organisation:
    """One organisation that was not there. Refused if its code is taken or something is amiss. 新设机构"""
    code = code.strip()
    if not code or len(code) > 40:
        raise _refused("code", Text("没有填编码，或编码太长", "the code is missing or too long"))
    if kind not in OrganisationKind.values:
        raise _refused("kind", Text("没有选机构类别", "the kind is missing"))
    made = Organisation(pooling_area=pooling_area, kind=kind, code=code)
    _describe(made, name=name, division=division, parent=parent, stages=stages, contact=contact, phone=phone)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Refused(
            where="code",
            what=Text("这个编码已有机构", "another organisation has this code"),
            mend=Text(
                "查找这个编码；确是另一个机构时换一个编码", "look it up; if it is another body, choose another code"
            ),
        ) from error
    return made


@transaction.atomic
def change(
    *,
    organisation: Organisation,
    name: str,
    division: str,
    parent: Organisation | None,
    stages: Iterable[str] = (),
    contact: str = "",
    phone: str = "",
) -> Organisation:
    """Rename it, move it, put its contact right; its code and kind stay. 修改机构"""
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if parent is not None and Organisation.objects.filter(pk=parent.pk).under([held.pk]).exists():
        raise _refused("parent", Text("上级不能是本机构或它的下级", "it cannot stand below itself"))
    _describe(held, name=name, division=division, parent=parent, stages=stages, contact=contact, phone=phone)
    held.save()
    return held


@transaction.atomic
def close(*, organisation: Organisation) -> bool:
    """Close it: nobody sits there from now on; refused while organisations below it are open. 停用机构"""
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if held.children.filter(active=True).exists():
        raise Refused(
            where=held.name,
            what=Text("下级机构还在用", "organisations below it are in use"),
            mend=Text("先停用或移走下级机构", "close or move those first"),
        )
    if held.kind in (OrganisationKind.OPERATIONS, OrganisationKind.DISTRICT):
        raise Refused(
            where=held.name,
            what=Text("信息中心和统筹区不能停用", "the administrators' centre and the area itself cannot be closed"),
            mend=Text("如需改名，修改名称", "rename it if that is what is wanted"),
        )
    return bool(Organisation.objects.filter(pk=held.pk, active=True).update(active=False))


def open_again(*, organisation: Organisation) -> bool:
    """Open it again. 恢复机构"""
    return bool(Organisation.objects.filter(pk=organisation.pk, active=False).update(active=True))


def _describe(
    held: Organisation,
    *,
    name: str,
    division: str,
    parent: Organisation | None,
    stages: Iterable[str],
    contact: str,
    phone: str,
) -> None:
    name, division, wanted = name.strip(), division.strip(), [stage for stage in STAGES if stage in set(stages)]
    if not name or len(name) > 100:
        raise _refused("name", Text("没有填名称，或名称太长", "the name is missing or too long"))
    if not (len(division) == 6 and division.isascii() and division.isdigit()):
        raise _refused("division", Text("区划代码是 6 位数字", "a division code has 6 digits"))
    if held.kind == OrganisationKind.SCHOOL and not wanted:
        raise _refused("stages", Text("学校至少选一个学段", "a school has at least one stage"))
    if parent is not None and (
        parent.pooling_area != held.pooling_area or parent.kind not in PARENTS.get(held.kind, frozenset({"district"}))
    ):
        raise _refused("parent", Text("上级机构不合适", "it cannot stand below that organisation"))
    if len(contact.strip()) > 50 or len(phone.strip()) > 30:
        raise _refused("contact", Text("联系人或电话太长", "contact or phone is too long"))
    held.name, held.division, held.parent = name, division, parent
    held.stages = wanted if held.kind == OrganisationKind.SCHOOL else []
    held.contact, held.phone = contact.strip(), phone.strip()


def _refused(where: str, what: Text) -> Refused:
    return Refused(where=where, what=what, mend=Text("改正后再提交", "mend it and send it again"))
