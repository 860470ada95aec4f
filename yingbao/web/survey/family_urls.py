"""Addresses where families answer: no number, name or phone stands in any of them. 家长问卷网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.survey import family

urlpatterns = [
    path("survey", family.surveys, name="family-surveys"),
    path("children/<int:pk>/survey", family.answer, name="family-survey"),
]
