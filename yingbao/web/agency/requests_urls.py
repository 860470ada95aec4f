"""Addresses where the agency answers guardians. 家长申请网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.agency import requests

urlpatterns = [
    path("", requests.requests, name="agency-requests"),
    path("<int:pk>/", requests.one, name="agency-request"),
    path("<int:pk>/answer", requests.answer, name="agency-request-answer"),
]
