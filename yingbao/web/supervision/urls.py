"""Addresses of the reports. 通报网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.supervision import reports

urlpatterns = [
    path("", reports.reports, name="reports"),
    path("make", reports.make, name="report-make"),
    path("<int:pk>/", reports.shown, name="report"),
    path("<int:pk>/report.pdf", reports.pdf, name="report-pdf"),
    path("<int:pk>/report.xlsx", reports.workbook, name="report-workbook"),
]
