"""Addresses of the cases. 个案网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.cases import inbox, whose

urlpatterns = [
    path("", inbox.inbox, name="cases"),
    path("whose/", whose.whose, name="whose"),
    path("whose/find", whose.find, name="whose-find"),
    path("whose/ask", whose.ask, name="whose-ask"),
    path("whose/take", whose.take, name="whose-take"),
    path("<int:pk>/", inbox.case, name="case"),
    path("<int:pk>/slip", inbox.slip, name="case-slip"),
    path("<int:pk>/accept", inbox.act, {"act": "accept"}, name="case-accept"),
    path("<int:pk>/return", inbox.act, {"act": "return"}, name="case-return"),
    path("<int:pk>/pass-on", inbox.act, {"act": "pass_on"}, name="case-pass-on"),
    path("<int:pk>/send-again", inbox.act, {"act": "send_again"}, name="case-send-again"),
    path("<int:pk>/settle", inbox.act, {"act": "settle"}, name="case-settle"),
]
