"""Addresses of surveys for the desks. 问卷网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.survey import agency, counts, paper, school, street

ONE, REPORT, PUPIL = "agency/<int:pk>/", "reports/<int:pk>/", "school/pupils/<int:pk>/"

urlpatterns = [
    path("agency/", agency.surveys, name="survey-agency"),
    path(ONE, counts.watch, name="survey-watch"),
    path(ONE + "compose", agency.compose, name="survey-compose"),
    path(ONE + "question", agency.question, name="survey-question"),
    path(ONE + "preview", agency.preview, name="survey-preview"),
    path(ONE + "publish", agency.publish, name="survey-publish"),
    path(ONE + "close", agency.close, name="survey-close"),
    path(ONE + "remind", agency.remind, name="survey-remind"),
    path("school/", school.home, name="survey-school"),
    path("school/<int:pk>/submit", school.submit, name="survey-submit"),
    path("school/<int:pk>/reopen", school.reopen, name="survey-reopen"),
    path("school/<int:pk>/families", school.remind, name="survey-families"),
    path("school/<int:pk>/class", paper.table, name="survey-class"),
    path("school/<int:pk>/template.xlsx", paper.template, name="survey-template"),
    path("school/<int:pk>/upload", paper.upload, name="survey-upload"),
    path("school/sheets/<int:pk>/", paper.sheet, name="survey-sheet"),
    path("school/sheets/<int:pk>/marked.xlsx", paper.marked, name="survey-sheet-marked"),
    path(PUPIL, school.pupil, name="survey-pupil"),
    path(PUPIL + "hand-over", school.hand_over, name="survey-hand-over"),
    path("street/", street.home, name="survey-street"),
    path("street/<int:pk>/sum", street.sum_up, name="survey-sum"),
    path(REPORT, street.report, name="survey-report"),
    path(REPORT + "accept", street.accept, name="survey-accept"),
    path(REPORT + "send-back", street.send_back, name="survey-send-back"),
    path("counts/", counts.counts, name="survey-counts"),
    path("counts/<int:pk>/print", counts.on_paper, name="survey-print"),
    path("counts/<int:pk>/sums.xlsx", counts.workbook, name="survey-workbook"),
]
