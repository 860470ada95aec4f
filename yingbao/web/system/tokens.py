"""Tokens for programs: issued here, granted by the security administrator, revoked by either. 接口令牌"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents import tokens as action
from yingbao.agents.models import Appointment, Desk, Scope, Token
from yingbao.agents.overseeing import places_of
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, Seated, desk
from yingbao.web.administering import PAGE_SIZE, noted, place_named
from yingbao.web.tax.shared import day_of, page_of, tell

SCOPES = {
    Scope.ROSTER: Text("读花名册", "read the roster"),
    Scope.ROSTER_WRITE: Text("交花名册", "hand in the roster"),
    Scope.DECISIONS: Text("读核定结果", "read decisions"),
    Scope.DECLARATIONS: Text("读申报", "read declarations"),
    Scope.PAYMENTS: Text("读缴费", "read payments"),
    Scope.COVERAGE: Text("读一名学生的参保凭据（FHIR）", "read one pupil's coverage (FHIR)"),
    Scope.STATISTICS: Text("读统计", "read statistics"),
}
"""What each scope is called on a page. 授权范围"""
FIELDS = ("organisation", "desk", "label", "expires")
USUAL = timedelta(days=365)


def state_of(token: Token, at: datetime) -> tuple[Text, str]:
    """What a token is now, and its tone. 令牌状态"""
    if token.revoked_at is not None:
        return Text("已撤销", "revoked"), ""
    if token.expires_at <= at:
        return Text("已过期", "expired"), ""
    if token.granted_at is None:
        return Text("待批准", "to be granted"), "warn"
    return Text("可用", "in use"), "good"


def of_area(appointment: Appointment) -> QuerySet[Token]:
    """The tokens of the area's organisations. 本区令牌"""
    return Token.objects.filter(organisation__in=places_of(appointment)).select_related(
        "organisation", "created_by", "granted_by", "revoked_by"
    )


def told(token: Token, at: datetime) -> dict[str, Any]:
    """A token as a row. 令牌行"""
    state, tone = state_of(token, at)
    return {
        "one": token, "state": state, "tone": tone, "desk": DESK_NAMES[Desk(token.desk)],
        "scopes": [SCOPES[Scope(scope)] for scope in token.scopes],
        "last": token.expires_at - timedelta(seconds=1),
        "alive": token.revoked_at is None and token.expires_at > at,
    }  # fmt: skip


@require_GET
@desk(Desk.SYSTEM)
def tokens(request: Seated) -> HttpResponse:
    """The tokens of the area, the newest first. 令牌列表"""
    at, rows = clock.now(), of_area(request.appointment).order_by("-pk")
    pages = page_of(request, rows.count(), PAGE_SIZE)
    listed = [told(one, at) for one in rows[pages["first"] : pages["first"] + PAGE_SIZE]]
    return render(request, "system/tokens.html", {"rows": listed, **pages})


@require_http_methods(["GET", "POST"])
@desk(Desk.SYSTEM)
def new(request: Seated) -> HttpResponseBase:
    """Issue one; its secret is shown on the page that answers and never again. 签发令牌"""
    filled: dict[str, Any] = {name: str(request.POST.get(name, ""))[:200] for name in FIELDS}
    filled["scopes"] = request.POST.getlist("scopes")
    context = {
        "filled": filled, "scopes": SCOPES.items(), "desks": [(one, DESK_NAMES[one]) for one in action.SCOPES],
        "usual": clock.today() + USUAL,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "system/token_new.html", context)
    try:
        token, secret = issued(request, filled)
    except Refused as refused:
        return render(request, "system/token_new.html", context | {"refused": refused}, status=422)
    noted(request, "token_issued", f"token {token.pk}", organisation=token.organisation_id, scopes=token.scopes)
    return render(request, "system/token_made.html", told(token, clock.now()) | {"secret": secret})


def issued(request: Seated, filled: dict[str, Any]) -> tuple[Token, str]:
    """The token that the form asks for. 签发"""
    last = day_of(filled["expires"])
    if last is None or filled["desk"] not in Desk.values:
        raise Refused(
            where="expires" if last is None else "desk",
            what=Text("没有选岗位，或止期不对", "the desk is missing, or the last day is no day"),
            mend=Text("改正后再提交", "mend it and send it again"),
        )
    return action.issue(
        organisation=place_named(request.appointment, filled["organisation"]), desk=Desk(filled["desk"]),
        scopes=filled["scopes"], label=filled["label"], by=request.appointment, at=clock.now(),
        expires_at=datetime.combine(last + timedelta(days=1), time.min, CHINA),
    )  # fmt: skip


@require_POST
@desk(Desk.SYSTEM)
def revoke(request: Seated, pk: int) -> HttpResponseBase:
    """End a token at once. 撤销令牌"""
    one = get_object_or_404(of_area(request.appointment), pk=pk)
    if one.revoked_at is None:
        action.revoke(token=one, by=request.appointment, at=clock.now())
        noted(request, "token_revoked", f"token {one.pk}")
    tell(request, Text("令牌已撤销，使用它的程序不能再连接。", "It is revoked; programs that use it are shut out."))
    return redirect("system-tokens")
