"""Addresses of the school's bank money: its agreement, and whom a transfer is for. 学校缴费网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.school import advice, mandate

urlpatterns = [
    path("mandate/", mandate.mandate, name="mandate"),
    path("mandate/enter", mandate.enter, name="mandate-enter"),
    path("mandate/<int:pk>/end", mandate.end, name="mandate-end"),
    path("declaration/<int:pk>/advice", advice.advice, name="declaration-advice"),
    path("declaration/<int:pk>/advice/withdraw", advice.withdraw, name="declaration-advice-withdraw"),
    path("declaration/<int:pk>/advice.xlsx", advice.download, name="declaration-advice-workbook"),
]
