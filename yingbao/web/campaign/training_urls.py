"""Addresses of trainings. 培训网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.campaign import announcing, training

urlpatterns = [
    path("", training.trainings, name="trainings"),
    path("new", announcing.new, name="training-new"),
    path("<int:pk>/", training.training, name="training"),
    path("<int:pk>/change", announcing.change, name="training-change"),
    path("<int:pk>/cancel", announcing.cancel, name="training-cancel"),
    path("<int:pk>/attendance", announcing.attendance, name="training-attendance"),
    path("<int:pk>/list.xlsx", announcing.workbook, name="training-list"),
    path("<int:pk>/sign-up", training.sign_up, name="training-sign-up"),
    path("places/<int:pk>/give-up", training.give_up, name="training-give-up"),
    path("places/<int:pk>/move", training.move, name="training-move"),
]
