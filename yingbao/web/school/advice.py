"""The school says for which children its transfer is, and takes the list along. 汇款说明"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import advising, matching
from yingbao.collection.models import Advice
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.people.looks import looked
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.lists.home import workbook
from yingbao.web.school.declaration import own
from yingbao.web.tax.statements import told
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def advice(request: Seated, pk: int) -> HttpResponseBase:
    """Tick the children for whom the transfer is or will be. 汇款说明"""
    one = own(request, pk)
    if request.method == "GET":
        return page(request, one)
    keys = [int(key) for key in request.POST.getlist("child") if key.isascii() and key.isdigit() and len(key) < 19]
    try:
        with by_platform("money that was there already is allocated as the school now says"):
            made = advising.advise(declaration=one, obligations=keys, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, one, refused)
    if made.arrival_id is not None:
        told(
            request,
            Text("款项已到，{n} 名学生已缴清。", "The money was there: {n} children are paid.").filled(n=len(keys)),
        )
    else:
        said = Text(
            "已记下 {n} 名学生。款到后自动入账。", "Noted for {n} children; they are paid once the money is in."
        )
        told(request, said.filled(n=len(keys)))
    return redirect("declaration-advice", pk=pk)


def page(request: Seated, one: Declaration, refused: Refused | None = None) -> HttpResponse:
    """The page of the advice. 页面内容"""
    children = children_of(one)
    open_ = open_of(one)
    chosen = set(open_.lines.values_list("obligation_id", flat=True)) if open_ else set()
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(children),
        at=clock.now(),
    )  # fmt: skip
    context: dict[str, Any] = {
        "one": one, "standing": one.state in STANDING, "open": open_, "refused": refused,
        "children": [each | {"ticked": each["owed"].pk in chosen} for each in children],
        "unpaid_fen": sum(each["owed"].due_fen for each in children),
        "chosen_fen": sum(each["owed"].due_fen for each in children if each["owed"].pk in chosen),
        "chosen": len(chosen),
    }  # fmt: skip
    return render(request, "school/advice.html", context, status=422 if refused else 200)


def children_of(one: Declaration) -> list[dict[str, Any]]:
    """The children of whom the family's part is unpaid, as they stand on the list. 未缴学生"""
    owed = {each.enrolment_id: each for each in matching.unpaid_of([one.pk])[one.pk]}
    lines = DeclarationLine.objects.filter(declaration=one, enrolment__in=list(owed)).order_by("ordinal")
    return [{"owed": owed[line.enrolment_id], "line": line} for line in lines]


def open_of(one: Declaration) -> Advice | None:
    """What the school has said and what waits for its money. 有效说明"""
    return Advice.objects.filter(declaration=one, arrival__isnull=True, withdrawn_at__isnull=True).first()


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def withdraw(request: Seated, pk: int) -> HttpResponseBase:
    """Take it back while no money came. 撤回说明"""
    one = own(request, pk)
    if (open_ := open_of(one)) is not None:
        advising.withdraw(advice=open_, by=request.appointment, at=clock.now())
        told(request, Text("已撤回。", "Taken back."))
    return redirect("declaration-advice", pk=pk)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def download(request: Seated, pk: int) -> HttpResponse:
    """The children who are unpaid, and whom the school has ticked, as a workbook. 下载清单"""
    one = own(request, pk)
    children = children_of(one)
    open_ = open_of(one)
    chosen = set(open_.lines.values_list("obligation_id", flat=True)) if open_ else set()
    titles = [("班级", "Class"), ("姓名", "Name"), ("证件号码", "Identity number")]
    columns = [ExportColumn(Text(*title).said(language()), width=20) for title in titles]
    columns.append(ExportColumn(Text("应缴（元）", "To be paid (yuan)").said(language()), "money"))
    columns.append(ExportColumn(Text("本次汇款", "This transfer").said(language())))
    yes = Text("是", "yes").said(language())
    rows = [
        [each["line"].class_label, each["line"].name, each["line"].number_masked, each["owed"].due_fen,
         yes if each["owed"].pk in chosen else ""]
        for each in children
    ]  # fmt: skip
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export", count=len(rows), at=clock.now()
    )
    name = Text("未缴名单-{reference}.xlsx", "unpaid-{reference}.xlsx").filled(reference=one.reference)
    return workbook(write_table(columns, rows), name.said(language()))
