"""Addresses of the front door. 登录与首页网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.front import jobs, pages, policies

urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("language", pages.language, name="language"),
    path("desk", pages.switch_desk, name="switch-desk"),
    path("password", pages.password, name="password"),
    path("healthz", pages.healthz, name="healthz"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/cancel", jobs.cancel, name="job-cancel"),
    path("jobs/<int:pk>/retry", jobs.retry, name="job-retry"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:area>/<int:year>/", policies.policy, name="policy"),
]
