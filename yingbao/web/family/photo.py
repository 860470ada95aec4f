"""A guardian hands in the photo for the child's card with the phone's camera, and takes it back. 家长交照片"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.cards import receiving
from yingbao.cards.models import Photo
from yingbao.cards.needing import needs_photo, photo_of, rule_of
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of
from yingbao.families import consent
from yingbao.families.models import Binding, Consent
from yingbao.policy.terms import photo_said
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.card.shared import form_of, looked_at, picture
from yingbao.web.family.visiting import Visiting, enrolment_of, visited, ward
from yingbao.web.templatetags.words import language

DONE = {
    "taken": Text("照片已收下，学校或市民卡中心看过后会通知结果。", "Taken; you are told once it was looked at."),
    "off": Text("照片已撤回并清除。", "The photo was taken back and erased."),
    "none": Text("没有照片可撤回。", "There is no photo to take back."),
}
STALE = Text(
    "照片刚刚已有变化，没有重复提交。请看现在的照片。",
    "The photo has just changed; nothing was handed in twice. Look at the present one.",
)
NOT_AGREED = Text("没有勾选同意", "you have not agreed")
AT_SCHOOL = Text(
    "不同意就不能在手机上交照片；可以到学校办理。",
    "Without it no photo can be handed in by phone; the school can take one.",
)
WITHDRAWN = "监护人撤回同意"


@never_cache
@require_http_methods(["GET", "POST"])
@visited
def photo(request: Visiting, pk: int) -> HttpResponseBase:
    """The photo that is there or a new one, with the consent it rests on. 交照片"""
    binding = ward(request, pk)
    one = listed(binding)
    rule = rule_of(one.season)
    if request.method == "GET":
        return page(request, binding, one)
    if str(request.POST.get("seen")) != mark(one):
        return page(request, binding, one, wrong=STALE, status=409)
    try:
        if request.POST.get("agree") != "yes" or request.POST.get("version") != consent.CARD_PHOTO.version:
            raise Refused(where=consent.CARD_PHOTO.title.said(language()), what=NOT_AGREED, mend=AT_SCHOOL)
        fit = looked_at(request, rule)
        receiving.receive(person=binding.person, season=one.season, jpeg=fit.jpeg, doubts=fit.doubts, by=None,
                          at=clock.now())  # fmt: skip
        agreed(binding, given=True)
    except Refused as refused:
        return page(request, binding, one, refused=refused, status=422)
    messages.success(request, DONE["taken"].said(language()))
    return redirect("family-photo", pk=pk)


def agreed(binding: Binding, *, given: bool) -> None:
    """Note that the guardian agreed, or took it back. 同意记录"""
    Consent.objects.create(
        person=binding.person, phone_index=bytes(binding.phone_index), phone_masked=binding.phone_masked,
        purpose=consent.CARD_PHOTO.purpose, version=consent.CARD_PHOTO.version, given=given, at=clock.now(),
    )  # fmt: skip


def listed(binding: Binding) -> Enrolment:
    """The child's year, or 404 for a child on nobody's list. 当年参保"""
    one = enrolment_of(binding.person)
    if one is None or policy_of(one.season).card is None:
        raise Http404
    return one


def mark(one: Enrolment) -> str:
    """A mark of the photo that the page showed. 页面版本"""
    there = photo_of(one.person, one.season.pooling_area)
    return f"{there.pk}-{there.state}" if there else "0"


def page(
    request: HttpRequest, binding: Binding, one: Enrolment, *, refused: Refused | None = None,
    wrong: Text | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, also with what was refused. 页面"""
    policy, there = policy_of(one.season), photo_of(one.person, one.season.pooling_area)
    last = Photo.objects.filter(person=one.person, pooling_area=one.season.pooling_area).order_by("-pk").first()
    rule = rule_of(one.season)
    context: dict[str, Any] = {
        "binding": binding, "one": one, "photo": there, "needs": needs_photo(one.person, policy), "rule": rule,
        "open": receiving.may_hand_in(person=one.person, season=one.season), "form": photo_said(form_of(rule)),
        "consent": consent.CARD_PHOTO, "seen": mark(one), "refused": refused, "wrong": wrong,
        "again": last.reason if last is not None and there is None else "",
    }  # fmt: skip
    return render(request, "family/photo.html", context, status=status)


@require_GET
@never_cache
@visited
def photo_picture(request: Visiting, pk: int) -> HttpResponse:
    """The picture, for a guardian alone. 照片"""
    one = listed(ward(request, pk))
    return picture(photo_of(one.person, one.season.pooling_area))


@require_POST
@visited
def withdraw(request: Visiting, pk: int) -> HttpResponseBase:
    """The guardian takes the photo back, whoever handed it in: it is erased at once. 撤回照片"""
    binding = ward(request, pk)
    one = listed(binding)
    try:
        gone = receiving.withdraw(person=binding.person, area=one.season.pooling_area, reason=WITHDRAWN, at=clock.now())
    except Refused as refused:
        return page(request, binding, one, refused=refused, status=409)
    if gone:
        agreed(binding, given=False)
    messages.success(request, DONE["off" if gone else "none"].said(language()))
    return redirect("family-photo", pk=pk)
