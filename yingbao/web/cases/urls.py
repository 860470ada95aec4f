"""Addresses of the cases. 个案网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.cases import answers, ask, inbox, sums, whose

urlpatterns = [
    path("", inbox.inbox, name="cases"),
    path("whose/", whose.whose, name="whose"),
    path("whose/find", whose.find, name="whose-find"),
    path("whose/ask", whose.ask, name="whose-ask"),
    path("whose/take", whose.take, name="whose-take"),
    path("ask", ask.ask, name="case-ask"),
    path("sums", sums.sums, name="case-sums"),
    path("answers/", answers.answers, name="answers"),
    path("answers/new", answers.publish, name="answer-new"),
    path("answers/<int:pk>/", answers.answer, name="answer"),
    path("answers/<int:pk>/replace", answers.replace, name="answer-replace"),
    path("answers/<int:pk>/withdraw", answers.withdraw, name="answer-withdraw"),
    path("answers/<int:pk>/helped", answers.helped, name="answer-helped"),
    path("<int:pk>/", inbox.case, name="case"),
    path("<int:pk>/slip", inbox.slip, name="case-slip"),
    path("<int:pk>/accept", inbox.act, {"act": "accept"}, name="case-accept"),
    path("<int:pk>/return", inbox.act, {"act": "return"}, name="case-return"),
    path("<int:pk>/pass-on", inbox.act, {"act": "pass_on"}, name="case-pass-on"),
    path("<int:pk>/send-again", inbox.act, {"act": "send_again"}, name="case-send-again"),
    path("<int:pk>/settle", inbox.act, {"act": "settle"}, name="case-settle"),
    path("<int:pk>/reopen", inbox.act, {"act": "reopen"}, name="case-reopen"),
    path("<int:pk>/withdraw", inbox.act, {"act": "withdraw"}, name="case-withdraw"),
    path("<int:pk>/publish", answers.publish, name="case-publish"),
]
