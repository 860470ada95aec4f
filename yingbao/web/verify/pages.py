"""The public verification of receipts: by number and check code, by the QR code, by the file itself. 票据查验

Says no more than the paper says. A wrong code and an unknown number get the same answer.
"""

from __future__ import annotations

import hmac
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.collection import papers
from yingbao.collection.models import Receipt
from yingbao.values import clock
from yingbao.values.plain import compact
from yingbao.values.text import Text
from yingbao.web import receipted
from yingbao.web.templatetags.words import day
from yingbao.web.verify import guessing, looking
from yingbao.web.verify.looking import Answer
from yingbao.web.wall import beyond

MOST_MB = 2
"""Larger than any paper of ours by far."""


VALID = Answer("good", Text("票据真实有效", "Genuine and valid"), Text("票面内容如下。", "This is what stands on it."))
UNKNOWN = Answer(
    "bad",
    Text("没有查到这张票据", "No such receipt"),
    Text(
        "号码或校验码不对，或者不是本平台开具的票据。请照着票据再核对一遍。",
        "Number or check code are wrong, or it was not issued here. Compare them with the paper once more.",
    ),
)
STOPPED = Answer(
    "warn",
    Text("查验次数太多，暂时不能再查", "Too many tries; the door is closed for a while"),
    Text("请 {n} 分钟后再试。", "Try again in {n} minutes.").filled(n=guessing.MINUTES),
)


def voided(receipt: Receipt) -> Answer:
    """Since when it is void, and what took its place. 已作废"""
    after = Receipt.objects.filter(replaces=receipt).values_list("number", flat=True).first()
    said = Text("自 {day} 起作废", "void since {day}")
    more = (
        Text("，已由号码 {number} 的票据替换。", ", replaced by number {number}.").filled(number=after)
        if after
        else Text("，不能作为凭证。", ", it proves nothing.")
    )
    since = day(receipt.voided_at)
    next_ = Text(said.zh + more.zh, said.en.capitalize() + more.en).filled(day=since)
    return Answer("bad", Text("票据已作废", "This receipt is void"), next_)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to it. 查验"""
    if request.method != "POST":
        return page(request)
    number, code = (compact(str(request.POST.get(field, "")))[:30] for field in ("number", "code"))
    return verified(request, number, code)


@never_cache
@require_GET
def scanned(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Where the QR code on the paper leads. 扫码查验"""
    return verified(request, number, code)


@beyond("who holds a receipt's number and check code may read what stands on it")
def verified(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """What is said of this number with this code. 查验号码"""
    at = clock.now()
    if guessing.is_stopped(request, at):
        return page(request, STOPPED, number=number, status=429)
    receipt = Receipt.objects.filter(number=number).first() if number.isascii() and number.isdigit() else None
    # An unknown number is compared too, so that it takes no less time than a wrong code.
    right = hmac.compare_digest((receipt.check_code if receipt else "?" * 8).encode(), code.upper().encode())
    if receipt is None or not right:
        guessing.missed(request, at)
        return page(request, UNKNOWN, number=number)
    return page(request, standing(receipt), receipt=receipt, number=number)


def standing(receipt: Receipt) -> Answer:
    """Valid or void. 票据状态"""
    return VALID if receipt.voided_at is None else voided(receipt)


@never_cache
@require_POST
@beyond("whoever has a receipt's file may ask whether we issued it")
def file(request: HttpRequest) -> HttpResponse:
    """Whether an uploaded file is, byte for byte, the one that we issued; if not, what is wrong with it. 核对文件"""
    at = clock.now()
    if guessing.is_stopped(request, at):
        return page(request, STOPPED, status=429)
    upload = request.FILES.get("file")
    if upload is None:
        return page(request, looking.NO_FILE, status=422)
    if not upload.size or upload.size > MOST_MB * 1024 * 1024:
        return page(request, looking.TOO_LARGE, status=413)
    content = upload.read()
    paper = looking.ours(content)
    if paper is None:
        guessing.missed(request, at)
        return page(request, looking.said_of(content))
    receipt = paper.receipt
    return page(request, looking.issued(standing(receipt), paper), receipt=receipt, number=receipt.number)


def page(
    request: HttpRequest, answer: Answer | None = None, *, receipt: Receipt | None = None, number: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The two forms, and above them what was found. 页面"""
    context: dict[str, Any] = {"answer": answer, "number": number, "most_mb": MOST_MB}
    if receipt is not None:
        context |= receipted.shown(papers.face_of(receipt))
    reply = render(request, "verify/verify.html", context, status=status)
    reply["X-Robots-Tag"] = "noindex"
    if status == 429:
        reply["Retry-After"] = str(guessing.MINUTES * 60)
    return reply
