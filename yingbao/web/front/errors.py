"""Pages for what goes wrong, which say what to do next. 出错页面"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yingbao.web.api.problems import problem
from yingbao.web.opening import page_of


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be understood, or is larger than a form may be. 请求有误"""
    large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    if of_interface(request):
        return problem(413, "内容太大；too large") if large else problem(400, "读不懂的请求；a request nobody can read")
    return render(request, "413.html", status=413) if large else render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not for this user. 无权查看"""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or no such thing in one's own organisation. 找不到"""
    if of_interface(request):
        return problem(404, "没有这个地址；no such address")
    return render(request, "404.html", status=404)


def not_allowed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """An address that only takes a form was opened: nothing was done; here is the page of the form. 不能直接打开"""
    page = render(request, "405.html", {"page": page_of(request.path)}, status=405)
    page["Allow"] = answer.get("Allow", "")
    return page


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault. The page asks nothing of the database, which may be what is broken. 系统出错"""
    if of_interface(request):
        return problem(500, "系统出错，已记录；our fault, and noted")
    return render(request, "500.html", status=500)


def of_interface(request: HttpRequest) -> bool:
    """Whether a program asks, which reads no pages. 是否接口请求"""
    return request.path.startswith("/api/v")
