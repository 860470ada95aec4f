"""Addresses of the public calculator. 试算网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.calculator import pages

urlpatterns = [
    path("", pages.start, name="calculator"),
    path("<str:area>/<int:year>/", pages.calculate, name="calculate"),
]
