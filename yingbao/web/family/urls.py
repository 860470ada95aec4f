"""Addresses where families pay. 家长缴费网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.family import pay, receipts

urlpatterns = [
    path("", pay.pay, name="pay"),
    path("add", pay.add, name="pay-add"),
    path("remove", pay.remove, name="pay-remove"),
    path("tier", pay.tier, name="pay-tier"),
    path("order", pay.place, name="pay-order"),
    path("waiting", pay.waiting, name="pay-waiting"),
    path("check", pay.check, name="pay-check"),
    path("cancel", pay.cancel, name="pay-cancel"),
    path("back", pay.back, name="pay-back"),
    path("guide", pay.guide, name="pay-guide"),
    path("receipts/", receipts.receipts, name="pay-receipts"),
    path("receipts/<int:pk>/", receipts.receipt, name="pay-receipt"),
]
