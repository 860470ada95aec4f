"""Addresses of the insurance agency's desk, but for its home. 医保经办网址"""

from __future__ import annotations

from django.urls import include, path

from yingbao.web.agency import (
    areas,
    correction_new,
    corrections,
    duplicates,
    missing,
    pairs,
    points,
    registration,
    registrations,
)

urlpatterns = [
    path("", include("yingbao.web.agency.desk_urls")),
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
    path("corrections/", corrections.corrections, name="agency-corrections"),
    path("corrections/child/<int:pk>/", correction_new.new, name="agency-correction-new"),
    path("corrections/child/<int:pk>/ask", correction_new.ask, name="agency-correction-ask"),
    path("corrections/<int:pk>/", corrections.correction, name="agency-correction"),
    path("corrections/<int:pk>/grant", corrections.answer, {"act": "grant"}, name="agency-correction-grant"),
    path("corrections/<int:pk>/refuse", corrections.answer, {"act": "refuse"}, name="agency-correction-refuse"),
    path("duplicates/", duplicates.duplicates, name="agency-duplicates"),
    path("duplicates/roll/<int:pk>/", duplicates.roll, name="agency-duplicate-roll"),
    path("duplicates/roll/<int:pk>/settle", duplicates.settle_roll, name="agency-duplicate-roll-settle"),
    path("duplicates/areas/<int:pk>/", areas.areas, name="agency-duplicate-areas"),
    path("duplicates/areas/<int:pk>/ask", areas.ask_other, name="agency-duplicate-ask"),
    path("duplicates/areas/<int:pk>/withdraw", areas.withdraw_here, name="agency-duplicate-withdraw"),
    path("duplicates/pair/<slug:pair>/", pairs.pair, name="agency-pair"),
    path("duplicates/pair/<slug:pair>/apart", pairs.apart, name="agency-pair-apart"),
    path("duplicates/pair/<slug:pair>/join", pairs.join, name="agency-pair-join"),
    path("missing/", missing.missing, name="agency-missing"),
    path("points/", points.points, name="agency-points"),
    path("points/missing.xlsx", points.workbook, name="agency-points-workbook"),
]
