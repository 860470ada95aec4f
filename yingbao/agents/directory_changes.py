"""What a directory of schools would change, told before it is taken in. 对应表差异"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.policy.directory import Directory
from yingbao.values.text import Text


class Changed(NamedTuple):
    """One organisation that a directory adds or changes. 变化"""

    name: str
    what: Text
    tone: str
    """good: new; warn: changed; bad: it cannot be taken in; nothing: left as it is"""


NEW_SUB_DISTRICT = Text("新增街道", "new sub-district")
NEW_SCHOOL = Text("新增，归{parent}", "new, below {parent}")
CONTACT = Text("联系方式改为 {contact} {phone}", "contact becomes {contact} {phone}")
MOVED = Text("由{old}转归{new}", "moves from {old} to {new}")
STAGES = Text("学段改为 {stages}", "stages become {stages}")
SAME_NAME = Text(
    "已有同名学校，代码是 {code}；改正名称或代码再导入", "a school of this name has the code {code}; mend it first"
)
CLOSED = Text("已停办，导入后仍是停办", "closed, and stays closed")
UNMENTIONED = Text("不在对应表里，保持不动", "not in the directory; left as it is")


def directory_changes(directory: Directory) -> list[Changed]:
    """What differs from what the pooling area has, in the directory's order. 对应表差异

    Nothing is removed by a directory: a school that it does not name is told last and stays.
    """
    area = directory.directory.split("/")[0]
    kinds = [OrganisationKind.SCHOOL, OrganisationKind.SUB_DISTRICT]
    held = {
        one.code: one for one in Organisation.objects.filter(pooling_area=area, kind__in=kinds).select_related("parent")
    }
    schools = {one.name: one for one in held.values() if one.kind == OrganisationKind.SCHOOL}
    found: list[Changed] = []
    for each in directory.sub_districts:
        name = f"{each.name}街道"
        found += _sub_district(name, held.get(name), each.contact, each.phone)
        for school in each.schools:
            found += _school(school.name, held.get(school.name), schools.get(school.name), name, list(school.stages))
    named = {school.name for school in directory.schools}
    found += [Changed(name, UNMENTIONED, "") for name in sorted(schools) if name not in named]
    return found


def mark_of(changes: list[Changed]) -> str:
    """What was shown, as a mark; taken in later, it has to be the same. 页面标记"""
    return sha256(repr([(one.name, one.what.zh) for one in changes]).encode()).hexdigest()[:16]


def _sub_district(name: str, held: Organisation | None, contact: str, phone: str) -> list[Changed]:
    if held is None:
        return [Changed(name, NEW_SUB_DISTRICT, "good")]
    if (held.contact, held.phone) != (contact, phone):
        return [Changed(name, CONTACT.filled(contact=contact, phone=phone), "warn")]
    return []


def _school(
    name: str, held: Organisation | None, namesake: Organisation | None, parent: str, stages: list[str]
) -> list[Changed]:
    if held is None:
        if namesake is not None:
            return [Changed(name, SAME_NAME.filled(code=namesake.code), "bad")]
        return [Changed(name, NEW_SCHOOL.filled(parent=parent), "good")]
    changes = []
    if held.parent is None or held.parent.name != parent:
        old = held.parent.name if held.parent else "—"
        changes.append(Changed(name, MOVED.filled(old=old, new=parent), "warn"))
    if held.stages != stages:
        changes.append(Changed(name, STAGES.filled(stages=", ".join(stages)), "warn"))
    if changes and not held.active:
        changes.append(Changed(name, CLOSED, ""))
    return changes
