"""Addresses of the front door. 登录与首页网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.front import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("language", pages.language, name="language"),
    path("desk", pages.switch_desk, name="switch-desk"),
    path("password", pages.password, name="password"),
    path("healthz", pages.healthz, name="healthz"),
]
