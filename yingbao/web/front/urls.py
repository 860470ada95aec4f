"""Addresses of the front door. 登录与首页网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.front import account, answers, help, jobs, pages, policies, resuming, signing_in

urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-in/second", signing_in.second, name="sign-in-second"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("resume", resuming.resume, name="resume"),
    path("resume/drop", resuming.drop, name="resume-drop"),
    path("account/", account.account, name="account"),
    path("account/confirm", account.confirm, name="account-confirm"),
    path("account/totp", account.set_up_totp, name="account-totp"),
    path("account/totp/remove", account.remove_totp, name="account-totp-remove"),
    path("account/passkeys/add", account.add_passkey, name="account-passkey"),
    path("account/passkeys/<int:pk>/remove", account.remove_passkey, name="account-passkey-remove"),
    path("account/recovery", account.new_codes, name="account-codes"),
    path("account/sessions/end", account.end_others, name="account-sessions-end"),
    path("account/sessions/<int:pk>/end", account.end_visit, name="account-session-end"),
    path("language", pages.language, name="language"),
    path("desk", pages.switch_desk, name="switch-desk"),
    path("password", pages.password, name="password"),
    path("healthz", pages.healthz, name="healthz"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/cancel", jobs.cancel, name="job-cancel"),
    path("jobs/<int:pk>/retry", jobs.retry, name="job-retry"),
    path("policies/", policies.policies, name="policies"),
    path("help/", help.help_page, name="help"),
    path("help/answers/", answers.answers, name="help-answers"),
    path("help/answers/<int:pk>/said", answers.helped, name="help-answer-said"),
    path("policies/<str:area>/<int:year>/", policies.policy, name="policy"),
]
