"""A refusal as the interface words it: RFC 9457. 问题详情"""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse


def problem(status: int, detail: str, **more: object) -> JsonResponse:
    """A refusal with its status, in `application/problem+json`. 问题详情"""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")
