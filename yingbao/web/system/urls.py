"""Addresses of the system administrator. 系统管理网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.system import home, organisations, tokens, users

urlpatterns = [
    path("", home.home, name="system-home"),
    path("users/", users.users, name="system-users"),
    path("users/find", users.find, name="system-users-find"),
    path("users/new", users.new, name="system-user-new"),
    path("users/<int:pk>/", users.user, name="system-user"),
    path("users/<int:pk>/change", users.change, name="system-user-change"),
    path("users/<int:pk>/ask", users.ask_desk, name="system-user-ask"),
    path("users/<int:pk>/disable", users.switch, {"on": False}, name="system-user-disable"),
    path("users/<int:pk>/enable", users.switch, {"on": True}, name="system-user-enable"),
    path("users/<int:pk>/password", users.give_password, name="system-user-password"),
    path("organisations/", organisations.organisations, name="system-organisations"),
    path("organisations/find", organisations.find, name="system-organisations-find"),
    path("organisations/new", organisations.new, name="system-organisation-new"),
    path("organisations/<int:pk>/", organisations.organisation, name="system-organisation"),
    path("organisations/<int:pk>/change", organisations.change, name="system-organisation-change"),
    path("organisations/<int:pk>/close", organisations.switch, {"on": False}, name="system-organisation-close"),
    path("organisations/<int:pk>/open", organisations.switch, {"on": True}, name="system-organisation-open"),
    path("tokens/", tokens.tokens, name="system-tokens"),
    path("tokens/new", tokens.new, name="system-token-new"),
    path("tokens/<int:pk>/revoke", tokens.revoke, name="system-token-revoke"),
]
