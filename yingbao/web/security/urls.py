"""Addresses of the security administrator. 安全管理网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.security import home, matrix, person

urlpatterns = [
    path("", home.home, name="security-home"),
    path("requests/<int:pk>/grant", home.decide, {"how": "grant"}, name="security-grant"),
    path("requests/<int:pk>/refuse", home.decide, {"how": "refuse"}, name="security-refuse"),
    path("tokens/<int:pk>/grant", home.decide_token, {"how": "grant"}, name="security-token-grant"),
    path("tokens/<int:pk>/revoke", home.decide_token, {"how": "revoke"}, name="security-token-revoke"),
    path("users/", matrix.users, name="security-users"),
    path("users/find", matrix.find, name="security-users-find"),
    path("users/<int:pk>/", person.user, name="security-user"),
    path("users/<int:pk>/unlock", person.unlock, name="security-unlock"),
    path("users/<int:pk>/factor", person.reset_factor, name="security-factor-reset"),
    path("users/<int:pk>/sessions", person.end_visits, name="security-sessions-end"),
    path("appointments/<int:pk>/end", person.end_appointment, name="security-appointment-end"),
]
