"""Addresses of the list providers' desk. 名单提供部门网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.lists import assisted, home

urlpatterns = [
    path("", home.home, name="lists-home"),
    path("upload", home.upload, name="lists-upload"),
    path("template", home.template, name="lists-template"),
    path("<int:pk>/", assisted.assisted, name="assisted-list"),
    path("<int:pk>/confirm", assisted.commit, name="assisted-commit"),
    path("<int:pk>/discard", assisted.discard, name="assisted-discard"),
    path("<int:pk>/stop", assisted.stop, name="assisted-stop"),
    path("<int:pk>/again", assisted.again, name="assisted-again"),
    path("<int:pk>/settle", assisted.settle, name="assisted-settle"),
    path("<int:pk>/marked", assisted.marked, name="assisted-marked"),
    path("<int:pk>/withdraw", assisted.withdraw, name="assisted-withdraw"),
]
