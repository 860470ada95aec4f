"""Addresses of the season's tasks. 本季任务网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.campaign import season

urlpatterns = [
    path("", season.season, name="season"),
    path("tasks/<int:pk>/", season.task, name="season-task"),
    path("own/<int:pk>/", season.story, name="season-own"),
    path("own/<int:pk>/done", season.finish, name="season-finish"),
    path("own/<int:pk>/undo", season.take_back, name="season-take-back"),
]
