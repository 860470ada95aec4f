"""What the pages of the tax desk have in common: pages of a list, files, words for ways and reasons. 税务页面公用"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from django.contrib import messages
from django.http import HttpResponse

from yingbao.agents.models import Desk
from yingbao.people.looks import looked
from yingbao.spreadsheet.workbooks import ExportColumn
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated
from yingbao.web.templatetags.words import language

WAYS = {
    "wechat": Text("微信", "WeChat"),
    "alipay": Text("支付宝", "Alipay"),
    "card": Text("刷卡", "card"),
    "transfer": Text("银行转账", "transfer"),
    "debit": Text("扣款", "direct debit"),
}
"""How money came. 缴费方式"""
Heading = tuple[Text, Literal["text", "number", "date", "money"], float]
"""A column's title, kind and width. 列"""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def area_of(request: Seated) -> str:
    """The pooling area of the officer."""
    return request.appointment.organisation.pooling_area


def officers(request: Seated) -> list[str]:
    """The names of the other officers who could decide today. 可复核人员"""
    today = clock.today()
    rows = request.appointment.organisation.appointments.filter(desk=Desk.TAX, since__lte=today)
    held = rows.exclude(user=request.user).filter(user__is_active=True).exclude(until__lt=today)
    return sorted(set(held.values_list("user__name", flat=True)))


def page_of(request: Seated, total: int, size: int) -> dict[str, int]:
    """The page that the address asks for, within what there is, and its neighbours. 翻页"""
    pages = max(1, -(-total // size))
    wanted = request.GET.get("page", "1")
    page = max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() else 1, pages))
    return {"page": page, "pages": pages, "before": page - 1, "after": page + 1, "first": (page - 1) * size}


def day_of(text: str) -> date | None:
    """A day as forms and addresses write it, 2019-11-30; none for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def look(request: Seated, what: str, count: int) -> None:
    """Note that so many children were seen. 查阅记录"""
    if count:
        looked(user=request.user, organisation=request.appointment.organisation, what=what, count=count, at=clock.now())


def download(content: bytes, name: str, kind: str = WORKBOOK) -> HttpResponse:
    """A file to keep."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def columns(heads: Sequence[Heading]) -> list[ExportColumn]:
    """The columns of a workbook in the reader's language. 导出列"""
    return [ExportColumn(title.said(language()), kind, width) for title, kind, width in heads]


def tell(request: Seated, text: Text, **values: object) -> None:
    """Say on the next page that it is done."""
    messages.success(request, text.filled(**values).said(language()) if values else text.said(language()))
