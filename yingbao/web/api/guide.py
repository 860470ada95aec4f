"""The interface's own page: what there is to call, read from its description. 接口说明"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Scope
from yingbao.web.access import DESK_NAMES
from yingbao.web.api.entry import api

SCOPES: dict[str, str] = {each.value: str(each.label) for each in Scope}


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """Every operation with its scope; the description for machines is one link away. 接口说明"""
    parts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for operation in operations():
        parts[operation["part"]].append(operation)
    described = reverse("api:openapi-json")
    return render(request, "api/guide.html", {"parts": dict(parts), "described": described})


def operations() -> list[dict[str, Any]]:
    """Every operation of the interface: method, path, what it does, the scope it asks for, who may. 接口清单"""
    return [
        {
            "part": told["tags"][0],
            "method": method.upper(),
            "path": path,
            "summary": told["summary"],
            "scope": told["x-scope"],
            "scope_name": SCOPES[told["x-scope"]],
            "desks": [DESK_NAMES[Desk(one)] for one in told["x-desks"]],
        }
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, told in methods.items()
    ]
