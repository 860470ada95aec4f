"""A guardian comes by phone: names the child, enters the code, agrees; more children, and out again. 家长登录

Every answer to a name and number is the same sentence, whoever there is behind it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.families import binding, codes, sessions
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.refusing import not_yours, wrong_code
from yingbao.jobs.families import send_code
from yingbao.values import clock, identity
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, spaced
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family import finding
from yingbao.web.family.recorded import recorded
from yingbao.web.family.visiting import Visiting, as_family, forget, own, remember, visited, visitor
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond

HANDLES_KEPT = 4
"""so many tabs may wait for a code at once"""
SHORTEST, SHORTEST_DIGITS = 5, 8
"""a passport's number; one of digits alone"""
SAID = {
    "bound": Text("已绑定。", "Bound."),
    "helps": Text(
        "已加入代缴名单：只显示金额和是否已缴。", "On the list to pay for: it shows the sum and whether it is paid."
    ),
    "unbound": Text("已解除绑定。", "Unbound."),
    "out": Text("已退出，本机不再保留登录。", "Signed out; this phone keeps nothing."),
}


@sensitive_post_parameters("number")
@never_cache
@require_http_methods(["GET", "POST"])
@as_family
def find(request: HttpRequest) -> HttpResponseBase:
    """Name and number; then the same sentence for everybody. 查找孩子"""
    if request.method == "GET":
        return render(request, "family/find.html", {})
    name, number = spaced(str(request.POST.get("name", ""))), compact(str(request.POST.get("number", "")))
    wrong = check(name, number)
    if not wrong:
        handle, at = secrets.token_urlsafe(24), clock.now()
        try:
            with transaction.atomic():
                asked = codes.ask(name=name, number=number, handle=handle, address=address_of(request), at=at)
                send_code.defer(request=asked.pk)
        except Refused as refused:
            return render(request, "family/find.html", {"name": name, "number": number, "refused": refused}, status=429)
        return redirect(f"{reverse('family-code')}?ask={keep_handle(request, handle)}")
    return render(request, "family/find.html", {"name": name, "number": number, "wrong": wrong}, status=422)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
@as_family
def code(request: HttpRequest) -> HttpResponseBase:
    """The six digits. 输入验证码"""
    asked = str((request.POST if request.method == "POST" else request.GET).get("ask", ""))
    handle = request.session.get("family_handles", {}).get(asked)
    if handle is None:
        return redirect("family-home" if visitor(request) else "family-find")
    if request.method == "GET":
        return render(request, "family/code.html", {"ask": asked})
    at, typed = clock.now(), compact(str(request.POST.get("code", "")))[:12]
    before = visitor(request)
    with beyond("a code tells whose phone it is; before, nobody is known"):
        holder = codes.enter(handle=handle, code=typed, at=at)
        known = holder is not None and is_bound(holder, at)
    if holder is None:
        return render(request, "family/code.html", {"ask": asked, "code": typed, "refused": wrong_code()}, status=422)
    if before is not None:
        sessions.end(session=before, at=at)
    drop_handle(request, asked)
    recorded(request, "family_entered", holder.person.pk, at)
    key = sessions.begin(
        phone_index=holder.phone_index, phone_masked=holder.phone_masked, person=None if known else holder.person, at=at
    )
    response = redirect(back_to_typed(request) if known else "family-consent")
    remember(response, key)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@visited
