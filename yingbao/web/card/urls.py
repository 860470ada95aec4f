"""Addresses of the card centre's desk. 市民卡网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.card.home import home

urlpatterns = [
    path("", home, name="card-home"),
]
