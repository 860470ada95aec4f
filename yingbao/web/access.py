"""Who may open a page: signed in, seated at the right desk, and inside the own organisation. 页面权限"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from yingbao.agents.models import Appointment, Desk, User
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web import typed
from yingbao.web.closed import closed_bodies
from yingbao.web.opening import opens, page_of

DESK_NAMES = {
    Desk.SCHOOL: Text("学校", "School"),
    Desk.COMMUNITY: Text("社区·街道", "Community"),
    Desk.AGENCY: Text("医保经办", "Insurance agency"),
    Desk.TAX: Text("税务", "Tax authority"),
    Desk.LIST_PROVIDER: Text("名单提供部门", "List provider"),
    Desk.EDUCATION: Text("教育", "Education bureau"),
    Desk.CARD: Text("市民卡", "Card centre"),
    Desk.SYSTEM: Text("系统管理", "System administrator"),
    Desk.SECURITY: Text("安全管理", "Security administrator"),
    Desk.AUDIT: Text("审计管理", "Audit administrator"),
}
"""What each desk is called on a page. 岗位名称"""

HOMES = {
    Desk.SCHOOL: "school-home",
    Desk.COMMUNITY: "community-home",
    Desk.AGENCY: "agency-home",
    Desk.TAX: "tax-home",
    Desk.LIST_PROVIDER: "lists-home",
    Desk.EDUCATION: "education-home",
    Desk.CARD: "card-home",
    Desk.SYSTEM: "system-home",
    Desk.SECURITY: "security-home",
    Desk.AUDIT: "audit-home",
}
"""The first page of each desk, by the name of its address. 岗位首页"""


class Seated(HttpRequest):
    """A request of a signed-in user at a desk; what `desk` hands to a view. 在岗请求"""

    user: User
    appointment: Appointment
    appointments: list[Appointment]
    htmx: HtmxDetails


def desk(*desks: Desk) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Open the view to users at these desks only; without a name, to every seated user. 限定岗位

    Nobody signed in: to the sign-in page and back. No desk at all: a page that says whom to ask.
    Another desk: a page that offers to switch, if the user holds the right one too. What a view refuses and does
    not tell beside a form is told on a page of its own.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def seated(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if request.appointment is None:
                return render(request, "front/no_desk.html", {"closed": closed_bodies(request.user)}, status=403)
            if desks and request.appointment.desk not in desks:
                fitting = [held for held in request.appointments if held.desk in desks]
                wanted = [DESK_NAMES[one] for one in desks]
                return render(request, "front/other_desk.html", {"fitting": fitting, "wanted": wanted}, status=403)
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                return render(request, "front/refused.html", {"refused": refused}, status=409)

        return seated

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, which leads back to where the user was, with what was typed there. 转到登录"""
    htmx = bool(getattr(request, "htmx", False))
    back = request.get_full_path() if request.method == "GET" and not htmx else page_before(request)
    answer = redirect_to_login(back, reverse("sign-in"))
    return typed.keep(request, HttpResponseClientRedirect(answer.url) if htmx else answer, back)


def page_before(request: HttpRequest) -> str:
    """The page on this site from which the request was sent, else the home page. 来源页面

    A form that was refused is shown at the address that took it; from there it is the page of the form.
    """
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not is_ours(request, before):
        return reverse("home")
    path = urlsplit(before).path
    return before if opens(path) else page_of(path)


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether the address lies on this site, so that it may be gone to."""
    whole = url.startswith(("/", "http://", "https://"))
    return whole and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