def consent(request: Visiting) -> HttpResponseBase:
    """What the guardian agrees to, before anything is shown. 监护人同意"""
    session = request.family
    person = session.asked_for
    if person is None:
        return redirect("family-home")
    context: dict[str, Any] = {"name": finding.veiled_name(person.name), "text": PHONE_ACCESS}
    if request.method == "GET":
        return render(request, "family/consent.html", context)
    phone = bytes(session.phone_index)
    if not codes.is_registered(person.pk, phone):
        sessions.ask_for(session=session, person=None)
        raise not_yours()
    try:
        made = binding.bind(
            person=person, phone_index=phone, phone_masked=session.phone_masked,
            agreed=request.POST.get("agree") == "yes", version=str(request.POST.get("version", "")), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return render(request, "family/consent.html", context | {"refused": refused}, status=422)
    sessions.ask_for(session=session, person=None)
    messages.success(request, SAID["bound"].said(language()))
    return redirect("family-child", pk=made.pk)


@sensitive_post_parameters("number")
@never_cache
@require_http_methods(["GET", "POST"])
@visited
@beyond("a family names one more child by name and number; who guesses is stopped")
def add(request: Visiting) -> HttpResponseBase:
    """One more child: as guardian if this phone is registered for it, else only to pay for. 添加孩子"""
    if request.method == "GET":
        return render(request, "family/add.html", {})
    name, number = spaced(str(request.POST.get("name", ""))), compact(str(request.POST.get("number", "")))
    wrong, at = check(name, number), clock.now()
    context = {"name": name, "number": number}
    if wrong:
        return render(request, "family/add.html", context | {"wrong": wrong}, status=422)
    phone = bytes(request.family.phone_index)
    try:
        finding.check_open(request, number, at)
        person = codes.child_of(name, number)
        if person is not None and codes.is_registered(person.pk, phone):
            sessions.ask_for(session=request.family, person=person)
            return redirect("family-consent")
        year = next(iter(finding.years(at)), at.year)
        found = finding.find(request, name=name, number=number, year=year, at=at)
    except Refused as refused:
        told = not_yours() if refused.where == "pay" and not finding.is_too_often(refused) else refused
        return render(request, "family/add.html", context | {"refused": told}, status=422)
    binding.bind_helper(
        person=found.enrolment.person, phone_index=phone, phone_masked=request.family.phone_masked, at=at
    )
    messages.success(request, SAID["helps"].said(language()))
    return redirect("family-home")


@require_POST
@visited
def unbind(request: Visiting, pk: int) -> HttpResponseBase:
    """This phone looks after the child no longer; a second click finds it done. 解除绑定"""
    binding.unbind(binding=own(request, pk), at=clock.now())
    messages.success(request, SAID["unbound"].said(language()))
    return redirect("family-home")


@require_POST
@as_family
def out(request: HttpRequest) -> HttpResponseBase:
    """Out of a shared phone. 退出"""
    session = visitor(request)
    if session is not None:
        sessions.end(session=session, at=clock.now())
    for kept in ("family_typed", "family_handles", "pay"):
        request.session.pop(kept, None)
    messages.success(request, SAID["out"].said(language()))
    response = redirect("family-home")
    forget(response)
    return response


def is_bound(holder: codes.Holder, at: datetime) -> bool:
    """Whether the guardian came before and still agrees to the present text. 是否已绑定"""
    rows = binding.bindings_of(phone_index=holder.phone_index, at=at).filter(person=holder.person, kind="guardian")
    return rows.exists() and binding.has_consented(holder.person, holder.phone_index)


def check(name: str, number: str) -> dict[str, Text]:
    """What is wrong with the writing itself, by field; whether there is such a child is not asked. 核对书写"""
    wrong = {}
    if not name:
        wrong["name"] = Text("请填写孩子的姓名。", "Please give the child's name.")
    elif len(name) > codes.LONGEST_NAME:
        wrong["name"] = Text("姓名太长，请核对。", "The name is too long; please compare it.")
    if not number:
        wrong["number"] = Text("请填写孩子的证件号码。", "Please give the number of the child's document.")
    elif len(number) > codes.LONGEST_NUMBER:
        wrong["number"] = Text("号码太长，请核对。", "The number is too long; please compare it.")
    elif identity.guess_kind(number) == "resident_id":
        try:
            identity.check("resident_id", number, on=clock.today())
        except Fault as fault:
            wrong["number"] = Text(f"{fault.what.zh}。{fault.mend.zh}。", f"{fault.what.en}. {fault.mend.en}.")
    elif len(number) < (SHORTEST_DIGITS if number.isdigit() else SHORTEST):
        wrong["number"] = Text(
            "号码太短，这里只有{n}位，请对照证件逐位核对。",
            "The number is too short, it has {n} characters; compare it with the document, one by one.",
        ).filled(n=len(number))
    return wrong


def address_of(request: HttpRequest) -> str:
    """From which network somebody asks. 网络地址"""
    return str(request.META.get("REMOTE_ADDR", ""))


def keep_handle(request: Any, handle: str) -> str:
    """Keep the word that only this browser has, under a number that may stand in an address. 浏览器凭据"""
    kept = dict(request.session.get("family_handles", {}))
    number = str(max(map(int, kept), default=0) + 1)
    kept[number] = handle
    newest = sorted(kept, key=int)[-HANDLES_KEPT:]
    request.session["family_handles"] = {one: kept[one] for one in newest}
    return number


def drop_handle(request: Any, number: str) -> None:
    """It opened once and never again. 用过即弃"""
    request.session["family_handles"] = {
        one: handle for one, handle in request.session["family_handles"].items() if one != number
    }


def back_to_typed(request: Any) -> str:
    """Where something was typed when the session ended, else the children. 返回"""
    path = (request.session.get("family_typed") or {}).get("path", "")
    return path if path.startswith(("/family/children/", "/family/survey")) else "family-home"
