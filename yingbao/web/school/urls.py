"""Addresses of the school desk. 学校网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.school import bank_urls, declaration, home, pupil, pupils, receipts, roster

urlpatterns = [
    path("", home.home, name="school-home"),
    path("pupils/", pupils.pupils, name="pupils"),
    path("pupils/search", pupils.find, name="pupils-search"),
    path("pupils/confirm", pupils.confirm, name="pupils-confirm"),
    path("pupils/ask-registrations", pupils.ask_registrations, name="pupils-ask-registrations"),
    path("pupils/export", pupils.export, name="pupils-export"),
    path("pupils/<int:pk>/", pupil.pupil, name="pupil"),
    path("pupils/<int:pk>/number", pupil.number, name="pupil-number"),
    path("pupils/<int:pk>/confirm", pupil.act, {"act": "confirm"}, name="pupil-confirm"),
    path("pupils/<int:pk>/decline", pupil.act, {"act": "decline"}, name="pupil-decline"),
    path("pupils/<int:pk>/withdraw", pupil.act, {"act": "withdraw"}, name="pupil-withdraw"),
    path("pupils/<int:pk>/reopen", pupil.act, {"act": "reopen"}, name="pupil-reopen"),
    path("pupils/<int:pk>/register", pupil.act, {"act": "register"}, name="pupil-register"),
    path("pupils/<int:pk>/correct", pupil.act, {"act": "correct"}, name="pupil-correct"),
    path("declaration/", declaration.declarations, name="declarations"),
    path("declaration/freeze", declaration.freeze, name="declaration-freeze"),
    path("declaration/<int:pk>/", declaration.declaration, name="declaration"),
    path("declaration/<int:pk>/submit", declaration.act, {"act": "submit"}, name="declaration-submit"),
    path("declaration/<int:pk>/discard", declaration.act, {"act": "discard"}, name="declaration-discard"),
    path("declaration/<int:pk>/form.pdf", declaration.paper, {"kind": "form"}, name="declaration-form"),
    path("declaration/<int:pk>/notice.pdf", declaration.paper, {"kind": "notice"}, name="declaration-notice"),
    *roster.urlpatterns,
    *bank_urls.urlpatterns,
    *receipts.urlpatterns,
]
