"""Addresses of a family's own pages: no number, name or phone stands in any of them. 家长网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.family import child, door, held, leaving, letter, photo, questions
from yingbao.web.messages import family as told

CHILD = "children/<int:pk>/"

urlpatterns = [
    path("", child.home, name="family-home"),
    path("find", door.find, name="family-find"),
    path("code", door.code, name="family-code"),
    path("consent", door.consent, name="family-consent"),
    path("add", door.add, name="family-add"),
    path("out", door.out, name="family-out"),
    path("messages", told.settings, name="family-messages"),
    path(CHILD, child.child, name="family-child"),
    path(CHILD + "unbind", door.unbind, name="family-unbind"),
    path(CHILD + "pay", child.pay, name="family-pay"),
    path(CHILD + "receipts/", child.papers, name="family-receipts"),
    path("receipts/<int:pk>/", child.paper, name="family-receipt"),
    path(CHILD + "letter", letter.letter, name="family-letter"),
    path(CHILD + "letter.pdf", letter.as_pdf, name="family-letter-pdf"),
    path(CHILD + "leave", leaving.leave, name="family-leave"),
    path(CHILD + "back", leaving.back, name="family-back"),
    path(CHILD + "erase", leaving.ask, {"kind": "erase"}, name="family-erase"),
    path(CHILD + "correct", leaving.ask, {"kind": "correct"}, name="family-correct"),
    path(CHILD + "apply", leaving.ask, {"kind": "leave"}, name="family-apply"),
    path(CHILD + "photo", photo.photo, name="family-photo"),
    path(CHILD + "photo/picture", photo.photo_picture, name="family-photo-picture"),
    path(CHILD + "photo/withdraw", photo.withdraw, name="family-photo-withdraw"),
    path("requests/<int:pk>/take-back", leaving.take_back, name="family-take-back"),
    path("questions/", questions.questions, name="family-questions"),
    path("questions/new", questions.ask, name="family-question-new"),
    path("questions/<int:pk>/", questions.question, name="family-question"),
    path("questions/<int:pk>/add", questions.act, {"act": "add"}, name="family-question-add"),
    path("questions/<int:pk>/reopen", questions.act, {"act": "reopen"}, name="family-question-reopen"),
    path("questions/<int:pk>/withdraw", questions.act, {"act": "withdraw"}, name="family-question-withdraw"),
    path(CHILD + "held", held.held, name="family-held"),
    path(CHILD + "held.json", held.export, name="family-export"),
]
