"""Addresses of the community, sub-district and district. 社区网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.community import child, children, counter, home, newborns, placing, progress, register

urlpatterns = [
    path("", home.home, name="community-home"),
    path("children/", children.children, name="children"),
    path("children/search", children.find, name="children-search"),
    path("children/confirm", children.confirm, name="children-confirm"),
    path("children/export", children.export, name="children-export"),
    path("children/<int:pk>/", child.child, name="child"),
    path("children/<int:pk>/confirm", child.act, {"act": "confirm"}, name="child-confirm"),
    path("children/<int:pk>/decline", child.act, {"act": "decline"}, name="child-decline"),
    path("children/<int:pk>/withdraw", child.act, {"act": "withdraw"}, name="child-withdraw"),
    path("children/<int:pk>/reopen", child.act, {"act": "reopen"}, name="child-reopen"),
    path("children/<int:pk>/register", child.act, {"act": "register"}, name="child-register"),
    path("children/<int:pk>/correct", child.act, {"act": "correct"}, name="child-correct"),
    path("children/<int:pk>/document", child.document, name="child-document"),
    path("children/<int:pk>/refer", child.refer, name="child-refer"),
    path("children/<int:pk>/number", child.number, name="child-number"),
    path("register/", register.new, name="child-new"),
    path("register/check", register.register, name="child-store"),
    path("newborns/", newborns.newborns, name="newborns"),
    path("placing/", placing.placing, name="placing"),
    path("placing/place", placing.place, name="placing-place"),
    path("progress/", progress.progress, name="community-progress"),
    path("progress/<int:pk>/", progress.progress, name="community-progress-of"),
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
