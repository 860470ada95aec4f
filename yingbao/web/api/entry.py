"""The interface as a whole: its parts, its description, and how it says no. 接口入口"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema

from yingbao.values.refusal import Refused
from yingbao.web.api import children, declarations, determination, fhir, payments, rosters, statistics
from yingbao.web.api.caller import EachToken, behind_the_wall
from yingbao.web.api.problems import problem

DESCRIPTION = """
给学校自有系统和有关部门用的接口。每次请求带 `Authorization: Bearer <令牌>`；
令牌由系统管理员发放，写明单位、岗位和权限范围。
只看得到该单位在页面上看得到的内容；每次查看个人信息都有记录。证件号码只出现在请求正文里，从不出现在网址中，返回时遮盖。
金额以分为单位；日期按北京时间。

For schools' own systems and for the bureaus. A token shows what its organisation sees on its pages; every look at
personal data is recorded. Identity numbers stand in the body of a request only and come back masked. Sums are in fen,
days are China's. What is refused says where, what and how to mend it (RFC 9457, `application/problem+json`).
"""


class Described(NinjaAPI):
    """The interface, whose description also tells in which form a refusal or a FHIR resource comes. 接口"""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        """The description, OpenAPI 3.1. 接口说明"""
        schema = super().get_openapi_schema(**more)
        for path, methods in schema["paths"].items():
            form = "application/fhir+json" if "/fhir/" in path else "application/json"
            for told in methods.values():
                for status, answer in told["responses"].items():
                    content = answer.get("content", {})
                    if "application/json" in content:
                        kind = "application/problem+json" if int(status) >= 400 else form
                        answer["content"] = {kind: content["application/json"]}
        return schema


api = Described(
    title="应保接口 Yingbao interface",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    throttle=[EachToken()],
)
api.add_decorator(behind_the_wall)
for part in (rosters, children, determination, declarations, payments, statistics, fhir):
    api.add_router("", part.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What an action refused, in both languages. 拒绝"""
    what, mend = ({"zh": text.zh, "en": text.en} for text in (refusal.what, refusal.mend))
    return problem(422, refusal.said("zh"), where=refusal.where, what=what, mend=mend)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or parameter that is not as described; values are not repeated: they may be persons'. 格式不符"""
    wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors]
    return problem(422, "请求不合接口说明；the request is not as described", errors=wrong)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token, or none that is in force. 未认证"""
    answer = problem(401, "没有有效的令牌；no token that is in force")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Throttled)
def too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Too many calls. 过于频繁"""
    answer = problem(429, "请求过于频繁，请稍后再试；too many requests, wait a little")
    if error.wait:
        answer["Retry-After"] = str(int(error.wait) + 1)
    return answer


@api.exception_handler(Http404)
def nothing(request: HttpRequest, error: Exception) -> HttpResponse:
    """Not there, or not for this token: both say the same. 不存在"""
    return problem(404, "没有这项内容，或不属于本单位；not there, or not yours")


@api.exception_handler(HttpError)
def denied(request: HttpRequest, error: Any) -> HttpResponse:
    """Whatever else is said by its status. 其他"""
    return problem(error.status_code, str(error))
