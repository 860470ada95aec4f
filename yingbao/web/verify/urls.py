"""Addresses where anyone verifies a receipt. 票据查验网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.verify import pages

urlpatterns = [
    path("", pages.verify, name="verify"),
    path("file", pages.file, name="verify-file"),
    path("<str:number>/<str:code>", pages.scanned, name="verify-receipt"),
]
