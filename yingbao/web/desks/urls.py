"""Addresses of the desks' first pages. 各岗位网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web.desks.home import home_of

urlpatterns = [
    path("cards/", home_of(Desk.CARD), name="card-home"),
]
