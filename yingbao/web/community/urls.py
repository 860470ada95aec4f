"""Addresses of the community's counter. 社区网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.community import counter

urlpatterns = [
    path("counter/", counter.counter, name="counter"),
    path("counter/find", counter.find, name="counter-find"),
    path("counter/add", counter.add, name="counter-add"),
    path("counter/remove", counter.remove, name="counter-remove"),
    path("counter/tier", counter.tier, name="counter-tier"),
    path("counter/take", counter.take, name="counter-take"),
    path("counter/payment", counter.payment_page, name="counter-payment"),
    path("counter/check", counter.check, name="counter-check"),
    path("counter/cancel", counter.cancel, name="counter-cancel"),
    path("counter/slip", counter.slip, name="counter-slip"),
]
