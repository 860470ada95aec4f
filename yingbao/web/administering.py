"""What the pages of the administrators have in common. 管理页面公用"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from yingbao.agents.models import Appointment, Organisation, OrganisationKind, User
from yingbao.agents.overseeing import holding, places_of
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated

PAGE_SIZE = 50
OFFERED = 12
"""so many organisations are offered when what was typed fits several"""
KINDS = {
    OrganisationKind.DISTRICT: Text("区", "Area"),
    OrganisationKind.SUB_DISTRICT: Text("街道", "Sub-district"),
    OrganisationKind.SCHOOL: Text("学校", "School"),
    OrganisationKind.COMMUNITY: Text("社区", "Community"),
    OrganisationKind.INSURANCE_AGENCY: Text("医保经办机构", "Insurance agency"),
    OrganisationKind.TAX_AUTHORITY: Text("税务机关", "Tax authority"),
    OrganisationKind.CIVIL_AFFAIRS: Text("民政部门", "Civil affairs"),
    OrganisationKind.UNION_FEDERATION: Text("总工会", "Federation of unions"),
    OrganisationKind.DISABLED_FEDERATION: Text("残联", "Federation of the disabled"),
    OrganisationKind.POINTS_OFFICE: Text("积分办", "Points office"),
    OrganisationKind.EDUCATION_BUREAU: Text("教育部门", "Education bureau"),
    OrganisationKind.CARD_CENTRE: Text("市民卡中心", "Card centre"),
    OrganisationKind.OPERATIONS: Text("信息中心", "Administrators' centre"),
}
"""What each kind of organisation is called on a page. 机构类别"""


def remember(request: Seated, place: str) -> None:
    """Keep what was searched for in the session: a name has no place in an address. 记住查找"""
    request.session[f"{place} find"] = str(request.POST.get("q", "")).strip()[:60]


def searched(request: Seated, place: str) -> str:
    """What was searched for on this list last; `?all` forgets it. 查找内容"""
    if "all" in request.GET:
        request.session.pop(f"{place} find", None)
    return str(request.session.get(f"{place} find", ""))


def named(rows: QuerySet[User], term: str) -> QuerySet[User]:
    """Users whose name or user name holds the term, or whose employer's name does. 查找用户"""
    if not term:
        return rows
    return rows.filter(Q(name__icontains=term) | Q(username__icontains=term) | Q(organisation__name__icontains=term))


def place_named(appointment: Appointment, typed: str) -> Organisation:
    """The organisation of the area that was typed, by code, name or a part of the name.

    Raises Refused if none fits or several do, and then names some of them. 选择机构
    """
    typed = typed.strip()
    places = places_of(appointment)
    for exact in (Q(name=typed), Q(code=typed)):
        found = list(places.filter(exact)[:2])
        if len(found) == 1:
            return found[0]
    fitting = list(places.filter(name__icontains=typed).order_by("name")[: OFFERED + 1]) if typed else []
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise Refused(
            where="organisation",
            what=Text("没有查到这个机构", "no such organisation was found"),
            mend=Text("填机构的全称、编码或名称的一部分", "give its whole name, its code or a part of its name"),
        )
    names = "、".join(place.name for place in fitting[:OFFERED])
    more = "…" if len(fitting) > OFFERED else ""
    raise Refused(
        where="organisation",
        what=Text("有几个机构符合", "several organisations fit"),
        mend=Text("填全称，是下面哪一个：{names}", "give the whole name, one of: {names}").filled(names=names + more),
    )


def mark_of(*shown: object) -> str:
    """A mark of what a page showed, so that a stale page overwrites nothing. 页面标记"""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def stale() -> Refused:
    """Somebody else changed it meanwhile. 页面已过期"""
    return Refused(
        where="page",
        what=Text(
            "其间别人改过这些内容，您的修改没有保存", "somebody changed this meanwhile; nothing of yours was saved"
        ),
        mend=Text("下面是您填写的内容；对照现在的内容后再提交", "below is what you typed; compare, then send it again"),
    )


def held_today(users: Iterable[User], today: date, area: str) -> dict[int, list[Appointment]]:
    """The desks in the area that each of these users holds today. 当日任职"""
    held: dict[int, list[Appointment]] = {}
    rows = Appointment.objects.filter(holding(today), user__in=list(users), organisation__pooling_area=area)
    for each in rows.select_related("organisation").order_by("pk"):
        held.setdefault(each.user_id, []).append(each)
    return held


def noted(request: Seated, what: str, about: str, **said: Any) -> None:
    """Into the trail: what an administrator did. 记录"""
    note(
        what=what, user=request.user, organisation=request.appointment.organisation, about=about, said=said,
        at=clock.now(),
    )  # fmt: skip
