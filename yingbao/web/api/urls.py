"""Addresses of the interface. 接口网址"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yingbao.web.api.entry import api
from yingbao.web.api.guide import guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", guide, name="api-guide"),
    path("v1/", api.urls),
]
