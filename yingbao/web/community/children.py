"""The community's own children: find them, confirm many at once, take them along as a workbook. 儿童名单"""

from __future__ import annotations

from django.http import HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.web.access import Seated, desk
from yingbao.web.community.listing import Children
from yingbao.web.school import pupils


@require_GET
@desk(Desk.COMMUNITY)
def children(request: Seated) -> HttpResponseBase:
    """The list, filtered. 儿童名单"""
    return pupils.listed(request, Children)


@require_POST
@desk(Desk.COMMUNITY)
def find(request: Seated) -> HttpResponseBase:
    """Search by a whole number or a name. 查找"""
    return pupils.sought(request, Children)


@require_POST
@desk(Desk.COMMUNITY)
def confirm(request: Seated) -> HttpResponseBase:
    """Confirm many, in two steps. 批量确认参保"""
    return pupils.confirmed(request, Children)


@require_POST
@desk(Desk.COMMUNITY)
def export(request: Seated) -> HttpResponseBase:
    """The list as a workbook. 导出"""
    return pupils.exported(request, Children)
