"""Who has come by phone: a cookie of its own, not staff's, and what was typed when the half hour was over. 家长会话

Nothing here tells one phone of another's children: whatever is not bound to this phone is "not found".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of, windows
from yingbao.families import binding, sessions
from yingbao.families.models import Binding, FamilySession
from yingbao.people.models import Person
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family.recorded import recorded
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond, family_of

COOKIE, SALT = "family", "yingbao.family"
TYPED = ("why", "words", "reason")
"""What a guardian may have written when the half hour was over."""
ENDED_MEANWHILE = Text(
    "半小时没有操作，已自动退出，请重新验证；您写的内容还在。",
    "After half an hour without use you were signed out. Please verify again; what you wrote is kept.",
)
View = Callable[..., HttpResponseBase]


class Visiting(HttpRequest):
    """A request by somebody who holds a registered phone; what `visited` hands to a view. 家长请求"""

    family: FamilySession
    children_seen: set[int]
    """whose look is recorded already"""


def visited(view: View) -> View:
    """Open the view to who has shown to hold a phone; others are led to the code. 须验证手机"""

    @wraps(view)
    def seen(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        session = visitor(request)
        if session is None:
            keep_typed(request)
            if COOKIE in request.COOKIES:
                messages.warning(request, ENDED_MEANWHILE.said(language()))
            return redirect("family-find")
        request.family = session
        try:
            with family_of(wards(session)):
                response = view(request, *args, **kwargs)
        except Refused as refused:
            response = render(request, "family/refused.html", {"refused": refused}, status=409)
        response["Cache-Control"] = "no-store"
        return response

    return seen


def as_family(view: View) -> View:
    """Answer as for anybody who is not signed in, also where a clerk's session stands in the same browser. 家长身份"""

    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with family_of([]):
            return view(request, *args, **kwargs)

    return answered


def wards(session: FamilySession) -> set[int]:
    """The children of this phone, and the one whose binding waits: what the database shows it. 可见孩子"""
    with family_of([]), beyond("whose phone is it?"):
        held = binding.bindings_of(phone_index=bytes(session.phone_index), at=clock.now())
        return {one.person_id for one in held} | ({session.asked_for_id} if session.asked_for_id else set())


def visitor(request: Any) -> FamilySession | None:
    """The session that the browser's cookie opens, if it still does. 当前家长"""
    try:
        key = signing.get_cookie_signer(SALT).unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return None
    with family_of([]):
        return sessions.find(key=key, at=clock.now())


def remember(response: HttpResponse, key: str) -> None:
    """Give the browser its cookie; it goes when the browser is closed. 写入会话"""
    response.set_cookie(
        COOKIE, signing.get_cookie_signer(SALT).sign(key), httponly=True, samesite="Lax",
        secure=bool(settings.HTTPS), path="/family/",
    )  # fmt: skip


def forget(response: HttpResponse) -> None:
    """Take the cookie back. 清除会话"""
    response.delete_cookie(COOKIE, path="/family/", samesite="Lax")


def bound(request: Visiting) -> list[Binding]:
    """The children whom this phone looks after now. 绑定的孩子"""
    return list(binding.bindings_of(phone_index=bytes(request.family.phone_index), at=clock.now()))


def own(request: Visiting, pk: int) -> Binding:
    """One of them, or 404: another phone's, or one that ended meanwhile; a look at it is recorded. 本机绑定"""
    found = next((one for one in bound(request) if one.pk == pk), None)
    if found is None:
        raise Http404
    looked_at(request, found)
    return found


def looked_at(request: Visiting, binding: Binding) -> None:
    """Record that this page shows something of the child, once however often the view asks. 记录查阅"""
    seen: set[int] = getattr(request, "children_seen", set())
    if request.method == "GET" and binding.person_id not in seen:
        recorded(request, "family_looked", binding.person_id, clock.now())
        request.children_seen = seen | {binding.person_id}


def ward(request: Visiting, pk: int) -> Binding:
    """One of them of whom this phone's holder is a guardian; who only helps to pay sees no more. 被监护的孩子"""
    found = own(request, pk)
    if not found.is_guardian:
        raise Http404
    return found


def enrolment_of(person: Person) -> Enrolment | None:
    """The child's enrolment of the newest year that has begun; of two, the one that somebody works on. 当年参保

    A season may be opened before its first day: until then families go on with the year before.
    """
    rows = Enrolment.objects.filter(person=person).select_related("person", "season", "organisation__parent")
    found = list(rows.order_by("-plan_year", "-pk"))
    if len(found) > 1:
        today = clock.today()
        found = [one for one in found if windows(policy_of(one.season))[0].first <= today] or found[-1:]
    newest = [one for one in found if one.plan_year == found[0].plan_year]
    return next((one for one in newest if one.state not in ENDED), newest[0] if newest else None)


def keep_typed(request: Any) -> None:
    """What was typed into a form comes back after the next code, on the same page and for nobody else's. 暂存"""
    typed: dict[str, Any] = {name: str(request.POST.get(name, ""))[:600] for name in TYPED if request.POST.get(name)}
    # Answers to a survey, each with all that was ticked.
    answers = [name for name in request.POST if name.startswith("q-")][:60] if request.method == "POST" else []
    typed |= {name: [one[:600] for one in request.POST.getlist(name)[:30]] for name in answers}
    if request.method == "POST" and typed:
        request.session["family_typed"] = {"path": request.path, "typed": typed}


def typed_before(request: Any) -> dict[str, Any]:
    """What was typed here before the session ended; told once. 取回暂存"""
    kept = request.session.get("family_typed") or {}
    if kept.get("path") != request.path:
        return {}
    del request.session["family_typed"]
    return dict(kept["typed"])


def is_in_wechat(request: HttpRequest) -> bool:
    """Whether the page is read inside WeChat, whose browser keeps files back. 是否微信内"""
    return "MicroMessenger" in request.headers.get("User-Agent", "")
