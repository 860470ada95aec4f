"""Addresses of the education bureau's desk. 教育督察网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.education.reports import home, school, workbook

urlpatterns = [
    path("", home, name="education-home"),
    path("schools/<int:pk>/", school, name="education-school"),
    path("workbook", workbook, name="education-workbook"),
]
