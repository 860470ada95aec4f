"""Addresses of the tax desk. 税务网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web import comparing
from yingbao.web.tax import declarations

urlpatterns = [
    path("declarations/", declarations.declarations, name="tax-declarations"),
    path("declarations/compare", comparing.compare_at(Desk.TAX), name="tax-compare"),
    path("declarations/compare.xlsx", comparing.workbook_at(Desk.TAX), name="tax-compare-workbook"),
    path("declarations/<int:pk>/", declarations.declaration, name="tax-declaration"),
    path("declarations/<int:pk>/mark", declarations.mark, name="tax-declaration-mark"),
    path("declarations/<int:pk>/accept", declarations.decide, {"how": "accept"}, name="tax-declaration-accept"),
    path("declarations/<int:pk>/part", declarations.decide, {"how": "part"}, name="tax-declaration-part"),
    path("declarations/<int:pk>/return", declarations.decide, {"how": "return"}, name="tax-declaration-return"),
]
