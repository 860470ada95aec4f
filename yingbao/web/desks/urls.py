"""Addresses of the desks' first pages. 各岗位网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.desks import home

urlpatterns = [
    path("community/", home.home, {"of": "community"}, name="community-home"),
    path("agency/", home.home, {"of": "agency"}, name="agency-home"),
    path("tax/", home.home, {"of": "tax"}, name="tax-home"),
    path("lists/", home.home, {"of": "list_provider"}, name="lists-home"),
    path("education/", home.home, {"of": "education"}, name="education-home"),
    path("cards/", home.home, {"of": "card"}, name="card-home"),
]
