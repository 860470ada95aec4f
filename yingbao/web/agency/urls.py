"""Addresses of the insurance agency's desk, but for its home. 医保经办网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web import comparing
from yingbao.web.agency import registration, registrations

urlpatterns = [
    path("declarations/", comparing.compare_at(Desk.AGENCY), name="agency-declarations"),
    path("declarations/compare.xlsx", comparing.workbook_at(Desk.AGENCY), name="agency-declarations-workbook"),
    path("registrations/", registrations.registrations, name="agency-registrations"),
    path("registrations/find", registrations.find, name="agency-registrations-find"),
    path("registrations/approve", registrations.approve_many, name="agency-registrations-approve"),
    path("registrations/<int:pk>/", registration.registration, name="agency-registration"),
    path("registrations/<int:pk>/approve", registration.act, {"act": "approve"}, name="agency-registration-approve"),
    path(
        "registrations/<int:pk>/send-back",
        registration.act,
        {"act": "send-back"},
        name="agency-registration-send-back",
    ),
    path("registrations/<int:pk>/hand-on", registration.act, {"act": "hand-on"}, name="agency-registration-hand-on"),
]
