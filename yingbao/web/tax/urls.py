"""Addresses of the tax desk. 税务网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web import comparing
from yingbao.web.tax import alarms, bank_urls, bodies, close, days, declarations, home, receipts, refunds, sums

urlpatterns = [
    path("", home.home, name="tax-home"),
    path("refunds/", refunds.refunds, name="tax-refunds"),
    path("refunds/approve", refunds.approve_many, name="tax-refunds-approve"),
    path("refunds/payout", refunds.payout, name="tax-refunds-payout"),
    path("refunds/<int:pk>/", refunds.refund, name="tax-refund"),
    path("refunds/<int:pk>/approve", refunds.decide, {"how": "approve"}, name="tax-refund-approve"),
    path("refunds/<int:pk>/reject", refunds.decide, {"how": "reject"}, name="tax-refund-reject"),
    path("refunds/<int:pk>/again", refunds.ask_again, name="tax-refund-again"),
    path("refunds/<int:pk>/failed", refunds.failed, name="tax-refund-failed"),
    path("refunds/<int:pk>/card", refunds.card, name="tax-refund-card"),
    path("alarms/", alarms.alarms, name="tax-alarms"),
    path("alarms/<int:pk>/settle", alarms.settle, name="tax-alarm-settle"),
    path("days/", days.latest, name="tax-days"),
    path("days/lines/<int:pk>/explain", days.explain, name="tax-day-explain"),
    path("days/<str:day>/", days.day, name="tax-day"),
    path("days/<str:day>/workbook", days.workbook, name="tax-day-workbook"),
    path("close/", close.close, name="tax-close"),
    path("close/ask", close.ask, name="tax-close-ask"),
    path("close/confirm", close.confirm, name="tax-close-confirm"),
    path("bodies/", bodies.bodies, name="tax-bodies"),
    path("bodies/workbook", bodies.workbook, name="tax-bodies-workbook"),
    path("sums/", sums.sums, name="tax-sums"),
    path("sums/workbook", sums.workbook, name="tax-sums-workbook"),
    path("declarations/", declarations.declarations, name="tax-declarations"),
    path("declarations/compare", comparing.compare_at(Desk.TAX), name="tax-compare"),
    path("declarations/compare.xlsx", comparing.workbook_at(Desk.TAX), name="tax-compare-workbook"),
    path("declarations/<int:pk>/", declarations.declaration, name="tax-declaration"),
    path("declarations/<int:pk>/mark", declarations.mark, name="tax-declaration-mark"),
    path("declarations/<int:pk>/accept", declarations.decide, {"how": "accept"}, name="tax-declaration-accept"),
    path("declarations/<int:pk>/part", declarations.decide, {"how": "part"}, name="tax-declaration-part"),
    path("declarations/<int:pk>/return", declarations.decide, {"how": "return"}, name="tax-declaration-return"),
    *bank_urls.urlpatterns,
    *receipts.urlpatterns,
]
