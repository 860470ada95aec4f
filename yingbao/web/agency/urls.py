"""Addresses of the insurance agency's desk, but for its home. 医保经办网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web import comparing

urlpatterns = [
    path("declarations/", comparing.compare_at(Desk.AGENCY), name="agency-declarations"),
    path("declarations/compare.xlsx", comparing.workbook_at(Desk.AGENCY), name="agency-declarations-workbook"),
]
